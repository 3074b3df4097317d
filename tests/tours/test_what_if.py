"""Prices, gains, the frontier, replacements and conflicts are new solves, checked by hand or by solving aside."""

from dataclasses import replace

import pytest

from mobility.errors import InfeasibleError, MobilityError
from mobility.problem import CalendarRules, Position
from mobility.proof import Proof
from tests.fakes import session, tiny_problem
from tours.calendar_model import CalendarModel
from tours.calendar_solver import solve_calendar
from tours.conflicts import conflicting_rules
from tours.judge import judge_calendar
from tours.what_if import (
    answer_document,
    forced_price,
    forced_prices,
    frontier,
    more_means,
    replacements,
    unserved_communes,
)

POSITIONS = [(12, 0), (0, 12), (-12, 0), (0, -12), (16, 16)]
NEEDS = [100, 80, 60, 40, 20]


@pytest.fixture(scope="module")
def problem():
    return tiny_problem(POSITIONS, NEEDS, sessions=(session(2, "afternoon"), session(4, "afternoon")))


@pytest.fixture(scope="module")
def solution(problem):
    return solve_calendar(problem)


def test_price_of_each_unserved_commune(problem, solution):
    assert unserved_communes(problem, solution.calendar) == ["v4"]
    (price,) = forced_prices(problem, solution.calendar)
    assert price.possible
    # Four sessions a fortnight serve the four greatest needs; forcing the fifth gives up the fourth: 0.75 x (40 - 20).
    assert price.need_lost == pytest.approx(15)
    assert price.replaced == ("v3",)
    assert price.metres_added > 0


def test_gain_of_more_means(problem, solution):
    gains = {(g.kind, g.weekday): g.need_gained for g in more_means(problem, solution.calendar)}
    assert gains["bus", 0] >= gains["session", 1] > 0
    # Two more visits a fortnight make the two greatest needs weekly: 0.25 x (100 + 80).
    assert gains["session", 1] == pytest.approx(45)


def test_frontier_grows_and_ends_at_the_calendar(problem, solution):
    points = frontier(problem, solution)
    distances = [point.distance for point in points]
    assert distances == sorted(distances)
    assert all(point.bound <= point.distance * 1.0001 for point in points)
    judged = judge_calendar(solution.calendar, problem)
    assert points[-1].need == pytest.approx(judged.need)
    assert points[-1].distance == pytest.approx(judged.distance)


def test_the_end_of_the_frontier_is_bounded_among_all_that_reach_its_need():
    # The last two bring as much; the far one is better for the weakest area, the near one for kilometres.
    case = tiny_problem(
        [(12, 0), (0, 12), (0, -40)], [100, 50, 50], areas=["a", "a", "b"], sessions=(session(2, "afternoon"),)
    )
    best = solve_calendar(case)
    assert set(best.calendar.stops()) == {"v0", "v2"}
    near = solve_calendar(case, objectives=("need", "distance"))
    driven = judge_calendar(near.calendar, case)
    end = frontier(case, best)[-1]
    assert driven.need == pytest.approx(end.need)
    assert end.bound == pytest.approx(driven.distance, rel=1e-4)
    assert end.distance > 1.2 * end.bound


def test_a_price_is_proven_only_where_the_search_at_every_stop_is(problem, solution, monkeypatch):
    stops = (*problem.stops[:3], *(replace(stop, commune="v4") for stop in problem.stops[3:]))
    wide = replace(problem, stops=stops)
    best = judge_calendar(solution.calendar, wide)
    assert forced_price(wide, best, solution.calendar, "v4").proven

    def hurried(case, **options):
        found = solve_calendar(case, **options)
        if case.rules.locks[-1].stop == "v3":
            return found
        first = found.stages[0]
        return replace(found, stages=(replace(first, bound=2 * first.value), *found.stages[1:]))

    monkeypatch.setattr("tours.what_if.search_calendar", hurried)
    price = forced_price(wide, best, solution.calendar, "v4")
    assert price.stop == "v3"
    assert answer_document(price).items() >= {"proof": "bounded", "proven": False}.items()


