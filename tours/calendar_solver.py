"""The best calendar with its proof: half-days first, then crew days, then weeks and weekdays.

Counting half-days alone gives the best need and the best weakest area that any calendar can have, and nearly always
the stops that reach them. Crew days are then driven to these stops, and laid on the days of the cycle. Where that
loses nothing, the calendar is the best; otherwise the whole program decides, on what can still matter.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mobility.bus_calendar import BusCalendar, Solution, StageProof
from mobility.errors import InfeasibleError, MobilityError
from mobility.problem import CalendarProblem
from mobility.travel import Progress, Watch, no_progress, no_watch
from tours.calendar_checker import checked_need
from tours.calendar_model import Answer, CalendarModel
from tours.conflicts import conflicting_rules
from tours.coverage import Floats
from tours.crew_driving import FAST, LABEL, CrewDriving, Placed
from tours.labelling import Chosen, chosen_days, label_calendar
from tours.slots import Grid, aggregate_grid, exact_grid, weekday_grid

_RELABEL = 5
"""Aggregate optima tried before the exact grid: beyond, they tend to fail for the same reason."""
_WHOLE = 60_000
"""Crew days of a program that is searched whole: beyond, stops are chosen first and driven to afterwards."""
_LARGEST = 600_000
"""Crew days of an exact program that is tried where nothing else could be laid out."""

_UNKNOWN = {
    "weakest": StageProof("weakest", 0.0, 1.0, 0.0),
    "distance": StageProof("distance", 1e12, 0.0, 0.0),
}
"""What is known of an objective for which no time was left: nothing."""


def solve_calendar(
    problem: CalendarProblem,
    *,
    objectives: tuple[str, ...] | None = None,
    limit: float = 120.0,
    gap: float = 0.0,
    progress: Progress = no_progress,
    watch: Watch = no_watch,
) -> Solution:
    """Return the best calendar of a problem, lexicographically over its objectives, with a bound for each.

    ``limit`` bounds the search in seconds, building its programs counted; ``gap`` is a relative gap that is good
    enough. ``watch`` is told each objective's value and bound as they move. Raises
    :class:`mobility.errors.InfeasibleError`, with the rules that conflict, where no calendar obeys them all.
    """
    try:
        return search_calendar(problem, objectives=objectives, limit=limit, gap=gap, progress=progress, watch=watch)
    except InfeasibleError as error:
        raise InfeasibleError(error.rules or conflicting_rules(problem)) from None


def search_calendar(
    problem: CalendarProblem,
    *,
    objectives: tuple[str, ...] | None = None,
    limit: float = 120.0,
    gap: float = 0.0,
    progress: Progress = no_progress,
    watch: Watch = no_watch,
) -> Solution:
    """Do what :func:`solve_calendar` does, and name no rules where there is no calendar: that takes longer."""
    started = time.monotonic()
    search = _Search(problem, objectives or problem.objectives, started + limit, gap, progress, watch)
    return replace(search.run(), seconds=time.monotonic() - started)


class _Search:
    """One lexicographic search under a common deadline."""

    def __init__(
        self, problem: CalendarProblem, objectives: tuple[str, ...], deadline: float, gap: float, progress: Progress,
        watch: Watch,
    ) -> None:  # fmt: skip
        self.problem, self.objectives, self.gap = problem, objectives, gap
        self.progress, self.watch = progress, watch
        self.crews = CrewDriving(problem, deadline, gap)
        self.fallback: Solution | None = None
        self.checked = np.inf

    def run(self) -> Solution:
        """Search half-days, crew days, days; the exact grid only where these disagree."""
        exact = self.exact = exact_grid(self.problem)
        if not exact.slots:
            raise InfeasibleError
        grid = self.aggregate = aggregate_grid(exact)
        self.crews.whole = self.crews.table(grid)
        if not len(self.crews.whole):
            raise InfeasibleError(("crew-hours",))
        counted = list(itertools.takewhile(lambda name: name != "distance", self.objectives))
        half = self.crews.model(grid, driven=False)
        priced = half.relaxed("need", self.crews.left())
        if priced is None:
            raise InfeasibleError
        ceilings = half.ceilings("need", priced)
        self.checked = checked_need(self.problem, *half.need_prices(priced))
        stages, answer = self._stages(half, counted[:1])
        placed = None
        if self.crews.drivable(grid, [grid.options[i] for i in answer.taken]):
            stages, answer = self._stages(half, counted, known=stages, start=answer.values)
            placed = self.crews.driven_to(grid, [grid.options[i] for i in answer.taken])
        known = stages
        if placed is None:
            known = []
            if len(self.crews.whole) > FAST:
                placed = self.crews.as_many(grid, ceilings, [grid.options[i] for i in answer.taken])
        floor = 0.0
        if placed is not None:
            floor = half.value("need", half.numbers(placed.options)) * (1 - self.problem.tolerance)
        able = Grid(grid.slots, tuple(itertools.compress(grid.options, (ceilings >= floor).tolist())), exact=False)
        model = self.crews.model(able)
        start = None
        if placed is not None:
            start = model.start(placed.options, placed.crews, placed.counts)
        for stage in known:
            model.keep(stage.objective, stage.value * (1 - self.problem.tolerance))
        if placed is not None and len(model.crews or ()) > _WHOLE:
            return self._in_parts(grid, placed, stages[0].bound)
        stages, answer = self._stages(model, self.objectives, known=known, bounds=stages[:1], start=start)
        return self._laid(model, stages, answer) or self._otherwise(model, stages, answer)

    def _otherwise(self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer) -> Solution:
        """Decide on the exact grid where that can be; else take the best laying there is, whatever it loses."""
        if len(self.crews.whole) * len(self.exact.slots) <= _WHOLE * len(model.grid.slots):
            try:
                return self._exactly(self.exact)
            except MobilityError as error:
                # The exact program of a large territory may need more time than there is.
                if error.code != "no-time":
                    raise
        return self.fallback or self._left_out(model, stages, answer) or self._exactly(self.exact)

    def _left_out(self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer) -> Solution | None:
        """Leave out the stops worth least that no laying can hold; claim nothing of what was reached with them."""
        options = [model.grid.options[i] for i in answer.taken]
        placed = self.crews.placed(model, answer)
        by_stop = np.bincount(self.crews.cover.stop, self.crews.cover.worth, len(self.problem.stops))
        worth = [float(by_stop[option.stop]) * self.problem.coverage.worth(option.visits) for option in options]
        days = chosen_days(model.grid, placed.crews, placed.counts)
        calendar = label_calendar(
            self.problem, Chosen(model.grid, placed.options, days), limit=max(10.0, self._label_limit()), worth=worth
        )
        if calendar is None:
            return None
        need = replace(stages[0], value=0.0)
        return Solution(calendar, self._restated(calendar, (need, *(_UNKNOWN[s.objective] for s in stages[1:]))), 0.0)

    def _in_parts(self, grid: Grid, placed: Placed, most: float) -> Solution:
        """Drive to what was chosen with the fewest metres; bound each objective by half-days, at the crews' prices."""
        placed = self.crews.driven_to(grid, placed.options) or placed
        half = self.crews.model(grid, driven=False)
        taken = half.numbers(placed.options)
        stages: list[StageProof] = []
        values = {"need": half.value("need", taken), "weakest": half.value("weakest", taken)}
        values["distance"] = float(placed.crews.metres @ placed.counts)
        start = half.start(placed.options, placed.crews, placed.counts)
        for objective in self.objectives:
            begun = time.monotonic()
            self.progress(objective, len(stages) / (len(self.objectives) + 1))
            bound = most
            try:
                if objective == "weakest":
                    found = half.maximise(
                        "weakest", limit=0.4 * self.crews.left(self.crews.reserve), gap=max(self.gap, 1e-3), start=start
                    )
                    bound = found.bound if found else 1.0
                elif objective == "distance":
                    bound = self.crews.least_metres(grid, half, placed)
            except MobilityError as error:
                if error.code != "no-time":
                    raise
                bound = _UNKNOWN[objective].bound
            value = values[objective]
            self.watch(objective, value, bound)
            stages.append(StageProof(objective, value, bound, time.monotonic() - begun))
            if objective != "distance":
                half.keep(objective, value * (1 - self.problem.tolerance))
        model = self.crews.model(Grid(grid.slots, placed.options, exact=False), placed.crews)
        answer = model.answer(model.start(placed.options, placed.crews, placed.counts))
        for calendar in self._calendars(model, answer):
            if calendar is not None:
                return Solution(calendar, self._restated(calendar, stages), 0.0)
        return self._left_out(model, stages, answer) or self._exactly(self.exact)

    def _stages(
        self, model: CalendarModel, objectives: Sequence[str], *, known: Sequence[StageProof] = (),
        bounds: Sequence[StageProof] = (), start: Floats | None = None,
    ) -> tuple[list[StageProof], Answer]:  # fmt: skip
        """Satisfy the objectives one after the other, from the first that is not ``known`` on.

        ``start`` is a calendar that keeps what is known; ``bounds`` are those of a relaxation.
        """
        stages = list(known)
        answer = model.answer(start) if start is not None else None
        for number, objective in list(enumerate(objectives))[len(known) :]:
            self.progress(objective, number / (len(self.objectives) + 1))
            begun = time.monotonic()
            # A stubborn objective must leave time for the ones after it. The need, closed, makes all others easy: what
            # a loose need leaves open, each of them would have to search through.
            gap = 0.0 if objective == "need" and model.crews is None else self.gap
            share = 1.0 if objective == self.objectives[-1] else 0.6
            try:
                found = model.maximise(
                    objective, limit=share * self.crews.left(self.crews.reserve), gap=gap, watch=self.watch,
                    start=None if answer is None else answer.values,
                )  # fmt: skip
            except MobilityError as error:
                if answer is None or error.code != "no-time":
                    raise
                stages.append(_unmoved(model, objective, answer, bounds))
                continue
            if found is None:
                if answer is None:
                    raise InfeasibleError
                break
            answer = found
            bound = min([found.bound, *(stage.bound for stage in bounds if stage.objective == objective)])
            self.watch(objective, found.value, bound)
            stages.append(StageProof(objective, found.value, bound, time.monotonic() - begun))
            if objective != self.objectives[-1]:
                model.keep(objective, found.value * (1 - self.problem.tolerance))
        if answer is None:
            raise InfeasibleError
        return stages, answer

    def _laid(self, model: CalendarModel, stages: list[StageProof], answer: Answer) -> Solution | None:
        """Lay the crew days on the days of the cycle; None where the optima cannot be laid at no loss."""
        for _ in range(_RELABEL):
            self.progress("labelling", 0.95)
            solution = self._lay(model, stages, answer)
            if solution is not None:
                return solution
            model.forbid(answer.taken)
            try:
                other = model.maximise(self.objectives[-1], limit=self.crews.left(), gap=self.gap)
            except MobilityError:
                return None
            if other is None or not _as_good(other, stages[-1]):
                return None
            answer = other
        return None

    def _lay(self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer) -> Solution | None:
        """Lay the crew days of an answer on the days of the cycle, or others that serve the same stops."""
        for calendar in self._calendars(model, answer):
            solution = None if calendar is None else self._accept(calendar, stages)
            if solution is not None:
                return solution
        return None

    def _calendars(self, model: CalendarModel, answer: Answer) -> Iterator[BusCalendar | None]:
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
        yield label_calendar(self.problem, chosen, limit=self._label_limit(), metres=table.metres.tolist())

    def _label(self, grid: Grid, placed: Placed | None) -> BusCalendar | None:
        if placed is None:
            return None
        days = chosen_days(grid, placed.crews, placed.counts)
        return label_calendar(self.problem, Chosen(grid, placed.options, days), limit=self._label_limit())

    def _label_limit(self) -> float:
        return max(1.0, min(LABEL, self.crews.left()))

    def _accept(self, calendar: BusCalendar, stages: Sequence[StageProof]) -> Solution | None:
        """Restate what a calendar is worth; put it aside where it drives farther than what is proven the least."""
        solution = Solution(calendar, self._restated(calendar, stages), 0.0)
        last, reached = stages[-1], solution.stages[-1]
        if last.objective == "distance" and last.gap <= max(self.gap, 1e-5):
            good_enough = max(last.value * (1 + 1e-5) + len(calendar.visits), last.bound * (1 + self.gap))
            if reached.value > good_enough:
                if self.fallback is None or reached.value < self.fallback.stages[-1].value:
                    self.fallback = solution
                return None
        return solution

    def _restated(self, calendar: BusCalendar, stages: Sequence[StageProof]) -> tuple[StageProof, ...]:
        """Return the proofs with the values that the calendar really reaches.

        With a tolerance, an objective before the last keeps its own best: it may have given some of it up.
        """
        worth = np.zeros(len(self.problem.stops))
        number_of = {stop.id: number for number, stop in enumerate(self.problem.stops)}
        for stop in calendar.stops():
            worth[number_of[stop]] = self.problem.coverage.worth(len(calendar.at(stop)))
        covered = self.crews.cover.covered(worth)
        told = []
        for stage in stages:
            if stage.objective == "distance":
                value = driven_metres(calendar, self.problem)
                told.append(replace(stage, value=value, bound=min(stage.bound, value)))
            elif self.problem.tolerance and stage is not stages[-1] and stage.value > 0:
                told.append(stage)
            else:
                weakest = float((covered / self.crews.cover.area_need).min(initial=1.0))
                value = float(covered.sum()) if stage.objective == "need" else weakest
                told.append(replace(stage, value=value, bound=max(stage.bound, value)))
        told[0] = replace(told[0], checked=self.checked)
        return tuple(told)

    def _exactly(self, grid: Grid) -> Solution:
        """Solve on the exact grid: the last objective alone, where a labelled calendar reached the others' optimum.

        Raises "no-time" where it is too large for that, or for the time that is left.
        """
        if len(self.crews.whole) * len(grid.slots) > _LARGEST * len(self.aggregate.slots):
            raise MobilityError("no-time", "the calendar found could not be laid out in time", field="limit")
        self.crews.whole = self.crews.table(grid)
        model = self.crews.model(grid)
        known = self.fallback.stages[:-1] if self.fallback else ()
        for stage in known:
            model.keep(stage.objective, stage.value * (1 - self.problem.tolerance))
        if self.fallback:
            model.keep("distance", self.fallback.stages[-1].value)
        stages, answer = self._stages(model, self.objectives, known=known)
        solution = self._lay(model, stages, answer)
        solution = solution or self.fallback
        if solution is None:
            raise MobilityError("no-time", "the calendar found could not be laid out in time", field="limit")
        return solution


def _unmoved(model: CalendarModel, objective: str, answer: Answer, bounds: Sequence[StageProof]) -> StageProof:
    """Return what is known of an objective for which there was no time: what a relaxation proved, or nothing."""
    if objective != "need":
        return _UNKNOWN[objective]
    most = min((stage.bound for stage in bounds if stage.objective == objective), default=model.problem.total_need)
    return StageProof("need", model.value("need", answer.taken), most, 0.0)


def _as_good(answer: Answer, stage: StageProof) -> bool:
    worse = answer.value - stage.value if stage.objective == "distance" else stage.value - answer.value
    return worse <= 1e-5 * max(1.0, abs(stage.value))


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
