"""The dated events that agendas were told of, in the store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from data.plan_schema import events
from data.store import instant
from mobility.agenda import Event
from mobility.places import Place, Point


def events_of(tx: Connection, territory: str, *, since: datetime) -> list[Event]:
    """Return the events of a territory that were not over at an instant, in order of time."""
    query = select(events).where(events.c.territory == territory, events.c.ends > since.astimezone(UTC))
    return [_event(row) for row in tx.execute(query.order_by(events.c.starts, events.c.uid))]


def keep_events(tx: Connection, territory: str, changed: Sequence[Event]) -> None:
    """Keep events, each in place of what was kept under its name."""
    if changed:
        tx.execute(delete(events).where(events.c.uid.in_([event.uid for event in changed])))
        tx.execute(insert(events), [_values(event, territory) for event in changed])


def _values(event: Event, territory: str) -> dict[str, Any]:
    place = event.place
    return {
        "uid": event.uid, "territory": territory, "starts": event.starts.astimezone(UTC),
        "ends": event.ends.astimezone(UTC), "commune": event.commune, "spot": event.spot,
        "place": {"id": place.id, "name": place.name, "lon": place.point.lon, "lat": place.point.lat},
        "moved_from": event.moved_from, "reason": event.reason, "sequence": event.sequence, "status": event.status,
        "changed": event.changed.astimezone(UTC),
    }  # fmt: skip


def _event(row: Row[Any]) -> Event:
    place = Place(row.place["id"], row.place["name"], Point(row.place["lon"], row.place["lat"]))
    return Event(
        row.uid, instant(row.starts), instant(row.ends), place, instant(row.changed), row.commune, row.spot,
        row.moved_from, row.reason, row.sequence, row.status,
    )  # fmt: skip
