"""The calendar in force: its plan, its study, its dates, and how another takes its place."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from data.plan_files import plan_document
from data.scenarios import history, put_in_force
from data.store import Store
from desks.calendar.planning import CURRENT_PLAN, Planning
from desks.calendar.season import SEASON, dated
from desks.calendar.study import STUDY, compare, keep
from desks.kept import Kept
from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar
from mobility.errors import MobilityError


@dataclass(frozen=True)
class CalendarInForce:
    """The calendar in force, read again when its file changes."""

    planning: Planning
    today: Callable[[], date]
    _plan: Kept[Plan | None] = field(default_factory=Kept, repr=False)
    _study: Kept[dict[str, Any]] = field(default_factory=Kept, repr=False)
    _dated: Kept[DatedCalendar] = field(default_factory=Kept, repr=False)

    @property
    def stamp(self) -> int | None:
        """Return what changes with the plan: when it was written, in nanoseconds; None where there is none."""
        return self.planning.plans.stamp(CURRENT_PLAN)

    def saved(self) -> Plan | None:
        """Return the plan in force, or None."""
        return self._plan.get(self.stamp, self.planning.saved_plan)

    def plan(self) -> Plan:
        """Return the plan in force; without one, an error that says to make one."""
        plan = self.saved()
        if plan is None:
            raise MobilityError("no-plan", "there is no calendar yet", field="plan")
        return plan

    def study(self) -> dict[str, Any]:
        """Return the study of the plan (empty where there is none)."""
        plans = self.planning.plans
        return self._study.get(plans.stamp(STUDY), lambda: dict(json.loads(plans.text(STUDY) or "{}")))

    def dated(self) -> DatedCalendar:
        """Return the dates of the plan."""
        plans, territory = self.planning.plans, self.planning.ground.territory
        stamp = (self.stamp, plans.stamp(SEASON), self.today())
        return self._dated.get(stamp, lambda: dated(plans, territory, self.plan(), self.today()))

    def put(
        self, plan: Plan, name: str, *, author: str, first_name: str, store: Store, now: datetime,
        study: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Put a calendar in force at once: the history keeps the one before, and what explains it follows.

        ``study`` is what was explained of it already (default: its comparison alone); ``first_name`` names, in the
        history, the calendar that was in force before any was chosen.
        """
        territory, plans = self.planning.ground.folder.id, self.planning.plans
        before = plans.text(CURRENT_PLAN), plans.text(STUDY)
        known = dict(study or compare(self.planning, plan))
        keep(self.planning, plan, known)
        with store.writing() as tx:
            if before[0] and not history(tx, territory):
                put_in_force(tx, first_name, before[0], before[1] or "", territory=territory, author="", now=now)
            document, told = (json.dumps(part, ensure_ascii=False) for part in (plan_document(plan), known))
            put_in_force(tx, name, document, told, territory=territory, author=author, now=now)
