"""A proof is a promise: what is told as proven is the optimum, for drivers who have driven before, on every objective.

Tiny days against brute force, dense days against one plain program over every route, without relaxation, prices or
pruning. A few seeds run with the others; hundreds of them are marked ``prove``.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from mobility.ride_matching import MatchingProblem, Packing
from mobility.travel import no_progress
from tests.ride_brute_force import CLOSE, UNIT, Best, best_by_force
from tests.ride_cases import dense_day, tiny_day
from tours.packing_judge import judge_packing
from tours.ride_arrays import RideArrays
from tours.ride_packer import Packer
from tours.ride_packing import pack_rides
from tours.ride_program import Goal

FEW, MANY, BATCH = 60, 600, 50
"""Tiny days of an ordinary run, of a proving run, and of one of its tests."""
FEW_DENSE, MANY_DENSE = 2, 30
"""Dense days, likewise."""
in_batches = pytest.mark.parametrize("start", range(FEW, FEW + MANY, BATCH))


def proven(case: MatchingProblem) -> Packing:
    """The packing of a small case, which leaves no gap anywhere."""
    # Time enough for a first run, which compiles, on a busy machine: a bound that was cut short proves nothing.
    packing = pack_rides(case, limit=600.0)
    assert judge_packing(packing, case) == []
    assert [proof.name for proof in packing.proofs if proof.gap > 1e-5] == []
    return packing


def check(packing: Packing, best: Best, seed: int) -> None:
    served, fairness, distance = packing.proofs
    assert served.value == pytest.approx(best.served), seed
    assert fairness.value == pytest.approx(best.fairness, rel=CLOSE, abs=CLOSE), seed
    assert best.least_metres / 1000 - 1e-3 <= distance.value * (1 + CLOSE), seed
    assert distance.value * (1 - CLOSE) <= best.metres / 1000 + 1e-3, seed


def check_tiny(seed: int) -> None:
    case = tiny_day(seed)
    packing = proven(case)
    check(packing, best_by_force(case), seed)
    # What was agreed with some is built around for the others.
    first = next((r for r in packing.served(case)), None)
    if seed % 3 == 0 and first is not None:
        held = replace(case, promised={r.id: packing.shift_of[r.id] for r in case.requests[first]})
        held = replace(held, weights={request: 1.0 for request in case.requests if request != first})
        check(proven(held), best_by_force(held), seed)


@pytest.mark.parametrize("start", range(0, FEW, 20))
def test_what_is_proven_of_tiny_days_is_the_best_there_is(start):
    for seed in range(start, start + 20):
        check_tiny(seed)


@pytest.mark.prove
@in_batches
def test_what_is_proven_of_hundreds_of_tiny_days_is_the_best_there_is(start):
    for seed in range(start, start + BATCH):
        check_tiny(seed)


@pytest.mark.parametrize(("seed", "listed"), [(6, 20), (16, 200), (28, 200), (43, 20)])
def test_a_bound_beside_priced_routes_is_no_lower_than_the_relaxation_of_all(seed, listed, monkeypatch):
    # Some shifts are listed and the others priced: what both may still gain counts.
    case = dense_day(seed, requests=25, drivers=10)
    whole = Packer(case, 600.0, no_progress)
    whole.list_routes()
    assert not whole.open
    goal = Goal(np.zeros(len(whole.pool)), -whole.weights)
    best = -whole.program.relaxed(goal, np.arange(len(whole.pool)), 600.0).value
    monkeypatch.setattr("tours.ride_packer.LISTED_NODES", listed)
    monkeypatch.setattr("tours.ride_packer.DEEP_NODES", listed)
    packer = Packer(case, 600.0, no_progress)
    packer.list_routes()
    assert 0 < len(packer.open) < len(case.shifts)
    packer.start()
    _, bound = packer.relax_open(Goal(np.zeros(len(packer.pool)), -packer.weights))
    assert bound >= best - 1e-6


def check_dense(seed: int) -> None:
    case = dense_day(seed)
    check(proven(case), best_by_program(case), seed)


@pytest.mark.parametrize("seed", range(FEW_DENSE))
def test_what_is_proven_of_a_dense_day_is_what_one_plain_program_finds(seed):
    check_dense(seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(FEW_DENSE, MANY_DENSE))
def test_what_is_proven_of_many_dense_days_is_what_one_plain_program_finds(seed):
    check_dense(seed)


def best_by_program(case: MatchingProblem) -> Best:
    """The best of a day over every route listed: one program in whole numbers for each objective, nothing left out."""
    arrays = RideArrays(case)
    requests = {request: i for i, request in enumerate(case.requests)}
    entries: list[tuple[int, int, float]] = []
    fair: list[float] = []
    kilometres: list[float] = []
    n, shifts = 0, len(case.shifts)
    for number, shift in enumerate(case.shifts):
        found = arrays.explore(number, arrays.candidates(number))
        assert found.unseen == -np.inf
        for stops, metres, seconds in zip(found.stops, found.metres, found.seconds, strict=True):
            entries.append((number, n, 1.0))
            entries += [(shifts + int(k), n, 1.0) for k in stops if 0 <= k < len(case.rides)]
            fair.append(((shift.load + seconds) ** 2 - shift.load**2) / UNIT**2)
            kilometres.append(metres / 1000)
            n += 1
    entries += [(shifts + i, n + requests[ride.request], -1.0) for i, ride in enumerate(case.rides)]
    row, column, value = zip(*entries, strict=True)
    size = shifts + len(case.rides), n + len(requests)
    upper = np.repeat([1.0, 0.0], [shifts, len(case.rides)])
    lower = np.repeat([-np.inf, 0.0], [shifts, len(case.rides)])
    matrix = csr_array(coo_array((value, (row, column)), shape=size))
    nothing = np.zeros(len(requests))
    weights = np.array([case.weight(request) for request in requests])
    costs = [
        np.concatenate([np.zeros(n), -weights]),
        np.concatenate([fair, nothing]),
        np.concatenate([kilometres, nothing]),
    ]
    reached = []
    for cost in costs:
        answer = milp(
            cost, constraints=LinearConstraint(matrix, lower, upper), integrality=1, bounds=(0, 1),
            options={"mip_rel_gap": 1e-9},
        )  # fmt: skip
        assert answer.success
        taken = np.round(answer.x)
        reached.append(float(cost @ taken))
        matrix = vstack([matrix, csr_array(cost[None])], format="csr")
        upper = np.append(upper, reached[-1] + 1e-6 * max(1.0, abs(reached[-1])))
        lower = np.append(lower, -np.inf)
    return Best(-reached[0], reached[1], 1000 * reached[2], 1000 * reached[2])
