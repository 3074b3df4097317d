"""Shared vans: the program against trying every plan, the judge against spoilt plans, the public instances."""

import random
import resource
import time
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.darp import read_instance
from mobility.dial_a_ride import DialARideProblem, RidePlan
from mobility.errors import MisstatedError, MobilityError
from tests.van_cases import van_day
from tours.dial_a_ride import route_cost, route_duration, route_times, solve_rides
from tours.ride_events import event_graph, tightened
from tours.ride_judge import judge_rides
from tours.solvers import mathopt, solved_arrays
from tours.van_bound import VanBound
from tours.van_program import VanProgram
from tours.van_start import assignment_bound


def problem(points, windows, *, vehicles=2, capacity=2, longest_ride=30.0, longest_route=480.0, loads=None):
    """A problem on a plane: the depot first, then pick-ups, then set-downs; service lasts a minute."""
    xy = np.array(points, dtype=float)
    travel = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    size = len(points)
    n = (size - 1) // 2
    load = np.array([0, *(loads or [1] * n), *(-value for value in loads or [1] * n)], dtype=np.int64)
    service = np.array([0.0] + [1.0] * (size - 1))
    opens, closes = (np.array([window[k] for window in windows], dtype=float) for k in (0, 1))
    return DialARideProblem(
        vehicles, capacity, longest_ride, longest_route, service, load, opens, closes, travel, travel
    )


def test_what_no_van_can_mean_is_refused_where_it_is_stated():
    spoilt = TWO.travel.copy()
    spoilt[1, 2] = np.inf
    for changed in (
        {"longest_ride": 0}, {"longest_ride": np.nan}, {"vehicles": 0}, {"closes": TWO.opens - 1},
        {"opens": TWO.opens * np.nan}, {"travel": spoilt}, {"cost": spoilt}, {"travel": TWO.travel * np.nan},
        {"service": TWO.service - 2}, {"cost": TWO.cost + 1e15},
    ):  # fmt: skip
        with pytest.raises(MisstatedError):
            replace(TWO, **changed)


def test_a_program_that_the_solver_cannot_read_is_named():
    model = mathopt.Model()
    model.maximize(float("nan") * model.add_variable(lb=0, ub=1))
    with pytest.raises(MobilityError, match=r"refuses the program.*NaN") as told:
        solved_arrays(model.export_model(), mathopt.SolveParameters())
    assert told.value.code == "bad-program"


ALL_DAY = (0, 480)
TWO = problem([(0, 0), (0, 5), (0, 6), (0, 10), (0, 11)], [ALL_DAY] * 5)


def brute_force(p):
    """The cheapest cost by trying every order of every split of the requests between two vans."""
    n = p.requests
    best = float("inf")
    routes = {}
    for mask in range(1 << n):
        mine = [i for i in range(1, n + 1) if mask >> (i - 1) & 1]
        cheapest = 0.0 if not mine else float("inf")
        for order in permutations([*mine, *(i + n for i in mine)]):
            if any(order.index(i) > order.index(i + n) for i in mine):
                continue
            loads = np.cumsum([p.load[s] for s in order])
            if mine and loads.max() > p.capacity:
                continue
            cost = route_cost(order, p) if mine else 0.0
            if cost < cheapest and (not mine or feasible(order, p)):
                cheapest = cost
        routes[mask] = cheapest
    whole = (1 << n) - 1
    for mask, cost in routes.items():
        if p.vehicles >= 2 or mask in (0, whole):
            best = min(best, cost + routes[whole ^ mask])
    return best


def feasible(order, p):
    """Whether an order can be driven, by a relaxation of its own on a grid of constraints: -2 leaves the depot."""
    n = p.requests
    edges = []
    for a, b in pairwise(order):
        edges.append((a, b, p.service[a] + p.travel[a, b]))
    for i in order:
        edges.append((-1, i, max(p.opens[i], p.opens[0] + p.travel[0, i])))
        edges.append((i, -1, -min(p.closes[i], p.closes[0] - p.service[i] - p.travel[i, 0])))
        if i <= n:
            edges.append((i + n, i, -(p.service[i] + p.longest_ride)))
    first, last = order[0], order[-1]
    edges.append((-1, -2, p.opens[0]))
    edges.append((-2, first, p.service[0] + p.travel[0, first]))
    edges.append((last, -2, p.service[last] + p.travel[last, 0] - p.longest_route))
    longest = dict.fromkeys([-2, -1, *order], 0.0)
    for _ in range(len(longest) + 1):
        changed = False
        for a, b, length in edges:
            if longest[a] + length > longest[b] + 1e-7:
                longest[b] = longest[a] + length
                changed = True
        if not changed:
            return True
    return False


