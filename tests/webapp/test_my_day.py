"""*Ma journée* and *Demandes*: what is due to whoever signs in, and every request in one list."""

import html
import io
import re
from datetime import date, datetime, timedelta

import pytest

from data.calls import CALLBACK, add_call
from data.ride_matches import matches_of
from desks.day.due import Due
from desks.notices import Draft
from desks.rides.answers import answer_for, expire
from desks.rides.example import load_example
from desks.transport.feeds import TRAINS
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from mobility.clock import HOUR, ZONE
from mobility.modules import TRANSPORT, Modules
from mobility.notices import GRAVE
from mobility.people import RIDER
from mobility.working_hours import Hours, WorkingHours
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, People
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp.pages.my_day import part_of
from webapp.words.rides import example_alias

OLD_TRAINS = "Des horaires sont terminés : Trains aux gares du territoire (semaine type)"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text).replace("\xa0", " ").replace("&#39;", "'"))


@pytest.fixture
def desk(app):
    return app.extensions["wired"].house().rides


def rows(page):
    """The titles of a page's rows, in order; without the embedded trains, which are of 2025, every day."""
    found = re.findall(r'<div class="what"><a href="[^"]+">([^<]+)</a>', html.unescape(page.text).replace("\xa0", " "))
    return [title for title in found if title != OLD_TRAINS]


def without_lines(app):
    """Leave published lines out, the old trains among them."""
    vars(app.extensions["wired"].house().ground)["modules"] = Modules(frozenset({TRANSPORT}))


def test_the_day_is_in_order_of_hour_the_late_first_and_said_in_words(client, desk):
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    rider = people.person(RIDER, "Lherm")
    people.asks("Lherm", "Cahors", 10, rider=rider)
    people.asks("Lherm", "Cahors", 16, rider=rider, day=NOW.date())
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100098", now=NOW, text="Le retour", due=NOW - timedelta(hours=1))
        add_call(tx, CALLBACK, "0639100099", now=NOW, due=NOW + timedelta(hours=2))
    page = client.get("/bureau/")
    assert rows(page) == [
        "06 39 10 00 98 : rappel promis", "06 39 10 00 99 : rappel promis",
        "Nom 2 : Lherm – Cahors, sans conducteur", "Nom 2 : Lherm – Cahors, sans conducteur",
    ]  # fmt: skip
    told = text(page)
    assert "Lundi 30 novembre" in told
    assert "1 chose en retard, 3 à faire d'ici ce soir" in told
    assert told.index("En retard") < told.index("10 h, maintenant") < told.index("Cet après-midi")
    assert "en retard, 9 h" in told
    assert "demain, y être à 10 h" in told.lower()
    assert rows(client.get("/bureau/?voir=trajets")) == ["Nom 2 : Lherm – Cahors, sans conducteur"] * 2


def test_what_is_due_at_midnight_is_due_that_evening(client, desk):
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100098", now=NOW, text="Le retour", due=midnight)
        add_call(tx, CALLBACK, "0639100099", now=NOW, due=midnight + timedelta(days=1))
    told = text(client.get("/bureau/"))
    assert "Ce soir 1 minuit" in told
    assert "Demain 1 minuit" in told
    assert "1 à faire d'ici ce soir" in told


def test_that_nobody_can_drive_is_told_from_the_page_of_the_request(client, desk):
    asked = People(desk).asks("Lherm", "Cahors", 10)
    desk.leave_unmet(asked.id, now=NOW, who="test")
    page = client.get("/bureau/")
    assert rows(page) == ["Nom 1 : Lherm – Cahors, à dire : personne ne peut conduire"]
    assert f'href="/bureau/demandes/{asked.id}"' in page.text
    assert "à dire à la personne" in text(client.get("/bureau/demandes"))
    own = text(client.get(f"/bureau/demandes/{asked.id}"))
    assert "personne ne peut vous conduire de Lherm à Cahors le mardi 1er décembre" in own
    done = client.post(f"/bureau/demandes/{asked.id}", data={"acte": "su"}, headers=HERE, follow_redirects=True)
    assert "C'est noté : la personne le sait." in text(done)
    assert "a noté que la personne le sait" in text(done)
    assert rows(client.get("/bureau/")) == []
    assert "à dire à la personne" not in text(client.get("/bureau/demandes"))


