"""Rows of a backup: each is held against its table before it is written to one, and before it is put in, in one way.

So nothing is written that could not come back, on either database, and whatever is refused is named: its table, its
line, its column.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, Date, DateTime, Float, Table, func, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from data.backup_parts import LONGEST_LINE, BrokenPartError, table_lines, table_part
from data.column_limits import json_text, refuse_unfit
from data.troubles import first_line
from mobility.errors import MobilityError

_CHUNK = 1000
"""Rows put in at once."""
_COUNTED = "number"
"""Primary key of the tables that count their rows, from 1."""


class BrokenRowError(BrokenPartError):
    """A row of a table is none; says which, and in what column."""


def row_lines(tx: Connection, table: Table) -> Iterator[str]:
    """Yield the rows of a table as a backup keeps them; raises :class:`BrokenRowError` where one could not come back.

    No value is told: whoever makes a backup may not be who may read it.
    """
    order = [column.name for column in table.primary_key.columns]
    done = 0
    try:
        for found in tx.execute(select(table).order_by(*table.primary_key.columns)).mappings():
            row = {name: _plain(value) for name, value in found.items()}
            _values(table, row)
            line = json.dumps(row, ensure_ascii=False)
            if len(line.encode()) > LONGEST_LINE:
                raise BrokenRowError(f"more than {LONGEST_LINE // 1_000_000} MB")
            yield line
            done += 1
    except (BrokenRowError, DataError, ValueError, LookupError, TypeError) as error:
        why = str(error) if isinstance(error, BrokenRowError) else f"a value that cannot be read ({_kind(error)})"
        raise BrokenRowError(f"table {table.name}, row {done + 1} in the order of {', '.join(order)}: {why}") from None


def _kind(error: Exception) -> str:
    return type(error).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # Without a zone it was UTC: SQLite does not keep one.
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def parsed_row(table: Table, line: bytes, number: int) -> dict[str, Any]:
    """Read one row of a table; raises :class:`BrokenRowError` where its columns or values are others."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or row.keys() != {column.name for column in table.columns}:
            raise BrokenRowError("not the columns of this table")
        return _values(table, row)
    except BrokenRowError as error:
        raise _at(table, number, str(error)) from None
    except (ValueError, RecursionError) as error:
        raise _at(table, number, _kind(error)) from None


def _at(table: Table, number: int, told: str) -> BrokenRowError:
    return BrokenRowError(f"{table_part(table.name)}, line {number}: {told}")


def _values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name], value) for name, value in row.items()}


def _value(column: "Column[Any]", value: Any) -> Any:
    """Return what a column keeps for a value of a backup; raises :class:`BrokenRowError` where it keeps none such."""
    try:
        return _kept(column, value)
    except BrokenRowError:
        raise
    except TypeError:
        raise BrokenRowError(f"a value of another kind in {column.name}") from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise BrokenRowError(f"{_kind(error)} in {column.name}") from None
    except MobilityError as error:
        raise BrokenRowError(f"{error} in {column.name}") from None


def _kept(column: "Column[Any]", value: Any) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        json_text(value)
        return value
    if value is None:
        if not column.nullable:
            raise BrokenRowError(f"nothing in {column.name}")
        return value
    if isinstance(kind, DateTime | Date) and isinstance(value, str):
        read = (datetime if isinstance(kind, DateTime) else date).fromisoformat(value)
        refuse_unfit(read, kind)
        return read
    # True is a whole number to Python, and to no database.
    if type(value) not in ({int, float} if isinstance(kind, Float) else {kind.python_type}):
        raise TypeError
    refuse_unfit(value, kind)
    if column.primary_key and column.name == _COUNTED and value < 1:
        # PostgreSQL goes on counting from what was put in, and from nothing below 1.
        raise BrokenRowError(f"{value} in {column.name}, which counts from 1")
    return value


def fill_table(tx: Connection, table: Table, archive: zipfile.ZipFile) -> None:
    """Put in the rows of a table; raises :class:`BrokenRowError` for the first that is none of it."""
    rows = (parsed_row(table, line, number) for number, line in enumerate(table_lines(archive, table.name), start=1))
    before = 0
    while some := list(islice(rows, _CHUNK)):
        try:
            with tx.begin_nested():
                tx.execute(insert(table), some)
        except (IntegrityError, DataError, MobilityError) as error:
            raise _refused(tx, table, some, before) or _at(table, before + 1, _said(error)) from None
        before += len(some)
    counted = next((c for c in table.primary_key.columns if c.name == _COUNTED), None)
    if counted is not None and before and tx.dialect.name == "postgresql":
        # What counts rows must go on after those that were put in by their number.
        sequence = func.pg_get_serial_sequence(table.name, _COUNTED)
        tx.execute(select(func.setval(sequence, select(func.max(counted)).scalar_subquery())))


def _refused(tx: Connection, table: Table, rows: list[dict[str, Any]], before: int) -> BrokenRowError | None:
    """Return which of some rows the database refuses, and why: of many at once it does not say which it was."""
    for number, row in enumerate(rows, start=before + 1):
        try:
            with tx.begin_nested():
                tx.execute(insert(table), [row])
        except (IntegrityError, DataError, MobilityError) as error:
            lost = [f"{column} names no row of {other}" for column, other in _lost(tx, table, row)]
            return _at(table, number, ", ".join(lost) or _said(error))
    return None


def _said(error: DBAPIError | MobilityError) -> str:
    """Return why a row is refused: by the database, or by the limits of columns before it."""
    return str(error) if isinstance(error, MobilityError) else first_line(error)


def _lost(tx: Connection, table: Table, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the columns of a row that lead to no row of another table."""
    for key in table.foreign_keys:
        value = row[key.parent.name]
        if value is not None and tx.execute(select(key.column).where(key.column == value)).first() is None:
            yield key.parent.name, key.column.table.name
