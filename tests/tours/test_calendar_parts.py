"""A territory planned in parts: nothing is broken, each bound holds, and prices pay no crew day too much."""

from dataclasses import replace

import numpy as np
import pytest

from mobility.places import Place, Point
from mobility.problem import Bus
from tests.fakes import session, tiny_problem
from tests.tours.test_calendar_attacks import bounds_hold, drawn
from tours import calendar_parts, calendar_plan, calendar_solver, crew_driving
from tours.calendar_solver import solve_calendar
from tours.crew_days import CrewPrices, crew_table
from tours.judge import judge_calendar


def in_parts(monkeypatch: pytest.MonkeyPatch, buses: int) -> list[int]:
    """Plan every territory in parts of so many buses; return a list that grows with each part that is searched."""
    searched: list[int] = []
    true = calendar_parts.Part.best

    def best(self, table, covered):
        searched.append(len(self.problem.buses))
        return true(self, table, covered)

    monkeypatch.setattr(calendar_parts.Part, "best", best)
    monkeypatch.setattr(calendar_solver, "_WHOLE", -1)
    for module in (calendar_solver, crew_driving):
        monkeypatch.setattr(module, "FAST", -1)
    monkeypatch.setattr(crew_driving.CrewDriving, "drivable", lambda *_: False)
    monkeypatch.setattr(calendar_plan, "MOST_BUSES", buses)
    return searched


def attack(seed: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Try one drawn problem against every calendar; tell whether it was solved in parts."""
    searched = in_parts(monkeypatch, 1 + seed % 2)
    return bounds_hold(drawn(seed)) and bool(searched)


def test_bounds_hold_where_parts_are_searched(monkeypatch):
    assert sum(attack(seed, monkeypatch) for seed in range(12)) >= 4


@pytest.mark.prove
@pytest.mark.parametrize("part", range(10))
def test_bounds_hold_where_parts_are_searched_on_hundreds(part, monkeypatch):
    assert sum(attack(seed, monkeypatch) for seed in range(2000 + 40 * part, 2040 + 40 * part)) >= 10


def two_countries():
    """Eight villages in two groups far apart, with a bus in each."""
    positions = [(3, 0), (0, 6), (-5, 2), (9, 9), (60, 3), (57, -4), (63, 8), (70, 0)]
    depots = [Place("depot", "Depot", Point(1.44, 44.45)), Place("far", "Far", Point(2.2, 44.45))]
    buses = [Bus(f"bus-{n}", depot) for n, depot in enumerate(depots)]
    halves = (session(2, "morning"), session(2, "afternoon"), session(4, "afternoon"))
    needs = [100, 80, 60, 40, 90, 70, 50, 30]
    return tiny_problem(positions, needs, areas=list("aaaabbbb"), sessions=halves, buses=buses)


def test_two_countries_with_a_bus_in_each_are_two_parts_and_keep_most_of_the_need(monkeypatch):
    problem = two_countries()
    best = solve_calendar(problem)
    searched = in_parts(monkeypatch, 1)
    solution = solve_calendar(problem)
    assert searched[:2] == [1, 1]
    judged = judge_calendar(solution.calendar, problem)
    assert judged.broken == ()
    assert judged.need >= 0.6 * best.stages[0].value, judged.need / best.stages[0].value
    assert solution.stages[0].bound >= best.stages[0].value * (1 - 1e-9)


def test_a_part_without_time_leaves_the_others_theirs(monkeypatch):
    problem = two_countries()
    in_parts(monkeypatch, 1)
    true = calendar_parts.Part.best
    monkeypatch.setattr(
        calendar_parts.Part, "best",
        lambda self, *given: None if self.problem.buses[0].id == "bus-1" else true(self, *given),
    )  # fmt: skip
    problem = replace(problem, rules=replace(problem.rules, area_floor=0))
    solution = solve_calendar(problem)
    assert {visit.bus for visit in solution.calendar.visits} == {"bus-0"}
    assert judge_calendar(solution.calendar, problem).broken == ()


@pytest.mark.parametrize("seed", range(20))
def test_lowered_prices_pay_no_crew_day_too_much_and_raise_none_that_is_known(seed):
    rng = np.random.default_rng(seed)
    problem = two_countries()
    slots = [tuple(problem.day_sessions(2)), tuple(problem.day_sessions(4))]
    crews = crew_table(problem, problem.buses, slots)
    known = rng.random((2, 2, 8)) < 0.7
    prices = CrewPrices(
        np.where(known, rng.uniform(-5e3, 60e3, (2, 2, 8)), 0.0),
        rng.uniform(0, 1e4, (2, 2)) * (rng.random((2, 2)) < 0.5),
    )
    lowered = prices.lowered(crews)
    assert lowered.short(crews).min() >= -1e-6
    assert (lowered.stops <= prices.stops + 1e-6)[known].all()
    assert np.array_equal(lowered.buses, prices.buses)
    # Prices that pay no crew day too much stay what they are.
    assert np.allclose(lowered.lowered(crews).stops, lowered.stops)
