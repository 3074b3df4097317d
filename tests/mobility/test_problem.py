"""What a planner may state, and what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from mobility.clock import format_clock, parse_clock, parse_day, parse_week, parse_weekday
from mobility.errors import MobilityError
from mobility.problem import CalendarRules, Coverage, Session
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
    with pytest.raises(ValueError, match="at least"):
        CalendarRules(**wrong)


def test_sessions_and_problems_are_checked():
    with pytest.raises(ValueError, match="open before it closes"):
        Session(2, "morning", 40_000, 30_000)
    problem = tiny_problem([(1, 1)], [1])
    with pytest.raises(ValueError, match="objectives must start with need"):
        replace(problem, objectives=("distance",))
    with pytest.raises(ValueError, match="at least one week"):
        replace(problem, cycle_weeks=0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("St-Cirq-Lapopie", "Saint-Cirq-Lapopie"), ("LE MONTAT", "montat"), ("Espère", "espere"), ("Cœur", "Coeur")],
)
def test_spellings_meet(one, other):
    assert folded(one) == folded(other)
