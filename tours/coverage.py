"""What stops are worth to the groups around them, as arrays: built once for a problem, asked again and again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.problem import CalendarProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class CoverTable:
    """Each line is a group in need and a stop that serves it: indices, and need x share in persons (n).

    ``area`` is the area of each group of the problem, an index in ``areas`` (those in need); ``area_need`` their need.
    ``base`` is the need of each group that others than these stops cover already: here it counts for nothing more.
    """

    group: Ints
    stop: Ints
    worth: Floats
    area: Ints
    areas: tuple[str, ...]
    area_need: Floats
    base: Floats

    def served(self, visit_worth: Floats) -> Floats:
        """Return the need covered of each group, in persons, where each stop has a worth of visits (0 to 1)."""
        best = self.base.copy()
        np.maximum.at(best, self.group, self.worth * visit_worth[self.stop])
        return best

    def covered(self, visit_worth: Floats) -> Floats:
        """Return the need covered in each area, in persons, where each stop has a worth of visits (0 to 1)."""
        best = self.served(visit_worth)
        inside = self.area >= 0
        return np.bincount(self.area[inside], best[inside], len(self.areas)).astype(np.float64)


def cover_table(problem: CalendarProblem) -> CoverTable:
    """Look up who is served from where: each group uses its best stop alone."""
    coverage, access = problem.coverage, problem.access
    rows = {place: number for number, place in enumerate(access.origins)}
    columns = {place: number for number, place in enumerate(access.destinations)}
    need = np.array([group.need for group in problem.groups])
    asking = np.flatnonzero(need > 0)
    row = np.array([rows[problem.groups[number].id] for number in asking.tolist()], dtype=np.int64)
    column = np.array([columns[stop.id] for stop in problem.stops], dtype=np.int64)
    seconds = access.seconds[np.ix_(row, column)]
    group, stop = np.nonzero(seconds < coverage.none)
    away = seconds[group, stop].astype(np.float64)
    share = 1.0 - np.clip((away - coverage.full) / (coverage.none - coverage.full), 0.0, 1.0)
    group = asking[group]
    areas = problem.areas_in_need()
    number_of = {area: number for number, area in enumerate(areas)}
    area = np.array([number_of.get(g.area, -1) for g in problem.groups], dtype=np.int64)
    inside = area >= 0
    served = share > 0
    return CoverTable(
        group=group[served],
        stop=stop[served],
        worth=(need[group] * share)[served],
        area=area,
        areas=tuple(areas),
        area_need=np.bincount(area[inside], need[inside], len(areas)).astype(np.float64),
        base=np.zeros(len(problem.groups)),
    )
