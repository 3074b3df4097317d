"""What a large territory's buses are for: the relaxation of the whole, and buses gathered by where they drive."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobility.errors import MobilityError
from mobility.problem import Bus
from tours.calendar_model import CalendarModel
from tours.coverage import Floats, Ints
from tours.crew_days import CrewPrices, CrewTable
from tours.crew_driving import CrewDriving
from tours.slots import Grid

MOST_BUSES = 10
"""Buses of one part."""
NEAR_WORTH = 0.1
"""Crew days of a part fall short of their prices by this share of what a half-day is worth, at most."""
SLACK = 5e-4
"""Share of the need that is given up for what can be driven and laid, at least."""
HAIR = 1e-3
"""Share of the weakest area that is left to the fewest metres: none have room at the very most."""
_FAR = 20
"""Crew days of middle length that a half-day is worth where no relaxation tells it."""


@dataclass(frozen=True)
class Plan:
    """What the relaxation decides for the whole: crew days (lines of a table), each ``driven`` so often.

    ``weights`` is what one more person served is paid in each area, in metres; ``prices`` what visits are, and
    ``window`` by how many metres a crew day that is worth a look may fall short of them.
    """

    crews: CrewTable
    driven: Floats
    weights: Floats
    prices: CrewPrices
    window: float


def planned(
    crews: CrewDriving, grid: Grid, reduced: Floats, most: float, *, slack: float, weakest: bool, reserve: float
) -> Plan | None:
    """Return the fewest metres that keep all of the need but a slack, and the weakest area; None where nobody drives.

    ``reduced`` is what each option loses, in persons, in the relaxation that bounds the need by ``most``. Raises
    "no-time" where nothing is known ``reserve`` seconds before the deadline.
    """
    able = _promising(crews, grid, reduced)
    stops = np.array(sorted({option.stop for option in able.options}), dtype=np.int64)
    table = crews.table(grid, stops).thin()
    floors = {"need": most * (1 - slack)}
    if weakest:
        half = crews.model(grid, driven=False)
        half.keep("need", floors["need"])
        floors["weakest"] = (half.most("weakest", crews.left(reserve)) or 0.0) * (1 - HAIR)
    begun = time.monotonic()
    model = _keeping(crews, able, table, floors)
    priced = model.relaxed("distance", crews.left(reserve), inside=True)
    if priced is None:
        reached = _within_reach(crews, able, table, floors, reserve)
        if reached is None:
            return None
        floors = reached
        model = _keeping(crews, able, table, floors)
        priced = model.relaxed("distance", crews.left(reserve), inside=True)
    halves, plan = _half_days(crews, grid), None
    while priced is not None:
        weights, prices = model.weights(priced), model.crew_prices(priced)
        window = NEAR_WORTH * float(weights.mean()) * most / halves
        plan = Plan(model.crews or table, model.driven(priced), weights, prices, window)
        # Crew days from farther depots that cost less than they are paid belong to the relaxation, too.
        missing = crews.whole.where((prices.short(crews.whole) < -1.0) & crews.whole.among(stops))
        if not len(missing) or 4 * (time.monotonic() - begun) > crews.left(reserve):
            break
        begun, table = time.monotonic(), table.joined(missing)
        model = _keeping(crews, able, table, floors)
        try:
            priced = model.relaxed("distance", crews.left(reserve), inside=True)
        except MobilityError as error:
            if error.code != "no-time":
                raise
            break
    return plan


def sketched(crews: CrewDriving, grid: Grid, reduced: Floats, most: float) -> Plan:
    """Return a plan without a relaxation of the whole, for want of time: visits are paid what half-days alone tell.

    A half-day is worth its share of the need, a visit that less what its best option loses (``reduced``, in persons);
    a person served is worth so many metres that the way there counts for little.
    """
    problem, halves = crews.problem, _half_days(crews, grid)
    weight = _FAR * float(np.median(crews.whole.metres)) * halves / max(most, 1e-9)
    half_day = weight * most / halves
    stops = np.full((len(grid.slots), 2, len(problem.stops)), -np.inf)
    for option, lost in zip(grid.options, reduced.tolist(), strict=True):
        for slot, count in option.uses:
            side = [session.name for session in grid.slots[slot].sessions].index(option.session)
            stops[slot, side, option.stop] = max(stops[slot, side, option.stop], half_day + weight * lost / count)
    buses = np.array([[half_day * len(slot.sessions)] * len(crews.kinds) for slot in grid.slots])
    window = NEAR_WORTH * half_day + float(np.median(crews.whole.metres))
    weights = np.full(len(crews.cover.areas), weight)
    return Plan(crews.whole, np.zeros(len(crews.whole)), weights, CrewPrices(stops, buses), window)


def _half_days(crews: CrewDriving, grid: Grid) -> int:
    """Return how many half-days all buses have."""
    return sum(len(slot.days) * len(slot.sessions) for slot in grid.slots) * len(crews.problem.buses)


def _within_reach(
    crews: CrewDriving, grid: Grid, table: CrewTable, floors: Mapping[str, float], reserve: float
) -> dict[str, float] | None:  # fmt: skip
    """Lower floors that half-days promise to what fractions of crew days reach; None where there is no calendar."""
    reached: dict[str, float] = {}
    for objective, floor in floors.items():
        most = _keeping(crews, grid, table, reached).most(objective, crews.left(reserve))
        if most is None:
            return None
        reached[objective] = min(floor, most * (1 - HAIR))
    return reached


def _keeping(crews: CrewDriving, grid: Grid, table: CrewTable, floors: Mapping[str, float]) -> CalendarModel:
    """Return the program of some crew days that keeps objectives at their floors."""
    model = crews.model(grid, table)
    for objective, floor in floors.items():
        model.keep(objective, floor)
    return model


def _promising(crews: CrewDriving, grid: Grid, reduced: Floats) -> Grid:
    """Return the options of the stops that lose least, twice as many as there are half-days, and of those locked."""
    problem = crews.problem
    stop = np.array([option.stop for option in grid.options], dtype=np.int64)
    best = np.full(len(problem.stops), -np.inf)
    np.maximum.at(best, stop, reduced)
    floor = min(0.0, float(np.sort(best)[::-1][min(2 * _half_days(crews, grid), len(best) - 1)]))
    locked = {position.stop for position in problem.rules.locks}
    named = np.array([stop.id in locked for stop in problem.stops])
    kept = (reduced >= floor) | named[stop]
    return Grid(grid.slots, tuple(o for o, k in zip(grid.options, kept.tolist(), strict=True) if k), exact=False)


@dataclass(frozen=True)
class Homes:
    """Buses that stay together, and the middle of what they visit (longitude, latitude)."""

    buses: list[list[Bus]]
    middle: Floats

    def together(self, share: float) -> list[Ints]:
        """Cut by that share, along the longer side, until few buses are left in each part; return homes (indices)."""
        sizes = np.array([len(buses) for buses in self.buses])
        return list(self._cut(np.arange(len(sizes)), sizes, share))

    def _cut(self, members: Ints, sizes: Ints, share: float) -> Iterator[Ints]:
        total = sizes[members].sum()
        if len(members) == 1 or total <= MOST_BUSES:
            yield members
            return
        side = int(np.ptp(self.middle[members], axis=0).argmax())
        order = members[np.argsort(self.middle[members, side], kind="stable")]
        first = int(np.searchsorted(np.cumsum(sizes[order]), total * share, side="right"))
        first = min(max(first, 1), len(order) - 1)
        yield from self._cut(order[:first], sizes, share)
        yield from self._cut(order[first:], sizes, share)


def planned_homes(crews: CrewDriving, plan: Plan, point: Floats) -> tuple[Homes, Floats]:
    """Return the buses of each depot, cut by direction where there are many, and the visits of each to each stop.

    ``point`` holds longitude and latitude of each stop; the visits are those of the plan (homes, stops).
    """
    buses: list[list[Bus]] = []
    visits: list[Floats] = []
    for kind, here in enumerate(crews.kinds):
        lines = np.flatnonzero(plan.crews.kind == kind)
        away = point[plan.crews.stops[lines].max(axis=1)] - (here[0].depot.point.lon, here[0].depot.point.lat)
        lines = lines[np.argsort(np.arctan2(away[:, 1], away[:, 0]), kind="stable")]
        driven = np.cumsum(plan.driven[lines])
        ends = driven / max(float(driven[-1]) if len(driven) else 0.0, 1e-9) * len(here)
        pieces = -(-len(here) // MOST_BUSES)
        cuts = [len(here) * piece // pieces for piece in range(pieces + 1)]
        for first, last in itertools.pairwise(cuts):
            buses.append(here[first:last])
            visits.append(_visited(plan, lines[(ends > first) & (ends <= last)], len(point)))
    counts = np.array(visits)
    total = counts.sum(axis=1)
    depots = np.array([(home[0].depot.point.lon, home[0].depot.point.lat) for home in buses])
    middle = np.where(total[:, None] > 0, counts @ point / np.maximum(total, 1e-9)[:, None], depots)
    return Homes(buses, middle), counts


def _visited(plan: Plan, lines: Ints, stops: int) -> Floats:
    """Return how often some crew days of the plan visit each stop."""
    counts = np.zeros(stops)
    for side in (0, 1):
        stop = plan.crews.stops[lines, side]
        np.add.at(counts, stop[stop >= 0], plan.driven[lines][stop >= 0])
    return counts


def bus_homes(buses: Sequence[Bus], visited: Sequence[Ints], point: Floats) -> Homes:
    """Return each bus by itself, in the middle of the stops that it visits."""
    middle = [
        point[stops].mean(axis=0) if len(stops) else (bus.depot.point.lon, bus.depot.point.lat)
        for bus, stops in zip(buses, visited, strict=True)
    ]
    return Homes([[bus] for bus in buses], np.array(middle))
