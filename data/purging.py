"""What is forgotten by its age, as the register declares it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Date, Table, and_, delete, exists, or_, select

from data.accounts import last_administrators
from data.belongings import forget
from data.jobs import FINISHED
from data.journal import SYSTEM, forget_lines, note
from data.journal_schema import journal
from data.register import A_DAY, A_MONTH, ages, holds_back, is_chained, noted, road, spared
from data.schema import all_tables

SPARED = {"last administrators": last_administrators}
"""The keys of what never goes by its age, by the rules that the register names."""


def purge(tx: Connection, now: datetime, *, days: int) -> dict[str, int]:
    """Forget what is older than so many days, and what is over; return how many records of each table went.

    A record that others hold back stays until they go. Figures for the yearly report must be taken before (set the
    retention to more than a year to keep rides of the current year by name).
    """
    counts = {table.name: 0 for table in all_tables() if _clocks(table)}
    while True:
        gone = [_purged(tx, table, now, days) for table in reversed(all_tables()) if _clocks(table)]
        for table, count in (pair for found in gone for pair in found.items()):
            counts[table] = counts.get(table, 0) + count
        if not any(any(found.values()) for found in gone):
            return counts


def _purged(tx: Connection, table: Table, now: datetime, days: int) -> dict[str, int]:
    if is_chained(table):
        return {table.name: forget_lines(tx, now - timedelta(days=days))}
    old = and_(or_(*_past(table, now, days)), *_nobody_holds(table))
    if which := spared(table):
        old = and_(old, _key(table).not_in(SPARED[which]()))
    if not noted(table) and not any(to.table == table.name for to in _roads()):
        # Nothing leads here: it goes in one statement, however much it is.
        return {table.name: tx.execute(delete(table).where(old)).rowcount}
    rows = [dict(row) for row in tx.execute(select(table).where(old)).mappings()]
    for row in rows if noted(table) else ():
        note(tx, SYSTEM, noted(table), about=row[_key(table).name], why="unused", now=now)
    return forget(tx, table, rows) if rows else {}


def _past(table: Table, now: datetime, days: int) -> Iterator[ColumnElement[bool]]:
    """Give what makes a row of a table old."""
    at = now.astimezone(UTC)
    edge = at - timedelta(days=days)
    for column in _clocks(table):
        clock = ages(column)
        if clock == "over":
            yield column < at
        elif clock == "day":
            yield column < at - A_DAY
        elif isinstance(column.type, Boolean):
            yield ~column
        else:
            past = column < (edge.date() if isinstance(column.type, Date) else edge)
            yield and_(past, *_not_told(table)) if clock == "trace" else past
            if clock == "done":
                # A call that is over is in a state of work that is over.
                yield and_(column < at - A_MONTH, table.c.state.in_(FINISHED))


def _not_told(table: Table) -> Iterator[ColumnElement[bool]]:
    """Give what is so once the journal says nothing of a row by its key."""
    for said in (journal.c.about, journal.c.who):
        yield ~exists().where(said == _key(table))


def _key(table: Table) -> Column[Any]:
    (key,) = table.primary_key.columns
    return key


def _nobody_holds(table: Table) -> Iterator[ColumnElement[bool]]:
    for other in all_tables():
        for column in other.columns:
            if holds_back(column) and (to := road(column)) and to.table == table.name:
                yield table.c[to.column].not_in(select(column).where(column.is_not(None)))


def _clocks(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if ages(column)]


def _roads() -> list[Any]:
    return [to for table in all_tables() for column in table.columns if (to := road(column))]
