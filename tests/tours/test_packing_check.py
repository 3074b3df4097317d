"""The second proof of what is served: never below what brute force serves, whatever the prices."""

import random
from dataclasses import replace

import numpy as np
import pytest

from mobility.proof import Proof
from mobility.ride_matching import MatchingProblem
from tests.ride_brute_force import best_by_force
from tests.ride_cases import tiny_day
from tours.packing_check import served_bound, verified
from tours.ride_packing import pack_rides

in_batches = pytest.mark.parametrize("start", range(20, 420, 50))


def check(seed: int) -> bool:
    """Check a tiny day by good prices and by bad ones; return whether its packing is verified."""
    rng = random.Random(seed)
    case = tiny_day(seed)
    packing = pack_rides(case, limit=600.0)
    if seed % 3 == 0 and packing.served(case):
        first = packing.served(case)[0]
        case = replace(case, promised={ride.id: packing.shift_of[ride.id] for ride in case.requests[first]})
        packing = pack_rides(case, limit=600.0)
    best = best_by_force(case).served
    for prices in (
        packing.prices, {}, {ride.id: rng.uniform(-1.0, 2.0) for ride in case.rides},
        {ride: price * rng.uniform(0.5, 1.5) for ride, price in packing.prices.items()},
    ):  # fmt: skip
        bound = served_bound(case, prices, seconds=60.0)
        assert bound is not None, seed
        assert bound >= best - 1e-6, (seed, prices)
        # What is not the most is never verified, by no prices.
        assert not verified(case, prices, best - 1.0, seconds=60.0), (seed, prices)
    return verified(case, packing.prices, packing.proofs[0].value, seconds=60.0)


def test_no_prices_prove_less_than_is_served_and_most_days_are_verified():
    assert sum(check(seed) for seed in range(20)) >= 18


@pytest.mark.prove
@in_batches
def test_no_prices_prove_less_than_is_served_on_hundreds_of_days(start):
    for seed in range(start, start + 50):
        check(seed)


def without_triangles(seed: int) -> MatchingProblem:
    """A tiny day on roads where a way through a third place may be shorter than the way that is quickest."""
    case = tiny_day(seed)
    noise = np.random.default_rng(seed).uniform(1.0, 1.5, case.travel.metres.shape).astype(np.float32)
    return replace(case, travel=replace(case.travel, metres=np.ceil(case.travel.metres * noise)))


@pytest.mark.prove
@in_batches
def test_a_ride_without_a_price_may_shorten_a_route_and_is_not_forgotten(start):
    for seed in range(start, start + 50):
        case = without_triangles(seed)
        packing = pack_rides(case, limit=600.0)
        bound = served_bound(case, packing.prices, seconds=60.0)
        assert bound is not None
        assert bound >= packing.proofs[0].value - 1e-6


def test_a_proof_says_its_word_and_one_that_takes_too_long_is_given_up():
    case = tiny_day(1)
    packing = pack_rides(case, limit=600.0)
    assert packing.proof is Proof.SOLVER
    assert replace(packing, verified=True).proof is Proof.VERIFIED
    open_still = replace(packing, proofs=(replace(packing.proofs[0], bound=packing.proofs[0].value + 1),))
    assert replace(open_still, verified=True).proof is Proof.BOUNDED
    assert served_bound(case, packing.prices, seconds=-1.0) in (None, served_bound(case, packing.prices))
