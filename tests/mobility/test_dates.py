"""From the cycle to dates: two policies, holidays, closures, and a year of 53 weeks."""

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mobility.bus_calendar import BusCalendar, Visit
from mobility.dates import ALTERNATE, ISO_PARITY, Closure, DatedVisit, DateRange, Move, Season, date_calendar
from mobility.errors import MobilityError
from tests.fakes import session, tiny_problem

PROBLEM = tiny_problem(
    [(3, 0), (0, 6), (5, 5)], [1, 1, 1],
    sessions=(session(2, "morning"), session(2, "afternoon"), session(5, "afternoon")),
)  # fmt: skip
WINTER = DateRange("winter", date(2026, 12, 14), date(2027, 1, 17))


def visit(week, weekday, name, stop):
    return Visit(week, weekday, name, "bus-1", stop, 9 * 3600, 13 * 3600)


CALENDAR = BusCalendar((visit(1, 2, "morning", "v0"), visit(2, 2, "morning", "v1"), visit(2, 5, "afternoon", "v2")))


def days(result, stop):
    return [dated.day.isoformat() for dated in result.visits if dated.visit.stop == stop]


def test_iso_parity_repeats_an_odd_week_after_week_53():
    result = date_calendar(CALENDAR, PROBLEM, Season(WINTER, ISO_PARITY))
    assert days(result, "v0") == ["2026-12-15", "2026-12-29", "2027-01-05"]
    assert days(result, "v1") == ["2026-12-22", "2027-01-12"]


def test_the_weeks_of_each_place_in_the_cycle_are_told_by_their_mondays():
    mondays = Season(WINTER, ISO_PARITY).mondays_of(1, 2, date(2026, 12, 31), 3)
    assert mondays == [date(2026, 12, 28), date(2027, 1, 4)]
    assert Season(WINTER, ALTERNATE).mondays_of(1, 2, date(2026, 12, 31), 2) == [date(2026, 12, 28), date(2027, 1, 11)]


def test_strict_alternation_does_not():
    result = date_calendar(CALENDAR, PROBLEM, Season(WINTER, ALTERNATE, first_week=1))
    assert days(result, "v0") == ["2026-12-15", "2026-12-29", "2027-01-12"]
    assert days(result, "v1") == ["2026-12-22", "2027-01-05"]


@hypothesis_settings(max_examples=50, deadline=None)
@given(start=st.dates(date(2020, 1, 1), date(2035, 1, 1)), weeks=st.integers(4, 60))
def test_alternation_is_always_fourteen_days_apart(start, weeks):
    season = Season(DateRange("s", start, start + timedelta(weeks=weeks)), ALTERNATE)
    held = [dated.day for dated in date_calendar(CALENDAR, PROBLEM, season).visits if dated.visit.stop == "v0"]
    assert len(held) >= 2
    assert all(b - a == timedelta(days=14) for a, b in itertools.pairwise(held))


def test_a_public_holiday_moves_the_crews_whole_day_within_the_week():
    pair = BusCalendar((visit(1, 2, "morning", "v0"), visit(1, 2, "afternoon", "v1"), visit(1, 5, "afternoon", "v2")))
    holidays = {date(2026, 12, 15): "a holiday"}
    season = Season(DateRange("s", date(2026, 12, 14), date(2026, 12, 20)), public_holidays=holidays)
    result = date_calendar(pair, PROBLEM, season)
    moved = {(dated.visit.stop, dated.day.isoformat(), dated.moved_from.isoformat()) for dated in result.moved}
    assert moved == {("v0", "2026-12-14", "2026-12-15"), ("v1", "2026-12-14", "2026-12-15")}
    assert result.moved[0].reason == "a holiday"
    assert result.skipped == ()


def test_a_public_holiday_may_skip_instead():
    season = Season(
        DateRange("s", date(2026, 12, 14), date(2026, 12, 20)), public_holidays={date(2026, 12, 15): "h"},
        move_holidays=False,
    )  # fmt: skip
    result = date_calendar(CALENDAR, PROBLEM, season)
    assert [(s.day.isoformat(), s.kind, s.reason) for s in result.skipped] == [("2026-12-15", "holiday", "h")]


