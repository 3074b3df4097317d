"""A matching problem as flat arrays, and the routes of one shift read from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.ride_matching import DOWN, UP, MatchingProblem, Route, RouteStop, Shift
from tours.ride_columns import LARGEST, candidates_of, explore, route_schedule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """Routes that one shift could drive, a row each.

    ``stops`` (routes, stops) holds a ride's number for its pick-up, its complement (``~``) for its set-down, and
    ``NOTHING`` after the last. ``unseen`` bounds the worth of what was not looked at (-inf: everything was).
    """

    stops: Ints
    worth: Floats
    metres: Floats
    seconds: Floats
    nodes: int
    unseen: float

    def __len__(self) -> int:
        return len(self.stops)


class ShiftLimits(NamedTuple):
    """What bounds the routes of a shift: its ends as numbers of places, its hours, its seats and its longest drives.

    A tuple, as compiled searches take it value by value; each value always has the same type, so that they are
    compiled once.
    """

    start: int
    end: int
    opens: float
    closes: float
    seats: int
    most_metres: float
    most_seconds: float


NOTHING = np.iinfo(np.int32).max
"""Fills the end of a row of stops."""


def rides_of(stops: Ints, width: int, nothing: int) -> Ints:
    """Return the rides of rows of stops (routes, width), filled up with ``nothing``."""
    picked = (stops >= 0) & (stops != NOTHING)
    rows = np.full((len(stops), width), nothing, dtype=np.int64)
    where = np.nonzero(picked)
    position = np.cumsum(picked, axis=1)[where] - 1
    rows[where[0], position] = stops[where]
    return rows


class RideArrays:
    """The arrays that compiled searches read. Rides and shifts are numbered as in the problem."""

    def __init__(self, problem: MatchingProblem) -> None:
        self.problem = problem
        index = {place: i for i, place in enumerate(problem.travel.origins)}
        rides = problem.rides
        self.up: Ints = np.array([index[r.origin] for r in rides], dtype=np.int64)
        self.down: Ints = np.array([index[r.destination] for r in rides], dtype=np.int64)
        self.windows: Floats = np.array(
            [[r.pickup.opens, r.pickup.closes, r.dropoff.opens, r.dropoff.closes] for r in rides], dtype=np.float64
        ).reshape(-1, 4)
        self.boarding: Floats = np.array([r.boarding for r in rides], dtype=np.float64)
        self.longest: Floats = np.array([r.longest for r in rides], dtype=np.float64)
        self.load: Ints = np.array([r.seats for r in rides], dtype=np.int64)
        self._tighten()
        words = sorted({wish for ride in rides for wish in ride.wishes})
        self._bit = {word: 1 << i for i, word in enumerate(words)}
        self.wishes: Ints = np.array([sum(self._bit[n] for n in r.wishes) for r in rides], dtype=np.int64)
        self.ends = [(index[s.origin], index[s.destination]) for s in problem.shifts]
        # Plain random numbers name the sets of rides; the seed keeps runs alike.
        self._keys = np.random.default_rng(0).integers(1, 2**63, size=max(1, len(rides)), dtype=np.uint64)
        self._ride = {ride.id: i for i, ride in enumerate(rides)}
        self._limits = [self._drive_limit(shift) for shift in problem.shifts]

    def _tighten(self) -> None:
        """Shrink windows to what the direct drive and the ride-time limit leave of them: branches die earlier."""
        w, travel = self.windows, self.problem.travel.seconds
        direct = travel[self.up, self.down].astype(np.float64) + self.boarding
        w[:, 2] = np.maximum(w[:, 2], w[:, 0] + direct)
        w[:, 1] = np.minimum(w[:, 1], w[:, 3] - direct)
        w[:, 0] = np.maximum(w[:, 0], w[:, 2] - self.longest - self.boarding)
        w[:, 3] = np.minimum(w[:, 3], w[:, 1] + self.longest + self.boarding)

    def _drive_limit(self, shift: Shift) -> float:
        direct = self.problem.travel.seconds_between(shift.origin, shift.destination)
        return shift.detour + direct if np.isfinite(shift.detour) else np.inf

    @cached_property
    def _by_shift(self) -> dict[str, int]:
        return {shift.id: i for i, shift in enumerate(self.problem.shifts)}

    @cached_property
    def _refused(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for i, ride in enumerate(self.problem.rides):
            for request, driver in self.problem.refused:
                if request == ride.request:
                    found.setdefault(driver, set()).add(i)
        return {driver: frozenset(rides) for driver, rides in found.items()}

    @cached_property
    def promised(self) -> dict[int, list[int]]:
        """Return the rides promised by each shift."""
        found: dict[int, list[int]] = {}
        for ride, shift in self.problem.promised.items():
            if shift in self._by_shift and ride in self._ride:
                found.setdefault(self._by_shift[shift], []).append(self._ride[ride])
        return found

    @cached_property
    def _elsewhere(self) -> dict[int, int]:
        return {ride: shift for shift, rides in self.promised.items() for ride in rides}

    def limits_of(self, number: int) -> ShiftLimits:
        """Return what bounds the routes of a shift."""
        shift = self.problem.shifts[number]
        start, end = self.ends[number]
        return ShiftLimits(
            start, end, float(shift.opens), float(shift.closes), int(shift.seats), float(shift.longest),
            float(self._limits[number]),
        )  # fmt: skip

    def candidates(self, number: int) -> Ints:
        """Return the rides that a shift could drive, those promised elsewhere or refused left out."""
        shift = self.problem.shifts[number]
        out = np.empty(len(self.up), dtype=np.int64)
        abilities = sum(bit for word, bit in self._bit.items() if word in shift.abilities)
        count = candidates_of(
            *self.limits_of(number), abilities, self.up, self.down, self.windows, self.boarding, self.longest,
            self.load, self.wishes, self.problem.travel.seconds, self.problem.travel.metres, out,
        )  # fmt: skip
        refused = self._refused.get(shift.driver, frozenset())
        own = set(self.promised.get(number, ()))
        kept = [r for r in out[:count] if r in own or (r not in refused and self._elsewhere.get(int(r)) is None)]
        return np.array(sorted({*kept, *own}), dtype=np.int64)

    def explore(
        self, number: int, rides: Ints, *, worth: Floats | None = None, threshold: float = -np.inf,
        most_nodes: int = 1_000_000, most_found: int = 100_000,
    ) -> Found:  # fmt: skip
        """Return the routes of a shift over some candidate rides, each set of rides once with its best route.

        Fairness comes before kilometres: where the drive counts as load, the quickest route is the best, then the
        shortest; elsewhere the shortest.
        """
        shift = self.problem.shifts[number]
        prizes = np.zeros(len(rides)) if worth is None else worth
        must = np.isin(rides, self.promised.get(number, [])).astype(np.int64)
        largest = min(LARGEST, 2 * len(rides), 2 * max(shift.most_rides, int(must.sum())))
        size = most_found
        found_stops = np.empty((size, max(2, largest)), dtype=np.int64)
        key, value = np.empty(size, dtype=np.uint64), np.empty(size)
        metres, seconds = np.empty(size), np.empty(size)
        most = max(shift.most_rides, int(must.sum()))
        kept, nodes, unseen = explore(
            rides, self._keys[rides], prizes, threshold, bool(shift.counts), *self.limits_of(number), most,
            self.up, self.down, self.windows, self.boarding, self.longest, self.load, self.problem.travel.seconds,
            self.problem.travel.metres, must, max(2, largest), most_nodes, found_stops, key, value, metres, seconds,
        )  # fmt: skip
        n = len(rides)
        codes = np.concatenate([rides, ~rides, [NOTHING]]) if n else np.array([NOTHING])
        local = found_stops[:kept]
        return Found(codes[local], value[:kept], metres[:kept], seconds[:kept], int(nodes), float(unseen))

    def times(self, number: int, stops: Sequence[int]) -> tuple[Floats, float] | None:
        """Return the earliest times of a route's stops and its end, or None where it cannot be driven.

        ``stops`` holds a ride's number for its pick-up and the number's complement (``~``) for its set-down.
        """
        rides = np.array(list(dict.fromkeys(k if k >= 0 else ~k for k in stops)), dtype=np.int64)
        position = {int(ride): i for i, ride in enumerate(rides)}
        local = np.array([position[k] if k >= 0 else position[~k] + len(rides) for k in stops], dtype=np.int64)
        times = np.empty(len(stops))
        limits = self.limits_of(number)
        finish = route_schedule(
            local, len(local), rides, limits.start, limits.end, limits.opens, limits.closes, self.up, self.down,
            self.windows, self.boarding, self.longest, self.problem.travel.seconds, times,
        )  # fmt: skip
        return (times, float(finish)) if finish >= 0 else None

    def lengths(self, number: int, stops: Sequence[int]) -> tuple[float, float]:
        """Return the metres and the seconds of driving of a route from its start to its end."""
        start, end = self.ends[number]
        way = [start, *(int(self.up[k]) if k >= 0 else int(self.down[~k]) for k in stops), end]
        travel = self.problem.travel
        metres = sum(float(travel.metres[a, b]) for a, b in pairwise(way))
        return metres, sum(float(travel.seconds[a, b]) for a, b in pairwise(way))

    def route(self, number: int, stops: Sequence[int]) -> Route:
        """Return a route in words of the problem: set-downs as early as can be, pick-ups no earlier than need be."""
        shift = self.problem.shifts[number]
        timed = self.times(number, stops)
        if timed is None:
            raise ValueError(f"the route of {shift.id} cannot be driven")
        times, finish = self._unhurried(stops, timed[0]), timed[1]
        metres, seconds = self.lengths(number, stops)
        start, _ = self.ends[number]
        first = float(self.problem.travel.seconds[start, self.up[stops[0]]])
        rides = self.problem.rides
        told = tuple(
            RouteStop(rides[k if k >= 0 else ~k].id, UP if k >= 0 else DOWN, float(time))
            for k, time in zip(stops, times, strict=True)
        )
        return Route(shift.id, told, float(times[0]) - first, finish, metres, seconds)

    def _unhurried(self, stops: Sequence[int], times: Floats) -> Floats:
        """Return times at which nobody sits in a car that waits: each pick-up as late as the next stop allows."""
        later = times.copy()
        for i in range(len(stops) - 2, -1, -1):
            ride, then = stops[i], stops[i + 1]
            if ride >= 0:
                there = self.up[then] if then >= 0 else self.down[~then]
                drive = float(self.problem.travel.seconds[self.up[ride], there])
                latest = min(later[i + 1] - self.boarding[ride] - drive, self.windows[ride, 1])
                later[i] = max(later[i], latest)
        return later

    def stops_of(self, route: Route) -> list[int]:
        """Return the stops of a route as numbers."""
        return [self._ride[s.ride] if s.kind == UP else ~self._ride[s.ride] for s in route.stops]

    def shift_number(self, shift: str) -> int:
        """Return the number of a shift."""
        return self._by_shift[shift]

    def ride_number(self, ride: str) -> int:
        """Return the number of a ride."""
        return self._ride[ride]
