"""The calendar's search in its parts: bounds that any duals prove, weights far apart, layings that fail."""

import time
from dataclasses import replace

import numpy as np
import pytest

from mobility.errors import MobilityError
from tests.fakes import session, tiny_problem
from tours import calendar_solver, crew_driving, laying, program
from tours.calendar_checker import checked_need
from tours.calendar_model import CalendarModel, whole_model
from tours.calendar_solver import solve_calendar
from tours.crew_driving import CrewDriving
from tours.judge import judge_calendar
from tours.laying import Laying
from tours.slots import aggregate_grid, exact_grid, weekday_grid

POSITIONS = [(3, 0), (0, 6), (-5, 2), (9, 9), (-12, 3)]


@pytest.mark.parametrize("seed", range(5))
def test_any_duals_prove_a_bound_that_no_calendar_beats(seed):
    rng = np.random.default_rng(seed)
    problem = tiny_problem(POSITIONS, rng.uniform(1, 300, 5).tolist(), areas=list("aabbb"))
    model = whole_model(problem, aggregate_grid(exact_grid(problem)))
    for objective in ("need", "weakest", "distance"):
        best = model.maximise(objective, limit=10, gap=0.0)
        variables, costs, unit = model._objective(objective)
        up = objective != "distance"
        relaxed = model.program.relaxed(variables, costs, maximise=up, limit=10)
        tight = relaxed.duals
        for duals in (tight, np.zeros(len(tight)), tight * rng.uniform(0, 2, len(tight)), rng.normal(size=len(tight))):
            bound = model.program.priced(variables, costs, duals, maximise=up).bound * unit
            assert (bound >= best.value - 1e-6) if up else (bound <= best.value + 1e-3)
        model.keep(objective, best.value)


def test_an_option_left_out_is_in_no_calendar_that_reaches_the_need():
    problem = tiny_problem(POSITIONS, [100, 80, 60, 40, 20])
    model = whole_model(problem, aggregate_grid(exact_grid(problem)))
    best = model.maximise("need", limit=10, gap=0.0)
    ceilings = model.ceilings("need", model.relaxed("need", 10))
    assert all(ceilings[taken] >= best.value for taken in best.taken)
    left_out = np.flatnonzero(ceilings < best.value)
    assert len(left_out)
    for option in left_out.tolist():
        other = whole_model(problem, model.grid)
        other._at_least([option], np.ones(1), 1)
        assert other.maximise("need", limit=10, gap=0.0).value <= ceilings[option] + 1e-6


@pytest.mark.parametrize("heavy", [1e3, 1e6, 1e9])
def test_a_need_that_outweighs_all_others_hides_none_of_them(heavy):
    """Four half-days for five villages: the heaviest first, and the others are not lost in its rounding."""
    needs = [heavy, 1.0, 0.5, heavy / 2, 0.2]
    problem = tiny_problem(
        [(12, 0), (0, 12), (-12, 0), (0, -12), (16, 16)], needs, areas=list("abcde"), cycle_weeks=1,
        sessions=(session(2, "afternoon"), session(3, "afternoon"), session(4, "afternoon"), session(5, "afternoon")),
    )  # fmt: skip
    solution = solve_calendar(problem)
    judged = judge_calendar(solution.calendar, problem)
    assert solution.stages[0].value == pytest.approx(judged.need, rel=1e-12)
    assert solution.stages[1].value == judged.weakest
    assert {"v0", "v3"} <= set(solution.calendar.stops())
    if heavy <= 1e6:
        assert solution.calendar.stops() == ["v0", "v1", "v2", "v3"]


def test_a_calendar_that_cannot_be_laid_whole_is_laid_as_far_as_can_be_and_claims_nothing(monkeypatch):
    true = laying.label_calendar

    def hopeless(*arguments, worth=None, **options):
        return None if worth is None else true(*arguments, worth=worth, **options)

    def slow(*_):
        raise MobilityError("no-time", "no time", field="limit")

    monkeypatch.setattr(laying, "label_calendar", hopeless)
    monkeypatch.setattr(calendar_solver._Search, "_exactly", slow)
    problem = tiny_problem(POSITIONS, [100, 80, 60, 40, 20])
    solution = solve_calendar(problem)
    judged = judge_calendar(solution.calendar, problem)
    assert judged.broken == ()
    need, weakest, distance = solution.stages
    assert need.value == pytest.approx(judged.need)
    assert (weakest.bound, distance.bound) == (1.0, 0.0)
    assert not solution.proven


