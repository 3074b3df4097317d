"""The messages that are to go out, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.ride_schema import contacts, matches, outbox, persons, requests
from data.store import new_id
from mobility.messages import QUEUED, Message


def queue_message(
    tx: Connection, person: str, purpose: str, facts: Mapping[str, Any], *, match: str = "", structure: str = "",
    now: datetime, due: datetime | None = None,
) -> str:  # fmt: skip
    """Put a message into the outbox; it goes out once the transaction has landed.

    ``facts`` are plain values. A message about a match is seen by whoever sees the match; another by ``structure``
    (without one, by the person's own).
    """
    identifier = new_id()
    shown = structure or tx.execute(select(persons.c.structure).where(persons.c.id == person)).scalar() or ""
    tx.execute(
        insert(outbox).values(
            id=identifier, person=person, match=match, purpose=purpose, facts=dict(facts), state=QUEUED, tries=0,
            structure=shown, due=(due or now).astimezone(UTC), created=now.astimezone(UTC),
        )
    )  # fmt: skip
    return identifier


def due_messages(tx: Connection, now: datetime, *, limit: int = 100) -> list[Message]:
    """Return the messages that are to go out now, the oldest first."""
    query = select(outbox).where(outbox.c.state == QUEUED, outbox.c.due <= now.astimezone(UTC))
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.due).limit(limit))]


def claim_message(tx: Connection, message: str, tries: int, *, until: datetime) -> bool:
    """Keep a message from other senders while it is being sent; False where another has it."""
    done = tx.execute(
        update(outbox)
        .where(outbox.c.id == message, outbox.c.state == QUEUED, outbox.c.tries == tries)
        .values(tries=tries + 1, due=until.astimezone(UTC))
    )
    return done.rowcount == 1


def settle_message(tx: Connection, message: Message) -> None:
    """Write down what became of a message, and the facts that are still kept of it."""
    kept = {"state": message.state, "trouble": message.trouble[:200], "facts": dict(message.facts)}
    tx.execute(update(outbox).where(outbox.c.id == message.id).values(**kept))


def messages_of(tx: Connection, *, person: str = "", limit: int = 100) -> list[Message]:
    """Return the newest messages, those to a person or all."""
    query = select(outbox).order_by(outbox.c.created.desc(), outbox.c.id).limit(limit)
    query = query.where(outbox.c.person == person) if person else query
    return [_message(row) for row in tx.execute(query)]


def _message(row: Row[Any]) -> Message:
    return Message(
        row.id, row.person, row.purpose, row.facts, row.created, row.match, row.state, row.tries, row.trouble
    )


def keep_messages(tx: Connection, gone: Sequence[str]) -> None:
    """Leave what the other side of matches was told to those who saw the matches, which are about to go."""
    query = select(matches.c.id, requests.c.structure).join(requests, requests.c.id == matches.c.request)
    for match, structure in tx.execute(query.where(matches.c.id.in_(gone))).all():
        tx.execute(update(outbox).where(outbox.c.match == match).values(match="", structure=structure))


def contact_known(tx: Connection, person: str) -> bool:
    """Tell whether there is any way to send a message to a person."""
    row = tx.execute(select(contacts).where(contacts.c.person == person)).first()
    return bool(row and (row.telephone or row.mail))
