"""The season, set by several planners at once: nobody undoes unseen what another has decided."""

import html
import io
import re
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from data.journal import journal_of
from data.season_files import SeasonChoice
from desks.calendar import replacing
from desks.calendar.replacing import cancelled_visits
from desks.calendar.season import SEASON, change_season, chosen_season
from mobility.agenda import CANCELLED
from mobility.clock import HOUR, ZONE, clock_time
from mobility.dates import Closure, DateRange, Move
from tests.conftest import NOW
from tests.fixtures_site import season_form
from webapp.app import create_app
from webapp.words.french import day_words
from webapp.words.journal import why_words

SET = {"policy": "iso-parity", "jours-feries": "deplacer"}
LONG_ENOUGH = 0.4
"""Seconds that one planner's decision takes where nobody holds it up."""


@pytest.fixture
def here(app):
    return app.extensions["wired"].house()


def chosen(here) -> SeasonChoice:
    return chosen_season(here.plans)


def closed(here):
    return [closure.days.name for closure in chosen(here).closures]


def proposals(here) -> list[Move]:
    """Where the visits of the coming days can be held instead."""
    days = sorted({visit.day for visit in here.calendar.dated().visits if visit.day > here.today()})[:4]
    found = [cancelled_visits(here.calendar, day) for day in days]
    return [proposal.move for visits in found for visit in visits for proposal in visit.proposals]


def pair_of(moves, *, same):
    """Two visits of other days that are both to be held at one half-day, or at two."""
    return next(
        (one, other)
        for one in moves
        for other in moves
        if one.usual < other.usual and ((one.day, one.held) == (other.day, other.held)) == same
    )


def faults(answer):
    """What is said beside the fields of a form, by their names."""
    return dict(re.findall(r'id="([\w-]+)-erreur" role="alert">([^<]+)<', answer.text))


SNOW = {"closure-name": "neige"}


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        (SNOW, "closure-first", "Donnez le premier jour de la fermeture."),
        ({"closure-first": "2026-12-08"}, "closure-name", "Donnez la raison : tout le monde la lira."),
        ({**SNOW, "closure-first": "2026-11-02"}, "closure-first", "Ce jour est passé : donnez un jour à venir."),
        (
            {**SNOW, "closure-first": "2026-11-02", "closure-last": "2026-11-03"}, "closure-last",
            "Ce jour est passé : donnez un jour à venir.",
        ),
        ({**SNOW, "closure-first": "2026-12-08", "closure-last": "demain"}, "closure-last", "« demain » n"),
        ({"last": "2026-11-01"}, "last", "Ce jour est passé : donnez un jour à venir."),
        ({**SNOW, "closure-first": "2026-12-08", "closure-stop": "46999"}, "closure-stop", "« 46999 » n"),
    ],
)  # fmt: skip
def test_a_day_of_the_season_that_says_nothing_is_told_beside_its_field(client, sent, field, sentence):
    answer = client.post("/dates", data={**SET, **season_form(client), **sent})
    assert answer.status_code == 400
    assert list(said := faults(answer)) == [field]
    assert said[field].startswith(sentence)
    assert '<details class="panel" open><summary>Semaines' in answer.text


@pytest.mark.parametrize(
    ("address", "field", "sentence"),
    [
        ("/dates?annule=&raison=neige", "annule", "Donnez le jour."),
        ("/dates?annule=2026-11-02", "annule", "Ce jour est passé : donnez un jour à venir."),
        (
            "/comptes/journal/?du=2026-12-02&au=2026-12-01",
            "au",
            "La fin (mardi 1er décembre 2026) vient avant",
        ),
    ],
)
def test_a_day_asked_for_that_says_nothing_is_told_beside_its_field(client, address, field, sentence):
    answer = client.get(address)
    assert answer.status_code == 400
    assert faults(answer)[field].startswith(sentence)


def form_of(move, **more):
    return {
        "habituel": move.usual.isoformat(), "moment": move.session, "bus": move.bus, "arret": move.stop,
        "annule": move.usual.isoformat(), "le": move.day.isoformat(), "a": move.held, "raison": "panne", **more,
    }  # fmt: skip


