"""Covers bound what packings serve: never below brute force, and what they drive is a packing."""

from dataclasses import replace

import numpy as np
import pytest

from mobility.ride_matching import MatchingProblem
from mobility.travel import no_progress
from tests.ride_brute_force import best_by_force
from tests.ride_cases import dense_day, tiny_day
from tours.ride_cover import largest_sets, most_covered
from tours.ride_packer import Packer
from tours.ride_packing import pack_rides
from tours.ride_program import Goal

in_batches = pytest.mark.parametrize("start", range(40, 640, 50))


def cover(case: MatchingProblem) -> tuple[float, float]:
    """The weight of what a cover drives whole, and its bound on what is served."""
    packer = Packer(case, 600.0, no_progress)
    packer.list_routes()
    start = packer.start()
    goal = Goal(np.zeros(len(packer.pool)), -packer.weights)
    held = packer.pool.holding([packer._rides_of(route) for route in start])
    found = most_covered(packer.program, goal, 600.0, held)
    assert found is not None
    sets, least = found
    driven = [ride for _, rides in sets for ride in rides]
    assert len(set(driven)) == len(driven)
    assert len({shift for shift, _ in sets}) == len(sets)
    for request, rides in case.requests.items():
        numbers = {packer.arrays.ride_number(ride.id) for ride in rides}
        assert numbers <= set(driven) or not numbers & set(driven), request
    return float(packer.weights[np.unique(packer.ride_request[driven])].sum()), -least


def check(seed: int) -> None:
    case = tiny_day(seed)
    for tried in (case, replace(case, weights={request: 1.0 + i % 3 for i, request in enumerate(case.requests)})):
        served, bound = cover(tried)
        best = best_by_force(tried).served
        assert bound >= best - 1e-6, seed
        # Without a detour that is shorter than a way, what is left of a route can be driven.
        assert served == pytest.approx(best), seed
        packing = pack_rides(tried, limit=600.0)
        if packing.served(tried):
            first = packing.served(tried)[0]
            promised = {ride.id: packing.shift_of[ride.id] for ride in tried.requests[first]}
            held = replace(tried, promised=promised)
            assert cover(held)[1] >= best_by_force(held).served - 1e-6, seed


def test_no_cover_serves_less_than_the_best_packing_of_a_tiny_day():
    for seed in range(20):
        check(seed)


@pytest.mark.prove
@in_batches
def test_no_cover_serves_less_than_the_best_packing_of_hundreds_of_days(start):
    for seed in range(start, start + 50):
        check(seed)


def test_each_route_is_held_by_a_largest_one_of_its_shift():
    packer = Packer(dense_day(1, requests=20, drivers=20), 600.0, no_progress)
    packer.list_routes()
    pool = packer.pool
    largest = largest_sets(pool)
    assert len(set(largest.values())) < len(pool)
    for route, other in largest.items():
        nothing = len(packer.problem.rides)
        assert pool.shift[route] == pool.shift[other]
        assert set(pool.rides[route]) <= set(pool.rides[other]) | {nothing}
        assert largest[other] == other
