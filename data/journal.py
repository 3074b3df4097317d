"""The journal: who did or saw what, when, of which record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.ride_schema import journal
from data.store import instant


def note(tx: Connection, who: str, act: str, *, about: str = "", detail: str = "", now: datetime) -> None:
    """Write an act into the journal: who did or saw what. Details hold no name, number or address."""
    tx.execute(insert(journal).values(at=now.astimezone(UTC), who=who[:120], act=act, about=about, detail=detail[:300]))


def journal_of(tx: Connection, about: Sequence[str] = (), *, limit: int = 200) -> list[dict[str, Any]]:
    """Return the newest acts, about some records (all where none is given)."""
    query = select(journal).order_by(journal.c.number.desc()).limit(limit)
    rows = tx.execute(query.where(journal.c.about.in_(list(about))) if about else query)
    return [
        {"at": instant(row.at), "who": row.who, "act": row.act, "about": row.about, "detail": row.detail}
        for row in rows
    ]


def part_from(tx: Connection, person: str, about: Sequence[str]) -> None:
    """Let the journal name neither a person who goes nor what was theirs."""
    tx.execute(update(journal).where(journal.c.about.in_(list(about))).values(about="", detail=""))
    tx.execute(update(journal).where(journal.c.who == person).values(who="erased"))