def test_who_was_silent_is_not_said_to_have_refused(client, desk):
    people = People(desk)
    for village in ("Labastide-Marnhac", "Mercuès", "Pradines"):
        people.volunteer(village)
    asked = people.asks("Labastide-Marnhac", "Cahors", 17, day=TOMORROW + timedelta(days=9))
    match = desk.propose_best(asked.id, now=NOW, who="test")
    for _ in range(2):
        now = match.expires + timedelta(minutes=1)
        expire(desk, now=now)
        with desk.store.reading() as tx:
            match = matches_of(tx, asked.id)[0]
    assert "n'ont pas répondu." not in text(client.get(f"/bureau/demandes/{asked.id}"))
    answer_for(desk, match.id, match.rides[0].driver, yes=False, now=now, who="test")
    told = text(client.get(f"/bureau/demandes/{asked.id}"))
    assert "Personne ne peut faire ce trajet. Un conducteur a dit non et 2 conducteurs n'ont pas répondu." in told
    assert "ont déjà dit non" not in told


def test_many_of_whom_nobody_can_drive_are_one_thing_to_tell(client, desk):
    people = People(desk)
    for place in ("Cahors", "Bach", "Lalbenque", "Catus"):
        desk.leave_unmet(people.asks("Lherm", place).id, now=NOW, who="test")
    page = client.get("/bureau/")
    assert rows(page) == ["4 demandes du mardi 1er décembre, à dire : personne ne peut conduire"]
    assert f"/bureau/demandes?jour={TOMORROW}&amp;etat=sans-reponse" in page.text


def test_an_hour_that_is_past_is_said_after_what_can_still_be_done(app, client, desk):
    people = People(desk)
    people.asks("Lherm", "Cahors", 9, day=NOW.date())
    people.asks("Lherm", "Cahors", 16, day=NOW.date())
    page = client.get("/bureau/")
    told = text(page)
    assert told.index("y être à 16 h") < told.index("Plus tôt aujourd'hui") < told.index("L'heure est passée.")
    assert told.count("Chercher :") == 1


COUNTER = WorkingHours(
    ZONE, (((Hours(9 * HOUR, 12 * HOUR), Hours(14 * HOUR, 17 * HOUR)),) * 5 + ((), ())),
    holiday=lambda day: "Noël" if day == date(2026, 12, 25) else "",
)  # fmt: skip


@pytest.mark.parametrize(("now", "due", "hours", "part"), [
    # In the evening and at night, what ends before the counter opens is for now, not for tomorrow.
    ("11-30T20:00", "12-01T07:00", COUNTER, "À faire tout de suite"),
    ("12-01T02:00", "12-01T07:00", COUNTER, "À faire tout de suite"),
    ("12-01T08:00", "12-01T09:00", COUNTER, "À faire tout de suite"),
    ("12-01T08:00", "12-01T09:30", COUNTER, "Ce matin"),
    # While it is open, it is to be done before it closes; at noon nobody is there.
    ("11-30T10:00", "12-01T07:00", COUNTER, "Cet après-midi"),
    ("11-30T10:00", "11-30T13:30", COUNTER, "Ce matin"),
    # Sunday, a Friday before it, and a holiday.
    ("11-29T15:00", "11-30T08:30", COUNTER, "À faire tout de suite"),
    ("11-27T10:00", "11-30T08:30", COUNTER, "Cet après-midi"),
    ("11-29T15:00", "11-30T11:00", COUNTER, "Demain"),
    ("12-24T10:00", "12-25T11:00", COUNTER, "Cet après-midi"),
    ("12-25T10:00", "12-28T08:00", COUNTER, "À faire tout de suite"),
    # Whose hours are not told is not there at night either.
    ("11-30T20:00", "12-01T07:00", WorkingHours(ZONE), "Ce soir"),
    ("12-01T02:00", "12-01T07:00", WorkingHours(ZONE), "À faire tout de suite"),
])  # fmt: skip
def test_what_ends_while_nobody_works_is_due_before(now, due, hours, part):
    now, due = (datetime.fromisoformat(f"2026-{at}").replace(tzinfo=ZONE) for at in (now, due))
    assert part_of(Due("proposal", due), now, hours) == part
    # A ride has its own hour.
    assert part_of(Due("ride", due), now, WorkingHours(ZONE)) != "À faire tout de suite"


