"""The calendar attacked: tiny random problems, drawn wide, against trying every calendar."""

from dataclasses import replace

import numpy as np
import pytest

from mobility.errors import InfeasibleError, MobilityError
from mobility.places import Place, Point
from mobility.problem import Bus, CalendarProblem, CalendarRules, Coverage, Position
from tests.fakes import session, tiny_problem
from tests.tours.test_optimum import every_calendar
from tours import calendar_solver, crew_driving
from tours.calendar_solver import solve_calendar
from tours.crew_days import any_crew_day
from tours.judge import judge_calendar

HALVES = [(2, "morning"), (2, "afternoon"), (4, "morning"), (4, "afternoon"), (5, "afternoon")]


def drawn(seed: int) -> CalendarProblem:
    """A tiny problem: villages, needs far apart, areas, hours, one or two buses and depots, rules of every kind."""
    rng = np.random.default_rng(seed)
    weeks, buses = [(1, 1), (2, 1), (1, 2)][rng.integers(3)]
    stops = int(rng.integers(2, 5 if weeks * buses == 1 else 4))
    halves = rng.choice(len(HALVES), 3 if weeks * buses > 1 else rng.integers(2, 5), replace=False)
    sessions = tuple(session(*HALVES[k]) for k in sorted(halves))
    spread = rng.choice([6, 15, 40])
    positions = [(float(x), float(y)) for x, y in rng.uniform(-spread, spread, (stops, 2)).round(1)]
    needs = (rng.choice([1, 30, 1000], stops) * rng.uniform(0.0, 10, stops)).round(1) * (rng.random(stops) < 0.9)
    areas = [str(area) for area in rng.choice(list("abc"), stops)]
    closed = {n: {HALVES[k] for k in rng.choice(5, rng.integers(3))} for n in range(stops) if rng.random() < 0.4}
    depots = [Place("depot", "Depot", Point(1.44, 44.45)), Place("other", "Other", Point(1.55, 44.5))]
    fleet = tuple(
        Bus(f"bus-{n}", depots[rng.integers(2)], 8 * 3600, int(rng.choice([16, 18, 19])) * 3600) for n in range(buses)
    )

    def position() -> Position:
        weekday, name = HALVES[rng.choice(halves)]
        week = int(rng.integers(1, weeks + 1)) if rng.random() < 0.4 else None
        shown = rng.random(2) < 0.6
        return Position(
            f"v{rng.integers(stops)}", week, weekday if shown[0] else None, name if shown[1] else None
        )  # fmt: skip

    in_force = ()
    if rng.random() < 0.3:
        pairs = {(int(rng.integers(stops)), HALVES[rng.choice(halves)]) for _ in range(2)}
        in_force = tuple(Position(f"v{stop}", int(rng.integers(1, weeks + 1)), *half) for stop, half in sorted(pairs))
    rules = CalendarRules(
        max_visits=int(rng.integers(1, 3)),
        area_floor=int(rng.random() < 0.3),
        locks=tuple(position() for _ in range(rng.choice([0, 0, 1, 2]))),
        bans=tuple(position() for _ in range(rng.choice([0, 0, 1, 2]))),
        in_force=in_force,
        max_changes=int(rng.integers(3)) if in_force else None,
        skipped=frozenset((1, *HALVES[k]) for k in halves if rng.random() < 0.1),
    )
    worths = [(0.75, 1.0), (1.0,), (0.5, 1.0)][rng.integers(3)]
    problem = tiny_problem(
        positions, needs.tolist(), areas=areas, sessions=sessions, buses=fleet, cycle_weeks=weeks, closed=closed,
        rules=rules, coverage=Coverage(visit_values=worths),
    )  # fmt: skip
    orders = [("need", "weakest", "distance"), ("need", "distance"), ("need", "distance", "weakest"), ("need",)]
    return replace(problem, objectives=orders[rng.integers(4)])


def rank(judged, objectives):
    of = {"need": round(judged.need, 3), "weakest": round(judged.weakest, 5), "distance": -round(judged.distance / 10)}
    return tuple(of[name] for name in objectives)


