"""The packing as a linear or mixed-integer program over some routes of the pool, solved through MathOpt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from mobility.errors import MobilityError
from tours.ride_arrays import Floats, Ints
from tours.ride_pool import RidePool
from tours.solvers import mathopt, model_pb2, solved_arrays, sparse_containers_pb2

_MILP_GAP = 1e-7


@dataclass(frozen=True)
class Goal:
    """What is minimised: a cost of each route of the pool and of serving each request, under earlier objectives.

    ``least_served`` bounds the weight served from below; ``limits`` bound sums of other costs from above.
    """

    route_cost: Floats
    request_cost: Floats
    least_served: float | None = None
    limits: tuple[tuple[Floats, float], ...] = ()


@dataclass(frozen=True)
class Relaxed:
    """A solved relaxation: its value, how much it takes of each of ``columns``, and what every route of the pool costs.

    ``gains`` is, by shift, what the best route of the pool could still take off the value. At most one route a shift
    is driven, so nothing in the pool is below ``bound`` (Lagrange), and no plan that takes a route of reduced cost
    ``r`` is below ``bound + r``. Both hold for these prices together: another bound says nothing about these costs.
    """

    value: float
    columns: Ints
    taken: Floats
    ride_worth: Floats
    shift_price: Floats
    reduced: Floats
    gains: Floats

    @property
    def bound(self) -> float:
        """Return the value that no plan over the pool is below."""
        return self.value - float(self.gains.sum())


class RideProgram:
    """One route a shift; each ride is driven as often as its request is served (once, or not at all)."""

    def __init__(self, pool: RidePool, ride_request: Ints, weights: Floats, promised: set[int]) -> None:
        self.pool = pool
        self.ride_request = ride_request
        self.weights = weights
        self.promised = promised
        self.shifts = len(pool.arrays.problem.shifts)

    def _model(
        self, goal: Goal, columns: Ints, *, integer: bool, fixed: Ints | None = None,
        cover: bool = False,
    ) -> model_pb2.ModelProto:  # fmt: skip
        pool, n, requests = self.pool, len(columns), len(self.weights)
        rides = len(self.ride_request)
        routes = np.arange(n)
        row, column = np.nonzero(pool.rides[columns] < rides)
        entries = [
            (pool.shift[columns], routes, np.ones(n)),
            (self.shifts + pool.rides[columns][row, column], row, np.ones(len(row))),
            (self.shifts + np.arange(rides), n + self.ride_request, -np.ones(rides)),
        ]
        lower = [np.full(self.shifts, -np.inf), np.zeros(rides)]
        upper = [np.ones(self.shifts), np.full(rides, np.inf if cover else 0.0)]
        size = self.shifts + rides
        if goal.least_served is not None:
            entries.append((np.full(requests, size), n + np.arange(requests), self.weights))
            lower.append(np.array([goal.least_served - 1e-6 * max(1.0, goal.least_served)]))
            upper.append(np.array([np.inf]))
            size += 1
        for costs, most in goal.limits:
            entries.append((np.full(n, size), routes, costs[columns]))
            lower.append(np.array([-np.inf]))
            upper.append(np.array([most + 1e-6 * max(1.0, abs(most))]))
            size += 1
        proto = model_pb2.ModelProto()
        variables = proto.variables
        variables.ids.extend(range(n + requests))
        held = np.zeros(n) if fixed is None else np.isin(columns, fixed).astype(float)
        variables.lower_bounds.extend([*held.tolist()] + [float(q in self.promised) for q in range(requests)])
        # The row of its shift bounds a route already; a bound of its own would blur the prices of the relaxation.
        variables.upper_bounds.extend([1.0 if integer else np.inf] * n + [1.0] * requests)
        # Requests follow from routes; told to be whole as well, they are branched on, and cut more off.
        variables.integers.extend([integer] * (n + requests))
        rows = proto.linear_constraints
        rows.ids.extend(range(size))
        rows.lower_bounds.extend(np.concatenate(lower).tolist())
        rows.upper_bounds.extend(np.concatenate(upper).tolist())
        where, what, values = (np.concatenate(part) for part in zip(*entries, strict=True))
        order = np.lexsort((what, where))
        order = order[values[order] != 0]
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(where[order].tolist())
        matrix.column_ids.extend(what[order].tolist())
        matrix.coefficients.extend(values[order].tolist())
        costs = np.concatenate([goal.route_cost[columns], goal.request_cost])
        used = np.flatnonzero(costs)
        proto.objective.linear_coefficients.ids.extend(used.tolist())
        proto.objective.linear_coefficients.values.extend(costs[used].tolist())
        return proto

    def relaxed(
        self, goal: Goal, columns: Ints, limit: float, *, fixed: Ints | None = None, dead: Ints | None = None
    ) -> Relaxed:
        """Solve the relaxation over some routes, and price all those of the pool; ``fixed`` routes are taken.

        ``dead`` routes are in no plan that matters, so they do not count as gains.
        """
        proto = self._model(goal, columns, integer=False, fixed=fixed)
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=limit))
        result = solved_arrays(proto, parameters, solver=mathopt.SolverType.GLOP)
        # Stopped by the clock, a feasible point has no prices.
        if mathopt.TerminationReason(result.termination.reason) != mathopt.TerminationReason.OPTIMAL:
            raise _no_time(limit)
        solution = result.solutions[0]
        prices = _dense(solution.dual_solution.dual_values, len(proto.linear_constraints.ids))
        ride_worth = prices[self.shifts : self.shifts + len(self.ride_request)]
        shift_price = -np.minimum(prices[: self.shifts], 0.0)
        reduced = goal.route_cost + shift_price[self.pool.shift] - self.pool.worth(ride_worth)
        for (costs, _), price in zip(goal.limits, prices[len(prices) - len(goal.limits) :], strict=True):
            reduced = reduced - price * costs
        taken = _dense(solution.primal_solution.variable_values, len(proto.variables.ids))[: len(columns)]
        gain = -reduced
        if dead is not None:
            gain[dead] = 0.0
        gains = np.zeros(self.shifts)
        np.maximum.at(gains, self.pool.shift, gain)
        value = float(solution.primal_solution.objective_value)
        return Relaxed(value, columns, taken, ride_worth, shift_price, reduced, gains)

    def served(self, chosen: Ints) -> Ints:
        """Return the requests that a choice of routes serves."""
        rides = self.pool.rides[chosen]
        return np.unique(self.ride_request[rides[rides < len(self.ride_request)]])

    def best(
        self, goal: Goal, columns: Ints, limit: float, start: Ints, *, cover: Ints | None = None
    ) -> tuple[Ints, float, float] | None:
        """Return the best choice among some routes, its value and bound; None where no time was enough for one.

        ``start`` is a choice that is known to be possible. ``cover`` are the requests that it serves where a ride may
        be driven by several and in vain.
        """
        proto = self._model(goal, columns, integer=True, cover=cover is not None)
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=limit), relative_gap_tolerance=_MILP_GAP)
        n = len(columns)
        hint = np.zeros(n + len(self.weights))
        hint[np.searchsorted(columns, start)] = 1.0
        hint[n + (self.served(start) if cover is None else cover)] = 1.0
        result = solved_arrays(proto, parameters, hint)
        reasons = mathopt.TerminationReason
        if reasons(result.termination.reason) not in {reasons.OPTIMAL, reasons.FEASIBLE}:
            return None
        primal = result.solutions[0].primal_solution
        chosen = columns[_dense(primal.variable_values, len(hint))[:n] > 0.5]
        return chosen, float(primal.objective_value), float(result.termination.objective_bounds.dual_bound)


def _dense(told: sparse_containers_pb2.SparseDoubleVectorProto, size: int) -> Floats:
    """Return the values that a message tells by number, zero where it tells none."""
    values = np.zeros(size)
    values[np.array(told.ids, dtype=np.int64)] = told.values
    return values


def _no_time(seconds: float) -> MobilityError:
    return MobilityError("no-rides-in-time", "no plan was found in the time given", field="limit", seconds=seconds)