def test_the_head_counts_what_must_be_done_before_the_counter_opens(app, client, desk):
    house = app.extensions["wired"].house()
    night = NOW.replace(hour=23)
    opens = night.replace(hour=0) + timedelta(days=1, hours=7)
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100098", now=NOW, text="Le retour", due=opens)
        add_call(tx, CALLBACK, "0639100099", now=NOW)
    app.extensions["wired"].clock = house.clock = lambda: night
    told = text(client.get("/bureau/"))
    assert "Demain" not in told
    assert "1 à faire d'ici ce soir, 2 quand vous pourrez." in told
    assert "Ce soir 1 1 déc., 7 h" in told


def test_a_day_without_anything_says_what_to_do(app, client):
    without_lines(app)
    told = text(client.get("/bureau/"))
    assert "rien à faire d'ici ce soir" in told
    assert "Prendre une demande" in told


def test_what_must_be_known_stands_beside_the_day(client, app):
    house = app.extensions["wired"].house()
    for number in range(1, 6):
        draft = Draft(f"Accueil {number} fermé", "Revenez lundi.", GRAVE, (), NOW.date())
        house.notices.write(draft, now=NOW, who="test")
    page = client.get("/bureau/")
    beside = page.text[page.text.index('<ul class="side-list">') :]
    assert beside[: beside.index("</ul>")].count("<li>") == 4
    assert "Accueil" in beside
    assert "Revenez lundi." in beside
    assert f"Toutes les informations ({len(house.notices.seen())})" in text(page)


def test_each_role_has_its_own_day(app, desk):
    without_lines(app)
    agent = signed_in(app, account(app, AGENT, mail="agent@example.org"))
    planner = signed_in(app, account(app, PLANNER, mail="planner@example.org"))
    administrator = signed_in(app, account(app, ADMINISTRATOR, mail="admin@example.org"))
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100099", now=NOW, due=NOW + timedelta(hours=2))
    assert rows(agent.get("/bureau/")) == ["06 39 10 00 99 : rappel promis"]
    for other, first in ((planner, "Préparer le calendrier du bus"), (administrator, "Ouvrir un compte")):
        page = other.get("/bureau/")
        assert page.status_code == 200
        assert rows(page) == []
        assert first in text(page)
        # Nobody is told of what never comes to them, nor offered to find it.
        assert "appels, réponses" not in text(page)
        assert "Personne, numéro" not in page.text
    nothing = planner.post("/bureau/chercher", data={"q": " "}, headers=HERE)
    assert "Écrivez d'abord ce que vous cherchez : une commune" in text(nothing)


def test_a_late_thing_alone_is_no_empty_day_and_the_structure_is_named(app, desk):
    mail = account(app, AGENT, mail="agent@example.org", structure="France services de Catus")
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100098", now=NOW, due=NOW - timedelta(hours=1))
    told = text(signed_in(app, mail).get("/bureau/"))
    assert "France services de Catus" in told
    assert "1 chose en retard, rien d'autre d'ici ce soir." in told


def test_the_bus_of_the_day_is_told_to_who_sends_people_there(app, client):
    house = app.extensions["wired"].house()
    visit = house.calendar.dated().visits[0]
    there = NOW.replace(year=visit.day.year, month=visit.day.month, day=visit.day.day, hour=8)
    app.extensions["wired"].clock = house.clock = lambda: there
    stop = house.calendar.plan().problem.stops_by_id[visit.visit.stop]
    assert f"Le bus : {stop.place.name}, {stop.spot}" in rows(client.get("/bureau/?voir=bus"))


def test_calendars_that_were_found_wait_for_the_planner(app, client):
    house = app.extensions["wired"].house()
    plan = house.calendar.plan()
    house.scenarios.add("Trois bus", {}, "test", plan)
    house.scenarios.add("Sans calendrier", {}, "test")
    assert rows(client.get("/bureau/")) == ["Un calendrier trouvé attend votre choix : Trois bus"]
    house.calendar.put(plan, "Trois bus", author="test", first_name="Le premier")
    assert rows(client.get("/bureau/")) == []


