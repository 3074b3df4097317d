"""The event graph as a program: its relaxation, the arcs that no better plan uses, and the plan in whole numbers.

Arcs of the event graph carry vehicles; each request is picked up once; the times of locations keep windows, drives and
ride times. The constraints on times are tied to the arcs between locations rather than between events, which makes the
program tighter (Gaul, Klamroth, Pfeiffer, Schulz and Stiglmayr 2023, "A tight formulation for the dial-a-ride
problem"). Where the driver's day may bind, each location also has the time at which its van left the depot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mobility.dial_a_ride import DialARideProblem, VanPrices
from mobility.errors import MobilityError
from tours.ride_events import EventGraph, tightened
from tours.solvers import attempted, mathopt, model_pb2

Route = tuple[int, ...]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_GAP = 1e-7
_INFEASIBLE = ("INFEASIBLE", "INFEASIBLE_OR_UNBOUNDED")


class _Rows:
    """Linear constraints, row by row: lower <= sum of (column, coefficient) <= upper."""

    def __init__(self) -> None:
        self.entries: list[tuple[Ints, Floats]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, lower: float, upper: float, columns: Sequence[int] | Ints, values: Sequence[float] | Floats) -> None:
        """Add a row; a column that stands in it several times counts the sum."""
        where, back = np.unique(np.asarray(columns, dtype=np.int64), return_inverse=True)
        summed = np.zeros(len(where))
        np.add.at(summed, back, np.asarray(values, dtype=np.float64))
        self.entries.append((where, summed))
        self.lower.append(lower)
        self.upper.append(upper)


@dataclass(frozen=True)
class VanPlan:
    """What a search in whole numbers ended with: routes (None: none found) and what no plan of the program is below."""

    routes: tuple[Route, ...] | None
    bound: float


class VanProgram:
    """The program of one problem over its event graph; ``days`` says whether it keeps the driver's day."""

    def __init__(self, problem: DialARideProblem, graph: EventGraph, *, days: bool) -> None:
        self.problem = problem
        self.graph = graph
        self.opens, self.closes = tightened(problem)
        location = np.array([event[0] for event in graph.events], dtype=np.int64)
        self.arcs = np.array(graph.arcs, dtype=np.int64).reshape(-1, 2)
        self.start, self.end = location[self.arcs[:, 0]], location[self.arcs[:, 1]]
        self.cost: Floats = problem.cost[self.start, self.end]
        self.kept: Ints = np.arange(len(self.arcs))
        self.days = days
        self.prices: VanPrices | None = None

    def _model(self, *, integer: bool) -> model_pb2.ModelProto:
        """Return the program over the arcs that are kept; the times of locations come after the arcs."""
        p, n, arcs = self.problem, self.problem.requests, len(self.kept)
        low, high = [np.zeros(arcs), self.opens[1:]], [np.ones(arcs), np.maximum(self.opens, self.closes)[1:]]
        if self.days:
            low.append(np.full(2 * n, self.opens[0]))
            high.append(np.maximum(self.opens[0], self.closes[1:] - p.service[0] - p.travel[0, 1:]))
        rows = _Rows()
        between = self._between()
        self._flows(rows)
        self._times(rows, between)
        if self.days:
            self._days(rows, between)
        proto = model_pb2.ModelProto()
        variables, constraints = proto.variables, proto.linear_constraints
        size = sum(map(len, low))
        variables.ids.extend(range(size))
        variables.lower_bounds.extend(np.concatenate(low).tolist())
        variables.upper_bounds.extend(np.concatenate(high).tolist())
        variables.integers.extend([integer] * arcs + [False] * (size - arcs))
        constraints.ids.extend(range(len(rows.lower)))
        constraints.lower_bounds.extend(rows.lower)
        constraints.upper_bounds.extend(rows.upper)
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(np.repeat(np.arange(len(rows.lower)), [len(c) for c, _ in rows.entries]).tolist())
        matrix.column_ids.extend(np.concatenate([columns for columns, _ in rows.entries]).tolist())
        matrix.coefficients.extend(np.concatenate([values for _, values in rows.entries]).tolist())
        costs = self.cost[self.kept]
        used = np.flatnonzero(costs)
        proto.objective.linear_coefficients.ids.extend(used.tolist())
        proto.objective.linear_coefficients.values.extend(costs[used].tolist())
        return proto

    def _between(self) -> dict[tuple[int, int], Ints]:
        """Return the kept arcs (as columns) from each location to each other."""
        size = 2 * self.problem.requests + 1
        key = self.start[self.kept] * size + self.end[self.kept]
        order = np.argsort(key, kind="stable")
        pairs, first = np.unique(key[order], return_index=True)
        parts = np.split(order, first[1:]) if len(pairs) else []
        return {(int(k) // size, int(k) % size): part for k, part in zip(pairs, parts, strict=True)}

    def _flows(self, rows: _Rows) -> None:
        """Let each pick-up happen once, no more vans leave than there are, and what comes into an event leave it."""
        n = self.problem.requests
        arcs = self.arcs[self.kept]
        end = self.end[self.kept]
        order = np.argsort(end, kind="stable")
        bounds = np.searchsorted(end[order], np.arange(n + 2))
        for request in range(1, n + 1):
            served = order[bounds[request] : bounds[request + 1]]
            rows.add(1.0, 1.0, served, np.ones(len(served)))
        leaving = np.flatnonzero(arcs[:, 0] == 0)
        rows.add(-np.inf, float(self.problem.vehicles), leaving, np.ones(len(leaving)))
        both = np.concatenate([arcs[:, 1], arcs[:, 0]])
        column = np.concatenate([np.arange(len(arcs))] * 2)
        sign = np.repeat([1.0, -1.0], len(arcs))
        order = np.argsort(both, kind="stable")
        events, first = np.unique(both[order], return_index=True)
        for event, part in zip(events, np.split(order, first[1:]), strict=True):
            if event:
                rows.add(0.0, 0.0, column[part], sign[part])

    def _times(self, rows: _Rows, between: dict[tuple[int, int], Ints]) -> None:
        """Keep windows, drives and ride times; windows shrink with the arcs that are used."""
        p, n, opens, closes = self.problem, self.problem.requests, self.opens, self.closes
        at = len(self.kept) - 1
        earliest: list[list[tuple[Ints, float]]] = [[] for _ in range(2 * n + 1)]
        latest: list[list[tuple[Ints, float]]] = [[] for _ in range(2 * n + 1)]
        for (here, there), arcs in between.items():
            if not here or not there:
                continue
            lasts = float(p.service[here] + p.travel[here, there])
            slack = float(closes[here] + lasts - opens[there])
            if slack > 0:
                rows.add(lasts - slack, np.inf, [at + there, at + here, *arcs], [1.0, -1.0, *[-slack] * len(arcs)])
            ready = float(opens[here] + lasts - opens[there])
            due = float(closes[here] - (closes[there] - lasts))
            if ready > 0:
                earliest[there].append((arcs, ready))
            if due > 0:
                latest[here].append((arcs, due))
        for i in range(1, 2 * n + 1):
            columns, values = _joined(earliest[i])
            rows.add(float(opens[i]), np.inf, [at + i, *columns], [1.0, *-values])
            columns, values = _joined(latest[i])
            rows.add(-np.inf, float(closes[i]), [at + i, *columns], [1.0, *values])
        for i in range(1, n + 1):
            direct = float(p.service[i] + p.travel[i, i + n])
            rows.add(direct, float(p.service[i]) + p.longest_ride, [at + i + n, at + i], [1.0, -1.0])

    def _days(self, rows: _Rows, between: dict[tuple[int, int], Ints]) -> None:
        """Keep the driver's day: the time at which a van left goes from location to location along the arcs used."""
        p, n = self.problem, self.problem.requests
        at = len(self.kept) - 1
        left = at + 2 * n
        latest = np.concatenate([[0.0], self.closes[1:] - p.service[0] - p.travel[0, 1:]])
        for i in range(1, 2 * n + 1):
            # Whatever comes between, the way from the depot and back is no shorter than straight.
            rows.add(float(p.service[0] + p.travel[0, i]), np.inf, [at + i, left + i], [1.0, -1.0])
            most = float(p.longest_route - p.service[i] - p.travel[i, 0])
            rows.add(-np.inf, most, [at + i, left + i], [1.0, -1.0])
        for i in range(1, n + 1):
            rows.add(0.0, 0.0, [left + i, left + i + n], [1.0, -1.0])
        for (here, there), arcs in between.items():
            room = float(latest[there] - self.opens[0])
            if here and there and room > 0:
                # One way is enough: a van that seems to have left earlier than it did only makes its day longer.
                rows.add(-np.inf, room, [left + there, left + here, *arcs], [1.0, -1.0, *[room] * len(arcs)])

    def _unserved(self) -> bool:
        """Tell whether some location is on no arc that is kept."""
        return len(np.union1d(self.end[self.kept], 0)) <= 2 * self.problem.requests

    def relax(self, seconds: float, *, better_than: float) -> float:
        """Solve the relaxation and keep only the arcs that a cheaper plan could use; return its value.

        Minus infinity where it is not attempted in time, infinity where no plan exists.
        """
        if self._unserved():
            return float("inf")
        model = mathopt.Model.from_model_proto(self._model(integer=False))
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds))
        result = attempted(mathopt.solve, model, mathopt.SolverType.GLOP, params=parameters)
        if result is not None and result.termination.reason.name in _INFEASIBLE:
            return float("inf")
        if result is None or result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return -np.inf
        value = float(result.objective_value())
        reduced = np.array(result.reduced_costs(list(model.variables())[: len(self.kept)]))
        # A plan that uses an arc costs at least this relaxation and the arc's reduced cost at its own prices, so
        # dearer arcs are in no plan cheaper than the one at hand. The prices and the value are of one solve.
        self.kept = self.kept[reduced <= better_than - value + 1e-6 * max(1.0, abs(value))]
        duals = result.dual_values()
        found = [duals[row] for row in list(model.linear_constraints())[: self.problem.requests + 1]]
        self.prices = VanPrices(tuple(found[:-1]), min(0.0, found[-1]))
        return value

    def best(self, seconds: float, start: tuple[Route, ...] | None) -> VanPlan:
        """Return the best plan over the kept arcs and its bound; ``start`` is a plan that is known to be possible."""
        if self._unserved():
            return VanPlan(None, float("inf"))
        model = mathopt.Model.from_model_proto(self._model(integer=True))
        variables = list(model.variables())
        hints = []
        if start is not None:
            taken = np.isin(self.kept, self._arcs_of(start))
            # A plan that does not lie within the kept arcs is no start: a search told so ends in an obscure error.
            if int(taken.sum()) == sum(len(route) + 1 for route in start):
                hints = [mathopt.SolutionHint(dict(zip(variables, taken.astype(float).tolist(), strict=False)))]
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds), relative_gap_tolerance=_GAP)
        wanted = mathopt.ModelSolveParameters(solution_hints=hints)
        result = attempted(mathopt.solve, model, mathopt.SolverType.HIGHS, params=parameters, model_params=wanted)
        if result is None:
            return VanPlan(None, -np.inf)
        reason = result.termination.reason
        if reason.name in _INFEASIBLE:
            return VanPlan(None, float("inf"))
        bound = float(result.termination.objective_bounds.dual_bound)
        if reason not in {mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE}:
            return VanPlan(None, bound)
        values = np.array(result.variable_values(variables[: len(self.kept)]))
        return VanPlan(self._routes(self.arcs[self.kept[values > 0.5]]), bound)

    def _arcs_of(self, routes: tuple[Route, ...]) -> Ints:
        """Return the arcs of routes, as they stand in the graph."""
        n = self.problem.requests
        event = {one: number for number, one in enumerate(self.graph.events)}
        arc = {(int(a), int(b)): number for number, (a, b) in enumerate(self.arcs)}
        found = []
        for route in routes:
            aboard: frozenset[int] = frozenset()
            events: list[int | None] = [0]
            for here in route:
                others = aboard if here <= n else aboard - {here - n}
                events.append(event.get((here, others)))
                aboard = others | {here} if here <= n else others
            found += [arc.get((a, b)) for a, b in pairwise([*events, 0]) if a is not None and b is not None]
        return np.array([one for one in found if one is not None], dtype=np.int64)

    def _routes(self, arcs: Ints) -> tuple[Route, ...]:
        following = {int(a): int(b) for a, b in arcs if a}
        routes = []
        for start, first in arcs:
            if start == 0:
                route, at = [], int(first)
                while at:
                    route.append(self.graph.events[at][0])
                    at = following[at]
                routes.append(tuple(route))
        return tuple(routes)


def _joined(parts: list[tuple[Ints, float]]) -> tuple[Ints, Floats]:
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0)
    return np.concatenate([arcs for arcs, _ in parts]), np.repeat(
        [v for _, v in parts], [len(arcs) for arcs, _ in parts]
    )


def infeasible() -> MobilityError:
    """Return the error of a problem that no plan serves."""
    return MobilityError("rides-infeasible", "no plan serves all the requests", field="requests")
