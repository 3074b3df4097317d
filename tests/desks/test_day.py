"""What is due: from every desk, to who may see it, in order of hour, whatever happens to one of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.calls import CALLBACK, add_call
from data.journal import journal_of
from data.outbox import move_message, queue_message
from data.partner_bookings import PartnerBooking, add_booking
from data.territory_files import TerritoryFolder
from data.territory_hours import read_hours
from desks.day.day import Day
from desks.day.due import Due
from desks.outbox.due import messages_due
from desks.rides.answers import answer_for, cancel_request, expire
from desks.rides.batch import propose_batch, run_batch
from desks.rides.due import driver_wanted_by, rides_due
from desks.rides.unmet import note_told
from desks.telephone.due import calls_due
from mobility.accounts import AGENT, PLANNER
from mobility.clock import HOUR, clock_time
from mobility.errors import MobilityError
from mobility.messages import FAILED, QUEUED, TO_CALL
from mobility.people import RIDER
from mobility.scope import EVERYTHING, Scope
from mobility.territory import LocalHolidays
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW
from webapp.opening import join_wording

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Who:
    roles: frozenset = frozenset({AGENT})
    scope: Scope = EVERYTHING
    name: str = "test"
    key: str = "agent"


def at(hour):
    return NOW.replace(hour=hour)


def test_the_late_come_first_then_the_hours_then_what_has_none():
    told = {
        "one": lambda now, who: [Due("c", at(15)), Due("a", None), Due("late", at(9), late=True)],
        "two": lambda now, who: iter([Due("b", at(11)), Due("over", at(8))]),
    }
    found = Day(told).due(NOW, Who())
    assert [due.what for due in found.due] == ["late", "over", "b", "c", "a"]
    assert found.silent == ()


def test_what_is_due_at_once_is_told_by_what_begins_first_then_by_name():
    told = [
        Due("request", at(17), "1", shown="Élie", begins=at(11)), Due("request", at(17), "2", shown="Zoé"),
        Due("request", at(17), "3", shown="Zoé", begins=at(9)), Due("request", at(17), "4", shown="Émile"),
        Due("proposal", at(17), "5", shown="Zoé", begins=at(10)), Due("request", at(17), "0", shown="Fanny"),
    ]  # fmt: skip
    found = Day({"rides": lambda now, who: told}).due(NOW, Who())
    assert [due.about for due in found.due] == ["3", "5", "1", "4", "0", "2"]


def test_a_desk_in_trouble_is_named_and_hides_no_other(caplog):
    def broken(now, who):
        yield Due("half", at(9))
        raise RuntimeError("06 39 10 00 01")

    told = Day({"broken": broken, "well": lambda now, who: [Due("b", at(11))]}).due(NOW, Who())
    assert [due.what for due in told.due] == ["b"]
    assert told.silent == ("broken",)
    # What went wrong may hold someone's number: the log names the desk and the kind of trouble.
    assert "broken" in caplog.text
    assert "06 39" not in caplog.text


def test_a_desk_is_opened_when_it_is_asked(installation):
    house = replace(installation, open_rides=lambda *_: 1 / 0)
    told = house.day.due(NOW, Who(frozenset({AGENT, PLANNER})))
    assert set(told.silent) == {"telephone", "rides", "messages"}


def test_calls_are_due_by_what_was_promised(desk, people):
    rider = people.person(RIDER, "Lherm")
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0600000001", now=NOW, text="Le retour", due=NOW - timedelta(hours=1))
        add_call(tx, CALLBACK, "0639100099", now=NOW, due=NOW + timedelta(hours=1))
    known, unknown = calls_due(desk, NOW, Who())
    assert (known.person, known.shown, known.late, known.facts["telephone"]) == (rider, "Nom 1", True, "")
    assert (unknown.shown, unknown.late, unknown.facts["telephone"]) == ("", False, "0639100099")
    assert list(calls_due(desk, NOW, Who(frozenset({PLANNER})))) == []


def test_what_must_be_said_and_what_did_not_go_are_due(installation, desk, people):
    rider = people.person(RIDER, "Lherm")
    with desk.store.writing() as tx:
        for state in (TO_CALL, FAILED, FAILED):
            message = queue_message(tx, rider, "way", {"text": "Votre train"}, now=NOW)
            move_message(tx, message, {QUEUED}, state=state, due=NOW)
    wording = join_wording(installation.settings, desk)
    told = list(messages_due(desk.store, wording, NOW, Who()))
    assert [(due.what, due.person, due.facts.get("count")) for due in told] == [("say", rider, None), ("failed", "", 2)]
    assert list(messages_due(desk.store, wording, NOW, Who(frozenset({PLANNER})))) == []


def test_rides_are_due_by_what_they_wait_for(desk, people):
    people.volunteer("Labastide-Marnhac")
    waiting = people.asks("Lherm", "Cahors", 10)
    (due,) = rides_due(desk, NOW, Who())
    assert (due.what, due.about, due.at, due.late) == ("request", waiting.id, at(17), False)
    evening = NOW.replace(hour=18)
    (late,) = rides_due(desk, evening, Who())
    assert late.late

    match = desk.propose_best(waiting.id, now=NOW, who="test", rider_agrees=True)
    (due,) = rides_due(desk, NOW, Who())
    assert (due.what, due.at, due.late) == ("proposal", match.expires, False)
    assert due.facts["silent"] == ["Nom 1"]

    answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="test")
    assert list(rides_due(desk, NOW, Who())) == []
    (due,) = rides_due(desk, NOW + timedelta(days=1), Who())
    assert (due.what, due.late, due.facts["drivers"]) == ("ride", False, ["Nom 1"])
    assert due.at == clock_time(TOMORROW, match.rides[0].pickup, PARIS)


def test_many_requests_of_a_later_day_are_one_thing_to_do(desk, people):
    rider = people.person(RIDER, "Lherm")
    asked = [people.asks("Lherm", place, rider=rider) for place in ("Cahors", "Bach", "Lalbenque", "Catus")]
    (due,) = rides_due(desk, NOW, Who())
    assert (due.what, due.about, due.at, due.facts["count"]) == ("requests", TOMORROW.isoformat(), at(17), 4)
    desk.leave_unmet(asked[0].id, now=NOW, who="test")
    assert [due.what for due in rides_due(desk, NOW, Who())] == ["request"] * 3 + ["unmet"]
    for one in asked[1:]:
        desk.leave_unmet(one.id, now=NOW, who="test")
    (due,) = rides_due(desk, NOW, Who())
    assert (due.what, due.about, due.facts["count"]) == ("unmets", TOMORROW.isoformat(), 4)


def test_that_nobody_can_drive_is_due_until_somebody_told_it(desk, people):
    asked = people.asks("Lherm", "Cahors", 10)
    propose_batch(desk, run_batch(desk, [TOMORROW], now=NOW), now=NOW, who="test")
    (due,) = rides_due(desk, NOW, Who())
    assert (due.what, due.about, due.person, due.at, due.late) == ("unmet", asked.id, asked.rider, at(17), False)
    # Past its hour it is still to be told, until the day is over.
    evening = NOW + timedelta(days=1, hours=8)
    assert [(due.what, due.late, due.facts["over"]) for due in rides_due(desk, evening, Who())] == [
        ("unmet", False, True)
    ]
    assert list(rides_due(desk, NOW + timedelta(days=2), Who())) == []
    note_told(desk.store, asked.id, now=NOW, who="test")
    assert list(rides_due(desk, NOW, Who())) == []
    # Looked for in vain once more, it is known already.
    propose_batch(desk, run_batch(desk, [TOMORROW], now=NOW), now=NOW, who="test")
    assert list(rides_due(desk, NOW, Who())) == []
    with desk.store.reading() as tx:
        assert "unmet-told" in [line["act"] for line in journal_of(tx, [asked.id])]


def test_a_driver_lost_since_is_told_anew(desk, people):
    asked = people.asks("Lherm", "Cahors", 17, day=TOMORROW + timedelta(days=2))
    desk.leave_unmet(asked.id, now=NOW, who="test", said=True)
    assert list(rides_due(desk, NOW, Who())) == []
    people.volunteer("Labastide-Marnhac")
    match = desk.propose_best(asked.id, now=NOW, who="test")
    assert [due.what for due in rides_due(desk, NOW, Who())] == ["proposal"]
    late = match.expires + timedelta(minutes=1)
    expire(desk, now=late)
    assert [(due.what, due.about) for due in rides_due(desk, late, Who())] == [("unmet", asked.id)]
    cancel_request(desk, asked.id, now=late, who="test")
    assert list(rides_due(desk, late, Who())) == []
    with pytest.raises(MobilityError) as error:
        note_told(desk.store, asked.id, now=late, who="test")
    assert error.value.code == "nothing-to-tell"


def test_another_platform_tells_its_passengers_itself(desk, people):
    asked = people.asks("Lherm", "Cahors")
    with desk.store.writing() as tx:
        add_booking(tx, PartnerBooking("b", "Un voisin", asked.id, {}, "CONFIRMED"), now=NOW)
    desk.leave_unmet(asked.id, now=NOW, who="test")
    assert list(rides_due(desk, NOW, Who())) == []


def test_what_has_begun_comes_after_what_can_still_be_done(desk, people):
    people.volunteer("Labastide-Marnhac")
    past = people.asks("Lherm", "Cahors", 9, day=NOW.date(), now=at(6))
    proposed = people.asks("Lherm", "Cahors", 9.25, day=NOW.date(), now=at(6))
    desk.propose_best(proposed.id, now=at(6), who="test")
    told = {due.about: due for due in rides_due(desk, at(9).replace(minute=20), Who())}
    assert [told[one.id].late for one in (past, proposed)] == [False, False]
    assert [told[one.id].facts["over"] for one in (past, proposed)] == [True, True]
    assert told[past.id].at == at(9)


def test_a_ride_of_today_wants_its_driver_two_hours_before(desk, people):
    asked = people.asks("Lherm", "Cahors", 16, day=NOW.date())
    assert driver_wanted_by(desk, asked, NOW) == at(14)
    leaving = replace(asked, arrive_by=None, depart_after=15 * HOUR)
    assert driver_wanted_by(desk, leaving, NOW) == at(13)


def hours_of(desk, tmp_path, table):
    (tmp_path / "territory.toml").write_text(table, encoding="utf-8")
    return replace(desk, hours=read_hours(TerritoryFolder(tmp_path), PARIS, LocalHolidays()))


def test_a_driver_is_wanted_before_the_desk_last_closes(desk, people, tmp_path):
    monday = people.asks("Lherm", "Cahors", 10, day=date(2026, 12, 7))
    after_christmas = replace(monday, day=date(2026, 12, 28))
    friday, eve = (datetime(2026, 12, day, 17, tzinfo=PARIS) for day in (4, 24))
    assert [driver_wanted_by(desk, asked, NOW) for asked in (monday, after_christmas)] == [friday, eve]
    table = """[hours]