def test_a_closure_of_one_session_leaves_the_others_of_its_day():
    day = date(2026, 12, 22)
    gone = next(d.visit for d in date_calendar(CALENDAR, PROBLEM, Season(WINTER)).visits if d.day == day)
    other = next(known.name for known in PROBLEM.sessions if known.name != gone.session)
    for name, away in ((gone.session, True), (other, False), (None, True)):
        season = Season(WINTER, closures=(Closure(DateRange("broken", day, day), gone.stop, name),))
        held = {d.visit.id for d in date_calendar(CALENDAR, PROBLEM, season).visits if d.day == day}
        assert (gone.id not in held) == away


def test_closures_and_school_holidays_skip():
    closure = Closure(DateRange("fair", date(2026, 12, 22), date(2026, 12, 22)), "v1")
    season = Season(WINTER, closures=(closure,))
    assert [(s.visit.stop, s.reason) for s in date_calendar(CALENDAR, PROBLEM, season).skipped] == [("v1", "fair")]
    school = DateRange("Christmas", date(2026, 12, 19), date(2027, 1, 3))
    running = date_calendar(CALENDAR, PROBLEM, Season(WINTER, school_holidays=(school,)))
    assert [d.school_holiday for d in running.visits if d.day == date(2026, 12, 22)] == ["Christmas"]
    paused = date_calendar(CALENDAR, PROBLEM, Season(WINTER, school_holidays=(school,), pause_school=True))
    assert {s.kind for s in paused.skipped} == {"school"}
    assert not [d for d in paused.visits if d.day in school]


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    start=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    off=st.sets(st.integers(0, 60), max_size=8),
    moving=st.booleans(),
    policy=st.sampled_from([ISO_PARITY, ALTERNATE]),
)
def test_no_visit_vanishes_and_none_falls_on_a_holiday(start, off, moving, policy):
    holidays = {start + timedelta(days=n): "off" for n in off}
    span = DateRange("s", start, start + timedelta(days=60))
    plain = date_calendar(CALENDAR, PROBLEM, Season(span, policy))
    result = date_calendar(CALENDAR, PROBLEM, Season(span, policy, public_holidays=holidays, move_holidays=moving))
    assert len(result.visits) + len(result.skipped) == len(plain.visits)
    assert not [dated for dated in result.visits if dated.day in holidays]
    slots = [(dated.day, dated.visit.session, dated.visit.bus) for dated in result.visits]
    assert len(slots) == len(set(slots))


def test_a_season_that_moves_with_the_clock_keeps_its_anchor():
    anchor = date(2026, 12, 14)
    for later in range(0, 70, 7):
        season = Season(DateRange("s", anchor + timedelta(days=later), date(2027, 6, 1)), ALTERNATE, anchor=anchor)
        assert season.cycle_week(date(2027, 3, 2), 2) == 2


def test_repeated_weeks_are_told():
    assert Season(WINTER, ISO_PARITY).repeated_weeks(2) == [date(2027, 1, 4)]
    assert Season(WINTER, ALTERNATE).repeated_weeks(2) == []


def test_parity_knows_two_weeks_only():
    with pytest.raises(MobilityError, match="strict alternation"):
        Season(WINTER).cycle_week(date(2026, 12, 15), 4)
    assert Season(WINTER, ALTERNATE, first_week=3).cycle_week(date(2026, 12, 22), 4) == 4


def test_dates_that_end_before_they_start():
    with pytest.raises(MobilityError, match="before it starts"):
        DateRange("x", date(2026, 2, 1), date(2026, 1, 1))


def test_next_visits():
    result = date_calendar(CALENDAR, PROBLEM, Season(WINTER))
    coming = result.next_at(["v0"], date(2026, 12, 29), 6)
    assert [d.day.isoformat() for d in coming] == ["2026-12-29", "2027-01-05"]


