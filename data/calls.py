"""Calls and short messages in the store: who rang or wrote, whom to call back, and by when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.call_schema import calls
from data.store import find_row, instant, new_id
from mobility.errors import MobilityError

CALL, SMS, CALLBACK = "call", "sms", "callback"
OPEN, DONE = "open", "done"


@dataclass(frozen=True)
class Call:
    """Someone to answer. ``person`` is "" where the number is not known; ``due`` is when they must be called back."""

    id: str
    kind: str
    telephone: str
    person: str
    text: str
    state: str
    due: datetime | None
    created: datetime
    structure: str = ""


def add_call(
    tx: Connection, kind: str, telephone: str, *, now: datetime, outside: str | None = None, person: str = "",
    text: str = "", due: datetime | None = None, structure: str = "", state: str = OPEN,
) -> Call:  # fmt: skip
    """Keep a call, message or call-back; one whose ``outside`` name is known already is returned as it stands."""
    if outside is not None:
        row = tx.execute(select(calls).where(calls.c.outside == outside)).first()
        if row:
            return _call(row)
    identifier = new_id()
    tx.execute(
        insert(calls).values(
            id=identifier, outside=outside, kind=kind, telephone=telephone[:40], person=person or None,
            text=text[:2000], state=state, due=due.astimezone(UTC) if due else None, agent="",
            structure=structure, created=now.astimezone(UTC),
        )
    )  # fmt: skip
    return find_call(tx, identifier)


def find_call(tx: Connection, call: str) -> Call:
    """Return a call."""
    missing = MobilityError("no-such-call", f"no call '{call}'", field="call", value=call)
    return _call(find_row(tx, calls, call, missing))


def open_calls(tx: Connection) -> list[Call]:
    """Return whom to answer, the most urgent first."""
    rows = tx.execute(select(calls).where(calls.c.state == OPEN).order_by(calls.c.due, calls.c.created))
    return [_call(row) for row in rows]


def knows_call(tx: Connection, outside: str) -> bool:
    """Tell whether a provider's call or message was taken already."""
    return tx.execute(select(calls.c.id).where(calls.c.outside == outside)).first() is not None


def close_call(tx: Connection, call: str, *, agent: str) -> None:
    """Write down that someone was answered."""
    find_call(tx, call)
    tx.execute(update(calls).where(calls.c.id == call).values(state=DONE, agent=agent))


def reopen_call(tx: Connection, call: str) -> None:
    """Take back that someone was answered."""
    find_call(tx, call)
    tx.execute(update(calls).where(calls.c.id == call).values(state=OPEN, agent=""))


def close_calls_of(tx: Connection, telephone: str, *, agent: str) -> None:
    """Write down that a number was answered: whatever it waited for."""
    if telephone:
        tx.execute(
            update(calls).where(calls.c.telephone == telephone, calls.c.state == OPEN).values(state=DONE, agent=agent)
        )


def _call(row: Row[Any]) -> Call:
    return Call(
        row.id, row.kind, row.telephone, row.person or "", row.text, row.state, instant(row.due) if row.due else None,
        instant(row.created), row.structure,
    )  # fmt: skip