def test_a_start_that_the_solver_stumbles_over_is_let_go(monkeypatch):
    """HiGHS answers "kError" to some starts that are possible: the search goes on without."""
    true, stumbled = program.solved_arrays, []

    def stumbling(proto, parameters, start, log):
        if start is not None:
            stumbled.append(start)
            raise MobilityError("bad-program", "HighsStatus: kError", field="program")
        return true(proto, parameters, start, log)

    monkeypatch.setattr(program, "solved_arrays", stumbling)
    assert solve_calendar(tiny_problem(POSITIONS, [100, 80, 60, 40, 20])).proven
    assert stumbled


def test_weeks_alone_are_merged_by_weekday():
    problem = tiny_problem(POSITIONS, [1] * 5, sessions=(session(2, "afternoon"), session(4, "afternoon")))
    exact = exact_grid(problem)
    assert [len(grid.slots) for grid in (exact, weekday_grid(exact), aggregate_grid(exact))] == [4, 2, 1]


def test_a_fleet_at_its_limit_far_from_home_is_found_and_bounded():
    """Where half-days alone promise more than crews can drive, the whole program decides below their bound."""
    problem = tiny_problem([(43, 0), (-43, 0), (42, 5), (-42, 3)], [100, 90, 80, 70], areas=list("abab"))
    solution = solve_calendar(problem)
    assert solution.proven
    assert judge_calendar(solution.calendar, problem).broken == ()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_prices_the_checker_is_below_no_calendar(seed):
    rng = np.random.default_rng(seed)
    closed = {0: {(2, "morning")}, 2: {(4, "afternoon")}}
    problem = tiny_problem(POSITIONS, rng.uniform(1, 300, 5).tolist(), closed=closed)
    solution = solve_calendar(problem)
    need = solution.stages[0]
    assert need.checked >= need.value - 1e-9
    kinds = {tuple((s.name, s.opens, s.closes) for s in problem.day_sessions(day)) for day in (2, 4)}
    for _ in range(20):
        half_days = {(kind, name): rng.normal(20, 40) for kind in kinds for name, *_ in kind}
        groups = {group.id: rng.normal(20, 60) for group in problem.groups}
        assert checked_need(problem, half_days, groups) >= need.value - 1e-9
    whole = {group.id: group.need for group in problem.groups}
    assert checked_need(problem, {}, whole) == pytest.approx(problem.total_need)


def test_what_the_checker_closes_is_verified():
    """As many half-days as villages that nobody shares: the prices close the gap, and the checker sees it."""
    problem = tiny_problem(
        [(20, 0), (0, 20), (-20, 0)], [100, 80, 60], sessions=(session(2, "afternoon"), session(4, "afternoon"))
    )
    need = solve_calendar(problem).stages[0]
    assert need.verified
    assert not replace(need, checked=None).verified


def test_no_step_gets_time_beyond_the_deadline(monkeypatch):
    """Laying as much as can be, and every program before it, end with the limit of the search."""
    given = []
    monkeypatch.setattr(laying, "label_calendar", lambda *_, limit, **__: given.append(limit))
    problem = tiny_problem(POSITIONS, [100, 80, 60, 40, 20])
    exact = exact_grid(problem)
    crews = CrewDriving(problem, time.monotonic() - 3.0, 0.0)
    grid = aggregate_grid(exact)
    crews.whole = crews.table(grid)
    model = crews.model(grid)
    answer = model.maximise("need", limit=10, gap=0.0)
    assert list(Laying(crews, exact).calendars(model, answer)) == [None] * 3
    assert Laying(crews, exact).left_out(model, answer) is None
    assert len(given) >= 2
    assert max(given) <= 0.1
    assert crews.left() <= 0.1


def test_a_start_that_the_solver_lets_go_is_not_lost(monkeypatch):
    """What is left out for the need that a calendar reaches is proven to be out of place only beside that need."""
    problem = replace(tiny_problem(POSITIONS, [100, 80, 60, 40, 20]), objectives=("need", "distance"))
    best = solve_calendar(problem)
    true, poorer = CalendarModel.maximise, []

    def forgetful(self, objective, *, start=None, **options):
        found = true(self, objective, start=start, **options)
        if objective == "need" and self.crews is not None and start is not None and "watch" in options:
            poorer.append(found.value)
            return replace(found, value=0.0, taken=(), crews=0.0 * found.crews, values=0.0 * found.values)
        return found

    for module in (calendar_solver, crew_driving):
        monkeypatch.setattr(module, "FAST", -1)
    monkeypatch.setattr(crew_driving.CrewDriving, "drivable", lambda *_: False)
    monkeypatch.setattr(CalendarModel, "maximise", forgetful)
    solution = solve_calendar(problem)
    assert poorer
    assert solution.stages[0].value >= 0.99 * best.stages[0].value
    assert judge_calendar(solution.calendar, problem).need == pytest.approx(solution.stages[0].value)
