"""What agendas were told is kept, on both databases; a filled database of the former version is taken over."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from data.events import events_of
from data.scenarios import entry_in_force, history
from data.store import Store
from desks.calendar.agenda import TOLD_FOR, planned_events, tell_agendas
from mobility.agenda import CANCELLED, CONFIRMED
from mobility.bus_calendar import BusCalendar, Visit
from mobility.dates import DateRange, Season, date_calendar
from tests.conftest import NOW
from tests.fakes import session, tiny_problem
from tests.fixtures_former import load_former

PARIS = ZoneInfo("Europe/Paris")
PROBLEM = tiny_problem([(3, 0)], [1], sessions=(session(2, "morning"),))
VISIT = Visit(1, 2, "morning", "bus-1", "v0", 9 * 3600, 13 * 3600)


def planned(first: date, last: date, problem=PROBLEM):
    season = Season(DateRange("season", first, last))
    return planned_events(date_calendar(BusCalendar((VISIT,)), problem, season), problem, PARIS, NOW)


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def test_hours_are_those_of_the_clock_on_the_wall():
    opens = PROBLEM.sessions_by_key[2, "morning"].opens // 3600
    found = planned(date(2027, 3, 8), date(2027, 4, 18))
    assert {event.starts.astimezone(PARIS).hour for event in found} == {opens}
    assert {event.starts.hour for event in found} == {opens - 1, opens - 2}


def test_what_was_told_is_kept(store):
    weeks = planned(date(2026, 11, 30), date(2026, 12, 20))
    first = tell_agendas(store, "t", weeks, NOW)
    assert [event.sequence for event in first] == [0, 0]
    later = NOW + timedelta(days=3)
    fewer = tell_agendas(store, "t", weeks[:1], later)
    assert [(event.status, event.sequence) for event in fewer] == [(CONFIRMED, 0), (CANCELLED, 1)]
    assert [event.changed for event in fewer] == [NOW, later]
    assert tell_agendas(store, "t", weeks[:1], later + timedelta(days=1)) == fewer
    assert [event.sequence for event in tell_agendas(store, "t", weeks, later)] == [0, 2]
    with store.reading() as tx:
        assert events_of(tx, "another", since=NOW) == []
        kept = events_of(tx, "t", since=NOW)
    assert [(event.place, event.spot, event.commune) for event in kept] == [
        (event.place, event.spot, event.commune) for event in weeks
    ]


def test_after_a_year_agendas_hear_no_more_of_it(store):
    weeks = planned(date(2026, 11, 30), date(2026, 12, 20))
    tell_agendas(store, "t", weeks, NOW)
    assert len(tell_agendas(store, "t", [], weeks[0].ends + TOLD_FOR)) == 1


def test_told_by_several_at_once_it_is_told_once(store):
    weeks = planned(date(2026, 11, 30), date(2027, 12, 31))
    found = []
    threads = [Thread(target=lambda: found.append(tell_agendas(store, "t", weeks, NOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4
    moved = [replace(event, spot="elsewhere") for event in weeks]
    threads = [Thread(target=tell_agendas, args=(store, "t", moved, NOW)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert {event.sequence for event in events_of(tx, "t", since=NOW)} == {1}


def test_a_database_of_the_former_version_goes_on(bare_database):
    load_former(bare_database)
    store = Store(bare_database)
    with store.reading() as tx:
        assert [entry.name for entry in history(tx, "cahors")] == ["Hiver", "Automne"]
        assert entry_in_force(tx, "cahors").name == "Hiver"
    assert len(tell_agendas(store, "cahors", planned(date(2026, 11, 30), date(2026, 12, 20)), NOW)) == 2
    store.close()
