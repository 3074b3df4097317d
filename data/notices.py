"""Notices that are written by hand, in the store."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from data.plan_schema import notices
from data.store import instant
from mobility.notices import WRITTEN, Notice
from mobility.transport import Line

# Put together once: every page asks it.
_HOLDING = (
    select(notices)
    .where(
        notices.c.territory == bindparam("territory_told"),
        or_(notices.c.ends.is_(None), notices.c.ends > bindparam("at")),
    )
    .order_by(notices.c.created.desc(), notices.c.id)
)


def add_notice(tx: Connection, notice: Notice, *, territory: str, author: str) -> None:
    """Keep a notice."""
    tx.execute(
        insert(notices).values(
            id=notice.id, territory=territory, gravity=notice.gravity, title=notice.facts["title"],
            text=notice.facts["text"], communes=sorted(notice.communes), begins=notice.begins.astimezone(UTC),
            ends=notice.ends.astimezone(UTC) if notice.ends else None, author=author[:120],
            created=notice.updated.astimezone(UTC), **_columns(notice.line),
        )
    )  # fmt: skip


def written_notices(tx: Connection, territory: str, *, now: datetime) -> list[Notice]:
    """Return the notices of a territory that are not over, the newest first."""
    return [_notice(row) for row in tx.execute(_HOLDING, {"territory_told": territory, "at": now.astimezone(UTC)})]


def end_notice(tx: Connection, identifier: str, *, territory: str, now: datetime) -> bool:
    """End a notice; tell whether there was one that was not over."""
    at = now.astimezone(UTC)
    holds = or_(notices.c.ends.is_(None), notices.c.ends > at)
    found = tx.execute(
        update(notices).where(notices.c.id == identifier, notices.c.territory == territory, holds).values(ends=at)
    )
    return bool(found.rowcount)


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        row.id, WRITTEN, row.gravity, instant(row.begins), instant(row.ends) if row.ends else None,
        instant(row.created), frozenset(row.communes), facts={"title": row.title, "text": row.text},
        line=Line(row.feed, row.line, row.line_name) if row.line else None,
    )  # fmt: skip


def _columns(line: Line | None) -> dict[str, str]:
    return {"feed": line.feed, "line": line.id, "line_name": line.name} if line else {}