@pytest.mark.parametrize("same", [False, True])
def test_two_who_move_visits_at_once_lose_none_and_share_no_half_day(app, here, monkeypatch, same):
    first, second = pair_of(proposals(here), same=same)
    answers, seen = {}, {second.usual: cancelled_visits(here.calendar, second.usual)}

    def send(move):
        answers[move] = app.test_client().post("/dates/remplacer", data=form_of(move)).status_code

    other = Thread(target=send, args=(second,))

    def meanwhile(calendar, day):
        if day != first.usual:
            # Reckoned before where that is true still, so that this planner is quick.
            return cancelled_visits(calendar, day) if same else seen[day]
        found = cancelled_visits(calendar, day)
        # What is free was read; before the decision is kept, the other planner sends theirs.
        other.start()
        other.join(LONG_ENOUGH)
        return found

    monkeypatch.setattr(replacing, "cancelled_visits", meanwhile)
    send(first)
    other.join()
    kept = {move.key for move in chosen(here).moves}
    assert answers == {first: 303, second: 400 if same else 303}
    assert kept == ({first.key} if same else {first.key, second.key})


def test_a_season_that_another_has_set_meanwhile_is_shown_and_not_overwritten(client, here):
    seen = season_form(client)
    fair = {"closure-name": "Fête", "closure-first": "2026-12-21"}
    assert client.post("/dates", data={**SET, **season_form(client), **fair}).status_code == 303
    mine = {**SET, **seen, "pause-scolaire": "on", "closure-name": "Panne", "closure-first": "2026-12-08"}
    refused = client.post("/dates", data=mine)
    assert refused.status_code == 400
    page = refused.get_data(as_text=True)
    assert "Quelqu&#39;un d&#39;autre vient de régler la saison" in page
    assert closed(here) == ["Fête"]
    assert re.search(r'name="garder-\w+" checked>Fête', page)
    assert 'value="Panne"' in page
    assert not re.search(r'name="pause-scolaire" checked', page)
    assert client.post("/dates", data={**mine, **season_form(client)}).status_code == 303
    assert closed(here) == ["Fête", "Panne"]


def test_a_closure_is_taken_away_by_itself_wherever_it_stands(client, here):
    for name, day in (("Fête", "2026-12-21"), ("Pont coupé", "2026-12-14")):
        more = {"closure-name": name, "closure-first": day}
        client.post("/dates", data={**SET, **season_form(client), **more})
    seen = season_form(client)
    fair, bridge = (name for name in seen if name.startswith("garder-"))
    assert client.post("/dates", data={**SET, "vu": seen["vu"], bridge: "on"}).status_code == 303
    # Whoever still sees both keeps the fair alone.
    assert client.post("/dates", data={**SET, "vu": seen["vu"], fair: "on"}).status_code == 400
    assert closed(here) == ["Pont coupé"]


def test_a_closure_of_a_list_that_was_taken_away_is_not_taken_in_again(client, here):
    pages = []
    for taken in (["foire"], []):
        file = (io.BytesIO(b"Du;Motif\n21/12/2026;foire\n"), "jours.csv")
        waiting = client.post("/bureau/listes/", data={"liste": "closures", "fichier": file}).location
        pages.append(html.unescape(client.get(waiting).get_data(as_text=True)))
        client.post(waiting, data={"acte": "prendre"})
        assert closed(here) == taken
        client.post("/dates", data={**SET, "vu": season_form(client)["vu"]})
        assert closed(here) == []
    assert "Rien à prendre : tout ce que dit ce fichier est déjà connu" not in pages[0]
    assert "Rien à prendre : tout ce que dit ce fichier est déjà connu" in pages[1]


def test_a_season_sent_twice_is_kept_once_and_moves_stay(client, here):
    mine = {**SET, **season_form(client), "closure-name": "Fête", "closure-first": "2027-01-11"}
    move = proposals(here)[0]
    assert client.post("/dates/remplacer", data=form_of(move)).status_code == 303
    assert [client.post("/dates", data=mine).status_code for _ in range(2)] == [303, 303]
    assert closed(here) == ["Fête"]
    assert [kept.key for kept in chosen(here).moves] == [move.key]


