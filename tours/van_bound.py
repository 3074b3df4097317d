"""A bound on the cost of any plan of shared vans by prices of requests, and the arcs that no cheaper plan uses.

Each van drives a way through the event graph (``tours/van_pricing.py``). The prices come from column generation: ways
that cost less than their requests are worth are added until none is found, or the time is over. Whatever the prices,
they prove a bound (Lagrange).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mobility.dial_a_ride import DialARideProblem, VanPrices
from tours.ride_events import EventGraph, tightened
from tours.solvers import attempted, mathopt
from tours.van_pricing import grow, through

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_LABELS = 1_000_000
"""Labels of one pricing: some 150 megabytes."""
MOST_WORK, EARLY_WORK, WORK = 200_000_000, 20_000_000, 30_000_000
"""Labels compared in one pricing at most, in one that may be too early, and for each second that is left: a core
compares some 200 million a second."""
WAYS = 60
"""Ways that one pricing brings at most."""
HASTY = 10
"""Rounds in haste before the whole search is tried again."""
FEW = 5
"""Ways found in haste that are too few to go on so."""
MOST_WAYS = 30_000
"""Ways in one program at most."""
STEADY = 0.7
"""How much of the prices that proved the best bound is kept in those tried next."""
CLOSE = 1e-7


@dataclass(frozen=True)
class _Labels:
    """Room for labels: what :func:`grow` fills."""

    event: Ints
    time: Floats
    cost: Floats
    since: Floats
    latest: Floats
    before: Ints
    last: Ints
    older: Ints

    @classmethod
    def room(cls, most: int, events: int, seats: int) -> _Labels:
        """Return room for so many labels."""
        wide = (most, seats + 1)
        return cls(
            np.empty(most, dtype=np.int64), np.empty(most), np.empty(most), np.empty(wide), np.empty(wide),
            np.empty(most, dtype=np.int64), np.empty(events, dtype=np.int64), np.empty(most, dtype=np.int64),
        )  # fmt: skip


class VanBound:
    """Prices of requests and what they prove, over one event graph; ``days`` says whether drivers' days count."""

    def __init__(self, problem: DialARideProblem, graph: EventGraph, *, days: bool) -> None:
        self.problem = problem
        self.days = days
        n = problem.requests
        opens, closes = tightened(problem)
        location = np.array([event[0] for event in graph.events], dtype=np.int64)
        arcs = np.array(graph.arcs, dtype=np.int64).reshape(-1, 2)
        self.start, self.end = arcs[:, 0].copy(), arcs[:, 1].copy()
        here, there = location[self.start], location[self.end]
        self.cost: Floats = problem.cost[here, there]
        self.lasts: Floats = problem.service[here] + problem.travel[here, there]
        self.request: Ints = np.where((there >= 1) & (there <= n), there, 0)
        self.opens, self.closes = opens[location], closes[location]
        self.events = len(location)
        self.boards: Ints = np.where(location <= n, location, 0)
        self.leaves: Ints = np.where(location > n, location - n, 0)
        before = [others | ({where - n} if where > n else frozenset()) for where, others in graph.events]
        after = [others | ({where} if 0 < where <= n else frozenset()) for where, others in graph.events]
        self.seats = max(1, *map(len, before), *map(len, after))
        self.before, self.after = self._rows(before), self._rows(after)
        self.longest = np.concatenate([[problem.longest_route], problem.longest_ride + problem.service[1 : n + 1]])
        events = np.arange(self.events + 1)
        self.first = np.searchsorted(self.start, events)
        self.by_end = np.argsort(self.end, kind="stable")
        self.first_end = np.searchsorted(self.end[self.by_end], events)
        self.labels = self._room()
        # A request alone at a price that no way has: the program over ways always has an answer.
        self.dear = 2.0 * float(problem.cost.max()) * (n + 1)
        self.arc = {arc: number for number, arc in enumerate(graph.arcs)}
        self.model = mathopt.Model()
        self.vans = self.model.add_linear_constraint(ub=float(problem.vehicles))
        # Served at least once: where ways obey the triangle inequality nobody is worth less than nothing, and prices
        # that cannot be negative settle sooner. The bound that they prove holds whatever they are.
        self.rows = [self.model.add_linear_constraint(lb=1.0) for _ in range(n)]
        for row in self.rows:
            alone = self.model.add_variable(lb=0.0)
            row.set_coefficient(alone, 1.0)
            self.model.objective.set_linear_coefficient(alone, self.dear)
        self.solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        self.ways = 0
        self.bound = -np.inf
        self.prices: VanPrices | None = None
        self.least = 0.0
        self.by_arc: Floats | None = None
        self.until = time.monotonic()
        self.rounds = 0

    def _rows(self, groups: list[frozenset[int]]) -> Ints:
        rows = np.zeros((len(groups), self.seats), dtype=np.int64)
        for row, group in zip(rows, groups, strict=True):
            row[: len(group)] = sorted(group)
        return rows

    def _room(self) -> _Labels:
        return _Labels.room(min(MOST_LABELS, 400 * self.events + 50_000), self.events, self.seats)

    def search(
        self, until: float, worth: float, *, gap: float, plan: Sequence[tuple[int, ...]] = (),
        start: VanPrices | None = None,
    ) -> None:  # fmt: skip
        """Raise the bound until the prices are the best, the bound reaches ``worth`` less ``gap``, or time is over.

        The routes of a ``plan`` are ways, and ``start`` prices, to begin with.
        """
        n = self.problem.requests
        self.until = until
        for route in plan:
            stops = [0, *route, 0]
            cost = float(sum(self.problem.cost[pair] for pair in pairwise(stops)))
            self._add(cost, np.array([k for k in route if k <= n], dtype=np.int64))
        best, steady, patience = VanPrices((0.0,) * n, 0.0), 0.0, 0
        while time.monotonic() < until and self.ways < MOST_WAYS:
            found = self._solve()
            if found is None:
                return
            value, duals, van = found
            tried = VanPrices(
                tuple((steady * np.array(best.requests) + (1 - steady) * duals).tolist()),
                steady * best.van + (1 - steady) * van,
            )
            if start is not None and not self.rounds:
                tried, value = start, np.inf
            self.rounds += 1
            patience = max(0, patience - 1)
            least, new = (None, 0) if patience else self._price(tried, work=EARLY_WORK)
            if least is None:
                # Far from the best prices there are too many labels: ways are sought in haste until few are left.
                patience = patience or HASTY
                _, new = self._price(tried, exact=False)
                if new >= FEW:
                    continue
                least, new = self._price(tried)
                if least is None:
                    return
            bound = self._proven(tried, least)
            if bound > self.bound:
                self.bound, self.prices, self.least, best = bound, tried, least, tried
            near = value < np.inf and value - self.bound <= CLOSE * max(1.0, abs(value))
            if near or worth - self.bound <= gap or (not new and steady == 0.0 and value < np.inf):
                return
            # Prices between the best and the newest bring good ways sooner; where they bring none, the newest will.
            steady = STEADY if new else 0.0

    def _solve(self) -> tuple[float, Floats, float] | None:
        """Return the value of the relaxation over the ways at hand, the prices of requests and of a van."""
        nothing = mathopt.SparseVectorFilter[mathopt.Variable](filtered_items=())
        wanted = mathopt.ModelSolveParameters(variable_values_filter=nothing, reduced_costs_filter=nothing)
        for anew in (False, True):
            if anew:
                # From where it stood the simplex may lose its numbers; from the beginning it finds its way.
                self.solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
            left = timedelta(seconds=max(0.01, self.until - time.monotonic()))
            limits = mathopt.SolveParameters(time_limit=left)
            result = attempted(self.solver.solve, params=limits, model_params=wanted)
            if result is not None:
                break
        if result is None or result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        duals = result.dual_values()
        found = np.array([duals[row] for row in [*self.rows, self.vans]])
        return float(result.objective_value()), found[:-1], min(0.0, float(found[-1]))

    def _add(self, cost: float, served: Ints) -> None:
        """Take a way into the relaxation."""
        way = self.model.add_variable(lb=0.0)
        self.model.objective.set_linear_coefficient(way, cost)
        for request, times in zip(*np.unique(served, return_counts=True), strict=True):
            self.rows[request - 1].set_coefficient(way, float(times))
        self.vans.set_coefficient(way, 1.0)
        self.ways += 1

    def _reduced(self, prices: VanPrices) -> Floats:
        """Return the costs of arcs, less the prices of the requests picked up at their ends."""
        return np.asarray(self.cost - np.array([0.0, *prices.requests])[self.request])

    def _grow(
        self, reduced: Floats, into: _Labels, *, back: bool = False, exact: bool = True, work: int = MOST_WORK
    ) -> bool:  # fmt: skip
        """Fill the labels of ways from the depot, or to it; tell whether there was room and time."""
        first, arcs, end = self.first, np.arange(len(self.end)), self.end
        opens, closes, on, off, aboard = self.opens, self.closes, self.boards, self.leaves, self.after
        if back:
            first, arcs, end = self.first_end, self.by_end, self.start[self.by_end]
            opens, closes, on, off, aboard = -self.closes, -self.opens, self.leaves, self.boards, self.before
        work = int(min(work, WORK * max(0.0, self.until - time.monotonic())))
        count = grow(
            first, end, reduced[arcs], self.lasts[arcs], opens, closes, on, off, aboard, self.longest, self.days,
            exact, len(into.time), work, into.event, into.time, into.cost, into.since, into.latest, into.before,
            into.last, into.older,
        )  # fmt: skip
        return bool(count >= 0)

    def _price(self, prices: VanPrices, *, exact: bool = True, work: int = MOST_WORK) -> tuple[float | None, int]:
        """Return what the cheapest way costs beyond its van's price, and how many ways were new (None: too many)."""
        one, reduced = self.labels, self._reduced(prices)
        if not self._grow(reduced, one, exact=exact, work=work):
            return None, 0
        # The cheapest way by each event that comes last: many unlike each other.
        found: list[tuple[float, int]] = []
        for arc in self.by_end[self.first_end[0] : self.first_end[1]]:
            slot, best = int(one.last[self.start[arc]]), (np.inf, -1)
            while slot >= 0:
                best = min(best, (float(one.cost[slot] + reduced[arc]), slot))
                slot = int(one.older[slot])
            found.append(best)
        least = min((cost for cost, _ in found), default=np.inf) - prices.van
        new = 0
        for cost, label in sorted(found)[:WAYS]:
            if cost - prices.van >= -CLOSE * self.dear / (2 * self.problem.requests):
                break
            self._add(*self._way(label))
            new += 1
        return least, new

    def _proven(self, prices: VanPrices, least: float) -> float:
        """Return the bound of prices at which no way costs less than ``least``, its van's price taken off."""
        p = self.problem
        return sum(prices.requests) + p.vehicles * prices.van + min(p.vehicles, p.requests) * min(0.0, least)

    def _way(self, label: int) -> tuple[float, Ints]:
        events = [0]
        while label > 0:
            events.append(int(self.labels.event[label]))
            label = int(self.labels.before[label])
        events = [*events, 0][::-1]
        arcs = np.array([self.arc[pair] for pair in pairwise(events)], dtype=np.int64)
        return float(self.cost[arcs].sum()), self.request[arcs][self.request[arcs] > 0]

    def possible(self, worth: float, until: float) -> NDArray[np.bool_] | None:
        """Return which arcs a plan of at most ``worth`` can use (None: there is no telling by ``until``)."""
        if self.prices is None:
            return None
        if self.by_arc is None:
            self.until = until
            self.by_arc = self._by_arc(self.prices)
        return None if self.by_arc is None else np.asarray(self.by_arc <= worth + 1e-6 * max(1.0, abs(worth)))

    def _by_arc(self, prices: VanPrices) -> Floats | None:
        """Return what a plan that uses an arc costs at least, for each arc."""
        reduced = self._reduced(prices)
        to, back = self.labels, self._room()
        if not self._grow(reduced, to) or not self._grow(reduced, back, back=True):
            return None
        pairs = (_lengths(to)[self.start] * _lengths(back)[self.end]).sum()
        if pairs > WORK * (self.until - time.monotonic()):
            return None
        least = np.empty(len(self.start))
        through(
            self.start, self.end, reduced, self.lasts, self.after, self.longest, self.days, to.time, to.cost, to.since,
            to.latest, to.last, to.older, back.time, back.cost, back.since, back.latest, back.last, back.older, least,
        )  # fmt: skip
        # One van of a plan drives a way that uses the arc, the others ways that cost at least the cheapest: all at the
        # prices that prove the bound, for reduced costs mean nothing beside a bound of other prices.
        p = self.problem
        cheapest = min(0.0, self.least)
        with_arc = sum(prices.requests) + p.vehicles * prices.van + (min(p.vehicles, p.requests) - 1) * cheapest
        return np.asarray(with_arc + least - prices.van)


def _lengths(labels: _Labels) -> Ints:
    """Return how many labels each event has kept (one for the depot, whose ways begin there)."""
    kept = np.ones(len(labels.last), dtype=np.int64)
    for event in range(1, len(kept)):
        slot, kept[event] = int(labels.last[event]), 0
        while slot >= 0:
            kept[event] += 1
            slot = int(labels.older[slot])
    return kept
