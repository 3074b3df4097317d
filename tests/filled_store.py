"""A store with a record in every table, made from the register alone: whatever table is added is filled too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, insert, select

from data.register import WITH_ACCOUNT, goes, holds, road
from data.schema import all_tables
from data.store import Store

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
_NOT_HEXADECIMAL = str.maketrans("0123456789abcdef", "GHIJKLMNOPQRSTUV")


def fill(store: Store, suffix: str) -> dict[str, dict[str, Any]]:
    """Put a record of one person into every table; each text is marked by its place and the suffix."""
    made: dict[str, dict[str, Any]] = {}
    with store.writing() as tx:
        for table in all_tables():
            made[table.name] = {column.name: _value(column, suffix) for column in table.columns}
            tx.execute(insert(table).values(made[table.name]))
    return made


def _value(column: Column[Any], suffix: str) -> Any:
    table, to = column.table, road(column)
    if to:
        there = column.table.metadata.tables["persons" if to.table == "*" else to.table]
        return _value(there.c[to.column], suffix)
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return sum(suffix.encode()) if column.primary_key else 1
    if isinstance(column.type, Float):
        return 1.0
    if isinstance(column.type, DateTime):
        return AT
    if isinstance(column.type, Date):
        # A day that is a key of its own is another one for each.
        alone = list(table.primary_key.columns) == [column]
        return date(2026, 3, 2) - timedelta(days=sum(suffix.encode()) % 20 if alone else 0)
    if column.name == "state":
        return "done"
    if holds(column) == "actor" and goes(column) == WITH_ACCOUNT["goes"]:
        return mark_of(table.metadata.tables["accounts"].c.id, suffix)
    mark = mark_of(column, suffix)
    if not isinstance(column.type, JSON):
        return mark
    return {"mark": mark, **({"id": mark, "name": mark, "lon": 1.44, "lat": 44.44} if holds(column) == "place" else {})}


def mark_of(column: Column[Any], suffix: str) -> str:
    """Return the text by which a value of a column is known again, its own for each; short columns have a short one.

    A short one is of no letter that a made identifier ends with: one of those before "done" would be read as a mark.
    """
    mark, longest = f"{column.name[:8]}-{column.table.name[:8]}-{suffix}", getattr(column.type, "length", None) or 80
    stamp = f"{crc32(mark.encode()):08x}".translate(_NOT_HEXADECIMAL)
    return mark if len(mark) <= longest else f"{stamp}{suffix}"[-longest:]


def marks(store: Store, suffix: str) -> set[str]:
    """The columns, as table.column, in which a mark of a suffix is found."""
    found = set()
    with store.reading() as tx:
        for table in all_tables():
            for row in tx.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if str(value).endswith(suffix)
                          or f"{suffix}'" in str(value)}  # fmt: skip
    return found