def test_a_visit_is_over_once_its_half_day_is():
    result = date_calendar(CALENDAR, PROBLEM, Season(WINTER))
    day = date(2026, 12, 29)
    (first,) = result.next_at(["v0"], day, 1)
    closes = first.session(PROBLEM).closes
    closed = datetime.combine(day, time(closes // 3600, closes % 3600 // 60))
    for now, expected in ((closed - timedelta(minutes=1), day), (closed, date(2027, 1, 5))):
        assert result.coming(PROBLEM, now, ["v0"])[0].day == expected
    assert result.coming(PROBLEM, datetime(2026, 1, 1)) == list(result.visits)
    assert result.coming(PROBLEM, datetime(2028, 1, 1)) == []


def test_a_visit_that_the_planner_moves_stands_there_before_any_rule():
    usual, other = date(2026, 12, 15), date(2026, 12, 18)
    move = Move(usual, "morning", "bus-1", "v0", other, "afternoon", "snow")
    snow = Closure(DateRange("snow", usual, usual))
    result = date_calendar(CALENDAR, PROBLEM, Season(WINTER, closures=(snow,), moves=(move,)))
    (moved,) = result.moved
    assert (moved.day, moved.moved_from, moved.reason) == (other, usual, "snow")
    assert moved.session(PROBLEM).key == (5, "afternoon")
    assert moved.usual == DatedVisit(usual, CALENDAR.visits[0])
    assert not result.skipped
    closed = Season(WINTER, closures=(Closure(DateRange("fair", other, other), "v0"),), moves=(move,))
    (kept_away,) = date_calendar(CALENDAR, PROBLEM, closed).skipped
    assert (kept_away.day, kept_away.dated) == (other, moved)
    unknown = Season(WINTER, moves=(replace(move, held="night"), replace(move, stop="nowhere")))
    assert date_calendar(CALENDAR, PROBLEM, unknown).moved == ()


def test_a_season_that_ends_before_the_new_day_of_a_moved_visit_says_so():
    usual, other = date(2026, 12, 15), date(2026, 12, 22)
    move = Move(usual, "morning", "bus-1", "v0", other, "morning", "snow")
    shorter = Season(DateRange("s", WINTER.first, other - timedelta(days=1)), moves=(move,))
    result = date_calendar(CALENDAR, PROBLEM, shorter)
    (gone,) = result.skipped
    assert (gone.day, gone.kind, gone.dated.usual.day, gone.dated.reason) == (other, "season", usual, "snow")
    assert result.moved == ()
    # One that ends before the usual day, too, never had the visit.
    over = Season(DateRange("s", WINTER.first, usual - timedelta(days=1)), moves=(move,))
    assert date_calendar(CALENDAR, PROBLEM, over).skipped == ()


def test_a_holiday_moves_no_visit_to_a_day_that_the_planner_moved_one_away_from():
    pair = BusCalendar((visit(1, 2, "morning", "v0"), visit(1, 5, "afternoon", "v2")))
    snow = date(2026, 12, 18)
    season = Season(
        WINTER, public_holidays={date(2026, 12, 15): "h"},
        closures=tuple(Closure(DateRange("c", day, day)) for day in (date(2026, 12, n) for n in (14, 16, 17))),
        moves=(Move(snow, "afternoon", "bus-1", "v2", date(2026, 12, 22), "morning", "snow"),),
    )  # fmt: skip
    result = date_calendar(pair, PROBLEM, season)
    assert snow not in {dated.day for dated in result.visits}
    assert [(s.day, s.visit.stop, s.kind) for s in result.skipped] == [(date(2026, 12, 15), "v0", "holiday")]


def test_a_move_outlives_the_week_it_comes_from():
    """A season that follows the clock begins this week: what was moved into it is still held."""
    usual, other = date(2026, 12, 15), date(2026, 12, 22)
    move = Move(usual, "morning", "bus-1", "v0", other, "morning")
    later = Season(DateRange("s", date(2026, 12, 21), date(2027, 1, 17)), moves=(move,))
    assert [(v.day, v.moved_from) for v in date_calendar(CALENDAR, PROBLEM, later).moved] == [(other, usual)]
