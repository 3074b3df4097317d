"""OR-Tools, loaded when the first model is built."""

from typing import TYPE_CHECKING

from mobility.late import late

if TYPE_CHECKING:
    from ortools.math_opt import model_pb2
    from ortools.math_opt.python import mathopt
    from ortools.sat.python import cp_model
else:
    model_pb2 = late("ortools.math_opt.model_pb2")
    mathopt = late("ortools.math_opt.python.mathopt")
    cp_model = late("ortools.sat.python.cp_model")

__all__ = ["cp_model", "mathopt", "model_pb2"]
