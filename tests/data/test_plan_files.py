"""A plan written and read back is the same plan; a broken file says so."""

import json

import pytest
from vacances_scolaires_france import SchoolHolidayDates

from data.holidays import OfficialDates, public_holidays, school_holidays, school_years_known
from data.plan_files import parse_plan, plan_document
from data.plan_store import PlanStore
from mobility.bus_calendar import Plan
from mobility.errors import MobilityError
from mobility.need import intend
from mobility.problem import CalendarRules, Position
from mobility.territory import LocalHolidays
from tests.fakes import tiny_problem
from tours.calendar_solver import solve_calendar
from tours.judge import judge_calendar


@pytest.fixture(scope="module")
def plan():
    rules = CalendarRules(
        area_floor=1, locks=(Position("v0", None, 2),), bans=(Position("v1", 1, 4, "afternoon"),),
        in_force=(Position("v2", 1, 2, "morning"),), max_changes=3, skipped=frozenset({(1, 4, "afternoon")}),
    )  # fmt: skip
    problem = tiny_problem([(3, 0), (0, 6), (-5, 2)], [90, 60, 30], closed={1: {(2, "morning")}}, rules=rules)
    solution = solve_calendar(problem)
    return Plan(problem, solution, judge_calendar(solution.calendar, problem), intend(near=300.0))


def test_read_back_the_same(plan):
    text = json.dumps(plan_document(plan))
    back = parse_plan(text, "plan.json")
    assert back.solution == plan.solution
    assert back.judgement == plan.judgement
    assert back.intent == plan.intent
    assert json.dumps(plan_document(back)) == text
    assert judge_calendar(back.solution.calendar, back.problem) == plan.judgement


def test_the_calendar_in_force_is_called_so_and_by_its_former_name_in_old_files(plan):
    document = plan_document(plan)
    rules = document["problem"]["rules"]
    assert "published" not in rules
    rules["published"] = rules.pop("in_force")
    assert parse_plan(json.dumps(document), "old.json").problem.rules.in_force == plan.problem.rules.in_force
    del rules["published"]
    with pytest.raises(MobilityError, match="missing or wrong"):
        parse_plan(json.dumps(document), "broken.json")


def test_result_has_what_scripts_count_on(plan):
    document = plan_document(plan)
    assert {"proof", "proven", "objective", "bound", "gap", "seconds", "visits"} <= document.keys()
    wanted = {"commune", "place", "week", "weekday", "session", "arrival", "departure"}
    assert document["visits"]
    assert all(wanted <= visit.keys() for visit in document["visits"])


def test_infinite_times_survive(plan):
    from dataclasses import replace

    import numpy as np

    seconds = plan.problem.access.seconds.copy()
    seconds[0, 1] = np.inf
    problem = replace(plan.problem, access=replace(plan.problem.access, seconds=seconds))
    text = json.dumps(plan_document(replace(plan, problem=problem)), allow_nan=False)
    assert np.isinf(parse_plan(text, "p").problem.access.seconds[0, 1])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[: len(text) // 2], "bad-json"),
        (lambda _: "[]", "not-a-plan"),
        (lambda text: text.replace("bus-calendar/1", "bus-calendar/9"), "not-a-plan"),
        (lambda text: text.replace('"cycle_weeks": 2', '"cycle_weeks": "two"'), "broken-plan"),
        (lambda text: text.replace('"weekday": "tuesday"', '"weekday": "mardi"'), "broken-plan"),
        (lambda text: text.replace('"crew"', '"crewe"'), "broken-plan"),
        (lambda text: text.replace('"stop": "v0"', '"stop": []'), "broken-plan"),
        (lambda text: text.replace('"bus": "bus-1"', '"bus": {}'), "broken-plan"),
    ],
)
def test_broken_plans_are_named(plan, change, code):
    with pytest.raises(MobilityError) as caught:
        parse_plan(change(json.dumps(plan_document(plan))), "plan.json")
    assert caught.value.code == code
    assert "plan.json" in str(caught.value)


def test_store_swaps_whole_documents(tmp_path):
    store = PlanStore(tmp_path / "plans")
    assert store.text("current") is None
    store.save("current", {"a": 1})
    with pytest.raises(ValueError, match="JSON"):
        store.save("current", {"a": float("nan")})
    assert json.loads(store.text("current") or "") == {"a": 1}
    assert store.names() == ["current"]
    with pytest.raises(MobilityError, match="cannot name a plan"):
        store.save("../evil", {})


def test_school_holidays_are_those_of_the_library():
    known, read = SchoolHolidayDates(), OfficialDates()
    assert read.data == known.data
    assert (read.min_year, read.max_year) == (known.min_year, known.max_year)


def test_holidays_of_france():
    from datetime import date

    days = public_holidays(date(2026, 12, 1), date(2027, 6, 30), LocalHolidays())
    assert days[date(2026, 12, 25)] == "Noël"
    assert date(2027, 3, 29) in days  # Easter Monday
    assert date(2027, 5, 6) in days  # Ascension
    zone_c = school_holidays(date(2026, 12, 1), date(2027, 3, 31), "C")
    assert [(r.first.isoformat(), r.last.isoformat()) for r in zone_c] == [
        ("2026-12-19", "2027-01-03"), ("2027-02-06", "2027-02-21"),
    ]  # fmt: skip
    assert school_years_known(date(2027, 3, 1))
    with pytest.raises(MobilityError, match="no school zone"):
        school_holidays(date(2026, 12, 1), date(2027, 3, 31), "D")