def attack(seed: int) -> None:
    problem = drawn(seed)
    judged = (judge_calendar(calendar, problem) for calendar in every_calendar(problem))
    best = max((j for j in judged if not j.broken), key=lambda j: rank(j, problem.objectives), default=None)
    drivable = any_crew_day(problem)
    if best is None or not drivable:
        with pytest.raises(InfeasibleError):
            solve_calendar(problem)
        return
    solution = solve_calendar(problem)
    found = judge_calendar(solution.calendar, problem)
    assert found.broken == ()
    assert solution.proven
    reached = {"need": found.need, "weakest": found.weakest, "distance": found.distance}
    for stage, ours, theirs in zip(
        solution.stages, rank(found, problem.objectives), rank(best, problem.objectives), strict=True
    ):
        assert stage.value == pytest.approx(reached[stage.objective], rel=1e-9)
        assert ours == pytest.approx(theirs, rel=2e-5, abs=2e-3 if stage.objective == "need" else 2e-5)


VALUES = {"need": lambda j: j.need, "weakest": lambda j: j.weakest, "distance": lambda j: -j.distance}


def bounds_hold(problem: CalendarProblem) -> bool:
    """Solve a problem beside every calendar: no rule is broken, each bound holds; tell whether there was any."""
    if not any_crew_day(problem):
        return False
    judged = [judge_calendar(calendar, problem) for calendar in every_calendar(problem)]
    judged = [j for j in judged if not j.broken]
    try:
        solution = solve_calendar(problem)
    except InfeasibleError:
        assert not judged
        return False
    found = judge_calendar(solution.calendar, problem)
    assert found.broken == ()
    for stage in solution.stages:
        value = VALUES[stage.objective]
        assert abs(value(found)) == pytest.approx(stage.value, rel=1e-9)
        bound = -stage.bound if stage.objective == "distance" else stage.bound
        best = max(value(j) for j in judged)
        assert bound >= best - 1e-4 - 1e-6 * abs(best), stage
        judged = [j for j in judged if value(j) >= value(found) - 1e-6 * abs(value(found))]
    return True


def attack_driven_afterwards(seed: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """As a territory too large for its crew days to be searched whole; tell whether they were laid afterwards."""
    laid: list[int] = []
    solver = calendar_solver._Search
    true = solver._driven_afterwards

    def afterwards(self, *given):
        laid.append(seed)
        return true(self, *given)

    monkeypatch.setattr(solver, "_driven_afterwards", afterwards)
    monkeypatch.setattr(calendar_solver, "_WHOLE", -1)
    for module in (calendar_solver, crew_driving):
        monkeypatch.setattr(module, "FAST", -1)
    solved = bounds_hold(drawn(seed))
    monkeypatch.undo()
    return solved and bool(laid)


def test_bounds_hold_where_crew_days_are_laid_afterwards(monkeypatch):
    assert sum(attack_driven_afterwards(seed, monkeypatch) for seed in range(6)) >= 4


@pytest.mark.prove
@pytest.mark.parametrize("part", range(10))
def test_bounds_hold_where_crew_days_are_laid_afterwards_on_hundreds(part, monkeypatch):
    seeds = range(1000 + 40 * part, 1040 + 40 * part)
    assert sum(attack_driven_afterwards(seed, monkeypatch) for seed in seeds) >= 10


@pytest.mark.parametrize("seed", range(6))
def test_equals_trying_every_calendar(seed):
    attack(seed)


@pytest.mark.prove
@pytest.mark.parametrize("part", range(10))
def test_equals_trying_every_calendar_on_hundreds(part):
    for seed in range(100 + 40 * part, 140 + 40 * part):
        attack(seed)


@pytest.mark.parametrize("seed", [2254, 4073])
def test_fewest_metres_that_no_weekday_can_hold_are_decided_by_weekday(seed, monkeypatch):
    """The days taken together promise a shorter drive than can be laid; the weekdays apart prove what is the least."""

    def slow(*_):
        raise MobilityError("no-time", "no time", field="limit")

    problem = drawn(seed)
    judged = (judge_calendar(calendar, problem) for calendar in every_calendar(problem))
    best = max((j for j in judged if not j.broken), key=lambda j: rank(j, problem.objectives))
    monkeypatch.setattr(calendar_solver._Search, "_exactly", slow)
    solution = solve_calendar(problem)
    assert solution.proven
    assert solution.stages[-1].value == pytest.approx(best.distance)
