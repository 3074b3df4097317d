"""A second proof of what a packing serves: the bound of prices (Lagrange), every route of every shift priced out anew.

Whatever the prices of rides, no packing serves more than what requests are worth beyond the prices of their rides, and
each shift's dearest route. Routes are grown here stop by stop in plain Python from the problem alone; nothing is shared
with the solver that made the prices.
"""

import time
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from mobility.ride_matching import MatchingProblem, Ride, Shift

MOST_STOPS, MOST_PAIRS = 200_000, 250_000
"""Stops tried before a proof is given up; pairs of shifts and rides beyond which it is not begun."""
SLACK = 1.0
"""Seconds and metres by which a route may break its limits: more routes than can be driven make a bound no lower."""
CLOSE = 1e-6
ROUNDING = 1e-9


class _Ways:
    """Drives between the places of a problem that no detour shortens, in seconds and in metres, each for itself."""

    def __init__(self, problem: MatchingProblem) -> None:
        places = dict.fromkeys(
            [place for ride in problem.rides for place in (ride.origin, ride.destination)]
            + [place for shift in problem.shifts for place in (shift.origin, shift.destination)]
        )
        self.index = {place: i for i, place in enumerate(places)}
        where = [problem.travel.origins.index(place) for place in places]
        tables = []
        for told in (problem.travel.seconds, problem.travel.metres):
            table = told[np.ix_(where, where)].astype(np.float64)
            for middle in range(len(places)):
                table = np.minimum(table, table[:, middle, None] + table[None, middle, :])
            tables.append(table)
        self.seconds, self.metres = tables


@dataclass
class _Budget:
    until: float
    tried: int = 0

    def spent(self) -> bool:
        self.tried += 1
        return self.tried > MOST_STOPS or (self.tried % 64 == 0 and time.monotonic() > self.until)


@dataclass
class _Pricing:
    """The search for the dearest route of one shift."""

    problem: MatchingProblem
    shift: Shift
    ways: _Ways
    prices: dict[str, float]
    budget: _Budget
    held: frozenset[str]
    best: float = 0.0
    stops: list[tuple[Ride, bool]] = field(default_factory=list)

    def dearest(self) -> float | None:
        """Return what the dearest route is worth (0: none drives), or None where the budget is spent.

        A shift that has promised drives all of it. Any other ride without a price may be left out of a route: what
        remains is no longer and no later, for drives are measured by the ways that no detour shortens.
        """
        rides = [
            ride for ride in self.problem.rides
            if (ride.id in self.held or (self.prices.get(ride.id, 0.0) > 0 and self._may(ride)))
        ]  # fmt: skip
        self.best = float("-inf") if self.held else 0.0
        return None if self._grow(rides, 0.0) is False else self.best

    def _may(self, ride: Ride) -> bool:
        if ride.id in self.problem.promised:
            return False
        refused = (ride.request, self.shift.driver) in self.problem.refused
        return ride.wishes <= self.shift.abilities and not refused

    def _grow(self, rides: list[Ride], worth: float) -> bool:
        """Look at every route that goes on from ``stops``; return False where the budget is spent."""
        up = [ride for ride, picked in self.stops if picked]
        aboard = [ride for ride in up if (ride, False) not in self.stops]
        left = [ride for ride in rides if ride not in up]
        if not aboard and self.held <= {ride.id for ride in up}:
            self.best = max(self.best, worth)
        room = max(self.shift.most_rides, len(self.held)) - len(up)
        hope = sorted((max(0.0, self.prices.get(ride.id, 0.0)) for ride in left), reverse=True)[: max(0, room)]
        if worth + sum(hope) <= self.best + ROUNDING:
            return True
        seats = self.shift.seats - sum(ride.seats for ride in aboard)
        more = [(ride, True) for ride in left if ride.seats <= seats] if room > 0 else []
        for stop in [*((ride, False) for ride in aboard), *more]:
            if self.budget.spent():
                return False
            self.stops.append(stop)
            gained = self.prices.get(stop[0].id, 0.0) if stop[1] else 0.0
            going_on = not self._drivable() or self._grow(rides, worth + gained)
            self.stops.pop()
            if not going_on:
                return False
        return True

    def _drivable(self) -> bool:
        """Tell whether the stops so far can be driven: the least times that keep every rule, and home in time."""
        shift, ways = self.shift, self.ways
        places = [ride.origin if picked else ride.destination for ride, picked in self.stops]
        way = [ways.index[place] for place in (shift.origin, *places, shift.destination)]
        legs = [ways.seconds[pair] for pair in pairwise(way)]
        direct = self.problem.travel.seconds_between(shift.origin, shift.destination)
        whole = not any(picked and (ride, False) not in self.stops for ride, picked in self.stops)
        if whole and sum(ways.metres[pair] for pair in pairwise(way)) > shift.longest + SLACK:
            return False
        if whole and sum(legs) > shift.detour + direct + SLACK:
            return False
        windows = [ride.pickup if picked else ride.dropoff for ride, picked in self.stops]
        times = [window.opens for window in windows]
        downs = {ride.id: i for i, (ride, picked) in enumerate(self.stops) if not picked}
        for _ in range(len(times) + 2):
            before = list(times)
            ready = shift.opens
            for i, (ride, picked) in enumerate(self.stops):
                times[i] = max(times[i], ready + legs[i])
                if picked and ride.id in downs:
                    times[i] = max(times[i], times[downs[ride.id]] - ride.longest - ride.boarding)
                if times[i] > windows[i].closes + SLACK:
                    return False
                ready = times[i] + ride.boarding
            if times == before:
                return ready + legs[-1] <= shift.closes + SLACK or not whole
        return False


def served_bound(problem: MatchingProblem, prices: dict[str, float], *, seconds: float = 2.0) -> float | None:
    """Return the weight that no packing serves more than, by prices of rides; None where it takes too long to tell."""
    promised = {ride.request for ride in problem.rides if ride.id in problem.promised}
    total = 0.0
    for request, rides in problem.requests.items():
        beyond = problem.weight(request) - sum(prices.get(ride.id, 0.0) for ride in rides)
        total += beyond if request in promised else max(0.0, beyond)
    if len(problem.shifts) * len(problem.rides) > MOST_PAIRS:
        return None
    budget, ways = _Budget(time.monotonic() + seconds), _Ways(problem)
    for shift in problem.shifts:
        held = frozenset(ride for ride, driver in problem.promised.items() if driver == shift.id)
        dearest = _Pricing(problem, shift, ways, prices, budget, held & set(problem.rides_by_id)).dearest()
        if dearest is None:
            return None
        # A search that leaves what brings less than a rounding more may have missed as much.
        total += dearest + ROUNDING
    return total


def verified(problem: MatchingProblem, prices: dict[str, float], served: float, *, seconds: float = 2.0) -> bool:
    """Tell whether prices prove that no packing serves more than ``served``; whole weights make whole sums."""
    bound = served_bound(problem, prices, seconds=seconds)
    if bound is None:
        return False
    whole = all(float(problem.weight(request)).is_integer() for request in problem.requests)
    return bound < served + (1 - CLOSE if whole else CLOSE * max(1.0, served))
