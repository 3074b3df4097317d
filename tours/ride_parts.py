"""The parts of a matching problem that can be packed apart: far valleys, other days."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mobility.late import late
from mobility.ride_matching import MatchingProblem
from tours.ride_arrays import RideArrays

if TYPE_CHECKING:
    from scipy import sparse
    from scipy.sparse import csgraph
else:
    sparse, csgraph = late("scipy.sparse"), late("scipy.sparse.csgraph")


def separate_parts(problem: MatchingProblem) -> list[MatchingProblem]:
    """Return the parts of a problem that share no candidate ride and no request; the largest come first."""
    arrays = RideArrays(problem)
    shifts, rides = len(problem.shifts), len(problem.rides)
    pairs = [(n, shifts + int(ride)) for n in range(shifts) for ride in arrays.candidates(n)]
    first: dict[str, int] = {}
    for i, ride in enumerate(problem.rides):
        pairs.append((shifts + first.setdefault(ride.request, i), shifts + i))
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    graph = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(shifts + rides, shifts + rides))
    _, label = csgraph.connected_components(graph, directed=False)
    parts = []
    for part in np.unique(label[:shifts][np.isin(label[:shifts], label[shifts:])]):
        members = np.flatnonzero(label == part)
        kept = tuple(problem.rides[i - shifts] for i in members if i >= shifts)
        known = {ride.id for ride in kept}
        parts.append(
            replace(
                problem, shifts=tuple(problem.shifts[i] for i in members if i < shifts), rides=kept,
                promised={ride: shift for ride, shift in problem.promised.items() if ride in known},
            )
        )  # fmt: skip
    return sorted(parts, key=lambda part: -len(part.rides))
