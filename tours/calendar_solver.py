"""The best calendar with its proof: half-days first, then crew days, then weeks and weekdays.

Counting half-days alone gives the best need and the best weakest area that any calendar can have, and nearly always
the stops that reach them. Crew days are then driven to these stops, and laid on the days of the cycle. Where that
loses nothing, the calendar is the best; otherwise the whole program decides, on what can still matter.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mobility.bus_calendar import BusCalendar, Solution, StageProof
from mobility.errors import InfeasibleError, MobilityError
from mobility.problem import CalendarProblem
from mobility.travel import Progress, Watch, no_progress, no_watch
from tours.calendar_bounds import bounded
from tours.calendar_checker import checked_need
from tours.calendar_model import Answer, CalendarModel
from tours.calendar_parts import PartsSearch, asked_for
from tours.calendar_plan import SLACK, planned, sketched
from tours.conflicts import conflicting_rules
from tours.coverage import Floats
from tours.crew_days import CrewPrices
from tours.crew_driving import FAST, CrewDriving, Placed
from tours.laying import Laying, driven_metres
from tours.slots import Grid, Place, aggregate_grid, exact_grid, weekday_grid

_RELABEL = 5
"""Aggregate optima tried before the exact grid: beyond, they tend to fail for the same reason."""
_WHOLE = 60_000
"""Crew days of a program that is searched whole: beyond, stops are chosen first and driven to afterwards."""
_LARGEST = 600_000
"""Crew days of an exact program that is tried where nothing else could be laid out."""
_SOON = 0.1
"""Seconds left in which no other way is begun: what is kept for laying as much as can be is for that."""
_SHORT = 20.0
"""Seconds left below which as much as can be is laid first, for want of time to do it afterwards."""
_BOUNDS = 0.2
"""Share of the time that is kept for the bounds of a calendar that is searched in parts."""

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

    ``limit`` bounds the search in seconds, building its programs and naming conflicts counted; ``gap`` is a relative
    gap that is good enough. ``watch`` is told each objective's value and bound as they move. Raises
    :class:`mobility.errors.InfeasibleError`, with the rules that conflict, where no calendar obeys them all.
    """
    started = time.monotonic()
    try:
        return search_calendar(problem, objectives=objectives, limit=limit, gap=gap, progress=progress, watch=watch)
    except InfeasibleError as error:
        left = max(0.0, limit - (time.monotonic() - started))
        raise InfeasibleError(error.rules or conflicting_rules(problem, limit=left)) from None


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
        self.spare: Solution | None = None
        self.able: set[tuple[int, str, Place]] = set()
        self.checked = np.inf

    def run(self) -> Solution:
        """Search half-days, crew days, days; the exact grid only where these disagree."""
        exact = self.exact = exact_grid(self.problem)
        self.laying = Laying(self.crews, exact)
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
            if len(self.crews.whole) > _WHOLE and self.problem.rules.max_changes is None:
                solution = self._by_parts(grid, half.losses(priced), stages[0].bound)
                if solution is not None:
                    return solution
            if len(self.crews.whole) > FAST:
                placed = self.crews.as_many(grid, ceilings, [grid.options[i] for i in answer.taken])
        floor = 0.0
        if placed is not None:
            floor = half.value("need", half.numbers(placed.options)) * (1 - self.problem.tolerance)
        able = Grid(grid.slots, tuple(itertools.compress(grid.options, (ceilings >= floor).tolist())), exact=False)
        self.able = {(option.stop, option.session, place) for option in able.options for place in option.places}
        model = self.crews.model(able)
        start = None
        if placed is not None:
            start = model.start(placed.options, placed.crews, placed.counts)
        for stage in known:
            model.keep(stage.objective, stage.value * (1 - self.problem.tolerance))
        if placed is not None and len(model.crews or ()) > _WHOLE:
            return self._driven_afterwards(grid, placed, stages[0].bound)
        stages, answer = self._stages(model, self.objectives, known=known, bounds=stages[:1], start=start)
        return self._laid(model, stages, answer) or self._otherwise(model, stages, answer)

    def _otherwise(self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer) -> Solution:
        """Decide on the exact grid where that can be; else take the best laying there is, whatever it loses."""
        small = len(self.crews.whole) * len(self.exact.slots) <= _WHOLE * len(model.grid.slots)
        if small and self.crews.left(self.crews.reserve) > _SOON:
            try:
                return self._exactly(self.exact)
            except MobilityError as error:
                # The exact program of a large territory may need more time than there is.
                if error.code != "no-time":
                    raise
        return self.fallback or self._left_out(model, stages, answer) or self.spare or self._exactly(self.exact)

    def _left_out(
        self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer, share: float = 1.0
    ) -> Solution | None:  # fmt: skip
        """Leave out the stops worth least that no laying can hold; claim nothing of what was reached with them."""
        calendar = self.laying.left_out(model, answer, share=share)
        if calendar is None:
            return None
        need = replace(stages[0], value=0.0)
        return Solution(calendar, self._restated(calendar, (need, *(_UNKNOWN[s.objective] for s in stages[1:]))), 0.0)

    def _by_parts(self, grid: Grid, reduced: Floats, most: float) -> Solution | None:
        """Share out what the relaxation decides for the whole, and search part after part; None where that fails."""
        before = itertools.takewhile(lambda name: name != "distance", self.objectives)
        reserve = _BOUNDS * self.crews.left()
        try:
            plan = planned(
                self.crews, grid, reduced, most, slack=max(SLACK, 0.6 * self.gap), weakest="weakest" in before,
                reserve=0.5 * self.crews.left(),
            )  # fmt: skip
        except MobilityError as error:
            if error.code != "no-time":
                raise
            plan = sketched(self.crews, grid, reduced, most)
        if plan is None:
            return None
        calendar = PartsSearch(self.crews, grid, plan, reserve, self.progress).calendar()
        return self._bounded(grid, calendar, plan.prices, most) if asked_for(self.problem, calendar) else None

    def _driven_afterwards(self, grid: Grid, placed: Placed, most: float) -> Solution:
        """Drive to what was chosen with the fewest metres, and bound each objective at the prices of these crews."""
        placed = self.crews.driven_to(grid, placed.options) or placed
        model = self.crews.model(Grid(grid.slots, placed.options, exact=False), placed.crews)
        answer = model.answer(model.start(placed.options, placed.crews, placed.counts))
        for calendar in self.laying.calendars(model, answer):
            if calendar is not None:
                return self._bounded(grid, calendar, self.crews.prices(grid, placed), most)
        stages = [StageProof("need", 0.0, most, 0.0), *(_UNKNOWN[name] for name in self.objectives[1:])]
        return self._left_out(model, stages, answer) or self._exactly(self.exact)

    def _bounded(self, grid: Grid, calendar: BusCalendar, prices: CrewPrices | None, most: float) -> Solution:
        """Bound each objective of a calendar by half-days alone, among what is as good on those before."""
        stages = [StageProof("need", 0.0, most, 0.0), *(_UNKNOWN[name] for name in self.objectives[1:])]
        told = self._restated(calendar, stages)
        return Solution(calendar, bounded(self.crews, grid, told, prices, self.watch), 0.0)

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
            if objective == "need" and answer is not None:
                # A start that the solver let go is still there, and options were left out for what it reaches.
                reached = model.value("need", answer.taken)
                found = found if found.value >= reached else replace(answer, value=reached, bound=found.bound)
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
        for turn in range(_RELABEL):
            self.progress("labelling", 0.95)
            solution = self._lay(model, stages, answer, ways=2 if turn == 0 else 3)
            if solution is None and turn == 0:
                if self.crews.left() < _SHORT:
                    self.spare = self._left_out(model, stages, answer, share=0.3)
                solution = self._by_weekday(stages) or self._lay(model, stages, answer)
            if solution is None and self.crews.left(self.crews.reserve) <= _SOON:
                return None
            if solution is not None:
                return solution
            model.forbid(answer.taken)
            try:
                other = model.maximise(
                    self.objectives[-1], limit=self.crews.left(self.crews.reserve), gap=self.gap
                )  # fmt: skip
            except MobilityError:
                return None
            if other is None or not _as_good(other, stages[-1]):
                return None
            answer = other
        return None

    def _by_weekday(self, stages: list[StageProof]) -> Solution | None:
        """Decide the last objective with the weekdays apart; None where that is too large, or lays nothing as good.

        Every calendar is one of this grid, and none that keeps the need before has an option that its prices exclude.
        So its bound holds for all of them, as that of the grid of all days does. (Need alone is not kept: what is
        excluded might hold more of it than this grid does.)
        """
        if len(stages) == 1 or self.crews.left(self.crews.reserve) <= _SOON:
            return None
        weekdays = weekday_grid(self.exact)
        options = [o for o in weekdays.options if any((o.stop, o.session, place) in self.able for place in o.places)]
        grid = Grid(weekdays.slots, tuple(options), exact=False)
        table = self.crews.table(grid, np.array(sorted({option.stop for option in options}), dtype=np.int64))
        if len(table) > _WHOLE:
            return None
        model = self.crews.model(grid, table)
        for stage in stages[:-1]:
            model.keep(stage.objective, stage.value * (1 - self.problem.tolerance))
        last = stages[-1]
        try:
            found = model.maximise(last.objective, limit=0.5 * self.crews.left(self.crews.reserve), gap=self.gap)
        except MobilityError as error:
            if error.code != "no-time":
                raise
            return None
        if found is None:
            return None
        most = max if last.objective == "distance" else min
        stages[-1] = replace(last, value=found.value, bound=most(last.bound, found.bound))
        return self._lay(model, stages, found)

    def _lay(
        self, model: CalendarModel, stages: Sequence[StageProof], answer: Answer, ways: int = 3
    ) -> Solution | None:  # fmt: skip
        """Lay the crew days of an answer on the days of the cycle, or others that serve the same stops."""
        for calendar in itertools.islice(self.laying.calendars(model, answer), ways):
            solution = None if calendar is None else self._accept(calendar, stages)
            if solution is not None:
                return solution
        return None

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
    """Return what is known of an objective without time for it: what a relaxation proved, or nothing."""
    if objective != "need":
        return _UNKNOWN[objective]
    most = min((stage.bound for stage in bounds if stage.objective == objective), default=model.problem.total_need)
    return StageProof("need", model.value("need", answer.taken), most, 0.0)


def _as_good(answer: Answer, stage: StageProof) -> bool:
    worse = answer.value - stage.value if stage.objective == "distance" else stage.value - answer.value
    return worse <= 1e-5 * max(1.0, abs(stage.value))
