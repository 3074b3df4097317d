"""The best packing of rides into shifts, proven: columns of feasible routes, chosen by MathOpt on HiGHS.

Three objectives, one after the other: the weight of the requests served, then a fair load between volunteers (the sum
of the squares of their loads), then kilometres. Each is first relaxed over a few columns, to which those of the pool
that help are added until none does; routes that the relaxation shows to be too dear are then left out, and the rest
is solved in whole numbers. Where a shift has too many routes to list them all, they are priced in by the same search
(column generation) from an insertion solution, and a Lagrangian bound stands for what was never listed.
"""

import time

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.ride_matching import (
    DISTANCE,
    FAIRNESS,
    SERVED,
    MatchingProblem,
    MatchingProof,
    Packing,
    Route,
)
from mobility.travel import Progress
from tours.ride_arrays import Floats, Found, Ints, RideArrays
from tours.ride_cover import most_covered
from tours.ride_insertion import insert_all
from tours.ride_pool import RidePool, best_of_each
from tours.ride_program import Goal, Relaxed, RideProgram

LISTED_NODES = 60_000
"""Stops tried for one shift before its routes are priced instead of listed."""
LISTED_ROUTES = 6_000
FEW_OPEN = 3
DEEP_NODES, DEEP_ROUTES = 2_000_000, 60_000
"""The same limits for the few shifts that are still open when all others are listed."""
PRICED_NODES = 400_000
PRICED_ROUTES = 400
"""Routes that one pricing of one shift brings at most."""
LISTING_SHARE = 0.2
"""Share of the time after which shifts are no longer listed."""
MOST_COLUMNS = 40_000
"""Routes in one program of whole numbers."""
NO_TIME = "no-rides-in-time"
"""The error that says: nothing was found in the time given. Every other one is a fault, not an end."""
SMALL = 3000
"""Routes beyond which a good choice is sought by diving before the program in whole numbers."""
LARGE = 10_000
WORTH_STARTING = 5.0
"""Seconds below which a program in whole numbers with so many routes is not begun."""
FEW_ROUTES = 6000
"""Routes of least reduced cost among which a good choice is sought before all of them."""
SHARES = {SERVED: 0.6, FAIRNESS: 0.7, DISTANCE: 0.95}
"""Share of the time left that goes to the whole numbers of each objective."""
FEW_SHARE, FEW_SHARE_LATER = 0.4, 0.8
"""Share of it that goes to these few routes: covers bound what is served; later, the relaxation's bound is close."""
COVER_SHARE = 0.8
"""Share of what is left of it that goes to covers."""
PASSES = 200
_CLOSE = 1e-6
_NEAR = 1e-3
"""Part of a relaxation's value that its last routes may still take off before it is good enough."""


