"""Solidarity rides: seeded scenarios over the Lot's roads, proven packings, answers at once, and a replay.

`python -m benchmarks.rides` (all), or `sizes`, `insertion`, `replay`.
"""

import csv
import random
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from benchmarks.measure import SHARED, table
from cli.standard_output import keep_standard_output
from mobility.places import Place, Point, great_circle
from mobility.ride_day import RideDay, RideDays, state_rides
from mobility.ride_scenario import Scenario, ScenarioShape, make_scenario
from mobility.travel_cache import TravelCache
from routing.road_source import open_roads
from tours.packing_judge import judge_packing
from tours.ride_arrays import RideArrays
from tours.ride_insertion import Insertion
from tours.ride_packing import pack_rides

MONDAY = date(2026, 11, 30)
TOWNS = {
    "Cahors": (1.441, 44.449), "Figeac": (2.033, 44.608), "Gourdon": (1.383, 44.737), "Souillac": (1.477, 44.895),
    "Gramat": (1.724, 44.780), "Saint-Céré": (1.893, 44.857), "Prayssac": (1.189, 44.505),
}  # fmt: skip
ORDINARY = ScenarioShape(volunteers=0.25, reach=(30_000.0, 40_000.0, 50_000.0), detour=(300.0, 480.0, 600.0))
"""Few candidates a driver, as where offers are thin: short reaches, small detours."""
DENSE = ScenarioShape(volunteers=1.0, reach=(50_000.0, 60_000.0, 70_000.0))


def homes() -> list[tuple[Place, float]]:
    """Junctions of the Lot's numbered roads, each as likely."""
    with (SHARED / "roads" / "tm_nodes.csv").open(encoding="utf-8") as file:
        rows = [(float(row["lon"]), float(row["lat"]), row["node"]) for row in csv.DictReader(file)]
    return [
        (Place(f"n{node}", node, Point(lon, lat)), 1.0) for lon, lat, node in rows
        if 1.05 < lon < 2.15 and 44.25 < lat < 45.0
    ]  # fmt: skip


def towns() -> list[Place]:
    """The towns that people go to."""
    return [Place(name, name, Point(*point)) for name, point in TOWNS.items()]


def weekdays(count: int) -> list[date]:
    """The first working days from a Monday on."""
    days = (MONDAY + timedelta(days=i) for i in range(3 * count + 7))
    return [day for day in days if day.isoweekday() <= 5][:count]


def stated(scenario: Scenario, days: list[date], cache: TravelCache) -> RideDay:
    """The problem of a scenario."""
    return state_rides(RideDays(tuple(days), scenario.offers, scenario.requests), cache.times)


def measured(
    name: str, drivers: int, requests: int, days: int, limit: float, shape: ScenarioShape | None = None
) -> list[str]:
    """Pack a scenario on cold travel times; return a row of the table."""
    spread = weekdays(days)
    scenario = make_scenario(homes(), towns(), spread, drivers=drivers, requests=requests, seed=1, shape=shape)
    started = time.perf_counter()
    day = stated(scenario, spread, TravelCache(ROADS, most=20_000))
    travel = time.perf_counter() - started
    arrays = RideArrays(day.problem)
    counts = [len(arrays.candidates(n)) for n in range(len(day.problem.shifts))]
    started = time.perf_counter()
    packing = pack_rides(day.problem, limit=limit)
    seconds = time.perf_counter() - started
    assert judge_packing(packing, day.problem) == []
    served, fairness, distance = packing.proofs
    return [
        name, f"{requests} / {drivers} / {days}", f"{np.mean(counts):.1f} ({max(counts)})", f"{served.value:.0f}",
        f"{served.bound:.0f} ({served.gap:.1%})", f"{fairness.gap:.1%} / {distance.gap:.1%}", f"{travel:.1f}",
        f"{seconds:.1f}",
    ]  # fmt: skip


def sizes() -> None:
    """Ordinary and dense scenarios."""
    rows = [
        measured("250 + 250, one day", 250, 250, 1, 60, ORDINARY),
        measured("500 + 500, one day", 500, 500, 1, 60, ORDINARY),
        measured("2,500 + 2,500, two weeks", 2500, 2500, 10, 60, ORDINARY),
        measured("5,000 + 5,000, four weeks", 5000, 5000, 20, 60, ORDINARY),
        measured("20,000 + 20,000, twelve weeks", 20_000, 20_000, 60, 300, ORDINARY),
        measured("dense: 500 + 100, one day", 100, 500, 1, 60, DENSE),
    ]
    columns = ["case", "requests / drivers / days", "candidates a driver (most)", "served", "bound (gap)",
               "gaps of fairness / kilometres", "travel times (s)", "packing (s)"]  # fmt: skip
    print(table(columns, rows), flush=True)


