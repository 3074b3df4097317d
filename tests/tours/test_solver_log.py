"""What is read from the solver's lines while it searches."""

import pytest

from tours.solver_log import reader

ROWS = [
    "        Nodes      |    B&B Tree     |            Objective Bounds              |  Dynamic Constraints",
    "Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts   InLp Confl. | LpIters",
    "         0       0         0   0.00%   9983           -inf                 inf        0      0      0         0",
    " S       0       0         0   0.00%   9983           120.5           8184.65%        0      0      0       210",
    " H       0       0         0  12.50%   1.5e+02        140                7.14%      100     20      5       310",
    "         1       0         1 100.00%   140            140                0.00%      100     20      5       310",
    "Solving report",
]


def test_only_rows_with_a_solution_are_told():
    told = []
    reader("need", lambda *row: told.append(row))(ROWS)
    assert told == [("need", 120.5, 9983.0), ("need", 140.0, 150.0), ("need", 140.0, 140.0)]


@pytest.mark.parametrize("line", ["", "garbage", "1 2 3", " S 0 0 0 x 1 2"])
def test_other_lines_say_nothing(line):
    told = []
    reader("distance", lambda *row: told.append(row), 1000.0)([line])
    assert told == []