def offered(app, clock):
    """A site of the same state at another time, and whether its page offers a usual day again."""
    later = create_app(app.extensions["wired"].house().settings, clock=lambda: clock)
    page = later.test_client().get("/dates").get_data(as_text=True)
    later.extensions["wired"].jobs.close()
    return later, 'value="reprendre"' in page


def test_a_usual_day_that_is_over_is_no_more_taken_back(app, here):
    move = max(proposals(here), key=lambda move: move.day)
    client = app.test_client()
    assert client.post("/dates/remplacer", data=form_of(move)).status_code == 303
    _, may_return = offered(app, NOW + timedelta(hours=1))
    assert may_return
    later, may_return = offered(app, clock_time(move.usual, 20 * HOUR, ZONE))
    assert not may_return
    refused = later.test_client().post("/dates/remplacer", data=form_of(move, acte="reprendre"))
    assert refused.status_code == 400
    assert "ne peut plus reprendre sa date habituelle" in refused.get_data(as_text=True)
    assert [kept.key for kept in chosen(here).moves] == [move.key]


def test_what_a_closure_keeps_from_its_new_day_is_told_and_can_be_taken_back(client, here):
    move = proposals(here)[0]
    client.post("/dates/remplacer", data=form_of(move))
    more = {"closure-name": "Pont coupé", "closure-first": move.day.isoformat()}
    client.post("/dates", data={**SET, **season_form(client), **more})
    commune = next(stop.commune for stop in here.calendar.plan().problem.stops if stop.id == move.stop)
    told = client.get(f"/communes/{commune}").get_data(as_text=True).partition("Prochains passages")[0]
    for day in (move.usual, move.day):
        assert day_words(day) in told.lower()
    assert 'value="reprendre"' in client.get("/dates").get_data(as_text=True)
    assert client.post("/dates/remplacer", data=form_of(move, acte="reprendre")).status_code == 303
    assert move.usual in {visit.day for visit in here.calendar.dated().visits if visit.visit.stop == move.stop}


def test_a_season_shortened_past_the_new_day_tells_that_there_is_no_visit(client, here):
    move = max(proposals(here), key=lambda move: move.day - move.usual)
    client.post("/dates/remplacer", data=form_of(move))
    (told,) = [event for event in here.calendar.agenda() if event.moved_from == move.usual]
    shorter = {"first": NOW.date().isoformat(), "last": (move.day - timedelta(days=1)).isoformat()}
    assert client.post("/dates", data={**SET, **season_form(client), **shorter}).status_code == 303
    page = client.get("/dates").get_data(as_text=True)
    assert (
        f"pas de passage le {day_words(move.day)} (la saison se termine avant), ni le {day_words(move.usual)}" in page
    )
    commune = next(stop.commune for stop in here.calendar.plan().problem.stops if stop.id == move.stop)
    shown = client.get(f"/communes/{commune}").get_data(as_text=True).lower()
    for words in (day_words(move.day), day_words(move.usual), "la saison se termine avant. "):
        assert words in shown
    (gone,) = [event for event in here.calendar.agenda() if event.uid == told.uid]
    assert (gone.status, gone.sequence) == (CANCELLED, told.sequence + 1)
    assert move.stop in {visit.gone.visit.stop for visit in cancelled_visits(here.calendar, move.usual)}


def test_of_a_cancelled_day_only_days_to_come_are_proposed(here):
    first = NOW.date()
    change_season(here.plans, lambda choice: replace(choice, first=first))
    for usual in {visit.day for visit in here.calendar.dated().visits[:6]}:
        for late in (2, 9, 60):
            today = usual + timedelta(days=late)
            later = replace(here.calendar, clock=lambda today=today: clock_time(today, 8 * HOUR, ZONE))
            found = [proposal.move.day for gone in cancelled_visits(later, usual) for proposal in gone.proposals]
            assert all(day > today for day in found)
            assert bool(found) == (late < 14)


def test_a_usual_day_that_another_visit_took_is_not_given_back(client, here):
    move = proposals(here)[0]
    client.post("/dates/remplacer", data=form_of(move))
    choice = chosen(here)
    taken = replace(proposals(here)[-1], day=move.usual, held=move.session, reason="panne")
    here.plans.save(SEASON, replace(choice, moves=(*choice.moves, taken)).document())
    refused = client.post("/dates/remplacer", data=form_of(move, acte="reprendre"))
    assert refused.status_code == 400
    assert len(chosen(here).moves) == 2


