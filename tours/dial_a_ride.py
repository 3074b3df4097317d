"""The cheapest plan of shared vans, proven: an event-based mixed-integer program on HiGHS.

Arcs of the event graph carry vehicles; each request is picked up once; the times of locations keep windows, drives and
ride times. The constraints on times are tied to the arcs between locations rather than between events, which makes the
program tighter (Gaul, Klamroth, Pfeiffer, Schulz and Stiglmayr 2023, "A tight formulation for the dial-a-ride
problem").
"""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import numpy as np

from mobility.dial_a_ride import DialARideProblem, RidePlan
from mobility.errors import MobilityError
from tours.ride_events import EventGraph, event_graph, tightened
from tours.ride_schedule import schedule
from tours.solvers import mathopt, solved


class RideProgram:
    """The program of one problem."""

    def __init__(self, problem: DialARideProblem) -> None:
        self.problem = problem
        self.graph: EventGraph = event_graph(problem)
        self.opens, self.closes = tightened(problem)
        self._model = mathopt.Model()
        self._used = [self._model.add_binary_variable() for _ in self.graph.arcs]
        self._between: dict[tuple[int, int], list[mathopt.Variable]] = defaultdict(list)
        for (start, end), used in zip(self.graph.arcs, self._used, strict=True):
            self._between[self.graph.events[start][0], self.graph.events[end][0]].append(used)
        self._flows()
        self._times()
        cost = [float(problem.cost[pair]) * v for pair, group in self._between.items() for v in group]
        self._model.minimize(mathopt.fast_sum(cost))

    def _flows(self) -> None:
        """Let what comes into an event leave it, each pick-up happen once, and no more vans leave than there are."""
        into: dict[int, list[mathopt.Variable]] = defaultdict(list)
        out: dict[int, list[mathopt.Variable]] = defaultdict(list)
        for (start, end), used in zip(self.graph.arcs, self._used, strict=True):
            out[start].append(used)
            into[end].append(used)
        served: dict[int, list[mathopt.Variable]] = defaultdict(list)
        for number, (location, _) in enumerate(self.graph.events):
            self._model.add_linear_constraint(mathopt.fast_sum(into[number]) == mathopt.fast_sum(out[number]))
            if 1 <= location <= self.problem.requests:
                served[location] += into[number]
        for request in range(1, self.problem.requests + 1):
            self._model.add_linear_constraint(mathopt.fast_sum(served[request]) == 1)
        self._model.add_linear_constraint(mathopt.fast_sum(out[0]) <= self.problem.vehicles)

    def _times(self) -> None:
        """Keep windows, drives and ride times; windows shrink with the arcs that are used."""
        p, n = self.problem, self.problem.requests
        times = [
            self._model.add_variable(lb=float(self.opens[i]), ub=float(self.closes[i])) if i else None
            for i in range(2 * n + 1)
        ]
        earliest: dict[int, list[mathopt.LinearTerm]] = defaultdict(list)
        latest: dict[int, list[mathopt.LinearTerm]] = defaultdict(list)
        for (here, there), arcs in self._between.items():
            start, end = times[here], times[there]
            if start is None or end is None:
                continue
            lasts = float(p.service[here] + p.travel[here, there])
            slack = float(self.closes[here] + lasts - self.opens[there])
            if slack > 0:
                self._model.add_linear_constraint(end >= start + lasts - slack + slack * mathopt.fast_sum(arcs))
            ready = float(self.opens[here] + lasts - self.opens[there])
            due = float(self.closes[here] - (self.closes[there] - lasts))
            earliest[there] += [ready * arc for arc in arcs] if ready > 0 else []
            latest[here] += [due * arc for arc in arcs] if due > 0 else []
        for i in range(1, 2 * n + 1):
            at = times[i]
            if at is None:
                continue
            self._model.add_linear_constraint(at >= float(self.opens[i]) + mathopt.fast_sum(earliest[i]))
            self._model.add_linear_constraint(at <= float(self.closes[i]) - mathopt.fast_sum(latest[i]))
            down = times[i + n] if i <= n else None
            if down is not None:
                direct = float(p.service[i] + p.travel[i, i + n])
                self._model.add_linear_constraint(down >= at + direct)
                self._model.add_linear_constraint(down <= at + float(p.service[i]) + p.longest_ride)

    def forbid(self, route: tuple[int, ...]) -> None:
        """Rule out a sequence of locations from depot to depot (a route that lasts too long)."""
        stops = [0, *route, 0]
        arcs = [arc for pair in pairwise(stops) for arc in self._between[pair]]
        self._model.add_linear_constraint(mathopt.fast_sum(arcs) <= len(stops) - 2)

    def solve(self, limit: float) -> tuple[list[tuple[int, ...]], float]:
        """Return the routes of the best plan found and the bound, within so many seconds."""
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=limit), relative_gap_tolerance=1e-7)
        result = solved(self._model, mathopt.SolverType.HIGHS, params=parameters)
        reason = result.termination.reason
        if reason in {mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED}:
            raise MobilityError("rides-infeasible", "no plan serves all the requests", field="requests")
        bound = float(result.termination.objective_bounds.dual_bound)
        if reason not in {mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE}:
            raise MobilityError("no-rides-in-time", "no plan was found in the time given", field="limit", seconds=limit)
        values = result.variable_values(self._used)
        return self._routes([arc for arc, v in zip(self.graph.arcs, values, strict=True) if v > 0.5]), bound

    def _routes(self, arcs: list[tuple[int, int]]) -> list[tuple[int, ...]]:
        following = dict(arc for arc in arcs if arc[0])
        routes = []
        for start, first in arcs:
            if start == 0:
                route, at = [], first
                while at:
                    route.append(self.graph.events[at][0])
                    at = following[at]
                routes.append(tuple(route))
        return routes


