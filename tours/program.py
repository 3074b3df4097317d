"""A mixed-integer program held as arrays, and handed to the solver as such: no object for each variable or row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.errors import MobilityError
from tours.solvers import mathopt, model_pb2, solved_arrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Entry = tuple[ArrayLike, ArrayLike, ArrayLike]
"""Entries of the matrix: row in the block, variable, coefficient; broadcast to the shape of the variables."""


@dataclass(frozen=True)
class Found:
    """A solution of a program: its value, the bound that none can beat, and the value of each variable."""

    value: float
    bound: float
    values: Floats


@dataclass(frozen=True)
class Priced:
    """A bound proven by duals, one for each row, and what each variable costs or brings beside them.

    ``values`` are those of the relaxation that was solved; none where duals alone are known.
    """

    bound: float
    reduced: Floats
    duals: Floats
    values: Floats | None = None


class Program:
    """Variables and rows that grow; every call adds a block of them."""

    def __init__(self) -> None:
        self.size = self.height = 0
        self._variables: list[tuple[Floats, Floats, NDArray[np.bool_]]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []

    def add(self, count: int, *, upper: ArrayLike = 1.0, integer: bool = False) -> Ints:
        """Add variables from 0 up to ``upper``; return their numbers."""
        tops = np.broadcast_to(np.asarray(upper, dtype=float), (count,))
        self._variables.append((np.zeros(count), tops, np.full(count, integer)))
        self.size += count
        return np.arange(self.size - count, self.size)

    def rows(
        self, entries: Sequence[Entry], count: int, *, least: ArrayLike = -np.inf,
        most: ArrayLike = np.inf,
    ) -> None:  # fmt: skip
        """Add rows: sums of (row from 0 to ``count``, variable, coefficient), each between ``least`` and ``most``."""
        for row, variable, coefficient in entries:
            shape = np.shape(variable)
            self._entries.append((
                np.broadcast_to(np.asarray(row, dtype=np.int64), shape) + self.height,
                np.asarray(variable, dtype=np.int64),
                np.broadcast_to(np.asarray(coefficient, dtype=float), shape),
            ))  # fmt: skip
        self._rows.append(tuple(np.broadcast_to(np.asarray(v, dtype=float), (count,)) for v in (least, most)))  # type: ignore[arg-type]
        self.height += count

    def row(
        self, variables: ArrayLike, coefficients: ArrayLike, *, least: float = -np.inf, most: float = np.inf
    ) -> None:
        """Add one row."""
        self.rows([(0, variables, coefficients)], 1, least=least, most=most)

    def solve(
        self, variables: Ints, coefficients: ArrayLike, *, maximise: bool, limit: float, gap: float = 0.0,
        start: Floats | None = None, log: Callable[[Sequence[str]], None] | None = None,
    ) -> Found | None:  # fmt: skip
        """Return the best solution found in ``limit`` seconds; None where there is none.

        ``start`` holds a value of every variable that is known to be possible. Raises :class:`MobilityError` where
        time runs out with nothing found.
        """
        proto = self._proto(variables, coefficients, maximise=maximise)
        parameters = mathopt.SolveParameters(
            time_limit=timedelta(seconds=max(0.01, limit)), relative_gap_tolerance=gap, absolute_gap_tolerance=0.0
        )
        try:
            result = solved_arrays(proto, parameters, start, log)
        except MobilityError:
            # The solver may fail over a start that its presolve finds impossible by a rounding: it is a help, no more.
            if start is None:
                raise
            result = solved_arrays(proto, parameters, None, log)
        reasons = mathopt.TerminationReason
        reason = reasons(result.termination.reason)
        if reason in {reasons.INFEASIBLE, reasons.INFEASIBLE_OR_UNBOUNDED}:
            return None
        if reason not in {reasons.OPTIMAL, reasons.FEASIBLE}:
            raise MobilityError(
                "no-time", f"no calendar was found in {limit:.0f} s; give the search more time", field="limit",
                limit=limit,
            )  # fmt: skip
        primal = result.solutions[0].primal_solution
        values = np.zeros(self.size)
        values[np.array(primal.variable_values.ids, dtype=np.int64)] = primal.variable_values.values
        return Found(primal.objective_value, result.termination.objective_bounds.dual_bound, values)

    def relaxed(
        self, variables: Ints, coefficients: ArrayLike, *, maximise: bool, limit: float, inside: bool = False
    ) -> Priced | None:  # fmt: skip
        """Solve without integrality, and price every variable by the rows' duals.

        The bound is recomputed from the duals alone (Lagrange), rounding apart: whatever the solver did, it holds, and
        so does ``bound`` changed by the reduced cost of a variable that is moved. None where nothing is possible.
        ``inside`` goes through the interior, sooner done where rows are many.
        Raises :class:`MobilityError` where time runs out.
        """
        proto = self._proto(variables, coefficients, maximise=maximise)
        proto.variables.integers[:] = [False] * self.size
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.01, limit)))
        if inside:
            parameters.lp_algorithm = mathopt.LPAlgorithm.BARRIER
        result = solved_arrays(proto, parameters, None, None)
        reasons = mathopt.TerminationReason
        if reasons(result.termination.reason) in {reasons.INFEASIBLE, reasons.INFEASIBLE_OR_UNBOUNDED}:
            return None
        if not result.solutions or not result.solutions[0].HasField("dual_solution"):
            raise MobilityError("no-time", "the relaxation was not solved in time", field="limit", limit=limit)
        told = result.solutions[0].dual_solution.dual_values
        duals = np.zeros(self.height)
        duals[np.array(told.ids, dtype=np.int64)] = told.values
        primal = result.solutions[0].primal_solution.variable_values
        values = np.zeros(self.size)
        values[np.array(primal.ids, dtype=np.int64)] = primal.values
        return replace(self.priced(variables, coefficients, duals, maximise=maximise), values=values)

    def priced(self, variables: Ints, coefficients: ArrayLike, duals: Floats, *, maximise: bool) -> Priced:
        """Return the bound that any duals prove, each set to 0 where its sign proves nothing."""
        sign = 1.0 if maximise else -1.0
        least, most = (np.concatenate([part[side] for part in self._rows]) for side in (0, 1))
        duals = sign * duals
        duals = np.where((duals > 0) & np.isinf(most) | (duals < 0) & np.isinf(least), 0.0, duals)
        right = np.where(duals > 0, most, np.where(duals < 0, least, 0.0))
        costs = np.zeros(self.size)
        np.add.at(costs, variables, sign * np.broadcast_to(np.asarray(coefficients, dtype=float), variables.shape))
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        reduced = costs - np.bincount(column, duals[row] * value, self.size)
        tops = np.concatenate([upper for _, upper, _ in self._variables])
        bound = float(duals @ right + np.maximum(reduced, 0.0) @ tops)
        return Priced(sign * bound, sign * reduced, sign * duals)

    def _proto(self, objective: Ints, coefficients: ArrayLike, *, maximise: bool) -> model_pb2.ModelProto:
        proto = model_pb2.ModelProto()
        lower, upper, integer = (np.concatenate(part) for part in zip(*self._variables, strict=True))
        proto.variables.ids.extend(range(self.size))
        proto.variables.lower_bounds.extend(lower.tolist())
        proto.variables.upper_bounds.extend(upper.tolist())
        proto.variables.integers.extend(integer.tolist())
        proto.linear_constraints.ids.extend(range(self.height))
        for name, number in (("lower_bounds", 0), ("upper_bounds", 1)):
            getattr(proto.linear_constraints, name).extend(
                np.concatenate([part[number] for part in self._rows]).tolist() if self._rows else []
            )
        if self._entries:
            self._fill(proto.linear_constraint_matrix)
        proto.objective.maximize = maximise
        values = np.broadcast_to(np.asarray(coefficients, dtype=float), objective.shape)
        order = np.argsort(objective)
        order = order[values[order] != 0]
        proto.objective.linear_coefficients.ids.extend(objective[order].tolist())
        proto.objective.linear_coefficients.values.extend(values[order].tolist())
        return proto

    def _fill(self, matrix: model_pb2.SparseDoubleMatrixProto) -> None:
        """Write the entries in order; those that name the same row and variable are added up."""
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        keys, where = np.unique(row * self.size + column, return_inverse=True)
        total = np.bincount(where, value, len(keys))
        keys, total = keys[total != 0], total[total != 0]
        matrix.row_ids.extend((keys // self.size).tolist())
        matrix.column_ids.extend((keys % self.size).tolist())
        matrix.coefficients.extend(total.tolist())
