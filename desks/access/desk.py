"""The desk of access: the study of the gaps, and the days on which a counter is reached without a car, kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from data.gap_files import ACCESS, parse_study, study_document
from data.plan_store import PlanStore
from desks.access.gaps import carless_counter_days, study_gaps
from desks.ground import Ground
from desks.kept import Kept
from desks.stamps import access_stamp
from desks.transport.in_use import FeedsInUse
from mobility.bus_calendar import Plan
from mobility.gaps import GapStudy
from mobility.travel import Progress, no_progress

COUNTER_DAYS = "counter-days"
"""Name of the days in the store."""


@dataclass(frozen=True)
class CounterDays:
    """The days a week on which each settlement reaches a counter without a car, the bus left out."""

    ground: Ground
    feeds: FeedsInUse
    plans: PlanStore
    today: Callable[[], date]

    def days(self) -> dict[str, float]:
        """Return the days by settlement, kept in the store until the territory's files or feeds change."""
        in_use = self.feeds.all()
        stamp = access_stamp(self.ground, in_use, None)
        none: tuple[str, dict[str, float]] = ("", {})
        known, days = self.plans.kept(COUNTER_DAYS, _days_kept, none)
        if known != stamp:
            days = carless_counter_days(self.ground, in_use, self.feeds.on_demand(), self.today())
            self.plans.keep(COUNTER_DAYS, {"stamp": stamp, "days": days})
        return days


def _days_kept(document: Mapping[str, Any]) -> tuple[str, dict[str, float]]:
    return str(document["stamp"]), {str(place): float(days) for place, days in document["days"].items()}


@dataclass(frozen=True)
class AccessDesk:
    """The study of the gaps. ``in_force`` returns the calendar in force, or None."""

    ground: Ground
    feeds: FeedsInUse
    plans: PlanStore
    in_force: Callable[[], Plan | None]
    today: Callable[[], date]
    _gaps: Kept[GapStudy | None] = field(default_factory=Kept, repr=False)

    def known(self) -> GapStudy | None:
        """Return the study that is kept, whatever it was made for, or None: nothing is computed."""
        return self._gaps.get(self.plans.stamp(ACCESS), lambda: self.plans.kept(ACCESS, parse_study, None))

    def awaited(self) -> str:
        """Return the stamp of the study that is still to be made: "" where the one kept is of today."""
        kept, stamp = self.known(), access_stamp(self.ground, self.feeds.all(), self.in_force())
        return "" if kept is not None and kept.stamp == stamp else stamp

    def gaps(self, progress: Progress = no_progress) -> GapStudy:
        """Return the study of the gaps, made again where the plan, a feed or a file has changed: no work for a page."""
        feeds, plan, kept = self.feeds.all(), self.in_force(), self.known()
        if kept and kept.stamp == access_stamp(self.ground, feeds, plan):
            return kept
        study = study_gaps(self.ground, feeds, self.feeds.on_demand(), self.today(), plan=plan, progress=progress)
        self.plans.save(ACCESS, study_document(study))
        return study
