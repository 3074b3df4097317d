"""Needs that nobody could meet, counted for the gap map and the bus."""

from datetime import UTC, date, datetime

from sqlalchemy import Connection, delete, func, insert, select

from data.ride_schema import persons, requests, unmet
from data.store import new_id
from mobility.rides import UnmetNeed


def record_unmet(tx: Connection, need: UnmetNeed, *, now: datetime) -> None:
    """Keep a need that nobody could meet; a request has one, the newest."""
    structure = tx.execute(select(requests.c.structure).where(requests.c.id == need.request)).scalar()
    tx.execute(delete(unmet).where(unmet.c.request == need.request))
    tx.execute(
        insert(unmet).values(
            id=need.id or new_id(), request=need.request, day=need.day, origin=need.origin,
            destination=need.destination, purpose=need.errand, people=need.people, reason=need.reason,
            change=dict(need.change),
            structure=structure or "", created=now.astimezone(UTC),
        )
    )  # fmt: skip


def forget_unmet(tx: Connection, request: str) -> None:
    """Take back an unmet need: the request was served after all, or withdrawn."""
    tx.execute(delete(unmet).where(unmet.c.request == request))


def unmet_between(tx: Connection, first: date, last: date) -> list[UnmetNeed]:
    """Return the unmet needs of a span of days."""
    query = select(unmet).where(unmet.c.day.between(first, last)).order_by(unmet.c.day, unmet.c.id)
    return [
        UnmetNeed(
            row.id, row.request, row.day, row.origin, row.destination, row.purpose, row.reason, row.people, row.change
        )
        for row in tx.execute(query)
    ]


def unmet_people(tx: Connection, since: date, errand: str = "") -> dict[str, int]:
    """Return the people of each commune whose needs (of an errand) were not met since a day, examples left out."""
    example = select(requests.c.id).join(persons, persons.c.id == requests.c.rider).where(persons.c.example)
    query = (
        select(unmet.c.origin, func.sum(unmet.c.people))
        .where(unmet.c.day >= since, unmet.c.origin != "", unmet.c.request.not_in(example))
        .group_by(unmet.c.origin)
    )
    rows = tx.execute(query.where(unmet.c.purpose == errand) if errand else query)
    return {commune: int(people) for commune, people in rows}