def test_hours_that_end_or_could_not_be_fetched_are_due_to_the_planner(app):
    planner, agent = (
        signed_in(app, account(app, role, mail=f"{role}@example.org")) for role in (PLANNER, AGENT)
    )  # fmt: skip
    folder = app.extensions["wired"].house().feeds.feeds.folder(TRAINS)
    assert OLD_TRAINS in text(planner.get("/bureau/"))
    folder.note_failure()
    page = planner.get("/bureau/?voir=informations")
    assert rows(page) == ["Des horaires n'ont pas pu être mis à jour : Trains aux gares du territoire (semaine type)"]
    assert "Sans succès depuis lundi 30 novembre à 10 h." in text(page)
    assert planner.get(re.search(r'class="what"><a href="([^"]+)"', page.text)[1]).status_code == 200
    assert "Des horaires" not in text(agent.get("/bureau/")).partition("À savoir")[0]
    folder.note_success()
    without_lines(app)
    vars(app.extensions["wired"].house()).pop("day")
    vars(app.extensions["wired"].house()).pop("feeds")
    assert OLD_TRAINS not in text(planner.get("/bureau/"))


def test_what_was_written_and_ends_is_due_to_the_planner(app):
    planner, agent = (
        signed_in(app, account(app, role, mail=f"{role}@example.org")) for role in (PLANNER, AGENT)
    )  # fmt: skip
    notices = app.extensions["wired"].house().notices
    for days, title in enumerate(("Route fermée", "Foire", "Travaux")):
        draft = Draft(title, "Passez par Lherm.", GRAVE, (), NOW.date(), NOW.date() + timedelta(days=days))
        made = notices.write(draft, now=NOW, who="test")
    page = planner.get("/bureau/")
    assert rows(page) == [
        "Une information se termine ce soir : Route fermée", "Une information se termine demain soir : Foire",
    ]  # fmt: skip
    assert "/a-savoir/ecrire#" in page.text
    assert made.id not in page.text
    assert rows(agent.get("/bureau/")) == []


def test_a_list_that_was_sent_waits_for_who_sent_it(app):
    sender = signed_in(app, account(app, AGENT, mail="un@example.org"))
    other = signed_in(app, account(app, AGENT, mail="deux@example.org"))
    file = (io.BytesIO(b"Nom;Depart\nUn conducteur;Lherm\n"), "conducteurs.csv")
    sent = sender.post("/bureau/listes/", data={"liste": "drivers", "fichier": file}, headers=HERE)
    page = sender.get("/bureau/")
    assert rows(page) == ["Une liste envoyée attend : conducteurs.csv"]
    assert f'href="{sent.headers["Location"]}"' in page.text
    assert rows(other.get("/bureau/")) == []


def test_one_desk_in_trouble_is_told_and_hides_no_other(client, desk, monkeypatch):
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100099", now=NOW, due=NOW + timedelta(hours=2))
    monkeypatch.setattr("desks.house.rides_due", lambda *_: 1 / 0)
    page = client.get("/bureau/")
    assert rows(page) == ["06 39 10 00 99 : rappel promis"]
    assert "Il y manque les trajets" in text(page)


def test_requests_are_narrowed_by_day_state_and_person(client, desk):
    people = People(desk)
    rider, other = people.person(RIDER, "Lherm"), people.person(RIDER, "Bach")
    first = people.asks("Lherm", "Cahors", rider=rider)
    second = people.asks("Bach", "Cahors", rider=other, day=TOMORROW + timedelta(days=7))
    desk.leave_unmet(second.id, now=NOW, who="test")

    def listed(address):
        return re.findall(r'<th scope="row"><a href="/bureau/demandes/(\w+)">', client.get(address).text)

    assert listed("/bureau/demandes") == [first.id, second.id]
    # As their files name them, here as on their own pages.
    assert re.findall(r"(Nom \d)</a></th>", client.get("/bureau/demandes").text) == ["Nom 1", "Nom 2"]
    assert listed(f"/bureau/demandes?jour={TOMORROW}") == [first.id]
    assert listed("/bureau/demandes?etat=sans-reponse") == [second.id]
    assert listed(f"/bureau/demandes?personne={rider}") == [first.id]
    assert listed(f"/bureau/demandes?personne={rider}&etat=sans-reponse") == []
    assert client.get("/bureau/demandes?personne=nobody").status_code == 404
    assert "n'est pas une date" in text(client.get("/bureau/demandes?jour=2026-02-30"))


