"""The best calendar with its proof: objective after objective on the aggregate grid, then labelled."""

import itertools
import time
from collections.abc import Sequence

from mobility.bus_calendar import BusCalendar, Solution, StageProof
from mobility.errors import InfeasibleError, MobilityError
from mobility.problem import CalendarProblem
from mobility.travel import Progress, Watch, no_progress, no_watch
from tours.calendar_model import Answer, CalendarModel
from tours.crew_days import any_crew_day
from tours.labelling import label_calendar
from tours.slots import Grid, aggregate_grid, exact_grid

_SLACK = 1e-6
"""Relative slack left to an objective already reached, above the solver's tolerance."""
_RELABEL = 5
"""Aggregate optima tried before the exact grid: beyond, they tend to fail for the same reason."""


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

    ``limit`` bounds the search in seconds, ``gap`` is a relative gap that is good enough. ``watch`` is told
    each objective's value and bound as they move. Raises
    :class:`mobility.errors.InfeasibleError` where no calendar obeys the rules.
    """
    started = time.monotonic()
    if not any_crew_day(problem):
        raise InfeasibleError(("crew-hours",))
    wanted = objectives or problem.objectives
    exact = exact_grid(problem)
    search = _Search(problem, wanted, started + limit, gap, progress, watch)
    solution = search.by_labelling(aggregate_grid(exact))
    if solution is None:
        try:
            solution = search.exactly(exact)
        except MobilityError:
            # The exact program of a large territory may need more time than there is: a longer drive is no failure.
            if search.fallback is None:
                raise
            solution = search.fallback
    return Solution(solution.calendar, solution.stages, time.monotonic() - started)


class _Search:
    """One lexicographic search under a common deadline."""

    def __init__(
        self, problem: CalendarProblem, objectives: tuple[str, ...], deadline: float, gap: float, progress: Progress,
        watch: Watch,
    ) -> None:  # fmt: skip
        self.problem, self.objectives, self.gap = problem, objectives, gap
        self.deadline, self.progress, self.watch = deadline, progress, watch
        self.fallback: Solution | None = None

    def by_labelling(self, grid: Grid) -> Solution | None:
        """Solve the relaxation and label it; None where its optima cannot be labelled at no loss."""
        model = CalendarModel(self.problem, grid)
        stages, answer = self._stages(model)
        for _ in range(_RELABEL):
            self.progress("labelling", 0.95)
            calendar = label_calendar(
                self.problem, [grid.options[i] for i in answer.taken], limit=max(1.0, min(20.0, self._left()))
            )
            if calendar is not None:
                return self._accept(calendar, stages)
            model.forbid(answer.taken)
            other = model.maximise(self.objectives[-1], limit=self._left(), gap=self.gap)
            if other is None or not _as_good(other, stages[-1]):
                return None
            answer = other
        return None

    def _accept(self, calendar: BusCalendar, stages: list[StageProof]) -> Solution | None:
        """Restate the distance of the labelled calendar; refuse one that drives farther than the relaxation's."""
        if self.objectives[-1] != "distance":
            return Solution(calendar, tuple(stages), 0.0)
        solution = Solution(calendar, self._restated(calendar, stages), 0.0)
        last = stages[-1]
        good_enough = max(last.value * (1 + 1e-5) + len(calendar.visits), last.bound * (1 + self.gap))
        if solution.stages[-1].value > good_enough:
            self.fallback = self.fallback or solution
            return None
        return solution

    def _restated(self, calendar: BusCalendar, stages: list[StageProof]) -> tuple[StageProof, ...]:
        """Return the proofs with the distance that the calendar really drives."""
        if stages[-1].objective != "distance":
            return tuple(stages)
        metres = driven_metres(calendar, self.problem)
        last = StageProof("distance", metres, min(stages[-1].bound, metres), stages[-1].seconds)
        return (*stages[:-1], last)

    def exactly(self, grid: Grid) -> Solution:
        """Solve on the exact grid: the last objective alone, where a labelled calendar reached the others' optimum."""
        model = CalendarModel(self.problem, grid)
        known = self.fallback.stages[:-1] if self.fallback else ()
        for stage in known:
            model.keep(stage.objective, stage.value * (1 - self.problem.tolerance - _SLACK))
        if self.fallback:
            model.keep("distance", self.fallback.stages[-1].value * (1 + _SLACK))
        stages, answer = self._stages(model, known)
        calendar = label_calendar(self.problem, [grid.options[i] for i in answer.taken], limit=max(5.0, self._left()))
        if calendar is None:
            raise MobilityError("no-time", "the calendar found could not be laid out in time", field="limit")
        return Solution(calendar, self._restated(calendar, stages), 0.0)

    def _stages(self, model: CalendarModel, known: Sequence[StageProof] = ()) -> tuple[list[StageProof], Answer]:
        """Satisfy the objectives one after the other, from the first that is not ``known`` on."""
        stages = list(known)
        answer: Answer | None = None
        for number, objective in list(enumerate(self.objectives))[len(known) :]:
            self.progress(objective, number / (len(self.objectives) + 1))
            begun = time.monotonic()
            # A stubborn objective must leave time for the ones after it.
            share = 1.0 if objective == self.objectives[-1] else 0.6
            try:
                found = model.maximise(objective, limit=max(1.0, share * self._left()), gap=self.gap, watch=self.watch)
            except MobilityError:
                if answer is None:
                    raise
                stages.append(_UNKNOWN[objective])
                continue
            if found is None:
                if answer is None:
                    raise InfeasibleError
                break
            answer = found
            self.watch(objective, found.value, found.bound)
            stages.append(StageProof(objective, found.value, found.bound, time.monotonic() - begun))
            if objective != self.objectives[-1]:
                model.keep(objective, found.value * (1 - self.problem.tolerance - _SLACK))
        if answer is None:
            raise InfeasibleError
        return stages, answer

    def _left(self) -> float:
        return max(1.0, self.deadline - time.monotonic())


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
