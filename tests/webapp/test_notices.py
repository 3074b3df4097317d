"""What people must know: shown where it concerns them, told in plain words, sent as a feed, written by hand."""

import html
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from data.journal import journal_of
from desks.notices import NoticeDesk
from desks.settings import Settings, default_territory
from mobility.accounts import AGENT
from mobility.notices import GRAVE, LOST_STOPS, Notice
from tests.conftest import NOW
from tests.fixtures_site import UNSET, season_form
from tests.webapp.test_accounts import account, signed_in
from webapp.app import create_app
from webapp.pages.spoken_menu import next_step
from webapp.words.french import day_words

ATOM = "{http://www.w3.org/2005/Atom}"
CLOSED = {**UNSET, "policy": "iso-parity", "jours-feries": "deplacer", "closure-name": "travaux sur le parking"}
WRITTEN = {
    "titre": "La route de Bach est fermée", "texte": "Passez par Vaylats.", "gravite": "grave", "ou": "communes",
    "commune": ["46013"], "du": "2026-12-02", "au": "2026-12-11", "acte": "publier",
}  # fmt: skip
BUS, OTHER = "46044", "46013"
"""A commune where the bus stops, and another."""


def section(page: str) -> str:
    """The notices of a page ("" where there are none)."""
    _, found, rest = page.partition('<section class="notices"')
    return rest.partition("</section>")[0] if found else ""


def entries(client, address):
    answer = client.get(address)
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    return {e.find(f"{ATOM}id").text: e for e in root.findall(f"{ATOM}entry")}


def next_day(app, commune):
    here = app.extensions["wired"].house()
    stops = [stop.id for stop in here.calendar.plan().problem.stops if stop.commune == commune]
    return [visit.day for visit in here.calendar.dated().next_at(stops, here.today(), 2)]


def agenda(app):
    return app.extensions["wired"].house().calendar.agenda()


@pytest.fixture
def cancelled(app, client):
    """The next visit of a commune is cancelled; when it was, and when the one after is."""
    day, following = next_day(app, BUS)
    client.post("/dates", data={**CLOSED, "closure-first": day.isoformat(), "closure-stop": BUS})
    return day, following


def test_a_cancelled_visit_says_which_and_when_the_bus_comes_instead(client, cancelled):
    told = section(client.get(f"/communes/{BUS}").text)
    day, following = (day_words(day) for day in cancelled)
    assert f"{day[:1].upper()}{day[1:]}, " in told
    assert "le bus ne vient pas" in told
    assert "Travaux sur le parking. Prochain passage" in told
    assert following in told
    assert "Important" in told
    assert told.count('class="notice"') == 1
    assert "le bus ne vient pas" not in section(client.get(f"/communes/{OTHER}").text)
    for page in ("/", "/a-savoir", "/aller?de=Caillac&vers=Cahors"):
        assert "le bus ne vient pas" in section(client.get(page).text), page


def test_several_cancelled_visits_say_where_the_bus_does_not_come(app, client):
    first, last = (day.isoformat() for day in next_day(app, BUS))
    client.post("/dates", data={**CLOSED, "closure-first": first, "closure-last": last, "closure-stop": BUS})
    assert "le bus ne vient pas à Caillac." in section(client.get("/").text)


def test_it_goes_when_its_hour_is_over(state, client, cancelled):
    later = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW + timedelta(days=40))
    assert "travaux" not in later.test_client().get(f"/communes/{BUS}").text.lower()
    later.extensions["wired"].jobs.close()


def test_what_is_written_is_seen_before_it_is_shown(client):
    page = client.post("/a-savoir/ecrire", data={**WRITTEN, "acte": "voir"})
    assert page.status_code == 200
    told = section(page.text)
    assert "La route de Bach est fermée." in told
    assert "Du mercredi 2 décembre au vendredi 11 décembre." in told
    assert "Pages des communes : Bach." in page.text
    assert "Au téléphone" in page.text
    assert "route de Bach" not in client.get("/communes/46013").text


