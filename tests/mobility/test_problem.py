"""What a planner may state, and what is refused."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mobility.clock import format_clock, parse_clock, parse_day, parse_week, parse_weekday
from mobility.errors import MisstatedError, MobilityError
from mobility.problem import Bus, CalendarRules, Coverage, CrewRules, Session
from mobility.territory import folded
from tests.fakes import tiny_problem


def test_clock():
    assert [parse_clock(text) for text in ("9:15", "09h15", "9 h 15", "9h")] == [33_300, 33_300, 33_300, 32_400]
    assert format_clock(33_300) == "09:15"
    for wrong in ("25:00", "9", "9:75", "noon", ""):
        with pytest.raises(MobilityError, match="not a time of day"):
            parse_clock(wrong, field="--crew-start")


def test_day():
    day = date(2026, 12, 8)
    assert [parse_day(text) for text in ("2026-12-08", " 2026-12-08 ", day)] == [day] * 3
    assert parse_day("1999-12-31", years=range(1900, 2101)).year == 1999


@pytest.mark.parametrize("wrong", ["", "demain", "2026-13-01", "08/12/2026", "0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_that_is_none_or_out_of_all_plans_is_told_with_its_field(wrong):
    far = wrong.endswith("12-31") or wrong == "0001-01-01"
    with pytest.raises(MobilityError, match=r"Jour: .* is (too far away|not a date)") as told:
        parse_day(wrong, field="Jour")
    expected = ("far-day" if far else "bad-date", "Jour", {"value": wrong})
    assert (told.value.code, told.value.field, told.value.details) == expected


def test_week():
    told = ("1", "02", "A", "odd", "Paire", "semaine impaire", "Semaines  paires", "sem. B", "week 3")
    assert [parse_week(text) for text in told] == [1, 2, 1, 1, 2, 1, 2, 2, 3]
    for wrong in ("", "0", "²", "C", "pair ou impair", "semaine", "1.5"):
        with pytest.raises(MobilityError) as caught:
            parse_week(wrong, field="here")
        assert (caught.value.code, caught.value.field) == ("bad-week", "here")


def test_weekday():
    assert [parse_weekday(text) for text in ("tuesday", " Friday ", "7")] == [2, 5, 7]
    for wrong in ("mardi", "²", "9" * 5000, "0", "8", "", "12", "٣"):
        with pytest.raises(MobilityError, match="not a weekday"):
            parse_weekday(wrong)


def test_coverage_falls_with_time_and_visits_pay_less_and_less():
    coverage = Coverage(full=120, none=600, visit_values=(0.75, 1.0))
    assert [coverage.share(s) for s in (0, 120, 360, 600, 9999)] == [1, 1, 0.5, 0, 0]
    assert [coverage.worth(n) for n in (0, 1, 2, 5)] == [0, 0.75, 1, 1]
    with pytest.raises(ValueError, match="each step by no more"):
        Coverage(visit_values=(0.3, 1.0))


@pytest.mark.parametrize(
    "wrong",
    [{"max_visits": 0}, {"area_floor": -1}, {"max_changes": -1}],
)
def test_rules_are_checked(wrong):
    with pytest.raises(MisstatedError, match="at least"):
        CalendarRules(**wrong)


def test_sessions_and_problems_are_checked():
    with pytest.raises(ValueError, match="open before it closes"):
        Session(2, "morning", 40_000, 30_000)
    problem = tiny_problem([(1, 1)], [1])
    with pytest.raises(ValueError, match="objectives must start with need"):
        replace(problem, objectives=("distance",))
    with pytest.raises(ValueError, match="at least one week"):
        replace(problem, cycle_weeks=0)


@pytest.mark.parametrize("need", [float("nan"), float("inf"), -1.0, 1e15])
def test_a_need_that_nobody_can_mean_is_refused(need):
    with pytest.raises(MisstatedError, match="the need of v1") as told:
        tiny_problem([(1, 1), (2, 2)], [1, need])
    assert (told.value.code, told.value.field) == ("misstated", "need")


@pytest.mark.parametrize(
    ("table", "what", "value"),
    [
        ("drive", "metres", np.inf), ("drive", "metres", np.nan), ("drive", "metres", -1), ("drive", "metres", 1e12),
        ("drive", "seconds", np.nan), ("drive", "seconds", -1), ("access", "seconds", np.nan),
        ("access", "seconds", -1),
    ],
)  # fmt: skip
def test_a_drive_that_no_road_has_is_refused(table, what, value):
    problem = tiny_problem([(1, 1), (2, 2)], [1, 1])
    times = getattr(problem, table)
    wrong = getattr(times, what).copy()
    wrong[0, 1] = value
    with pytest.raises(MisstatedError) as told:
        replace(problem, **{table: replace(times, **{what: wrong})})
    assert told.value.field == "travel"


def test_places_that_no_road_joins_are_no_misstatement():
    problem = tiny_problem([(1, 1), (2, 2)], [1, 1])
    apart = np.full_like(problem.drive.seconds, np.inf)
    replace(problem, drive=replace(problem.drive, seconds=apart, metres=apart))


def test_a_problem_without_things_or_with_twins_is_refused():
    problem = tiny_problem([(1, 1), (2, 2)], [1, 1])
    for what, field in (("stops", "stops"), ("buses", "buses"), ("sessions", "sessions")):
        with pytest.raises(MisstatedError, match="no") as told:
            replace(problem, **{what: ()})
        assert told.value.field == field
        with pytest.raises(MisstatedError, match="stands twice"):
            replace(problem, **{what: getattr(problem, what)[:1] * 2})
    with pytest.raises(MisstatedError, match="leaves out a place"):
        replace(problem, buses=(replace(problem.buses[0], depot=replace(problem.stops[0].place, id="elsewhere")),))


def test_hours_and_shares_that_are_no_numbers_are_refused():
    depot = tiny_problem([(1, 1)], [1]).buses[0].depot
    for make in (
        lambda: Bus("bus", depot, longest_day=float("nan")),
        lambda: CrewRules(lunch=-1),
        lambda: CrewRules(margin=float("nan")),
        lambda: Coverage(visit_values=(float("nan"),)),
        lambda: Coverage(visit_values=(0.8, 1.2)),
        lambda: Coverage(full=float("nan")),
    ):
        with pytest.raises(MisstatedError):
            make()


@pytest.mark.parametrize(
    ("one", "other"),
    [("St-Cirq-Lapopie", "Saint-Cirq-Lapopie"), ("LE MONTAT", "montat"), ("Espère", "espere"), ("Cœur", "Coeur")],
)
def test_spellings_meet(one, other):
    assert folded(one) == folded(other)