class Packer:
    """Packs one part of a problem by a time, in three objectives; whatever is found by then is returned."""

    def __init__(self, problem: MatchingProblem, limit: float, progress: Progress) -> None:
        self.problem = problem
        self.started = time.monotonic()
        self.deadline = self.started + limit
        self.progress = progress
        self.arrays = RideArrays(problem)
        self.pool = RidePool(self.arrays)
        requests = list(problem.requests)
        number = {request: i for i, request in enumerate(requests)}
        self.ride_request: Ints = np.array([number[ride.request] for ride in problem.rides], dtype=np.int64)
        self.weights: Floats = np.array([problem.weight(request) for request in requests])
        promised = {int(self.ride_request[r]) for rides in self.arrays.promised.values() for r in rides}
        self.program = RideProgram(self.pool, self.ride_request, self.weights, promised)
        self.candidates = self._useful()
        self.open: set[int] = set()
        self.active: Ints = np.empty(0, dtype=np.int64)
        self.dead: Ints = np.empty(0, dtype=np.int64)
        self.prices: dict[str, float] = {}

    def _left(self) -> float:
        return max(0.2, self.deadline - time.monotonic())

    def _useful(self) -> list[Ints]:
        """Return each shift's candidates; a ride goes where another ride of its request has no driver at all."""
        found = [self.arrays.candidates(number) for number in range(len(self.problem.shifts))]
        possible = np.zeros(len(self.problem.rides), dtype=bool)
        for rides in found:
            possible[rides] = True
        hopeless: NDArray[np.bool_] = np.zeros(len(self.weights), dtype=bool)
        hopeless[self.ride_request[~possible]] = True
        self.hopeful = float(self.weights[~hopeless].sum())
        self.possible, self.hopeless = possible, hopeless
        return [rides[~hopeless[self.ride_request[rides]]] for rides in found]

    def list_routes(self) -> None:
        """List the routes of every shift, those with few candidates first; the others are left open."""
        order = sorted(range(len(self.candidates)), key=lambda number: len(self.candidates[number]))
        until = self.started + LISTING_SHARE * (self.deadline - self.started)
        for done, number in enumerate(order):
            rides = self.candidates[number]
            if not len(rides):
                continue
            hurried = time.monotonic() > until
            found = self.arrays.explore(
                number, rides, most_nodes=500 if hurried else LISTED_NODES, most_found=LISTED_ROUTES
            )
            if number in self.arrays.promised and not len(found) and found.unseen == -np.inf:
                # All was seen, and nothing is driven with what is promised; cut short, the start has its route.
                raise _broken_promise(self.problem.shifts[number].id)
            if found.unseen > -np.inf:
                self.open.add(number)
            self.pool.add(number, found)
            if done % 32 == 0:
                self.progress("routes", done / len(order))
        if len(self.open) <= max(FEW_OPEN, len(order) // 20):
            self._list_open(until)

    def _list_open(self, until: float) -> None:
        """List the few shifts left open after all: a bound in whole numbers holds only where every route is listed."""
        for number in sorted(self.open):
            if time.monotonic() > until:
                break
            found = self.arrays.explore(number, self.candidates[number], most_nodes=DEEP_NODES, most_found=DEEP_ROUTES)
            self.pool.add(number, found, new_only=True)
            if found.unseen == -np.inf:
                self.open.discard(number)

    def start(self) -> list[Route]:
        """Take an insertion solution into the program, as what one can fall back on."""
        promised = [self._promised_route(number) for number in self.arrays.promised]
        made = list(insert_all(self.arrays, promised, self.candidates).routes())
        sets = [self._rides_of(route) for route in made]
        for route, (number, _), lacking in zip(made, sets, self.pool.lacking(sets), strict=True):
            if lacking or number in self.open:
                stops = np.array([self.arrays.stops_of(route)], dtype=np.int64)
                one = Found(stops, np.zeros(1), np.array([route.metres]), np.array([route.seconds]), 0, -np.inf)
                self.pool.add(number, one)
        self.active = self.pool.holding(sets)
        self.start_weight = self._weight(self._one_each(self.active))
        return made

    def _promised_route(self, number: int) -> Route:
        found = self.arrays.explore(number, np.array(self.arrays.promised[number], dtype=np.int64))
        if not len(found):
            raise _broken_promise(self.problem.shifts[number].id)
        shortest = found.stops[int(np.argmin(found.metres))]
        return self.arrays.route(number, [int(k) for k in shortest if abs(int(k)) <= len(self.problem.rides)])

    def relax(self, goal: Goal) -> Relaxed:
        """Solve the relaxation over the pool by adding the routes that help."""
        for _ in range(PASSES):
            relaxed = self.program.relaxed(goal, self.active, self._left(), dead=self.dead)
            gain = -relaxed.reduced
            gain[self.dead] = 0.0
            fresh = np.setdiff1d(best_of_each(self.pool.shift, gain, 8), self.active)
            near = relaxed.value - relaxed.bound <= _NEAR * max(1.0, abs(relaxed.value))
            if goal.least_served is None:
                aim = min(self.hopeful, _whole(-relaxed.bound, self.weights))
                near = aim - max(self.start_weight, _whole(-relaxed.value, self.weights)) < _CLOSE
            if not len(fresh) or near or time.monotonic() > self.deadline:
                return relaxed
            self.active = np.union1d(self.active, fresh)
        return relaxed

    def relax_open(self, goal: Goal) -> tuple[Relaxed, float]:
        """Relax the first objective, pricing routes of open shifts too; return it with the bound on what is served.

        That bound is the best seen, of any prices: it ends the search, and says nothing about single routes.
        """
        bound = self.hopeful
        while True:
            relaxed = self.relax(goal)
            if not self.open:
                return relaxed, min(bound, -relaxed.bound)
            # The relaxation may have stopped while routes of listed shifts still help: their gains count as well.
            new, gains = 0, relaxed.gains.copy()
            for number in sorted(self.open):
                rides = self.candidates[number]
                price = float(relaxed.shift_price[number])
                found = self.arrays.explore(
                    number, rides, worth=relaxed.ride_worth[rides], threshold=price + 1e-7, most_nodes=PRICED_NODES,
                    most_found=PRICED_ROUTES,
                )  # fmt: skip
                best = max(float(found.worth.max()) if len(found) else -np.inf, found.unseen)
                gains[number] = max(gains[number], best - price)
                new += self.pool.add(number, found, new_only=True)
                if time.monotonic() > self.deadline - 0.4 * (self.deadline - self.started):
                    goal = Goal(np.zeros(len(self.pool)), goal.request_cost)
                    return self.program.relaxed(goal, self.active, self._left()), bound
            bound = min(bound, float(gains.sum()) - relaxed.value)
            goal = Goal(np.zeros(len(self.pool)), goal.request_cost)
            self.progress("pricing", min(1.0, -relaxed.value / max(1e-9, bound)))
            if not new or _whole(bound, self.weights) - _whole(-relaxed.value, self.weights) < _CLOSE:
                return self.relax(goal), bound

    def solve(self) -> Packing:
        """Return the best packing found, with the proof of each objective."""
        self.list_routes()
        fallback = self.start()
        self.progress("packing", 0.3)
        chosen, bound = self._most_served(self._routes_in_pool(fallback))
        served = self._weight(chosen)
        proofs = [MatchingProof(SERVED, served, max(served, _whole(-bound, self.weights)))]
        limits: tuple[tuple[Floats, float], ...] = ()
        for name, costs in ((FAIRNESS, self.pool.fair), (DISTANCE, self.pool.metres / 1000)):
            self.progress(name, 0.6 if name == FAIRNESS else 0.8)
            goal = Goal(costs, np.zeros(len(self.weights)), served, limits)
            self.active = np.union1d(self.active, chosen)
            chosen, bound = self._next(goal, chosen, SHARES[name])
            value = float(costs[chosen].sum())
            proofs.append(MatchingProof(name, value, min(value, bound) if not self.open else 0.0))
            limits = (*limits, (costs, value))
        routes = tuple(self.arrays.route(int(self.pool.shift[c]), self.pool.stops(int(c))) for c in np.sort(chosen))
        return Packing(routes, tuple(proofs), len(self.pool), time.monotonic() - self.started, self.prices)

    def _most_served(self, incumbent: Ints) -> tuple[Ints, float]:
        """Serve as much as can be; where time runs out, what insertion found stays, with a bound that surely holds."""
        if time.monotonic() > self.deadline:
            return incumbent, -self.hopeful
        try:
            relaxed, bound = self.relax_open(Goal(np.zeros(len(self.pool)), -self.weights))
        except MobilityError as error:
            if error.code != NO_TIME:
                raise
            return incumbent, -self.hopeful
        # Where all that has hope may be served, no price proves more than none; else those of the relaxation do. A
        # request that nobody can bring both ways is worth what its impossible ride would bring, and nothing else.
        priced = relaxed.ride_worth if -relaxed.bound < self.hopeful else np.zeros(len(relaxed.ride_worth))
        worth = np.where(self.hopeless[self.ride_request], 0.0, priced)
        worth[~self.possible] = self.weights[self.ride_request[~self.possible]]
        self.prices = {ride.id: float(price) for ride, price in zip(self.problem.rides, worth, strict=True) if price}
        goal = Goal(np.zeros(len(self.pool)), -self.weights)
        return self._whole_numbers(goal, relaxed, incumbent, -bound, SHARES[SERVED])

    def _next(self, goal: Goal, chosen: Ints, share: float) -> tuple[Ints, float]:
        """Improve a later objective, keeping the choice at hand where time runs out."""
        if time.monotonic() > self.deadline:
            return chosen, 0.0
        try:
            relaxed = self.relax(goal)
        except MobilityError as error:
            if error.code != NO_TIME:
                raise
            return chosen, 0.0
        return self._whole_numbers(goal, relaxed, chosen, relaxed.bound, share)

    def _whole_numbers(
        self, goal: Goal, relaxed: Relaxed, incumbent: Ints, bound: float, share: float
    ) -> tuple[Ints, float]:
        """Return the best choice in whole numbers and its bound; routes that cannot be part of a better one are out.

        ``bound`` is whatever is known of the goal; which routes are out rests on the bound of ``relaxed`` alone.
        """
        value = self._value(goal, incumbent)
        until = time.monotonic() + share * self._left()
        if value - self._rounded(goal, bound) > _CLOSE * max(1.0, abs(value)):
            dived = self._dive(goal, relaxed, until) if goal.least_served is None and len(self.active) > SMALL else None
            if dived is not None and self._value(goal, dived) < value - _CLOSE:
                incumbent, value = dived, self._value(goal, dived)
        if value - self._rounded(goal, bound) > _CLOSE * max(1.0, abs(value)):
            cheap = np.argsort(relaxed.reduced, kind="stable")[:FEW_ROUTES]
            columns = np.union1d(np.union1d(self.active, incumbent), np.setdiff1d(cheap, self.dead))
            part = FEW_SHARE if goal.least_served is None else FEW_SHARE_LATER
            few = self.program.best(goal, columns, max(0.2, part * (until - time.monotonic())), incumbent)
            if few and few[1] < value - _CLOSE:
                incumbent, value = few[0], few[1]
        if goal.least_served is None and not self.open and value - self._rounded(goal, bound) > _CLOSE:
            incumbent, bound = self._covered(goal, incumbent, bound, COVER_SHARE * (until - time.monotonic()))
            value = self._value(goal, incumbent)
        # A plan that takes a route is at least the bound of these prices and the route's reduced cost at the same
        # prices: beyond the value at hand, the route is in no plan as good. Later objectives keep this value as a
        # limit, so they need not look at it either; a bound of other prices, however tight, would not do.
        gap = value - relaxed.bound + _CLOSE * max(1.0, abs(value))
        self.dead = np.union1d(self.dead, np.setdiff1d(np.flatnonzero(relaxed.reduced > gap), incumbent))
        self.active = np.setdiff1d(self.active, self.dead)
        if value - self._rounded(goal, bound) <= _CLOSE * max(1.0, abs(value)):
            return incumbent, min(bound, value)
        if time.monotonic() > self.deadline:
            return incumbent, bound
        kept = np.setdiff1d(np.arange(len(self.pool)), self.dead)
        if len(kept) > LARGE and until - time.monotonic() < WORTH_STARTING:
            # A large program needs seconds before it can be stopped.
            return incumbent, bound
        whole = len(kept) <= MOST_COLUMNS
        if not whole:
            kept = np.union1d(kept[np.argsort(relaxed.reduced[kept])[:MOST_COLUMNS]], incumbent)
        found = self.program.best(goal, kept, max(0.2, until - time.monotonic()), incumbent)
        if found is None:
            return incumbent, bound
        if found[1] < value - _CLOSE:
            incumbent, value = found[0], found[1]
        # The bound of a program in whole numbers does not count the routes that it was not given.
        return incumbent, min(max(bound, found[2]), value) if whole and not self.open else bound

    def _covered(self, goal: Goal, incumbent: Ints, bound: float, limit: float) -> tuple[Ints, float]:
        """Bound what is served by covers of all routes; take a cover that is a better packing where there is one."""
        found = most_covered(self.program, goal, max(0.2, limit), incumbent)
        if found is None:
            return incumbent, bound
        sets, least = found
        if sets and not any(self.pool.lacking(sets)):
            made = self._one_each(self.pool.holding(sets))
            if self._value(goal, made) < self._value(goal, incumbent) - _CLOSE:
                incumbent = made
        return incumbent, max(bound, least)

    def _dive(self, goal: Goal, relaxed: Relaxed, until: float) -> Ints | None:
        """Return a good choice: take what the relaxation takes almost whole, relax again, and so on."""
        columns, taken = relaxed.columns, relaxed.taken
        while time.monotonic() < until:
            whole = columns[taken > 1 - 1e-6]
            split = np.flatnonzero((taken > 1e-6) & (taken <= 1 - 1e-6))
            if not len(split):
                return whole
            most = columns[split[np.argsort(-taken[split])]]
            for count in (max(1, len(most) // 6), 1):
                fixed = np.union1d(whole, most[:count])
                _, first = np.unique(self.pool.shift[fixed], return_index=True)
                try:
                    left = max(0.2, until - time.monotonic())
                    taken = self.program.relaxed(goal, columns, left, fixed=fixed[first]).taken
                    break
                except MobilityError as error:
                    if error.code != NO_TIME:
                        raise
            else:
                return None
        return None

    def _rounded(self, goal: Goal, bound: float) -> float:
        return -_whole(-bound, self.weights) if goal.least_served is None else bound

    def _routes_in_pool(self, routes: list[Route]) -> Ints:
        return self._one_each(self.pool.holding([self._rides_of(route) for route in routes]))

    def _rides_of(self, route: Route) -> tuple[int, tuple[int, ...]]:
        return self.arrays.shift_number(route.shift), tuple(self.arrays.ride_number(ride) for ride in route.rides)

    def _one_each(self, columns: Ints) -> Ints:
        _, first = np.unique(self.pool.shift[columns], return_index=True)
        return columns[first]

    def _weight(self, chosen: Ints) -> float:
        return float(self.weights[self.program.served(chosen)].sum())

    def _value(self, goal: Goal, chosen: Ints) -> float:
        return float(goal.route_cost[chosen].sum() + goal.request_cost[self.program.served(chosen)].sum())


def _broken_promise(shift: str) -> MobilityError:
    return MobilityError(
        "promise-cannot-hold", f"what {shift} has promised cannot be driven as it stands", field="promised", value=shift
    )


def _whole(bound: float, weights: Floats) -> float:
    """Lower a bound to the next sum that whole weights can make."""
    return float(np.floor(bound + 1e-6)) if bool(np.all(weights == np.round(weights))) else bound