def test_what_is_written_is_shown_there_until_it_is_ended(client):
    published = client.post("/a-savoir/ecrire", data=WRITTEN).headers["Location"]
    page = client.get(published).text
    written = re.search(r'<a href="#(\w+)">Voir « La route de Bach est fermée »</a>', page)[1]
    assert f'id="{written}"' in page
    assert "information est publiée" in page
    client.post("/a-savoir/ecrire", data=WRITTEN)
    told = section(client.get("/communes/46013").text)
    assert told.count("La route de Bach est fermée") == 1
    assert "route de Bach" not in client.get(f"/communes/{BUS}").text
    (written,) = [n for n in client.get("/a-savoir.json").json["notices"] if n["kind"] == "written"]
    assert (written["communes"], written["gravity"]) == (["46013"], "grave")
    client.post(f"/a-savoir/{written['id']}/terminer")
    assert "route de Bach" not in client.get("/communes/46013").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"titre": ""}, "Donnez un titre."),
        ({"au": "2026-12-01"}, "vient avant le début"),
        ({"du": "2026-11-02", "au": "2026-11-05"}, "Ce jour est passé : donnez un jour à venir."),
        ({"commune": []}, "Cochez au moins une commune."),
        ({"du": "demain"}, "demain » n&#39;est pas une date"),
    ],
)
def test_a_fault_is_named_and_what_was_written_stays(client, changes, words):
    answer = client.post("/a-savoir/ecrire", data={**WRITTEN, **changes})
    assert answer.status_code == 400
    assert words in answer.text
    assert "Passez par Vaylats." in answer.text


def test_it_can_be_followed(client, cancelled):
    client.post("/a-savoir/ecrire", data={**WRITTEN, "commune": [OTHER]})
    whole, here, there = (
        entries(client, address)
        for address in ("/a-savoir.atom", f"/communes/{BUS}/a-savoir.atom", f"/communes/{OTHER}/a-savoir.atom")
    )
    assert here.keys() | there.keys() <= whole.keys()
    assert any("visits-closure" in name for name in here)
    assert there
    assert not any("visits-closure" in name for name in there)
    (gone,) = [entry for name, entry in here.items() if "visits-closure" in name]
    assert gone.find(f"{ATOM}updated").text.startswith("2026-11-30T09:00")
    assert "Prochain passage" in gone.find(f"{ATOM}summary").text
    assert entries(client, "/a-savoir.atom").keys() == whole.keys()
    assert client.get("/communes/99999/a-savoir.atom").status_code == 404


def test_who_is_on_the_page_of_their_commune_is_not_sent_there(app, client, monkeypatch):
    left = frozenset({OTHER, "46088"})
    lost = Notice("lost", LOST_STOPS, GRAVE, NOW, NOW + timedelta(days=9), NOW, left, facts={"lost": left})
    monkeypatch.setattr(NoticeDesk, "seen", lambda *_: [lost])
    here = app.extensions["wired"].house()
    told = {where: client.get(where).text for where in ("/a-savoir", f"/communes/{OTHER}")}
    told["Atom"] = client.get(f"/communes/{OTHER}/a-savoir.atom").text
    told["telephone"] = " ".join(next_step(here, "/x", "", "2224", {"question": "commune"}).say)
    assert all("arrête plus à Bach" in html.unescape(words) for words in told.values())
    assert [where for where, words in told.items() if "page de chaque commune" in words] == ["/a-savoir"]


def test_without_a_calendar_in_force_the_rest_is_shown(tmp_path):
    app = create_app(Settings(territory=default_territory(), state=tmp_path), clock=lambda: NOW)
    client = app.test_client()
    client.post("/a-savoir/ecrire", data=WRITTEN)
    assert "route de Bach" in section(client.get("/a-savoir").text)
    assert client.get("/a-savoir.atom").status_code == 200
    app.extensions["wired"].jobs.close()


def proposed(client, day):
    """The fields of the first replacement that is proposed for a cancelled day."""
    page = client.get(f"/dates?annule={day}&raison=neige").text
    forms = page.split('action="/dates/remplacer"')[1:]
    form = next(form for form in forms if 'name="le"' in form.partition("</form>")[0]).partition("</form>")[0]
    return {**dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)), "acte": "accepter"}


