"""Another calendar in place of one that people count on: which visits of the coming days are missed for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from desks.calendar.agenda import planned_events
from mobility.agenda import Event
from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar, date_calendar
from mobility.notices import ChangedVisit

PROMISED = timedelta(days=14)
"""How long before people count on a visit: most stops have one in that time."""


@dataclass(frozen=True)
class Following:
    """What follows of another calendar: the visits that are missed, and the communes where none is any more."""

    missed: tuple[ChangedVisit, ...]
    lost: frozenset[str]


def visits_missed(
    before: Plan, after: Plan, dated: DatedCalendar, *, since: datetime, now: datetime
) -> tuple[ChangedVisit, ...]:
    """Return the visits that ``before`` promised when ``after`` came at ``since``, and that ``after`` does not hold.

    Each goes with the next one in its commune. ``dated`` are the dates of ``after``; those of ``before`` are of the
    same season.
    """
    zone = now.tzinfo or UTC
    promised = planned_events(date_calendar(before.solution.calendar, before.problem, dated.season), before.problem,
                              zone, since)  # fmt: skip
    planned = planned_events(dated, after.problem, zone, since)
    held = {_promise(event) for event in planned}
    return tuple(
        ChangedVisit(event, _next(planned, event, now))
        for event in promised
        if event.ends > max(now, since) and event.starts < since + PROMISED and _promise(event) not in held
    )


def _promise(event: Event) -> tuple[object, ...]:
    return (event.starts, event.ends, event.place.id)


def _next(planned: Iterable[Event], missed: Event, now: datetime) -> Event | None:
    """Return the next visit in a commune; of today's, only those that are not before the one that is missed."""
    return next(
        (
            event
            for event in planned
            if event.commune == missed.commune
            and (event.starts >= missed.starts or event.starts.astimezone(now.tzinfo).date() > now.date())
        ),
        None,
    )