@st.composite
def small_problems(draw):
    n = draw(st.integers(1, 3))
    coordinate = st.integers(-8, 8)
    points = [(0, 0), *(draw(st.tuples(coordinate, coordinate)) for _ in range(2 * n))]
    windows = [ALL_DAY]
    for _ in range(n):
        start = draw(st.integers(10, 60))
        windows.append((start, start + draw(st.integers(5, 40))))
    windows += [ALL_DAY] * n
    return problem(
        points, windows, vehicles=draw(st.integers(1, 2)), capacity=draw(st.integers(1, 2)),
        longest_ride=draw(st.sampled_from([20.0, 25.0, 60.0])),
        longest_route=draw(st.sampled_from([35.0, 50.0, 70.0, 480.0])),
        loads=draw(st.lists(st.integers(1, 2), min_size=n, max_size=n)),
    )  # fmt: skip


@settings(max_examples=30)
@given(small_problems())
def test_the_program_finds_what_trying_everything_finds(p):
    best = brute_force(p)
    if best == float("inf"):
        with pytest.raises(MobilityError) as caught:
            solve_rides(p)
        assert caught.value.code == "rides-infeasible"
        return
    plan = solve_rides(p)
    assert plan.cost == pytest.approx(best, abs=1e-4)
    assert plan.proven
    assert judge_rides(plan, p) == []


@settings(max_examples=25)
@given(small_problems())
def test_one_more_van_never_costs_more(p):
    try:
        one = solve_rides(replace(p, vehicles=1))
    except MobilityError:
        return
    assert solve_rides(replace(p, vehicles=2)).cost <= one.cost + 1e-6


def test_two_neighbours_share_the_van():
    plan = solve_rides(TWO)
    assert len(plan.routes) == 1
    assert plan.cost == pytest.approx(22)


def test_a_long_route_is_ruled_out():
    split = solve_rides(replace(TWO, longest_route=25.0))
    assert len(split.routes) == 2
    assert all(route_duration(route, TWO) <= 25.0 for route in split.routes)
    assert judge_rides(split, TWO) == []
    with pytest.raises(MobilityError):
        solve_rides(replace(TWO, longest_route=5.0))


def test_a_rider_too_many_takes_another_round():
    crowded = problem([(0, 0), (0, 5), (0, 6), (0, 10), (0, 11)], [ALL_DAY] * 5, capacity=2, loads=[2, 1])
    assert judge_rides(solve_rides(crowded), crowded) == []
    assert solve_rides(crowded).cost > 22


SPOILT = {
    "not-once": lambda plan: replace(plan, routes=(plan.routes[0][:-1],), times=(plan.times[0][:-1],)),
    "wrong-order": lambda plan: replace(plan, routes=((3, 1, 2, 4),)),
    "too-early": lambda plan: replace(plan, times=(tuple(0.0 for _ in plan.times[0]),)),
    "outside-window": lambda plan: replace(plan, times=(tuple(t + 1000 for t in plan.times[0]),)),
    "long-ride": lambda plan: replace(plan, times=((*plan.times[0][:-1], plan.times[0][-1] + 100),)),
    "long-day": lambda plan: replace(plan, times=((plan.times[0][0] - 1.0, *(t + 470 for t in plan.times[0][1:])),)),
    "home-late": lambda plan: replace(plan, times=((*plan.times[0][:-1], 479.0),)),
    "wrong-cost": lambda plan: replace(plan, cost=plan.cost - 1),
    "no-times": lambda plan: replace(plan, times=((),)),
    "too-many-vehicles": lambda plan: replace(plan, routes=((1, 3), (2, 4)) * 2, times=((0.0, 0.0),) * 4),
}


@pytest.mark.parametrize("code", SPOILT)
def test_the_judge_sees_what_is_spoilt(code):
    plan = solve_rides(TWO)
    assert judge_rides(plan, TWO) == []
    assert code in {fault.code for fault in judge_rides(SPOILT[code](plan), TWO)}


def test_the_judge_counts_who_is_aboard():
    plan = solve_rides(TWO)
    assert "too-full" in {fault.code for fault in judge_rides(plan, replace(TWO, capacity=1))}


