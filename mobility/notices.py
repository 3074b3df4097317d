"""What people must know: a visit that does not take place, another calendar, hours no longer sure, a word by hand.

A notice holds facts; it is put into words where it is shown or said.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from mobility.agenda import Event
from mobility.transport import Line

GRAVE, CALM = "grave", "calm"
"""Whoever does not know goes for nothing; it is good to know."""
GRAVITIES = (GRAVE, CALM)
CANCELLED_VISITS, MOVED_VISITS, MISSED_VISITS = "cancelled-visits", "moved-visits", "missed-visits"
CALENDAR_OVER, CALENDAR_ENDS, NEW_CALENDAR, LOST_STOPS = "calendar-over", "calendar-ends", "new-calendar", "lost-stops"
OLD_HOURS, HOURS_END, WRITTEN = "old-hours", "hours-end", "written"


@dataclass(frozen=True)
class ChangedVisit:
    """A visit that does not take place, and where the bus stands in its place (None: nothing is planned)."""

    gone: Event
    instead: Event | None = None


@dataclass(frozen=True)
class Notice:
    """Something people must know, true from ``begins`` until ``ends`` (None: until it is taken back).

    ``communes`` are whom it concerns; none means the whole territory. ``line`` is the line that it is about, if it is
    about one: ``communes`` are then those that the line served when it was written. ``updated`` is when it was last
    told anew.
    """

    id: str
    kind: str
    gravity: str
    begins: datetime
    ends: datetime | None
    updated: datetime
    communes: frozenset[str] = frozenset()
    visits: tuple[ChangedVisit, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    line: Line | None = None

    def holds_on(self, day: date, zone: tzinfo) -> bool:
        """Tell whether it is true at some time of a day of the clocks of a zone."""
        starts, ends = (datetime.combine(day + timedelta(days=after), time(), zone) for after in (0, 1))
        return self.begins < ends and (self.ends is None or self.ends > starts)

    def seen(self, now: datetime, communes: Collection[str] = ()) -> "Notice | None":
        """Return what of it still holds for some communes (for all where none is given); None where nothing does."""
        over = self.ends is not None and self.ends <= now
        if over or (communes and self.communes and self.communes.isdisjoint(communes)):
            return None
        if not self.visits:
            return self
        left = tuple(v for v in self.visits if self._last(v) > now and (not communes or v.gone.commune in communes))
        return replace(self, visits=left, begins=min(v.gone.starts for v in left)) if left else None

    def _last(self, visit: ChangedVisit) -> datetime:
        """Return until when one must know: a visit that came early is still missed on its usual day."""
        moved = visit.instead if self.kind == MOVED_VISITS else None
        return max(visit.gone.ends, moved.ends) if moved else visit.gone.ends


def seen(notices: Iterable[Notice], now: datetime, communes: Collection[str] = ()) -> list[Notice]:
    """Return what still holds for some communes, each once: the grave first, then by when it begins."""
    found = {notice.id: shown for notice in notices if (shown := notice.seen(now, communes))}
    return sorted(found.values(), key=lambda n: (n.gravity != GRAVE, n.begins, n.id))