open = "Mo 09:00-12:00; Tu 09:00-12:00,14:00-18:30"
[hours.relais]
open = "Th 09:00-12:30; Su 09:00-10:00"
count = "opening-hours"
"""
    stated = hours_of(desk, tmp_path, table)
    assert driver_wanted_by(stated, monday, NOW) == datetime(2026, 12, 1, 18, 30, tzinfo=PARIS)
    sunday = datetime(2026, 12, 6, 10, tzinfo=PARIS)
    assert driver_wanted_by(stated, replace(monday, structure="relais"), NOW) == sunday


def test_before_a_closure_all_the_rides_of_it_are_due(desk, people, tmp_path):
    day = date(2026, 12, 21)
    asked = people.asks("Lherm", "Cahors", 10, day=day)
    table = "[[hours.closed]]\nfirst = 2026-12-05\nlast = 2026-12-20\n"
    stated = hours_of(desk, tmp_path, table)
    friday = datetime(2026, 12, 4, 10, tzinfo=PARIS)
    assert list(rides_due(desk, friday, Who())) == []
    (due,) = rides_due(stated, friday, Who())
    assert (due.about, due.at, due.late) == (asked.id, friday.replace(hour=17), False)
    assert list(rides_due(stated, friday - timedelta(days=1), Who())) == []


def test_another_structures_requests_are_not_due(desk, people):
    rider = people.person(RIDER, "Lherm")
    people.asks("Lherm", "Cahors", rider=rider, structure="Maison de Lherm")
    people.asks("Lherm", "Bach", rider=rider)
    mine = list(rides_due(desk, NOW, Who(scope=Scope.of(["Maison de Lherm"]))))
    theirs = list(rides_due(desk, NOW, Who(scope=Scope.of(["Maison de Vaylats"]))))
    assert (len(mine), len(theirs)) == (2, 1)
