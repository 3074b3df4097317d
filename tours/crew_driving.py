"""Crews driven to stops that were chosen: as programs of their own, under the deadline of the whole search."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobility.errors import MobilityError
from mobility.problem import CalendarProblem
from tours.calendar_model import Answer, CalendarModel
from tours.coverage import Floats, Ints, cover_table
from tours.crew_days import CrewPrices, CrewTable, bus_kinds, crew_table
from tours.slots import Grid, Option

FAST = 10_000
"""Crew days that are searched at once: beyond, a first calendar is made aside, and far depots are left out of it."""
LABEL = 20.0
"""Seconds for one way of laying crew days on the days of the cycle, at most."""


@dataclass(frozen=True)
class Placed:
    """Options, and the crew days that serve them, each with how often it is driven."""

    options: tuple[Option, ...]
    crews: CrewTable
    counts: Floats


class CrewDriving:
    """What crews can do for a problem, and the programs that drive them to stops.

    ``whole`` is the table of the grid that is searched; ``reserve`` the seconds kept for laying crew days on the cycle.
    """

    whole: CrewTable

    def __init__(self, problem: CalendarProblem, deadline: float, gap: float) -> None:
        self.problem, self.deadline, self.gap = problem, deadline, gap
        self.reserve = min(LABEL, 0.25 * max(0.0, deadline - time.monotonic()))
        self.kinds = bus_kinds(problem.buses)
        self.cover = cover_table(problem)

    def left(self, reserve: float = 0.0) -> float:
        """Return the seconds left, those reserved for laying crew days on the days of the cycle taken off.

        Where none are left it is next to nothing: solvers stop, and what is known by then stands.
        """
        return max(0.01, self.deadline - time.monotonic() - reserve)

    def table(self, grid: Grid, stops: Ints | None = None) -> CrewTable:
        """Return all that crews can do on a grid, at some stops or at all."""
        return crew_table(self.problem, [kind[0] for kind in self.kinds], [s.sessions for s in grid.slots], stops)

    def model(
        self, grid: Grid, crews: CrewTable | None = None, *, driven: bool = True, whole: bool = False
    ) -> CalendarModel:
        """Return the program of a grid, with some crew days or all; see :class:`CalendarModel`."""
        sizes = [len(kind) for kind in self.kinds]
        table = self.whole if crews is None else crews
        return CalendarModel(self.problem, grid, sizes, table, self.cover, driven=driven, whole=whole)

    def same(self, grid: Grid, options: Sequence[Option]) -> Grid:
        """Return the options that visit the same stops as often."""
        visits = {option.stop: option.visits for option in options}
        return Grid(grid.slots, tuple(o for o in grid.options if visits.get(o.stop) == o.visits), exact=grid.exact)

    def drivable(self, grid: Grid, options: Sequence[Option]) -> bool:
        """Tell whether crews might drive to all these stops: fractions of crew days do, at least."""
        return (
            len(self.whole) <= FAST
            or self.to_all(grid, options).relaxed("distance", self.left(self.reserve)) is not None
        )

    def to_all(self, grid: Grid, options: Sequence[Option]) -> CalendarModel:
        """Return the program that visits these stops as often as these options do, in any session."""
        stops = np.array(sorted({option.stop for option in options}), dtype=np.int64)
        table = self.table(grid, stops)
        if len(table) > FAST:
            table = table.thin()
        model = self.model(self.same(grid, options), table, whole=True)
        model.require(options)
        return model

    def driven_to(self, grid: Grid, options: Sequence[Option]) -> Placed | None:
        """Drive to these stops as often as these options do, in any session, with the fewest metres."""
        model = self.to_all(grid, options)
        try:
            found = model.maximise("distance", limit=0.3 * self.left(self.reserve), gap=max(self.gap / 2, 1e-5))
        except MobilityError as error:
            if error.code != "no-time":
                raise
            return None
        return None if found is None else self.placed(model, found)

    def placed(self, model: CalendarModel, answer: Answer) -> Placed:
        """Return the options that an answer takes, with the crew days that it drives."""
        crews = self.whole if model.crews is None else model.crews
        kept = answer.crews > 0.5
        options = tuple(model.grid.options[i] for i in answer.taken)
        return Placed(options, crews.where(kept), np.rint(answer.crews[kept]))

    def as_many(self, grid: Grid, ceilings: Floats, options: Sequence[Option]) -> Placed | None:
        """Drive to as much of these stops' need as can be, then fill what is left of the days with others."""
        visits = {option.stop: option.visits for option in options}
        kept: dict[int, int] = {}
        placed: Placed | None = None
        for share in (0.4, 0.4):
            # The stops that promise most, as many again as were chosen, wait for the half-days that stay free.
            order = np.argsort(-ceilings, kind="stable")
            waiting = [grid.options[i].stop for i in order.tolist() if grid.options[i].stop not in visits]
            others = set(list(dict.fromkeys(waiting))[: len(visits)]) if kept else set()
            wanted = kept or visits
            chosen = [o for o in grid.options if wanted.get(o.stop) == o.visits or o.stop in others]
            stops = np.array(sorted({option.stop for option in chosen}), dtype=np.int64)
            table = self.table(grid, stops)
            if len(table) > FAST:
                table = table.thin()
            model = self.model(Grid(grid.slots, tuple(chosen), exact=False), table, whole=True)
            start = None
            if placed is not None:
                model.require(placed.options)
                start = model.start(placed.options, placed.crews, placed.counts)
            try:
                found = model.maximise(
                    "need", limit=share * self.left(self.reserve), gap=max(self.gap / 4, 1e-5), start=start
                )
            except MobilityError as error:
                if error.code != "no-time":
                    raise
                return placed
            if found is None:
                return placed
            placed = self.placed(model, found)
            kept = {option.stop: option.visits for option in placed.options}
        return placed

    def prices(self, grid: Grid, placed: Placed) -> CrewPrices | None:
        """Return what the crew days to the chosen stops cost at least, by visit; None where there is no time for it."""
        stops = np.array(sorted(option.stop for option in placed.options), dtype=np.int64)
        model = self.model(self.same(grid, placed.options), self.table(grid, stops))
        model.require(placed.options)
        try:
            priced = model.relaxed("distance", 0.5 * self.left(self.reserve))
        except MobilityError as error:
            if error.code != "no-time":
                raise
            return None
        return None if priced is None else model.crew_prices(priced)
