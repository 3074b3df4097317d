"""The cheapest plan of shared vans, proven, within limits of time and memory.

A search finds a good plan first (``van_start``); prices of requests bound what any plan costs (``van_bound``) and show
which arcs of the event graph a plan near that bound can use; over these the program is solved in whole numbers
(``van_program``). Every step ends with the clock or with a count of what it holds in memory, and whatever ends, the
best plan and the best bound so far are returned.
"""

import time
from itertools import pairwise

import numpy as np

from mobility.dial_a_ride import DialARideProblem, RidePlan
from mobility.errors import MobilityError
from tours.ride_events import event_graph, tightened
from tours.ride_schedule import schedule
from tours.van_bound import VanBound
from tours.van_program import Route, VanProgram, infeasible
from tours.van_start import assignment_bound, good_plan

START_SHARE = 0.25
"""Share of the time for the first plan."""
MOST_START = 4.0
"""Seconds for the first plan at most."""
GRAPH_SHARE = 0.4
"""Share of the time after which the event graph is given up."""
RELAX_SHARE = 0.3
"""Share of the time left that the relaxation of the program may take."""
PRICES_SHARE = 0.6
"""Share of the time after which the prices are taken as they are."""
OVERRUN = 0.1
"""Share of the time kept back: a program takes some time to end after it was told to."""
NEAR = (0.001, 0.004, 0.016)
"""How far above the bound plans are looked for, in turn, before all that are better than the one at hand."""
MOST_WHOLE = 80_000
"""Arcs of a program in whole numbers at most: some hundreds of megabytes."""
CLOSE = 1e-6


class _Search:
    """The best plan and the best bound so far."""

    def __init__(self, problem: DialARideProblem, limit: float) -> None:
        self.problem = problem
        self.started = time.monotonic()
        self.limit = limit
        self.plan: tuple[Route, ...] | None = None
        self.cost = float("inf")
        self.bound = 0.0
        self.too_long = False

    def until(self, share: float) -> float:
        """Return the moment at which a share of the time is over."""
        return self.started + share * self.limit

    def left(self) -> float:
        """Return the seconds that a program may take."""
        return self.until(1 - OVERRUN) - time.monotonic()

    def done(self) -> bool:
        """Tell whether plan and bound meet, or the time is over."""
        met = self.plan is not None and self.cost - self.bound <= CLOSE * max(1.0, self.cost)
        return met or self.left() <= 0

    def take(self, plan: tuple[Route, ...] | None) -> None:
        """Keep a plan where it is better and no driver's day is too long."""
        p = self.problem
        if plan is None:
            return
        if any(route_duration(route, p) > p.longest_route + CLOSE for route in plan):
            self.too_long = True
            return
        cost = sum(route_cost(route, p) for route in plan)
        if cost < self.cost:
            self.plan, self.cost = plan, cost

    def raise_bound(self, bound: float) -> None:
        """Keep a bound where it is better. No bound is above a plan: what is within rounding is the plan's cost."""
        self.bound = max(self.bound, min(bound, self.cost))
        if bound == float("inf") and self.plan is None:
            raise infeasible()

    def run(self) -> None:
        """Search until plan and bound meet, or the time is over."""
        p = self.problem
        opens, closes = tightened(p)
        if (opens > closes + CLOSE).any():
            raise infeasible()
        self.raise_bound(assignment_bound(p, opens, closes))
        quick = min(START_SHARE * self.limit, MOST_START)
        self.take(good_plan(p, opens, closes, until=time.monotonic() + quick))
        graph = None if self.done() else event_graph(p, until=self.until(GRAPH_SHARE))
        if graph is None:
            return
        program = VanProgram(p, graph, days=False)
        self.raise_bound(program.relax(RELAX_SHARE * self.left(), better_than=self.cost))
        if self.done():
            return
        prices = VanBound(p, graph, days=bool(p.longest_route < p.closes[0] - p.opens[0]))
        gap = CLOSE * max(1.0, self.bound)
        prices.search(
            self.until(PRICES_SHARE), self.cost, gap=gap, plan=self.plan or (), start=program.prices,
        )  # fmt: skip
        told = prices.bound > self.bound
        self.raise_bound(prices.bound)
        # The program is much easier without the drivers' days, and its bound holds as well: they are taken in once a
        # plan breaks them.
        self._solve(program, prices if told else None)
        if self.too_long and not self.done():
            self._solve(VanProgram(p, graph, days=True), prices if told else None)

    def _solve(self, program: VanProgram, prices: VanBound | None) -> None:
        """Look for the best plan from the bound upwards; without prices, among all better than the one at hand."""
        every = program.kept
        for near in (*NEAR, np.inf):
            if self.done() or (self.too_long and not program.days):
                return
            worth = min(self.cost, self.bound * (1 + near))
            possible = prices.possible(worth, self.until(1 - OVERRUN)) if prices else None
            if possible is not None:
                program.kept = every[possible[every]]
            else:
                worth = self.cost
                if program.prices is None:
                    self.raise_bound(program.relax(self.left(), better_than=worth))
            if len(program.kept) > MOST_WHOLE or self.done():
                return
            found = program.best(self.left(), self.plan)
            # Only plans up to ``worth`` lie within these arcs: of dearer ones their bound says nothing.
            self.raise_bound(min(found.bound, worth))
            last = worth >= self.cost
            self.take(found.routes)
            if last:
                return


def solve_rides(problem: DialARideProblem, *, limit: float = 120.0) -> RidePlan:
    """Return the cheapest plan that serves every request, with its bound, within ``limit`` seconds.

    Where time or memory end first, the best plan found, with what is proven of it. Raises :class:`MobilityError` where
    no plan exists, or none is found.
    """
    search = _Search(problem, limit)
    search.run()
    if search.plan is None:
        raise MobilityError("no-rides-in-time", "no plan was found in the time given", field="limit", seconds=limit)
    times = tuple(route_times(route, problem) for route in search.plan)
    return RidePlan(search.plan, times, search.cost, search.bound)


def route_cost(route: tuple[int, ...], problem: DialARideProblem) -> float:
    """Return the cost of a route from depot to depot."""
    stops = [0, *route, 0]
    return float(sum(problem.cost[a, b] for a, b in pairwise(stops)))


def route_times(route: tuple[int, ...], problem: DialARideProblem) -> tuple[float, ...]:
    """Return the earliest times at which the service of each location can start (empty where it cannot be driven)."""
    return _times(route, problem, problem.longest_route)


def _times(route: tuple[int, ...], problem: DialARideProblem, longest_route: float) -> tuple[float, ...]:
    opens, closes = tightened(problem)
    found = schedule(
        np.array(route, dtype=np.int64), problem.requests, float(problem.longest_ride), float(longest_route),
        problem.service, opens, closes, problem.travel,
    )  # fmt: skip
    return tuple(float(time) for time in found)


def route_duration(route: tuple[int, ...], problem: DialARideProblem) -> float:
    """Return the shortest time from depot to depot in which a route can be driven (infinite: it cannot)."""
    if not _times(route, problem, float("inf")):
        return float("inf")
    low, high = 0.0, float(problem.closes[0] - problem.opens[0])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _times(route, problem, middle) else (middle, high)
    return high