def insertion() -> None:
    """Answers at once beside a day that is already promised."""
    spread = weekdays(1)
    cache = TravelCache(ROADS, most=20_000)
    scenario = make_scenario(homes(), towns(), spread, drivers=500, requests=1000, seed=2)
    first = replace(scenario, requests=scenario.requests[:500])
    packing = pack_rides(stated(first, spread, cache).problem, limit=60)
    whole = stated(scenario, spread, cache)
    state = Insertion(RideArrays(whole.problem), packing.routes)
    state.shifts_for(0)
    asked = [request.id for request in scenario.requests[500:] if request.id in whole.problem.requests]
    seconds, processor, found = [], [], 0
    for request in asked:
        started, worked = time.perf_counter(), time.thread_time()
        found += bool(state.options(request, 3))
        seconds.append(time.perf_counter() - started)
        processor.append(time.thread_time() - worked)
    ms, busy = np.array(seconds[5:]) * 1000, np.array(processor[5:]) * 1000
    print(
        f"{len(seconds)} requests beside {len(packing.routes)} routes of 500 drivers: median {np.median(ms):.2f} ms, "
        f"99th percentile {np.percentile(ms, 99):.2f} ms (of the processor {np.percentile(busy, 99):.2f}), "
        f"{found} with an answer", flush=True,
    )  # fmt: skip
    taken = 0
    for request in asked:
        for placement in state.options(request, 1):
            state.put(placement)
            taken += 1
    promised = dict(packing.shift_of)
    batch = pack_rides(replace(whole.problem, promised=promised), limit=60)
    before = len(packing.served(whole.problem))
    print(
        f"one after the other, each promised at once: {before + taken} served; by one batch beside the same promises: "
        f"{batch.proofs[0].value:.0f} (at most {batch.proofs[0].bound:.0f})", flush=True,
    )  # fmt: skip


def by_straight_lines(scenario: Scenario) -> int:
    """Serve requests as the first service did: straight lines, a detour of 1.8 at most, one way at a time.

    A driver's own trip is kept where (extra + own) / own is at most 1.8; time, seats, wishes and the way back are not
    looked at; each driver takes one request, the first that fits.
    """
    taken: set[str] = set()
    served = 0
    for request in scenario.requests:
        a, b = request.origin.point, request.destination.point
        for offer in scenario.offers:
            if offer.id in taken or not offer.runs(request.day):
                continue
            start, end = offer.origin.point, offer.destination.point
            own = great_circle(start, end)
            detour = great_circle(start, a) + great_circle(a, b) + great_circle(b, end)
            if own > 0 and detour / own <= 1.8:
                taken.add(offer.id)
                served += 1
                break
    return served


def replay() -> None:
    """The published figures of the real service's first eight months, under stated assumptions."""
    months = [MONDAY + timedelta(days=i) for i in range(240)]
    days = [day for day in months if day.isoweekday() <= 5]
    rows = []
    for often, label in ((1, "each trip offered on one day"), (0, "trips offered every week, volunteers one half-day")):
        shape = ScenarioShape(volunteers=0.15, back=0.86, mean=16_300.0)
        made = make_scenario(homes(), towns(), days, drivers=331, requests=227, seed=2018, shape=shape)
        rng = random.Random(1)
        offers = tuple(
            offer if often or offer.kind == "volunteer"
            else replace(offer, kind="regular", day=None, weekdays=frozenset(rng.sample(range(1, 6), 2)))
            for offer in made.offers
        )  # fmt: skip
        scenario = Scenario(offers, made.requests)
        asked = sorted({request.day for request in scenario.requests})
        cache = TravelCache(ROADS, most=20_000)
        served, started, metres = 0, time.perf_counter(), []
        for day in asked:
            own = tuple(request for request in scenario.requests if request.day == day)
            problem = stated(Scenario(offers, own), [day], cache).problem
            packing = pack_rides(problem, limit=20)
            assert judge_packing(packing, problem) == []
            served += len(packing.served(problem))
            metres += [
                problem.travel.metres_between(r.origin, r.destination) for r in problem.rides if r.id.endswith(":out")
            ]
        straight = by_straight_lines(scenario)
        rows.append([
            label, f"{np.mean(metres) / 1000:.0f} km", f"{straight} ({straight / 227:.0%})",
            f"{served} ({served / 227:.0%})", f"{time.perf_counter() - started:.0f}",
        ])  # fmt: skip
    columns = ["assumption", "mean way", "straight lines, one way, no hours", "this engine, there and back", "seconds"]
    print(table(columns, rows), flush=True)


if __name__ == "__main__":
    keep_standard_output()
    ROADS = open_roads(SHARED / "roads")
    # Compile before anything is timed.
    warm = make_scenario(homes(), towns(), weekdays(1), drivers=20, requests=20, seed=3)
    small = stated(warm, weekdays(1), TravelCache(ROADS))
    Insertion(RideArrays(small.problem), pack_rides(small.problem, limit=5).routes).options("request-0", 1)
    chosen = sys.argv[1:] or ["sizes", "insertion", "replay"]
    for part in chosen:
        {"sizes": sizes, "insertion": insertion, "replay": replay}[part]()
