"""The use case of the planner: the best calendar, with its proof, checked by a judge that did not make it."""

from collections.abc import Callable
from typing import Protocol

from mobility.bus_calendar import BusCalendar, Judgement, Plan, Solution
from mobility.errors import InfeasibleError, MobilityError
from mobility.need import Intent
from mobility.problem import CalendarProblem
from mobility.travel import Progress, Watch, no_progress, no_watch

Judge = Callable[[BusCalendar, CalendarProblem], Judgement]
ConflictFinder = Callable[[CalendarProblem], tuple[str, ...]]

AGREEMENT = 1e-4
"""Relative difference allowed between what the solver claims and what the judge recomputes."""


class CalendarSolver(Protocol):
    """Finds the best calendar of a problem."""

    def __call__(
        self, problem: CalendarProblem, *, limit: float, gap: float, progress: Progress = no_progress,
        watch: Watch = no_watch,
    ) -> Solution:  # fmt: skip
        """Return the best calendar found in ``limit`` seconds, or within the relative ``gap``."""
        ...


def plan_calendar(
    problem: CalendarProblem,
    solver: CalendarSolver,
    judge: Judge,
    conflicts: ConflictFinder,
    *,
    intent: Intent,
    limit: float = 120.0,
    gap: float = 0.0,
    progress: Progress = no_progress,
    watch: Watch = no_watch,
) -> Plan:
    """Plan, then judge. A calendar that breaks a rule, or is worth less than claimed, is never returned.

    Raises :class:`InfeasibleError` with the conflicting rules named where no calendar exists.
    """
    try:
        solution = solver(problem, limit=limit, gap=gap, progress=progress, watch=watch)
    except InfeasibleError as error:
        raise InfeasibleError(error.rules or conflicts(problem)) from None
    judgement = judge(solution.calendar, problem)
    claimed = solution.stages[0].value
    if judgement.broken or abs(judgement.need - claimed) > AGREEMENT * max(1.0, claimed) + problem.tolerance * claimed:
        raise MobilityError(
            "judge-disagrees",
            f"the judge refuses the calendar found ({'; '.join(map(str, judgement.broken)) or 'another value'}); "
            "this is a fault of the program, please report it",
            field="calendar",
        )
    return Plan(problem, solution, judgement, intent)