def solve_rides(problem: DialARideProblem, *, limit: float = 120.0) -> RidePlan:
    """Return the cheapest plan that serves every request, with its bound.

    Raises :class:`MobilityError` where none exists, or none is found in ``limit`` seconds. A route that lasts longer
    than is allowed is ruled out and the program solved again.
    """
    program = RideProgram(problem)
    while True:
        routes, bound = program.solve(limit)
        too_long = [route for route in routes if route_duration(route, problem) > problem.longest_route + 1e-6]
        if not too_long:
            break
        for route in too_long:
            program.forbid(route)
    times = tuple(route_times(route, problem) for route in routes)
    cost = sum(route_cost(route, problem) for route in routes)
    return RidePlan(tuple(routes), times, cost, min(bound, cost))


def route_cost(route: tuple[int, ...], problem: DialARideProblem) -> float:
    """Return the cost of a route from depot to depot."""
    stops = [0, *route, 0]
    return float(sum(problem.cost[a, b] for a, b in pairwise(stops)))


def route_times(route: tuple[int, ...], problem: DialARideProblem) -> tuple[float, ...]:
    """Return the earliest times at which the service of each location can start (empty where it cannot be driven)."""
    opens, closes = tightened(problem)
    found = schedule(
        np.array(route, dtype=np.int64), problem.requests, problem.longest_ride, problem.service, opens, closes,
        problem.travel,
    )  # fmt: skip
    return tuple(float(time) for time in found)


def route_duration(route: tuple[int, ...], problem: DialARideProblem) -> float:
    """Return the shortest time from depot to depot in which a route can be driven.

    The earliest end, started as late as it allows: the first location's latest time is found by fixing the end.
    """
    times = route_times(route, problem)
    if not times:
        return float("inf")
    end = times[-1] + problem.service[route[-1]] + problem.travel[route[-1], 0]
    opens, closes = tightened(problem)
    low, high = times[0], float(closes[route[0]])
    moved = opens.copy()
    limits = closes.copy()
    limits[route[-1]] = times[-1] + 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        moved[route[0]] = middle
        found = schedule(np.array(route, dtype=np.int64), problem.requests, problem.longest_ride, problem.service,
                         moved, limits, problem.travel)  # fmt: skip
        low, high = (middle, high) if len(found) else (low, middle)
    return float(end - (low - problem.travel[0, route[0]] - problem.service[0]))