def test_a_replacement_is_accepted_told_everywhere_and_taken_back(app, client):
    usual = next_day(app, BUS)[0]
    uid = next(e.uid for e in agenda(app) if f"{usual:%Y%m%d}" in e.uid and f"-{BUS}@" in e.uid)
    fields = proposed(client, usual)
    assert (fields["habituel"], fields["raison"]) == (usual.isoformat(), "neige")
    done = client.post("/dates/remplacer", data=fields, follow_redirects=True)
    day = date.fromisoformat(fields["le"])
    assert f"Le passage est déplacé au {day_words(day)}." in done.text
    assert next_day(app, BUS)[0] == day
    (event,) = [e for e in agenda(app) if e.uid == uid]
    assert (event.sequence, event.status, event.moved_from) == (1, "confirmed", usual)
    told = section(client.get(f"/communes/{BUS}").text)
    for words in ("Important", "neige", f"le bus vient {day_words(day)}", f"est pas le {day_words(usual)}"):
        assert words in told
    moved = [e for name, e in entries(client, f"/communes/{BUS}/a-savoir.atom").items() if "moved-" in name]
    # Holidays move visits too.
    assert len([entry for entry in moved if day_words(day) in entry.find(f"{ATOM}title").text]) == 1
    assert client.post("/dates/remplacer", data=fields).status_code == 303
    back = client.post("/dates/remplacer", data={**fields, "acte": "reprendre"}, follow_redirects=True)
    assert "reprend sa date habituelle" in back.text
    (event,) = [e for e in agenda(app) if e.uid == uid]
    assert (event.sequence, event.status, event.moved_from) == (2, "confirmed", None)
    assert next_day(app, BUS)[0] == usual
    assert "a déjà sa date habituelle" in client.post("/dates/remplacer", data={**fields, "acte": "reprendre"}).text
    with app.extensions["wired"].house().store.reading() as tx:
        acts = [(line["who"], line["act"]) for line in journal_of(tx) if line["act"].startswith("visit-")]
    assert sorted(acts) == [("agent", "visit-moved"), ("agent", "visit-moved-back")], "each once, by whom"


def test_who_changed_the_season_stands_in_the_journal(app, client, cancelled):
    assert client.post("/dates", data={**CLOSED, "last": "demain"}).status_code == 400
    with app.extensions["wired"].house().store.reading() as tx:
        assert [line["act"] for line in journal_of(tx)].count("season-kept") == 1


def test_what_a_closure_keeps_away_can_be_held_elsewhere_and_only_where_proposed(client, cancelled):
    usual, following = cancelled
    fields = proposed(client, usual)
    refused = client.post("/dates/remplacer", data={**fields, "le": following.isoformat()})
    assert refused.status_code == 400
    assert "plus libre" in refused.text
    assert client.post("/dates/remplacer", data=fields).status_code == 303
    told = section(client.get(f"/communes/{BUS}").text)
    assert "ne vient pas" not in told
    assert f"le bus vient {day_words(date.fromisoformat(fields['le']))}" in told
    # The season is kept without losing what was decided.
    assert client.post("/dates", data={**CLOSED, "closure-name": "", **season_form(client)}).status_code == 303
    page = client.get("/dates").text
    assert f"au lieu du {day_words(usual)}" in page
    # Its usual day is closed still: it would be cancelled there.
    assert "Reprendre la date habituelle" not in page


def not_coming(app, **changes):
    day = next_day(app, BUS)[0].isoformat()
    words = {"titre": "Le bus ne vient pas", "texte": "Appelez-nous."}
    return {**WRITTEN, **words, "commune": [BUS], "du": day, "au": day, **changes}


@pytest.mark.parametrize("changes", [{}, {"ou": "partout"}, {"titre": "La salle est fermée"}, {"au": ""}])
def test_what_would_be_taken_to_cancel_a_visit_is_published_only_by_who_was_warned(app, client, changes):
    sent = not_coming(app, **changes)
    warned = client.post("/a-savoir/ecrire", data=sent)
    assert warned.status_code == 200
    assert "n'annule pas le bus" in html.unescape(warned.text)
    assert f"Caillac, {day_words(next_day(app, BUS)[0])}, " in warned.text
    assert f'href="/dates?annule={sent["du"]}#annuler"' in warned.text
    assert "written" not in {notice["kind"] for notice in client.get("/a-savoir.json").json["notices"]}
    known = re.search(r'name="passages" value="([^"]+)"', warned.text)[1]
    assert client.post("/a-savoir/ecrire", data={**sent, "passages": known}).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"commune": [OTHER]},
        {"ou": "partout", "titre": "La mairie est fermée"},
        {"du": "2026-12-05", "au": "2026-12-06"},
    ],
)  # fmt: skip
def test_where_no_visit_is_promised_nobody_is_warned(app, client, changes):
    assert client.post("/a-savoir/ecrire", data=not_coming(app, **changes)).status_code == 303


def test_a_cancelled_visit_is_promised_no_more(app, client, cancelled):
    day = cancelled[0].isoformat()
    assert client.post("/a-savoir/ecrire", data=not_coming(app, du=day, au=day)).status_code == 303


def test_who_writes_is_told_who_cancels_a_visit(app, client):
    assert 'href="/dates#annuler"' in client.get("/a-savoir/ecrire").text
    page = signed_in(app, account(app, AGENT)).get("/a-savoir/ecrire").text
    assert "demandez au planificateur" in page
    assert "#annuler" not in page
