"""Reads the value and the bound that HiGHS reports while it searches."""

import re
from collections.abc import Callable, Sequence

from mobility.travel import Watch

_ROW = re.compile(
    r"^\s*[A-Z]?\s+\d+\s+\d+\s+\d+\s+[\d.]+%\s+(?P<bound>-?[\d.]+(?:e[+-]?\d+)?)\s+(?P<value>-?[\d.]+(?:e[+-]?\d+)?)\s+"
)
"""One row of the search's table: source, nodes, leaves, share explored, best bound, best solution, gap…"""


def reader(objective: str, watch: Watch, scale: float = 1.0) -> Callable[[Sequence[str]], None]:
    """Return what reads the solver's lines and tells the watcher; rows without a solution yet are left out."""

    def read(lines: Sequence[str]) -> None:
        for line in lines:
            found = _ROW.match(line)
            if found:
                watch(objective, float(found["value"]) * scale, float(found["bound"]) * scale)

    return read
