"""Crew days laid on the days of the cycle: those of an answer, others to the same stops, or as many as can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from mobility.bus_calendar import BusCalendar
from mobility.problem import CalendarProblem
from tours.calendar_model import Answer, CalendarModel
from tours.crew_driving import LABEL, CrewDriving, Placed
from tours.labelling import Chosen, chosen_days, label_calendar
from tours.slots import Grid, weekday_grid


class Laying:
    """What is laid for a problem on its exact grid, under the deadline of the whole search."""

    def __init__(self, crews: CrewDriving, exact: Grid) -> None:
        self.crews, self.exact = crews, exact

    def calendars(self, model: CalendarModel, answer: Answer) -> Iterator[BusCalendar | None]:
        """Yield calendars of an answer: its own crew days, some chosen by weekday, any with the fewest metres."""
        options = [model.grid.options[i] for i in answer.taken]
        placed: Placed | None = self.crews.placed(model, answer)
        if np.abs(answer.crews - np.rint(answer.crews)).max(initial=0.0) > 1e-6:
            placed = self.crews.driven_to(model.grid, options)
        yield self._label(model.grid, placed)
        weekdays = weekday_grid(self.exact)
        yield self._label(weekdays, self.crews.driven_to(weekdays, options))
        stops = np.array(sorted(option.stop for option in options), dtype=np.int64)
        table = self.crews.table(model.grid, stops)
        chosen = Chosen(model.grid, tuple(options), chosen_days(model.grid, table, np.ones(len(table))))
        yield label_calendar(self.crews.problem, chosen, limit=self._limit(), metres=table.metres.tolist())

    def left_out(self, model: CalendarModel, answer: Answer, *, share: float = 1.0) -> BusCalendar | None:
        """Lay an answer without the stops worth least that no laying can hold, in a share of the time that is left."""
        problem, cover = self.crews.problem, self.crews.cover
        options = [model.grid.options[i] for i in answer.taken]
        placed = self.crews.placed(model, answer)
        by_stop = np.bincount(cover.stop, cover.worth, len(problem.stops))
        worth = [float(by_stop[option.stop]) * problem.coverage.worth(option.visits) for option in options]
        days = chosen_days(model.grid, placed.crews, placed.counts)
        chosen = Chosen(model.grid, placed.options, days)
        return label_calendar(problem, chosen, limit=share * self.crews.left(), worth=worth)

    def _label(self, grid: Grid, placed: Placed | None) -> BusCalendar | None:
        if placed is None:
            return None
        days = chosen_days(grid, placed.crews, placed.counts)
        return label_calendar(self.crews.problem, Chosen(grid, placed.options, days), limit=self._limit())

    def _limit(self) -> float:
        # Half of the time is for the ways that come after this one, and some is kept for leaving stops out.
        return min(LABEL, 0.5 * self.crews.left(0.4 * self.crews.reserve))


def driven_metres(calendar: BusCalendar, problem: CalendarProblem) -> float:
    """Return the metres that the buses drive in one cycle."""
    total = 0.0
    days: dict[tuple[int, int, str], list[tuple[int, str]]] = {}
    for visit in calendar.visits:
        days.setdefault((visit.week, visit.weekday, visit.bus), []).append((visit.arrival, visit.stop))
    for (_, _, bus), stops in days.items():
        depot = problem.buses_by_id[bus].depot.id
        way = [depot, *(stop for _, stop in sorted(stops)), depot]
        total += sum(problem.drive.metres_between(a, b) for a, b in itertools.pairwise(way))
    return total
