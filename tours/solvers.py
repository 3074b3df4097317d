"""OR-Tools, loaded when the first model is built."""

# What a signature names would else be loaded with this file.
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    from ortools.math_opt import model_pb2, result_pb2, sparse_containers_pb2
    from ortools.math_opt.core.python import solver as core
    from ortools.math_opt.python import mathopt
    from ortools.sat.python import cp_model
else:
    model_pb2 = late("ortools.math_opt.model_pb2")
    result_pb2 = late("ortools.math_opt.result_pb2")
    sparse_containers_pb2 = late("ortools.math_opt.sparse_containers_pb2")
    core = late("ortools.math_opt.core.python.solver")
    mathopt = late("ortools.math_opt.python.mathopt")
    cp_model = late("ortools.sat.python.cp_model")

__all__ = ["attempted", "cp_model", "mathopt", "model_pb2", "solved_arrays", "sparse_containers_pb2"]


def solved_arrays(
    proto: model_pb2.ModelProto, parameters: mathopt.SolveParameters, start: NDArray[np.float64] | None = None,
    log: Callable[[Sequence[str]], None] | None = None, *, solver: mathopt.SolverType | None = None,
) -> result_pb2.SolveResultProto:  # fmt: skip
    """Return what a solver says of a program given as a message, as a message: large ones never turn into objects.

    The solver is HiGHS unless told. ``start`` holds a possible value of each variable. Raises :class:`MobilityError`
    for a program that the solver refuses to read: numbers that are none, or too large.
    """
    given = mathopt.ModelSolveParameters().to_proto()
    if start is not None:
        hint = given.solution_hints.add().variable_values
        hint.ids.extend(range(len(start)))
        hint.values.extend(start.tolist())
    nothing = mathopt.StreamableSolverInitArguments().to_proto()
    called = mathopt.CallbackRegistration().to_proto()
    kind = (solver or mathopt.SolverType.HIGHS).value
    try:
        return core.solve(proto, kind, nothing, parameters.to_proto(), given, log, called, None, None)
    except Exception as error:  # Its type is that of a library that OR-Tools alone knows.
        raise _refused(error) from error


def _refused(error: BaseException) -> MobilityError:
    return MobilityError("bad-program", f"the solver refuses the program: {error}", field="program")


def attempted(solve: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Return what a call of MathOpt returns; None where the solver behind it gave up over its numbers."""
    try:
        return solve(*arguments, **named)
    except AttributeError as error:
        # A solver that fails is told by an error which MathOpt fails to name: what it meant is lost with it.
        if "canonical_code" not in str(error):
            raise
        return None
