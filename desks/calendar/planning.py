"""Planning the bus: the need of each place, the problem, its plan, and what a saved plan rests on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from data.bus_files import read_reference
from data.plan_store import PlanStore
from desks.calendar.saved import read_saved
from desks.ground import Ground
from desks.released import if_told
from mobility.bus_calendar import BusCalendar, Plan
from mobility.bus_service import BusService, make_calendar, state_problem
from mobility.errors import MobilityError
from mobility.need import Intent, Need, NeedSettings, assess_need, intend
from mobility.planning import plan_calendar
from mobility.problem import CalendarProblem
from mobility.travel import Progress, no_progress
from tours.calendar_solver import solve_calendar
from tours.conflicts import conflicting_rules
from tours.judge import judge_calendar

COUNTER_ERRANDS = "administration"
"""Errand of the unmet rides that weigh in the need of a bus of public services."""


@dataclass(frozen=True)
class Planning:
    """Plans the bus of a territory.

    ``counter_days`` returns the days a week on which a counter is reached without a car; ``unmet`` how many people of
    each commune lately asked for a ride of an errand that nobody could give; ``stamp`` what a plan rests on, from them.
    """

    ground: Ground
    plans: PlanStore
    counter_days: Callable[[], dict[str, float]]
    unmet: Callable[[str], dict[str, int]]
    stamp: Callable[[dict[str, int]], str]

    def shown(self) -> "Planning":
        """Return the same for pages that only show: what cannot be told, for the disk keeps nothing, weighs nothing."""
        return replace(self, unmet=lambda errand: if_told(lambda: self.unmet(errand), {}))

    def needs(self, settings: NeedSettings) -> tuple[Need, ...]:
        """Return the need of each settlement."""
        return assess_need(
            self.ground.territory, self.ground.roads, settings, counter_days=self.counter_days(),
            asked=self.unmet(COUNTER_ERRANDS),
        )  # fmt: skip

    def problem(self, intent: Intent | None = None, *, service: BusService | None = None) -> CalendarProblem:
        """State the calendar problem of this territory under an intent (the default preset where none is given)."""
        ground, needs = self.ground, self.needs((intent or intend()).settings)
        return state_problem(ground.territory, ground.stops, service or ground.service, needs, ground.roads)

    def plan(
        self,
        problem: CalendarProblem,
        *,
        intent: Intent | None = None,
        limit: float = 120.0,
        gap: float = 0.0,
        progress: Progress = no_progress,
    ) -> Plan:
        """Plan a problem with the house's solver and judge."""
        return plan_calendar(
            problem, solve_calendar, judge_calendar, conflicting_rules,
            intent=intent or intend(), limit=limit, gap=gap, progress=progress,
        )  # fmt: skip

    def reference(self, problem: CalendarProblem) -> BusCalendar | None:
        """Return the calendar to compare with, where the territory has one and the problem has all its stops."""
        ground = self.ground
        try:
            rows = read_reference(ground.folder, ground.service, ground.territory, problem.stops)
        except MobilityError as error:
            # A planner's list of stops, now or when the problem was stated, may leave some of them out.
            if error.code != "not-a-candidate":
                raise
            return None
        return make_calendar(rows, problem) if rows else None

    def saved_plan(self) -> Plan | None:
        """Return the plan in force, or None."""
        saved = read_saved(self.plans)
        return saved.plan if saved else None

    def fingerprint(self) -> str:
        """Return what a plan rests on today: it changes when the saved plan is out of date."""
        return self.stamp(self.unmet(COUNTER_ERRANDS))
