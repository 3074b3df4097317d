"""Seeded cases of matched rides: tiny ones, and dense days, of drivers who have driven before."""

import random
from dataclasses import replace

import numpy as np

from mobility.ride_matching import MatchingProblem, Ride, Shift, Window
from mobility.travel import TravelTimes

HOUR = 3600.0
WIDE = Window(0, 24 * HOUR)


def ways(points: list[tuple[float, float]], rng: random.Random) -> TravelTimes:
    """Places on a plane (kilometres), about a kilometre a minute; the fastest way is not always the shortest.

    Seconds and metres are whole numbers, and no detour by a third place is quicker or shorter.
    """
    xy = np.array(points)
    straight = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    tables = []
    for scale in (60.0, 1000.0):
        noise = np.array([[rng.uniform(1.0, 1.3) for _ in points] for _ in points])
        table = np.ceil(straight * scale * noise)
        for middle in range(len(points)):
            table = np.minimum(table, table[:, middle, None] + table[None, middle, :])
        tables.append(table.astype(np.float32))
    names = tuple(f"p{i}" for i in range(len(points)))
    return TravelTimes(names, names, tables[0], tables[1], np.zeros(straight.shape, dtype=bool))


def tiny_day(seed: int) -> MatchingProblem:
    """Three or four drivers, most of whom drove before, and three or four requests, some with a way back."""
    rng = random.Random(seed)
    places = [f"p{i}" for i in range(7)]
    travel = ways([(rng.uniform(0, 20), rng.uniform(0, 20)) for _ in places], rng)
    shifts = tuple(_driver(rng, i, places) for i in range(rng.choice([3, 4])))
    rides: list[Ride] = []
    for i in range(rng.choice([3, 4])):
        rides += _asked(rng, i, places, back=0.3 if len(rides) < 4 else 0.0)
    weights = {f"r{i}": rng.choice([1.0, 2.0, 1.5]) for i in range(4)} if rng.random() < 0.25 else {}
    refused = frozenset({("r0", "d0"), ("r1", "d1")}) if rng.random() < 0.25 else frozenset()
    return MatchingProblem(shifts, tuple(rides), travel, weights, refused=refused)


def _driver(rng: random.Random, i: int, places: list[str]) -> Shift:
    opens = rng.choice([8, 8, 9]) * HOUR
    home, own = rng.choice(places), rng.random() < 0.2
    load = rng.choice([0.0, 1.0, 1.5, 5.0, 20.0]) * HOUR
    return Shift(
        f"s{i}", f"d{i}", home, rng.choice(places) if own else home, opens, opens + rng.choice([2, 3, 6]) * HOUR,
        rng.choice([1, 2, 3]), frozenset({"wheelchair"}) if rng.random() < 0.7 else frozenset(),
        rng.choice([60_000.0, 120_000.0]), 1800.0 if own else float("inf"), load, counts=not own,
        most_rides=rng.choice([2, 6]),
    )  # fmt: skip


def _asked(rng: random.Random, i: int, places: list[str], *, back: float) -> list[Ride]:
    a, b = rng.sample(places, 2)
    at = rng.choice([9.5, 10, 11]) * HOUR
    needs = frozenset({"wheelchair"}) if rng.random() < 0.2 else frozenset()
    out = Ride(f"r{i}o", f"r{i}", a, b, WIDE, Window(at - 2700, at), rng.choice([1, 1, 2]), 2700.0, 120.0, needs)
    if rng.random() >= back:
        return [out]
    home = replace(out, id=f"r{i}b", origin=b, destination=a, pickup=Window(at + HOUR, at + 2 * HOUR), dropoff=WIDE)
    return [out, home]


def dense_day(seed: int, *, requests: int = 25, drivers: int = 150) -> MatchingProblem:
    """Many drivers with 0, 1 or 5 hours behind them for few requests: insertion serves all, and unfairly."""
    rng = random.Random(seed)
    places = [f"p{i}" for i in range(60)]
    travel = ways([(rng.uniform(0, 40), rng.uniform(0, 40)) for _ in places], rng)
    shifts = []
    for i in range(drivers):
        home, opens = rng.choice(places), rng.choice([8, 9, 13]) * HOUR
        shifts.append(
            Shift(
                f"s{i}", f"d{i}", home, home, opens, opens + rng.choice([2, 4]) * HOUR, rng.choice([1, 2, 3]),
                longest=rng.choice([60_000.0, 80_000.0]), load=rng.choice([0.0, 1.0, 5.0]) * HOUR,
            )
        )  # fmt: skip
    rides: list[Ride] = []
    for i in range(requests):
        rides += _asked(rng, i, places, back=0.5)
    return MatchingProblem(tuple(shifts), tuple(rides), travel)