def test_a_price_is_verified_only_where_every_forced_calendar_is(problem, solution, monkeypatch):
    best = judge_calendar(solution.calendar, problem)

    def as_proven(verified):
        def search(case, **options):
            found = solve_calendar(case, **options)
            stages = tuple(
                replace(stage, bound=stage.value, checked=stage.value if verified else None) for stage in found.stages
            )
            return replace(found, stages=stages)

        return search

    monkeypatch.setattr("tours.what_if.search_calendar", as_proven(verified=False))
    assert forced_price(problem, best, solution.calendar, "v4").proof is Proof.SOLVER
    monkeypatch.setattr("tours.what_if.search_calendar", as_proven(verified=True))
    assert answer_document(forced_price(problem, best, solution.calendar, "v4"))["proof"] == "verified"


def test_a_search_without_an_answer_in_time_costs_no_other_its_own(problem, solution, monkeypatch):
    def hurried(*asked, **options):
        raise MobilityError("no-time", "no calendar was found in 1 s", field="limit")

    monkeypatch.setattr("tours.what_if.search_calendar", hurried)
    (price,) = forced_prices(problem, solution.calendar)
    assert not price.possible
    assert not price.proven
    gains = more_means(problem, solution.calendar)
    assert [gain.proven for gain in gains] == [False] * 4
    assert {gain.need_gained for gain in gains} == {0.0}
    monkeypatch.setattr(CalendarModel, "maximise", hurried)
    points = frontier(problem, solution)
    assert [point.need for point in points] == [pytest.approx(judge_calendar(solution.calendar, problem).need)]


def test_replacements_are_free_half_days(problem, solution):
    cancelled = solution.calendar.visits[0]
    found = replacements(problem, solution.calendar, [cancelled], spare=[session(5, "afternoon")])
    assert {(r.week, r.weekday) for r in found[cancelled.id]} == {(1, 5), (2, 5)}
    first = found[cancelled.id][0]
    assert first.week == cancelled.week


def two_locks_at_once():
    """A problem in which two of three locks want the one bus on the same half-day; and the locks."""
    locks = (Position("v0", 1, 2), Position("v1", 1, 2), Position("v2", 2, 4))
    problem = tiny_problem(
        POSITIONS[:3], NEEDS[:3], sessions=(session(2, "afternoon"), session(4, "afternoon")),
        rules=CalendarRules(area_floor=0, locks=locks),
    )  # fmt: skip
    return problem, locks


def test_conflict_names_the_two_locks_alone():
    problem, locks = two_locks_at_once()
    with pytest.raises(InfeasibleError) as told:
        solve_calendar(problem)
    assert set(told.value.rules) == {f"lock:{locks[0]}", f"lock:{locks[1]}"} == set(conflicting_rules(problem))


def test_conflict_between_a_lock_and_a_ban():
    rules = CalendarRules(area_floor=0, locks=(Position("v0"),), bans=(Position("v0"), Position("v1")))
    problem = tiny_problem(POSITIONS[:3], NEEDS[:3], rules=rules)
    with pytest.raises(InfeasibleError, match="lock:v0") as told:
        solve_calendar(problem)
    assert set(told.value.rules) == {"lock:v0", "ban:v0"}


def test_a_conflict_is_named_within_the_limit_of_the_search(monkeypatch):
    """Rules are left out while time is left; what it did not tell stays named, and nothing is searched beyond it."""
    limits, true = [], CalendarModel.maximise

    def timed(self, objective, *, limit, gap, **options):
        limits.append(limit)
        return true(self, objective, limit=limit, gap=gap, **options)

    monkeypatch.setattr(CalendarModel, "maximise", timed)
    problem, locks = two_locks_at_once()
    with pytest.raises(InfeasibleError) as told:
        solve_calendar(problem, limit=4.0)
    assert set(told.value.rules) == {f"lock:{locks[0]}", f"lock:{locks[1]}"}
    assert len(limits) > 3
    assert max(limits) <= 4.0
    limits.clear()
    assert set(conflicting_rules(problem, limit=0.0)) == {f"lock:{lock}" for lock in locks}
    assert limits == []


def test_conflict_of_crew_hours():
    from dataclasses import replace

    problem = tiny_problem(POSITIONS[:2], NEEDS[:2])
    bus = replace(problem.buses[0], crew_start=10 * 3600, crew_end=11 * 3600)
    assert conflicting_rules(replace(problem, buses=(bus,))) == ("crew-hours",)


def test_no_conflict_where_a_calendar_exists():
    assert conflicting_rules(tiny_problem(POSITIONS[:2], NEEDS[:2])) == ()
