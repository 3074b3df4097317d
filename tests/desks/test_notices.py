"""What people must know: gathered from the calendar and the feeds, written by hand on both databases."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.journal import journal_of
from data.scenarios import HistoryEntry, put_in_force, settled_entries
from data.store import Store
from data.territory_files import TerritoryFolder
from desks.calendar.missed import visits_missed
from desks.calendar.notices import SETTLED, latest_news, new_calendar_notices, season_notices
from desks.notices import Draft, NoticeDesk, notices_due
from desks.transport.in_use import FeedsInUse
from mobility.accounts import PLANNER
from mobility.bus_calendar import BusCalendar, Plan, Solution, Visit
from mobility.dates import Closure, DateRange, Move, Season, date_calendar
from mobility.errors import MobilityError
from mobility.modules import TRANSPORT, Modules
from mobility.notices import (
    CALENDAR_ENDS,
    CALENDAR_OVER,
    CALM,
    CANCELLED_VISITS,
    GRAVE,
    LOST_STOPS,
    MOVED_VISITS,
    NEW_CALENDAR,
    OLD_HOURS,
)
from tests.conftest import NOW
from tests.desks.test_day import Who
from tests.fakes import session, tiny_problem

PROBLEM = tiny_problem([(3, 0), (0, 6)], [1, 1], sessions=(session(2, "morning"), session(4, "morning")))
CALENDAR = BusCalendar(
    tuple(
        Visit(week, day, "morning", "bus-1", stop, 9 * 3600, 13 * 3600)
        for week in (1, 2)
        for day, stop in ((2, "v0"), (4, "v1"))
    )
)


def told(*, first=date(2026, 11, 30), last=date(2027, 2, 28), now=NOW, agenda=(), **season):
    dates = Season(DateRange("season", first, last), **season)
    return {n.id: n for n in season_notices(date_calendar(CALENDAR, PROBLEM, dates), PROBLEM, agenda, now)}


def test_a_visit_kept_away_from_where_it_was_moved_is_missed_on_both_days():
    move = Move(date(2026, 12, 3), "morning", "bus-1", "v1", date(2026, 12, 9), "morning", "snow")
    closure = Closure(DateRange("roadworks", date(2026, 12, 9), date(2026, 12, 9)))
    found = told(moves=(move,), closures=(closure,))
    assert set(found) == {"visits-closure-20261209", "visits-dropped-20261203-morning-v1"}
    dropped = found["visits-dropped-20261203-morning-v1"]
    (visit,) = dropped.visits
    days = [event.starts.astimezone(NOW.tzinfo).date() for event in (visit.gone, visit.instead)]
    assert (dropped.kind, days) == (CANCELLED_VISITS, [date(2026, 12, 3), date(2026, 12, 10)])
    assert dropped.facts == {"reason": "snow"}
    later = told(moves=(move,), closures=(closure,), now=NOW + timedelta(days=4))
    assert set(later) == {"visits-closure-20261209"}


def test_a_visit_moved_after_the_end_of_a_shortened_season_is_missed_on_both_days():
    move = Move(date(2026, 12, 3), "morning", "bus-1", "v1", date(2026, 12, 9), "morning", "snow")
    found = told(moves=(move,), last=date(2026, 12, 8))
    names = {"visits-season-20261209", "visits-dropped-20261203-morning-v1"}
    assert {name: (n.kind, n.gravity) for name, n in found.items() if name in names} == dict.fromkeys(
        names, (CANCELLED_VISITS, GRAVE)
    )


def test_a_season_like_any_other_has_nothing_to_tell():
    assert told() == {}


def test_a_closed_stop_says_which_visit_and_when_the_next_one_is():
    closure = Closure(DateRange("roadworks", date(2026, 12, 3), date(2026, 12, 5)), "v1")
    (found,) = told(closures=(closure,)).values()
    assert (found.id, found.kind, found.gravity) == ("visits-closure-20261203-v1", CANCELLED_VISITS, GRAVE)
    (visit,) = found.visits
    assert visit.gone.starts.astimezone(NOW.tzinfo).date() == date(2026, 12, 3)
    assert visit.instead.starts.astimezone(NOW.tzinfo).date() == date(2026, 12, 10)
    assert found.ends == visit.gone.ends
    assert found.facts["reason"] == "roadworks"


def test_a_closure_everywhere_is_one_notice_of_all_its_visits():
    closures = (Closure(DateRange("leave", date(2026, 12, 7), date(2026, 12, 18))),)
    (found,) = told(closures=closures).values()
    assert [visit.gone.place.id for visit in found.visits] == ["v0", "v1", "v0", "v1"]
    assert {visit.instead.starts.date() for visit in found.visits} == {date(2026, 12, 22), date(2026, 12, 24)}


def test_it_is_as_old_as_what_agendas_were_told():
    closure = Closure(DateRange("roadworks", date(2026, 12, 3), date(2026, 12, 3)), "v1")
    (found,) = told(closures=(closure,)).values()
    assert found.updated == found.visits[0].gone.starts - timedelta(days=28)
    known = replace(found.visits[0].gone, status="cancelled", changed=NOW - timedelta(hours=2))
    (found,) = told(closures=(closure,), agenda=[known]).values()
    assert found.updated == NOW - timedelta(hours=2)


def test_holidays_move_or_cancel_visits():
    holidays = {date(2026, 12, 8): "holiday"}
    (moved,) = told(public_holidays=holidays).values()
    assert (moved.kind, moved.gravity, len(moved.visits)) == (MOVED_VISITS, CALM, 1)
    assert moved.visits[0].gone.uid == moved.visits[0].instead.uid
    (gone,) = told(public_holidays=holidays, move_holidays=False).values()
    assert (gone.kind, gone.gravity) == (CANCELLED_VISITS, CALM)


def test_what_is_far_away_is_not_told_yet():
    closure = Closure(DateRange("fair", date(2027, 1, 26), date(2027, 1, 26)))
    assert told(closures=(closure,)) == {}
    assert len(told(closures=(closure,), now=NOW + timedelta(days=30))) == 1


def test_a_calendar_that_ends_and_one_that_is_over():
    assert [n.kind for n in told(last=date(2026, 12, 20)).values()] == [CALENDAR_ENDS]
    (over,) = told(last=date(2026, 12, 20), now=NOW + timedelta(days=30)).values()
    assert (over.kind, over.gravity, over.ends, over.facts["last"]) == (CALENDAR_OVER, GRAVE, None, date(2026, 12, 17))


def plan_of(*visits):
    rows = [{"commune": c, "week": w, "weekday": d, "session": "morning"} for c, w, d in visits]
    return json.dumps({"visits": rows})


def test_a_new_calendar_says_who_gains_loses_or_changes():
    former, after = (
        HistoryEntry(number, "", "", plan_of(*visits), "", NOW, None)
        for number, visits in enumerate((
            [("46013", 1, "tuesday"), ("46171", 1, "friday"), ("46042", 1, "monday")],
            [("46013", 2, "tuesday"), ("46088", 1, "friday"), ("46042", 1, "monday")],
        ))
    )  # fmt: skip
    assert latest_news([after, former], NOW) == (after, former)
    lost, new = new_calendar_notices(after, former)
    assert (lost.kind, lost.gravity, lost.communes) == (LOST_STOPS, GRAVE, {"46171"})
    assert (new.kind, new.facts) == (NEW_CALENDAR, {"gained": {"46088"}, "other": {"46013"}})
    assert latest_news([after, after], NOW) is None
    assert latest_news([after], NOW) is None
    assert latest_news([after, former], NOW + timedelta(days=21)) is None


def test_a_visit_promised_for_the_coming_days_is_missed_where_another_calendar_does_not_hold_it():
    other = BusCalendar(tuple(replace(v, stop="v0") if v.weekday == 4 and v.week == 1 else v for v in CALENDAR.visits))
    before, after = (Plan(PROBLEM, Solution(calendar, (), 0), None, None) for calendar in (CALENDAR, other))
    season = Season(DateRange("season", date(2026, 11, 30), date(2027, 2, 28)))
    dated = date_calendar(other, PROBLEM, season)
    (missed,) = visits_missed(before, after, dated, since=NOW, now=NOW)
    assert (missed.gone.place.id, missed.gone.starts.date()) == ("v1", date(2026, 12, 3))
    assert missed.instead.starts.date() == date(2026, 12, 10)
    assert visits_missed(before, before, date_calendar(CALENDAR, PROBLEM, season), since=NOW, now=NOW) == ()
    assert visits_missed(before, after, dated, since=NOW, now=NOW + timedelta(days=4)) == ()


WINTER, SPRING = plan_of(("46013", 1, "tuesday")), plan_of(("46088", 1, "tuesday"))
SUMMER = plan_of(("46013", 1, "tuesday"), ("46171", 1, "friday"))


@pytest.mark.parametrize(
    ("history", "told"),
    [
        # Taken back at once: nobody learns of it, neither then nor as of another calendar.
        ([(WINTER, 30), (SPRING, 2), (WINTER, 1.9)], []),
        ([(WINTER, 0), (SPRING, 0), (WINTER, 0)], []),
        # What was told before goes on being told, under the same name and as of the same day.
        ([(WINTER, 30), (SUMMER, 9), (SPRING, 2), (SUMMER, 1.9)], [("calendar-2", 9)]),
        ([(WINTER, 30), (SUMMER, 9), (SUMMER, 2)], [("calendar-2", 9)]),
        # Another one in its place is told against what people knew.
        ([(WINTER, 30), (SPRING, 2), (SUMMER, 1.9)], [("calendar-3", 1.9)]),
        # Who was told of it for days must be told that it is no more.
        ([(WINTER, 30), (SPRING, 9), (WINTER, 2)], [("calendar-3", 2), ("calendar-3-lost", 2)]),
        # Of the first one of a history nobody knows since when it stood.
        ([(WINTER, 2), (SUMMER, 2)], [("calendar-2", 2)]),
    ],
)
def test_only_what_differs_from_what_people_were_told_is_news(database, history, told):
    store = Store(database)
    with store.writing() as tx:
        for plan, days in history:
            put_in_force(tx, "", plan, "", territory="valley", author="agent", now=NOW - timedelta(days=days))
    with store.reading() as tx:
        news = latest_news(settled_entries(tx, "valley", SETTLED), NOW)
    found = new_calendar_notices(*news) if news else []
    store.close()
    names = sorted((notice.id, notice.updated) for notice in found)
    assert names == sorted((name, NOW - timedelta(days=days)) for name, days in told)


@pytest.fixture
def notices(installation, database):
    store = Store(database)
    yield NoticeDesk(installation.ground, installation.calendar, installation.feeds, lambda: store, lambda: NOW)
    store.close()


def draft(**changes):
    return replace(Draft("Route fermée", "Passez par Lherm.", GRAVE, ["46171"], NOW.date()), **changes)


def test_without_a_calendar_in_force_the_rest_is_told(notices):
    notices.write(draft(), now=NOW, who="someone")
    found = notices.seen()
    assert {notice.kind for notice in found} == {"written", OLD_HOURS}
    assert notices.seen("46171")[0].kind == "written"
    assert "written" not in [notice.kind for notice in notices.seen("46042")]
    # The embedded trains are of 2025: whoever lives by a station must ask.
    assert OLD_HOURS in [notice.kind for notice in notices.seen("46042")]


def test_what_is_written_is_kept_once_and_ends(notices):
    made = notices.write(draft(last=date(2026, 12, 4)), now=NOW, who="someone")
    assert notices.write(draft(last=date(2026, 12, 4)), now=NOW, who="someone").id == made.id
    assert notices.written() == [made]
    assert made.ends.astimezone(NOW.tzinfo).date() == date(2026, 12, 5)
    later = replace(notices, clock=lambda: NOW + timedelta(days=5))
    assert later.written() == []
    other = notices.write(draft(title="Une autre"), now=NOW, who="someone")
    notices.end(other.id, now=NOW, who="someone")
    notices.end(other.id, now=NOW, who="someone")
    assert notices.written() == [made]
    with notices.store().reading() as tx:
        acts = [row["act"] for row in journal_of(tx)]
    assert acts == ["notice-ended", "notice-written", "notice-written"]


def test_what_is_about_a_line_is_kept_with_it_and_with_the_communes_it_serves(notices):
    line = next(served for served in notices.lines() if served.line.feed == "trains")
    made = notices.write(draft(communes=[], line=("trains", line.line.id)), now=NOW, who="someone")
    assert (made.line, made.communes) == (line.line, line.communes)
    assert notices.written() == [made]
    assert notices.write(draft(communes=[], line=("trains", line.line.id)), now=NOW, who="someone") == made
    assert notices.write(draft(communes=line.communes), now=NOW, who="someone").id != made.id
    assert made in notices.seen("46042")
    assert made not in notices.seen("46171")


def test_what_is_about_a_line_is_told_of_journeys_of_its_days(notices):
    notices.write(draft(line=("trains", "ter"), last=date(2026, 12, 4)), now=NOW, who="someone")
    (found,) = notices.of_lines(date(2026, 12, 4))
    assert found.taken_as == {("trains", "ter")}
    assert notices.of_lines(date(2026, 12, 5)) == []
    assert notices.of_lines(date(2026, 11, 29)) == []


def test_a_line_that_is_no_more_leaves_what_is_written_to_its_communes(notices, tmp_path):
    made = notices.write(draft(line=("trains", "ter")), now=NOW, who="someone")
    nowhere = replace(notices.feeds.feeds, root=tmp_path, territory_folder=TerritoryFolder(tmp_path))
    later = replace(notices, feeds=FeedsInUse(nowhere))
    assert later.written() == [made]
    assert later.line_of(made) is None
    assert later.of_lines(NOW.date()) == []
    assert made in later.seen("46042")
    assert [(due.what, due.about) for due in notices_due(later, NOW, Who(frozenset({PLANNER})))] == [
        ("notice-lost", made.id)
    ]  # fmt: skip
    assert list(notices_due(notices, NOW, Who(frozenset({PLANNER})))) == []
    assert list(notices_due(later, NOW, Who())) == []


def test_where_lines_are_left_out_nothing_is_told_of_them(notices, monkeypatch):
    notices.write(draft(line=("trains", "ter")), now=NOW, who="someone")
    monkeypatch.setitem(vars(notices.ground), "modules", Modules(frozenset({TRANSPORT})))
    assert notices.written() == notices.of_lines(NOW.date()) == notices.lines() == []


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"line": ("trains", "")}, "no-line-chosen", "line"),
        ({"line": ("trains", "874")}, "no-such-line", "line"),
        ({"line": ("gone", "874")}, "line-feed-gone", "line"),
        ({"title": " "}, "empty-value", "title"),
        ({"text": ""}, "empty-value", "text"),
        ({"text": "a" * 601}, "too-long", "text"),
        ({"last": date(2026, 11, 1)}, "dates-reversed", "last"),
        ({"communes": ["99999"]}, "unknown-commune", "commune"),
    ],
)
def test_each_fault_of_a_draft_names_its_field(notices, changes, code, where):
    with pytest.raises(MobilityError) as raised:
        notices.drafted(draft(**changes), now=NOW)
    assert (raised.value.code, raised.value.field) == (code, where)