@pytest.mark.parametrize(("carries", "waits"), [(True, "en attente d'envoi"), (False, "à dire au téléphone")])
def test_what_waits_is_not_said_to_be_sent(client, desk, monkeypatch, carries, waits):
    monkeypatch.setattr("desks.settings.Settings.carries_messages", carries)
    told = text(client.get("/bureau/demandes?faites=4&perdues=1"))
    assert f"4 propositions prêtes : {waits}" in told
    assert "1 demande dont la place ou l'heure est passée entre-temps" in told
    assert "envoyée" not in told
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    asked, other = people.asks("Lherm", "Cahors"), people.asks("Lherm", "Cahors", wishes=frozenset({"wheelchair"}))
    page = client.get(f"/bureau/demandes/{asked.id}")
    assert ("Rien n'envoie de messages ici" in text(page)) == (not carries)
    for one, said in ((asked, waits), (other, "Personne ne peut conduire")):
        act = {"acte": "proposer", "choix": "0"}
        done = client.post(f"/bureau/demandes/{one.id}", data=act, headers=HERE, follow_redirects=True)
        assert said in text(done)


def test_a_long_list_of_requests_has_pages(client, desk, monkeypatch):
    monkeypatch.setattr("webapp.pages.requests.ON_A_PAGE", 20)
    load_example(desk, example_alias, now=NOW, who="test")
    first = client.get("/bureau/demandes").text
    total, last = map(int, re.search(r"<caption>(\d+) demandes, page 1 sur (\d+)", first).groups())
    found = []
    for number in range(1, last + 1):
        page = client.get(f"/bureau/demandes?page={number}").text
        found += re.findall(r'<th scope="row"><a href="/bureau/demandes/(\w+)">', page)
    assert last > 1
    assert len(set(found)) == len(found) == total


def test_a_list_that_is_taken_away_is_whole_with_the_year_and_says_where_it_is_cut(client, desk, monkeypatch):
    monkeypatch.setattr("webapp.pages.requests.ON_A_PAGE", 20)
    load_example(desk, example_alias, now=NOW, who="test")

    def taken():
        sheet = client.get("/bureau/demandes?page=2&tableau=1.csv").get_data().decode("utf-8-sig")
        return sheet.splitlines()

    page = client.get("/bureau/demandes").text
    total = int(re.search(r"<caption>(\d+) demandes, page 1", page)[1])
    head, *lines = taken()
    assert "Jour" in head
    assert len(lines) == total > 20
    assert all(re.search(r"\b\d{2}/\d{2}/202[67]\b", line) for line in lines)
    monkeypatch.setattr("webapp.pages.requests.MOST_TAKEN", 30)
    lines = taken()[1:]
    assert len(lines) == 31
    assert f"Liste coupée : 30 demandes sur {total}." in lines[-1].replace("\xa0", " ")


def test_a_search_is_in_no_address_and_finds_each_kind(client, desk):
    people = People(desk)
    rider = people.person(RIDER, "Lherm")
    asked = people.asks("Lherm", "Cahors", rider=rider)
    told = client.post("/bureau/chercher", data={"q": "06.00.00.00.01"}).text
    assert f'href="/bureau/personnes/{rider}">Nom 1</a>' in told
    assert f'href="/bureau/demandes/{asked.id}"' in client.post("/bureau/chercher", data={"q": asked.id[:8]}).text
    assert 'href="/communes/46171"' in client.post("/bureau/chercher", data={"q": "lherm"}).text
    unknown = client.post("/bureau/chercher", data={"q": "06 39 99 99 99"}).text
    assert 'name="telephone" value="0639999999"' in unknown
    assert "Rien à ce nom" in text(client.post("/bureau/chercher", data={"q": "zzzzzz"}))
    # What is in an address is kept by browsers and logs: it is not even read there.
    assert "Nom 1" not in client.get("/bureau/chercher?q=06.00.00.00.01").text
    assert '<form class="find" role="search" method="post"' in client.get("/bureau/").text
