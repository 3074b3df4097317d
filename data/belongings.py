"""What belongs to whom in the store, and what goes where a record goes: both as the register declares it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select, tuple_, update

from data.register import PEOPLE, holds, names_account, owners, road, stays_as_figure, takes
from data.schema import all_tables
from data.store import in_parts, new_id

Key = tuple[Any, ...]
Kept = dict[str, dict[Key, Mapping[str, Any]]]
"""Records by table and key."""


def belongings(tx: Connection, table: str, identifier: str) -> Kept:
    """Return every record that is someone's, theirs included; ``table`` is one of those of people."""
    return _gathered(tx, _of_people(tx, table, identifier), lambda column: column in owners(column.table))


def forget(tx: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Delete records of a table with all that goes with them; return how many of each table went.

    What stays of others' (a figure, what somebody else was told) leads nowhere from then on.
    """
    start = {table.name: {_key(table, row): row for row in rows}}
    gone = _gathered(tx, start, _goes_along, taking=True)
    for other in all_tables():
        for column in other.columns:
            if (to := road(column)) and to.table in gone and not column.foreign_keys and holds(column) == "link":
                values = {row[to.column] for row in gone[to.table].values()}
                _cut(tx, column, values, set(gone.get(other.name, ())))
            if names_account(column) and "accounts" in gone:
                _cut(tx, column, {row["id"] for row in gone["accounts"].values()}, set(gone.get(other.name, ())))
    counts: dict[str, int] = {}
    for other in reversed(all_tables()):
        if other.name in gone:
            for keys in in_parts(gone[other.name]):
                tx.execute(delete(other).where(_is_one_of(other, keys)))
            counts[other.name] = len(gone[other.name])
    return counts


def erase(tx: Connection, table: str, identifier: str) -> dict[str, int]:
    """Delete someone with all that is theirs; return how many records of each table went."""
    return forget(tx, _table(table), _of_people(tx, table, identifier)[table].values())


def _of_people(tx: Connection, table: str, identifier: str) -> Kept:
    if table not in PEOPLE:
        raise ValueError(f"{table} is no table of people")
    found = _table(table)
    return {table: _read(tx, found, found.c.id, [identifier])}


def _goes_along(column: Column[Any]) -> bool:
    """Tell whether a row goes where the record goes that a column leads to."""
    if stays_as_figure(column):
        return False
    return column in owners(column.table) or any(key.ondelete == "CASCADE" for key in column.foreign_keys)


def _gathered(tx: Connection, start: Kept, follows: Callable[[Column[Any]], bool], *, taking: bool = False) -> Kept:
    """Return records with all that lead to them by the roads that ``follows`` allows, however far."""
    found: Kept = {}
    pending = list(start.items())
    while pending:
        name, rows = pending.pop()
        known = found.setdefault(name, {})
        new = {key: row for key, row in rows.items() if key not in known}
        known.update(new)
        if not new:
            continue
        for column, to in _roads_to(name):
            if follows(column):
                values = {row[to] for row in new.values()} - {None, ""}
                pending.append((column.table.name, _led(tx, column, values, found)))
        for column in _table(name).columns if taking else ():
            if takes(column) and (there := road(column)):
                values = {row[column.name] for row in new.values()}
                pending.append((there.table, _read(tx, _table(there.table), there.column, values)))
    return found


def _led(tx: Connection, column: Column[Any], values: set[Any], found: Kept) -> dict[Key, Mapping[str, Any]]:
    """Return the records that a column leads from.

    A value that someone else has too, such as the number of a household, says nothing of whose a record is; nor does
    any where the record says itself whose it is.
    """
    if holds(column) == "link":
        return _read(tx, column.table, column, values)
    to = road(column)
    if to is None:
        return {}
    target = _table(to.table)
    shared = {
        row[to.column]
        for key, row in _read(tx, target, to.column, values).items()
        if key not in found.get(to.table, {})
    }
    direct = [other.name for other in owners(column.table) if holds(other) == "link"]
    rows = _read(tx, column.table, column, values - shared)
    return {key: row for key, row in rows.items() if all(row[name] in {None, ""} for name in direct)}


def _roads_to(table: str) -> Iterator[tuple[Column[Any], str]]:
    for other in all_tables():
        for column in other.columns:
            if (to := road(column)) and to.table == table:
                yield column, to.column


def _cut(tx: Connection, column: Column[Any], values: Iterable[Any], gone: set[Key]) -> None:
    """Let a column lead nowhere where it led to what goes; rows that go themselves are left alone."""
    table = column.table
    rows = _read(tx, table, column, values)
    for key in set(rows) - gone:
        tx.execute(
            update(table).where(_is_one_of(table, [key])).values({column: new_id() if stays_as_figure(column) else ""})
        )


def _read(
    tx: Connection, table: Table, column: Column[Any] | str, values: Iterable[Any]
) -> dict[Key, Mapping[str, Any]]:
    wanted = table.c[column] if isinstance(column, str) else column
    found = (tx.execute(select(table).where(wanted.in_(part))).mappings() for part in in_parts(values))
    rows = [dict(row) for part in found for row in part]
    return {_key(table, row): row for row in rows}


def _is_one_of(table: Table, keys: list[Any]) -> Any:
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


def _key(table: Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _table(name: str) -> Table:
    return next(table for table in all_tables() if table.name == name)
