"""Answers at once: where a request fits best into routes that are already promised, without breaking any."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mobility.ride_matching import MatchingProblem, Placement, Route
from tours.ride_arrays import Ints, RideArrays
from tours.ride_columns import LARGEST
from tours.ride_positions import best_insertion

BEST = 6
"""Insertions of each ride that are combined with those of the other."""


@dataclass(frozen=True)
class _Fit:
    """A ride put into a shift's route."""

    shift: int
    stops: tuple[int, ...]
    added: float


class Insertion:
    """Current routes (stops by shift number, all promises included) into which requests are put one by one."""

    def __init__(
        self, arrays: RideArrays, routes: Sequence[Route] = (), candidates: Sequence[Ints] | None = None
    ) -> None:
        self.arrays = arrays
        self.stops: dict[int, tuple[int, ...]] = {
            arrays.shift_number(route.shift): tuple(arrays.stops_of(route)) for route in routes
        }
        self._candidates = candidates
        self._tried: dict[tuple[int, tuple[int, ...], int], _Fit | None] = {}

    @cached_property
    def _possible(self) -> dict[int, list[int]]:
        candidates = self._candidates or [self.arrays.candidates(n) for n in range(len(self.arrays.problem.shifts))]
        found: dict[int, list[int]] = {}
        for number, rides in enumerate(candidates):
            for ride in rides:
                found.setdefault(int(ride), []).append(number)
        return found

    def shifts_for(self, ride: int) -> list[int]:
        """Return the shifts that could drive a ride alone."""
        return self._possible.get(ride, [])

    def fits(self, ride: int, *, changed: dict[int, tuple[int, ...]] | None = None) -> list[_Fit]:
        """Return the best place for a ride in each shift that has one, the least added metres first."""
        found = []
        for shift in self.shifts_for(ride):
            stops = (changed or {}).get(shift, self.stops.get(shift, ()))
            if (shift, stops, ride) not in self._tried:
                self._tried[shift, stops, ride] = self._fit(shift, stops, ride)
            fit = self._tried[shift, stops, ride]
            if fit:
                found.append(fit)
        return sorted(found, key=lambda fit: (fit.added, fit.shift))

    def _fit(self, shift: int, stops: tuple[int, ...], ride: int) -> _Fit | None:
        a = self.arrays
        rides = list(dict.fromkeys(k if k >= 0 else ~k for k in stops))
        known = a.problem.shifts[shift]
        if len(rides) >= known.most_rides or len(stops) + 2 > LARGEST:
            return None
        rides.append(ride)
        position = {r: i for i, r in enumerate(rides)}
        base = np.array([position[k] if k >= 0 else position[~k] + len(rides) for k in stops], dtype=np.int64)
        total, i, j = best_insertion(
            base, np.array(rides, dtype=np.int64), *a.limits_of(shift), a.up, a.down, a.windows,
            a.boarding, a.longest, a.load, a.problem.travel.seconds, a.problem.travel.metres, np.inf,
        )  # fmt: skip
        if i < 0:
            return None
        with_up = [*stops[:i], ride, *stops[i:]]
        made = (*with_up[: j + 1], ~ride, *with_up[j + 1 :])
        before = a.lengths(shift, stops)[0] if stops or known.origin != known.destination else 0.0
        return _Fit(shift, made, total - before)

    def options(self, request: str, count: int) -> list[Placement]:
        """Return the best few ways to serve a request, each with other drivers, the least added metres first."""
        rides = [self.arrays.ride_number(ride.id) for ride in self.arrays.problem.requests[request]]
        # The way back is tried beside each of the best ways out, most of which leave a shift's route as it was.
        self._tried.clear()
        ways: list[tuple[float, dict[int, tuple[int, ...]]]] = []
        for changed, added in self._ways(rides, {}, 0.0):
            ways.append((added, changed))
        ways.sort(key=lambda way: (way[0], sorted(way[1])))
        seen: set[tuple[int, ...]] = set()
        placements = []
        for added, changed in ways:
            drivers = tuple(sorted(changed))
            if drivers in seen:
                continue
            seen.add(drivers)
            placements.append(self._placement(request, changed, added))
            if len(placements) == count:
                break
        return placements

    def _ways(
        self, rides: Sequence[int], changed: dict[int, tuple[int, ...]], added: float
    ) -> Iterator[tuple[dict[int, tuple[int, ...]], float]]:
        if not rides:
            yield changed, added
            return
        for fit in itertools.islice(self.fits(rides[0], changed=changed), BEST):
            yield from self._ways(rides[1:], {**changed, fit.shift: fit.stops}, added + fit.added)

    def _placement(self, request: str, changed: dict[int, tuple[int, ...]], added: float) -> Placement:
        routes, seconds = [], 0.0
        for shift, stops in changed.items():
            route = self.arrays.route(shift, stops)
            known = self.arrays.problem.shifts[shift]
            before = self.stops.get(shift, ())
            idle = 0.0 if known.origin == known.destination and not before else self.arrays.lengths(shift, before)[1]
            seconds += route.seconds - idle
            routes.append(route)
        return Placement(request, tuple(routes), added, seconds)

    def put(self, placement: Placement) -> None:
        """Take a placement into the current routes."""
        for route in placement.routes:
            self.stops[self.arrays.shift_number(route.shift)] = tuple(self.arrays.stops_of(route))

    def routes(self) -> tuple[Route, ...]:
        """Return the current routes."""
        return tuple(self.arrays.route(shift, stops) for shift, stops in sorted(self.stops.items()) if stops)


def best_answers(
    problem: MatchingProblem, current: Sequence[Route], request: str, *, count: int = 3
) -> list[Placement]:
    """Return the best few ways to serve one request beside current routes, the least added metres first."""
    return Insertion(RideArrays(problem), current).options(request, count)


def insert_all(arrays: RideArrays, routes: Sequence[Route], candidates: Sequence[Ints] | None = None) -> Insertion:
    """Serve what fits, the requests with the fewest possible drivers first: a good start for the packing."""
    state = Insertion(arrays, routes, candidates)
    problem = arrays.problem
    done = {ride for route in routes for ride in route.rides}
    waiting = [r for r, rides in problem.requests.items() if not any(ride.id in done for ride in rides)]

    def scarcity(request: str) -> tuple[float, int, str]:
        rides = problem.requests[request]
        return (-problem.weight(request), min(len(state.shifts_for(arrays.ride_number(r.id))) for r in rides), request)

    for request in sorted(waiting, key=scarcity):
        for placement in state.options(request, 1):
            state.put(placement)
    return state