def test_a_snowy_day_is_cancelled_whole_then_each_visit_is_held_elsewhere(client, here):
    dates, problem = here.calendar.dated(), here.calendar.plan().problem
    day = next(v.day for v in dates.visits if v.day > here.today() and sum(o.day == v.day for o in dates.visits) > 1)
    stops = [visit.visit.stop for visit in dates.visits if visit.day == day]
    sent = {"annule": day.isoformat(), "acte": "annuler"}
    refused = client.post("/dates/remplacer", data=sent)
    assert faults(refused) == {"raison": "Donnez la raison : tout le monde la lira."}
    assert "encore annoncés" in client.get(f"/dates?annule={day}&raison=neige").text
    done = client.post("/dates/remplacer", data={**sent, "raison": "neige"})
    assert done.headers["Location"] == f"/dates?annule={day}&raison=neige#annuler"
    page = client.get(done.headers["Location"].partition("#")[0]).text
    assert "encore annoncé" not in page
    for stop in stops:
        told = client.get(f"/communes/{problem.stops_by_id[stop].commune}").text.partition("Prochains passages")[0]
        assert "ne vient pas" in told
        assert "Neige." in told
    assert client.post("/dates/remplacer", data={**sent, "acte": "tous", "raison": "neige"}).status_code == 303
    moved = [visit.visit.stop for visit in here.calendar.dated().moved if visit.moved_from == day]
    assert moved
    assert "déplacé au" in client.get(f"/dates?annule={day}&raison=neige").text.partition('id="annuler"')[2]


def test_one_visit_of_a_day_is_cancelled_alone_and_the_others_stay_in_view(client, here):
    visit = next(visit for visit in here.calendar.dated().visits if visit.day > here.today())
    shown = client.get(f"/dates?annule={visit.day}&raison=panne").text.partition('id="annuler"')[2]
    assert f'name="seance" value="{visit.visit.session}"' in shown
    sent = {
        "annule": visit.day.isoformat(), "raison": "panne", "acte": "annuler", "arret": visit.visit.stop,
        "seance": visit.visit.session,
    }  # fmt: skip
    assert f"annule={visit.day}" in client.post("/dates/remplacer", data=sent).headers["Location"]
    with here.store.reading() as tx:
        assert why_words(journal_of(tx)[0]["why"]) == day_words(visit.day, year=True)
    client.post("/dates", data={**SET, **season_form(client), "last": "2027-01-31"})
    with here.store.reading() as tx:
        assert why_words(journal_of(tx)[0]["why"]) == "dernier jour"
    left = [other for other in here.calendar.dated().visits if other.day == visit.day]
    assert visit.visit.stop not in {other.visit.stop for other in left}
    assert client.post("/dates/remplacer", data={**sent, "seance": "night"}).status_code == 400
    # It alone is kept away, and still is after the whole form of the season was sent.
    assert chosen(here).closures[-1] == Closure(
        DateRange("panne", visit.day, visit.day), visit.visit.stop, visit.visit.session
    )


def test_a_season_made_shorter_says_how_many_visits_fewer_it_has(client, here):
    before = len(here.calendar.dated().visits)
    shorter = {**SET, **season_form(client), "last": "2026-12-20"}
    page = client.post("/dates", data=shorter, follow_redirects=True).text
    left = here.calendar.dated().visits
    assert f"{before - len(left)} passages de moins : {len(left)} au lieu de {before}." in page
    assert f"Le dernier est le {day_words(left[-1].day, year=True)}." in page
    # Each commune's own last day is told as well.
    stops = here.calendar.plan().problem.stops_by_id
    last = {stops[visit.visit.stop].commune: visit.day for visit in left}
    listed = page.partition("Le dernier passage dans chaque commune")[2].partition("</ul>")[0]
    assert listed.count("<li>") == len(last)
    for insee, day in last.items():
        assert f"<li>{here.ground.commune_names()[insee]} : {day_words(day, year=True)}</li>" in html.unescape(listed)