@pytest.mark.parametrize("name", ["a2-16", "a2-24", "a3-36", "a4-48"])
def test_public_instances_are_proven(shared, name):
    folder = shared / "bench" / "darp"
    known = dict(line.split(",")[:2] for line in (folder / "best_known.csv").read_text().splitlines()[1:])
    p = read_instance(folder / f"{name}.txt")
    plan = solve_rides(p)
    assert plan.proven
    assert plan.cost == pytest.approx(float(known[name]), abs=0.006)
    assert judge_rides(plan, p) == []
    assert all(route_duration(route, p) <= p.longest_route for route in plan.routes)


def test_a_problem_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="a set-down for each"):
        problem([(0, 0), (1, 1)], [ALL_DAY] * 2)
    with pytest.raises(ValueError, match="one length"):
        replace(TWO, opens=np.zeros(3))
    with pytest.raises(ValueError, match="shape"):
        replace(TWO, travel=np.zeros((3, 3)))


def test_times_of_a_route_that_cannot_be_driven_are_none():
    late = replace(TWO, closes=np.array([480.0, 1, 480, 480, 480]))
    assert route_times((1, 3), late) == ()
    assert RidePlan((), (), 10.0, 10.0).proven


MADE = {
    # 300 customers whose drivers' days bind, and wide windows: both ran on for minutes, and over a gigabyte.
    "days bind": (van_day(1, 300, 40, longest_route=240.0), 6.0),
    "no day binds": (van_day(1, 300, 30), 6.0),
    "wide windows": (van_day(5, 60, 8, width=600.0, longest_ride=90.0), 10.0),
    "wide windows, six seats": (van_day(6, 100, 10, width=840.0, longest_ride=120.0, seats=6), 10.0),
    "some wider windows": (van_day(7, 40, 6, width=240.0), 10.0),
}


@pytest.mark.prove
@pytest.mark.parametrize("name", MADE)
def test_limits_of_time_and_memory_hold_and_what_was_found_is_told(name):
    case, limit = MADE[name]
    solve_rides(TWO)
    # A busy machine lends a process but part of a core: what the process takes of it is within the limit too.
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plan = solve_rides(case, limit=limit)
    assert time.process_time() - started < limit + 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000
    assert judge_rides(plan, case) == []
    assert 0 < plan.bound <= plan.cost


@pytest.mark.prove
@pytest.mark.parametrize("start", range(0, 300, 50))
def test_what_is_proven_of_hundreds_of_tiny_days_is_the_best_there_is(start):
    rng = random.Random(start)
    for seed in range(start, start + 50):
        case = van_day(
            seed, rng.choice([2, 3, 4]), rng.choice([1, 2]), width=rng.choice([15.0, 60.0, 180.0]),
            longest_route=rng.choice([40.0, 60.0, 90.0, 150.0, 480.0]), seats=rng.choice([2, 3]),
            horizon=rng.choice([300.0, 400.0]), longest_ride=rng.choice([15.0, 25.0, 60.0]),
            side=rng.choice([4.0, 9.0]), most_load=2,
        )  # fmt: skip
        best = brute_force(case)
        if best == float("inf"):
            with pytest.raises(MobilityError) as caught:
                solve_rides(case)
            assert caught.value.code == "rides-infeasible", seed
            continue
        plan = solve_rides(case)
        assert judge_rides(plan, case) == [], seed
        assert plan.proven, seed
        assert plan.cost == pytest.approx(best, abs=1e-4), seed


@pytest.mark.parametrize("seed", range(4))
def test_prices_bound_every_plan_and_never_rule_out_the_arcs_of_a_good_one(seed):
    case = van_day(seed, 8, 3, width=60.0, longest_route=150.0, horizon=400.0)
    plan = solve_rides(case)
    assert plan.proven
    graph = event_graph(case)
    for days in (False, True):
        bound = VanBound(case, graph, days=days)
        for rounds in (0.05, 5.0):
            # However early the search for prices is cut short, what they prove is true.
            bound.search(time.monotonic() + rounds, plan.cost, gap=0.0)
            assert bound.bound <= plan.cost + 1e-6
            possible = bound.possible(plan.cost, time.monotonic() + 10)
            if possible is not None:
                program = VanProgram(case, graph, days=days)
                used = program._arcs_of(plan.routes)
                assert possible[used].all()


def test_a_relaxation_without_search_is_below_every_plan():
    for seed in range(6):
        case = van_day(seed, 4, 2, horizon=400.0)
        assert assignment_bound(case, *tightened(case)) <= brute_force(case) + 1e-6
