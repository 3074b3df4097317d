"""What a column takes, asked once before any statement goes out: both databases refuse the same values, in one way.

SQLite keeps a text that is longer than its column and a number that is none; PostgreSQL refuses them, and a zero byte,
with an error of its own at each place. Here every value that is written is held against its column as it is declared;
what is only compared is not.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, DateTime, Engine, Float, Integer, String, event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from mobility.errors import MobilityError

_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""Signs that no database keeps."""
SMALL, LARGE = 2**31, 2**63
"""What a number of an Integer column, and any other whole number, stays below."""
FIRST, LAST = 2, 9998
"""Years of an instant: the first and the last that Python knows are others in another time zone, and not read again."""


def keep_limits(engine: Engine) -> None:
    """Refuse what a column cannot hold, before the database does.

    By "too-long", "unfit-number", "unfit-instant" or "unreadable".
    """
    event.listen(engine, "before_cursor_execute", _check)


def _check(
    _connection: Connection, _cursor: object, _statement: str, _parameters: object, context: ExecutionContext | None,
    _many: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    compiled: Any = getattr(context, "compiled", None)
    if compiled is None or context is None:
        return
    writes = bool(context.isinsert or context.isupdate)
    compared = _compared(compiled) if context.isupdate else frozenset()
    for row in context.compiled_parameters:  # type: ignore[attr-defined]
        for name, value in row.items():
            bind = compiled.binds.get(name)
            for one in value if isinstance(value, list | tuple) else (value,):
                refuse_unfit(one, bind.type if writes and bind is not None and name not in compared else None)


def _compared(compiled: Any) -> frozenset[str]:
    """Return the names of the values of an UPDATE that only say which rows: none of them is written."""
    where = getattr(compiled.statement, "whereclause", None)
    if where is None:
        return frozenset()
    found = (part for part in visitors.iterate(where) if isinstance(part, BindParameter))
    return frozenset(compiled.bind_names[bind] for bind in found if bind in compiled.bind_names)


def refuse_unfit(value: object, kind: TypeEngine[Any] | None) -> None:
    """Raise where a value fits no database, or not a column of a kind (None: it is only compared)."""
    if isinstance(value, str):
        if _UNKEPT.search(value):
            raise MobilityError("unreadable", "it holds signs that nobody can read")
        longest = kind.length if isinstance(kind, String) else None
        if longest is not None and len(value) > longest:
            raise MobilityError("too-long", f"{longest} letters at most", most=longest)
    elif isinstance(value, int):
        most = SMALL if isinstance(kind, Integer) and not isinstance(kind, BigInteger) else LARGE
        if not -most <= value < most:
            raise _bad_number(most)
    elif isinstance(value, datetime) and isinstance(kind, DateTime) and not FIRST <= value.year <= LAST:
        raise MobilityError("unfit-instant", f"not of the years {FIRST} to {LAST}", first=FIRST, last=LAST)
    elif isinstance(value, float) and isinstance(kind, Float) and not math.isfinite(value):
        raise _bad_number(LARGE)


def json_text(document: Any) -> str:
    """Return a document as JSON; raises where it holds what JSON or a database does not know."""
    try:
        text = json.dumps(document, allow_nan=False)
    except ValueError:
        raise _bad_number(LARGE) from None
    if "\\u0000" in text or "\\ud" in text:
        for one in _texts(document):
            refuse_unfit(one, None)
    return text


def _texts(document: Any) -> Iterable[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield str(name)
            yield from _texts(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _texts(value)


def _bad_number(most: int) -> MobilityError:
    return MobilityError("unfit-number", f"not a number between {-most} and {most - 1}")
