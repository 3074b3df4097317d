"""The visits of the bus as dated events: what agendas are told, and remembered of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from data.events import events_of, keep_events
from data.store import Store
from mobility.agenda import Event, reconcile
from mobility.clock import clock_time
from mobility.dates import DatedCalendar, DatedVisit
from mobility.problem import CalendarProblem

TOLD_FOR = timedelta(days=365)
"""How long agendas go on being told of what is over."""


def planned_events(dated: DatedCalendar, problem: CalendarProblem, zone: tzinfo, changed: datetime) -> list[Event]:
    """Return the visits of a season as events whose hours are those of a time zone.

    A name is made of the territory, the day that the visit would usually have, the session, the bus and the stop, so
    that a visit that moves keeps it.
    """
    return [event_of(visit, problem, zone, changed) for visit in dated.visits]


def event_of(dated: DatedVisit, problem: CalendarProblem, zone: tzinfo, changed: datetime) -> Event:
    """Return a visit as an event."""
    visit = dated.visit
    stop = problem.stops_by_id[visit.stop]
    session = dated.session(problem)
    usual = dated.moved_from or dated.day
    return Event(
        uid=f"{usual:%Y%m%d}-{visit.session}-{visit.bus}-{visit.stop}@{problem.territory}.bus",
        starts=clock_time(dated.day, session.opens, zone).astimezone(UTC),
        ends=clock_time(dated.day, session.closes, zone).astimezone(UTC),
        place=stop.place, changed=changed, commune=stop.commune, spot=stop.spot, moved_from=dated.moved_from,
        reason=dated.reason,
    )  # fmt: skip


def told_already(store: Store, territory: str, now: datetime) -> list[Event]:
    """Return what agendas were told until now, of the last year too."""
    with store.reading() as tx:
        return events_of(tx, territory, since=now - TOLD_FOR)


def tell_agendas(store: Store, territory: str, planned: Sequence[Event], now: datetime) -> list[Event]:
    """Return what agendas are told from now on, of the last year too, and keep it where it is new."""
    since, former = now - TOLD_FOR, told_already(store, territory, now)
    now = now.replace(microsecond=0)
    if reconcile(former, planned, now) == former:
        return former
    with store.writing("agenda") as tx:
        # Read again: someone may have told them meanwhile.
        former = events_of(tx, territory, since=since)
        told = reconcile(former, planned, now)
        known = set(former)
        keep_events(tx, territory, [event for event in told if event not in known])
    return told
