"""OR-Tools, loaded when the first model is built."""

# What a signature names would else be loaded with this file.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    from ortools.math_opt import model_pb2
    from ortools.math_opt.python import mathopt
    from ortools.sat.python import cp_model
else:
    model_pb2 = late("ortools.math_opt.model_pb2")
    mathopt = late("ortools.math_opt.python.mathopt")
    cp_model = late("ortools.sat.python.cp_model")

__all__ = ["cp_model", "mathopt", "model_pb2", "solved"]


def solved(model: mathopt.Model, solver: mathopt.SolverType, **options: Any) -> mathopt.SolveResult:
    """Return what MathOpt says of a program; raises :class:`MobilityError` for one that it refuses to read.

    It tells of numbers that are none, or too large, by an error that hides behind one of its own.
    """
    try:
        return mathopt.solve(model, solver, **options)
    except (AttributeError, RuntimeError, ValueError) as error:
        raise MobilityError(
            "bad-program", f"the solver refuses the program: {error.__context__ or error}", field="program"
        ) from error
