"""The messages that are to go out, and what became of them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.ride_schema import contacts, outbox, persons
from data.store import new_id

QUEUED, SENT, FAILED = "queued", "sent", "failed"


def queue_message(
    tx: Connection, person: str, purpose: str, subject: str, text: str, *, match: str = "", structure: str = "",
    now: datetime, due: datetime | None = None,
) -> str:  # fmt: skip
    """Put a message into the outbox; it goes out once the transaction has landed.

    One about a match is seen by whoever sees the match; another by ``structure`` (without one, by the person's own).
    """
    identifier = new_id()
    shown = structure or tx.execute(select(persons.c.structure).where(persons.c.id == person)).scalar() or ""
    tx.execute(
        insert(outbox).values(
            id=identifier, person=person, match=match, purpose=purpose, subject=subject, text=text, state=QUEUED,
            tries=0, structure=shown, due=(due or now).astimezone(UTC), created=now.astimezone(UTC),
        )
    )  # fmt: skip
    return identifier


def due_messages(tx: Connection, now: datetime, *, limit: int = 100) -> list[dict[str, Any]]:
    """Return the messages that are to go out now, the oldest first."""
    query = select(outbox).where(outbox.c.state == QUEUED, outbox.c.due <= now.astimezone(UTC))
    return [dict(row._mapping) for row in tx.execute(query.order_by(outbox.c.due).limit(limit))]  # noqa: SLF001


def claim_message(tx: Connection, message: str, tries: int, *, until: datetime) -> bool:
    """Keep a message from other senders while it is being sent; False where another has it."""
    done = tx.execute(
        update(outbox)
        .where(outbox.c.id == message, outbox.c.state == QUEUED, outbox.c.tries == tries)
        .values(tries=tries + 1, due=until.astimezone(UTC))
    )
    return done.rowcount == 1


def settle_message(tx: Connection, message: str, state: str, *, trouble: str = "", text: str | None = None) -> None:
    """Write down that a message went out, or why it did not; ``text`` replaces what is kept of it."""
    kept = {} if text is None else {"text": text}
    tx.execute(update(outbox).where(outbox.c.id == message).values(state=state, trouble=trouble[:200], **kept))


def messages_of(tx: Connection, *, limit: int = 100) -> list[dict[str, Any]]:
    """Return the newest messages."""
    query = select(outbox).order_by(outbox.c.created.desc(), outbox.c.id).limit(limit)
    return [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001


def contact_known(tx: Connection, person: str) -> bool:
    """Tell whether there is any way to send a message to a person."""
    row = tx.execute(select(contacts).where(contacts.c.person == person)).first()
    return bool(row and (row.telephone or row.mail))
