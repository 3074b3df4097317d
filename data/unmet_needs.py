"""Needs that nobody could meet, counted for the gap map and the bus."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from data.ride_schema import persons, requests, unmet
from data.store import new_id
from mobility.rides import UnmetNeed


def record_unmet(tx: Connection, need: UnmetNeed, *, now: datetime, told: bool = False) -> None:
    """Keep a need that nobody could meet; a request has one, the newest. ``told`` says that whoever asked knows it."""
    structure = tx.execute(select(requests.c.structure).where(requests.c.id == need.request)).scalar()
    tx.execute(delete(unmet).where(unmet.c.request == need.request))
    tx.execute(
        insert(unmet).values(
            id=need.id or new_id(), request=need.request, day=need.day, origin=need.origin,
            destination=need.destination, errand=need.errand, people=need.people, reason=need.reason,
            change=dict(need.change),
            structure=structure or "", created=now.astimezone(UTC), told=told,
        )
    )  # fmt: skip


def forget_unmet(tx: Connection, request: str) -> None:
    """Take back an unmet need: the request was served after all, or withdrawn."""
    tx.execute(delete(unmet).where(unmet.c.request == request))


def is_told(tx: Connection, request: str) -> bool:
    """Tell whether whoever asked knows that nobody can meet their need."""
    return bool(tx.execute(select(unmet.c.told).where(unmet.c.request == request)).scalar())


def set_told(tx: Connection, request: str) -> None:
    """Write down that whoever asked knows that nobody can meet their need."""
    tx.execute(update(unmet).where(unmet.c.request == request).values(told=True))


def unmet_between(tx: Connection, first: date, last: date) -> list[UnmetNeed]:
    """Return the unmet needs of a span of days."""
    query = select(unmet).where(unmet.c.day.between(first, last)).order_by(unmet.c.day, unmet.c.id)
    return [
        UnmetNeed(
            row.id, row.request, row.day, row.origin, row.destination, row.errand, row.reason, row.people, row.change
        )
        for row in tx.execute(query)
    ]


def unmet_people(tx: Connection, first: date, after: date, errands: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the people of each commune whose needs of some errands were not met, and how many asked for them.

    From the day ``first`` to the one before ``after``, examples left out. Who asks again is one who asked; without a
    name each request is someone's.
    """
    asker = func.coalesce(requests.c.rider, unmet.c.request)
    query = (
        select(unmet.c.origin, func.sum(unmet.c.people), func.count(asker.distinct()))
        .select_from(unmet)
        .join(requests, requests.c.id == unmet.c.request, isouter=True)
        .join(persons, persons.c.id == requests.c.rider, isouter=True)
        .where(unmet.c.day >= first, unmet.c.day < after, unmet.c.origin != "", persons.c.example.is_not(True))
        .where(unmet.c.errand.in_(errands))
        .group_by(unmet.c.origin)
    )
    return {commune: (int(people), int(askers)) for commune, people, askers in tx.execute(query)}
