"""The messages that are to go out, and what became of them; how many SMS were paid for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data.account_schema import accounts
from data.outbox_schema import outbox, sms_days
from data.people import names_of
from data.ride_schema import contacts, matches, persons, requests
from data.store import find_row, instant, new_id
from data.structures import find_structure
from mobility.errors import MobilityError
from mobility.messages import ASKING, CLAIMED, FAILED, QUEUED, SHOWN, TO, TO_CALL, Message, SmsCap
from mobility.people import Contact
from mobility.scope import COORDINATION

ROUND = 100
"""Messages that are sent in one round at most: what is left is due in the next."""
AGAIN = timedelta(minutes=10)
"""Within it the same words to the same person are the same message: a button pressed again, an answer not heard."""


def queue_message(
    tx: Connection, person: str, purpose: str, facts: Mapping[str, Any], *, match: str = "", structure: str = "",
    now: datetime, before: datetime | None = None, by_call: bool = False,
) -> str:  # fmt: skip
    """Put a message to a person into the outbox; it goes out once the transaction has landed.

    ``facts`` are plain values; what it tells begins ``before`` long, and then it helps nobody; ``by_call`` where it is
    to be said by telephone from the first. A message about a match is seen by whoever sees the match; another by
    ``structure`` (without one, by the person's own).
    """
    shown = structure or tx.execute(select(persons.c.structure).where(persons.c.id == person)).scalar() or ""
    state = TO_CALL if by_call else QUEUED
    return _queue(tx, purpose, facts, now, before, person=person, match=match, structure=shown, state=state)


def told_lately(tx: Connection, person: str, purpose: str, facts: Mapping[str, Any], *, now: datetime) -> bool:
    """Tell whether this very message was put into the outbox a moment ago (:data:`AGAIN`)."""
    query = select(outbox.c.facts).where(outbox.c.person == person, outbox.c.purpose == purpose)
    return dict(facts) in tx.execute(query.where(outbox.c.created > (now - AGAIN).astimezone(UTC))).scalars().all()


def queue_account_message(
    tx: Connection, account: str, purpose: str, facts: Mapping[str, Any], *, now: datetime, before: datetime
) -> str:  # fmt: skip
    """Put a message to the owner of an account into the outbox: who works for all structures sees it, nobody else."""
    return _queue(tx, purpose, facts, now, before, account=account, structure=COORDINATION, state=QUEUED)


def queue_structure_message(
    tx: Connection, structure: str, purpose: str, facts: Mapping[str, Any], *, seen_by: str, now: datetime,
    before: datetime,
) -> str:  # fmt: skip
    """Put a message to a structure into the outbox; the agents of ``seen_by`` see it among theirs ("": all agents)."""
    return _queue(tx, purpose, facts, now, before, to_structure=structure, structure=seen_by, state=QUEUED)


def _queue(
    tx: Connection, purpose: str, facts: Mapping[str, Any], now: datetime, before: datetime | None, **more: str
) -> str:
    identifier, at = new_id(), now.astimezone(UTC)
    told = {"purpose": purpose, "facts": dict(facts), "before": before.astimezone(UTC) if before else None}
    tx.execute(insert(outbox).values(id=identifier, tries=0, due=at, created=at, **told, **more))
    return identifier


def due_messages(tx: Connection, now: datetime, *, off: Collection[str] = ()) -> list[Message]:
    """Return the messages that are to go out now, the oldest first; those of a sender that died are among them.

    Here as below, those of purposes that are ``off`` rest as they are: they are neither sent nor shown nor settled.
    """
    query = _but(off).where(outbox.c.state.in_((QUEUED, CLAIMED)), outbox.c.due <= now.astimezone(UTC))
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.due, outbox.c.id).limit(ROUND))]


def _but(off: Collection[str]) -> Select[Any]:
    return select(outbox).where(outbox.c.purpose.not_in(off)) if off else select(outbox)


def _untouched(message: Message) -> Any:
    """Where a message is as it was read."""
    return (
        update(outbox)
        .where(outbox.c.id == message.id, outbox.c.state == message.state)
        .where(outbox.c.tries == message.tries, outbox.c.lapses == message.lapses)
    )


def put_off(tx: Connection, message: Message, due: datetime) -> None:
    """Look at a waiting message later: it is no try."""
    tx.execute(_untouched(message).values(due=due.astimezone(UTC)))


def claim_message(tx: Connection, message: Message, *, until: datetime) -> Message | None:
    """Keep a message from other senders while it is being sent; None where another has it.

    One that a sender claimed and never settled may have gone: that is counted.
    """
    lapses = message.lapses + (message.state == CLAIMED)
    values = {"state": CLAIMED, "tries": message.tries + 1, "lapses": lapses, "due": until.astimezone(UTC)}
    if tx.execute(_untouched(message).values(**values)).rowcount != 1:
        return None
    return replace(message, state=CLAIMED, tries=message.tries + 1, lapses=lapses)


def settle_message(tx: Connection, claimed: Message, became: Message) -> bool:
    """Write down what became of a message that was claimed; False where another sender took it over in the meantime."""
    kept = {
        "state": became.state, "trouble": became.trouble[:200], "facts": dict(became.facts), "channel": became.channel,
        "tries": became.tries, "lapses": became.lapses,
        "due": (became.due or claimed.due or claimed.created).astimezone(UTC),
        "settled": became.settled.astimezone(UTC) if became.settled else None,
    }  # fmt: skip
    return bool(tx.execute(_untouched(claimed).values(**kept)).rowcount == 1)


def find_message(tx: Connection, message: str) -> Message:
    """Return a message."""
    missing = MobilityError("no-such-message", f"no message '{message}'", field="message", value=message)
    return _message(find_row(tx, outbox, message, missing))


def move_message(tx: Connection, message: str, states: Collection[str], **changes: Any) -> Message:
    """Change a message that is in one of some states, and return what it was; raises where it has gone on since."""
    known = find_message(tx, message)
    values = {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in changes.items()}
    if known.state not in states or tx.execute(_untouched(known).values(**values)).rowcount != 1:
        raise MobilityError("message-moved", "this message has gone on in the meantime", field="message", value=message)
    return known


def messages_of(
    tx: Connection, *, person: str = "", account: str = "", purpose: str = "", limit: int = 100
) -> list[Message]:
    """Return the newest messages, those to a person or an account, or all; of one purpose, or of any."""
    query = select(outbox).order_by(outbox.c.created.desc(), outbox.c.id).limit(limit)
    query = query.where(outbox.c.person == person) if person else query
    query = query.where(outbox.c.account == account) if account else query
    query = query.where(outbox.c.purpose == purpose) if purpose else query
    return [_message(row) for row in tx.execute(query)]


def messages_in(tx: Connection, *states: str, off: Collection[str] = ()) -> list[Message]:
    """Return all messages in some states: what is due first comes first."""
    query = _but(off).where(outbox.c.state.in_(states))
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.due, outbox.c.id))]


def newest_messages(
    tx: Connection, states: Collection[str], most: int, *, off: Collection[str] = ()
) -> list[Message]:  # fmt: skip
    """Return the newest messages in some states, and no more than so many of them."""
    query = _but(off).where(outbox.c.state.in_(states))
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.created.desc(), outbox.c.id).limit(most))]


def calls_to_make(tx: Connection, now: datetime, *, off: Collection[str] = ()) -> list[Message]:
    """Return all that is to be said by telephone by now: what begins first comes first, what is never too late last.

    What awaits an answer and nothing carries was shown to the desk alone: nobody has asked yet.
    """
    asked = (outbox.c.state == SHOWN) & outbox.c.purpose.in_(sorted(ASKING))
    query = _but(off).where(or_(outbox.c.state == TO_CALL, asked), outbox.c.due <= now.astimezone(UTC), _helps(now))
    order = (outbox.c.before.is_(None), func.coalesce(outbox.c.before, outbox.c.created), outbox.c.id)
    return [_message(row) for row in tx.execute(query.order_by(*order))]


def calls_too_late(tx: Connection, now: datetime, *, off: Collection[str] = ()) -> list[Message]:
    """Return what was to be said by telephone and tells what has begun: nobody said it."""
    query = _but(off).where(outbox.c.state == TO_CALL, ~_helps(now))
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.id))]


def _helps(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.before.is_(None), outbox.c.before > now.astimezone(UTC))


def failed_messages(
    tx: Connection, *, besides: str, offset: int, most: int, off: Collection[str] = ()
) -> list[Message]:  # fmt: skip
    """Return messages that did not go, but for one trouble: the last given up comes first."""
    query = _but(off).where(outbox.c.state == FAILED, outbox.c.trouble != besides)
    page = query.order_by(outbox.c.due.desc(), outbox.c.id.desc()).offset(offset).limit(most)
    return [_message(row) for row in tx.execute(page)]


def count_failed(
    tx: Connection, *, besides: str, helping: datetime | None = None, off: Collection[str] = ()
) -> int:  # fmt: skip
    """Return how many messages did not go, but for one trouble; those that would still help at an instant, or all."""
    query = _but(off).where(outbox.c.state == FAILED, outbox.c.trouble != besides)
    query = query.where(_helps(helping)) if helping else query
    return int(tx.execute(query.with_only_columns(func.count())).scalar() or 0)


def _message(row: Row[Any]) -> Message:
    return Message(
        row.id, row.purpose, row.facts if isinstance(row.facts, dict) else {}, instant(row.created), row.person or "",
        row.account or "", row.match, row.state, row.tries, row.lapses, row.trouble, row.channel, instant(row.due),
        row.before and instant(row.before), row.settled and instant(row.settled), row.structure,
        row.to_structure,
    )  # fmt: skip


def keep_messages(tx: Connection, gone: Sequence[str]) -> None:
    """Leave what the other side of matches was told to those who saw the matches, which are about to go."""
    query = select(matches.c.id, requests.c.structure).join(requests, requests.c.id == matches.c.request)
    for match, structure in tx.execute(query.where(matches.c.id.in_(gone))).all():
        tx.execute(update(outbox).where(outbox.c.match == match).values(match="", structure=structure))


def contact_known(tx: Connection, person: str) -> bool:
    """Tell whether there is any way to send a message to a person."""
    row = tx.execute(select(contacts).where(contacts.c.person == person)).first()
    return bool(row and (row.telephone or row.mail))


def reader_of(tx: Connection, message: Message) -> Contact:
    """Return how the reader of a message is reached; the owner of a closed account is not."""
    if message.person:
        row = tx.execute(select(contacts).where(contacts.c.person == message.person)).first()
        return Contact(row.name, row.telephone, row.mail, row.address) if row else Contact()
    if message.to_structure:
        told = find_structure(tx, message.to_structure)
        return Contact(told.name, told.telephone, told.mail)
    row = tx.execute(select(accounts).where(accounts.c.id == message.account, accounts.c.active)).first()
    return Contact(row.name, mail=message.facts.get(TO) or row.mail) if row else Contact()


def reader_names(tx: Connection, messages: Sequence[Message]) -> dict[str, str]:
    """Return what the readers of messages are called, by the message."""
    people = {message.person for message in messages if message.person}
    owners = {message.account for message in messages}
    rows = tx.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(owners)))
    named = names_of(tx, people) | {row.id: row.name for row in rows}
    return {m.id: m.to_structure or named.get(m.person or m.account, "") for m in messages}


def take_sms(tx: Connection, day: date, parts: int, cap: SmsCap) -> bool:
    """Count SMS that are about to be paid for; False, and nothing is counted, where the cap would be passed."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    tx.execute(dialect.insert(sms_days).values(day=day, parts=0).on_conflict_do_nothing())
    others = select(func.coalesce(func.sum(sms_days.c.parts), 0)).where(
        sms_days.c.day >= day.replace(day=1), sms_days.c.day < day
    )
    after = sms_days.c.parts + parts
    room = [after <= cap.per_day] if cap.per_day else []
    room += [after + others.scalar_subquery() <= cap.per_month] if cap.per_month else []
    done = tx.execute(update(sms_days).where(sms_days.c.day == day, *room).values(parts=after))
    return bool(done.rowcount == 1)


def give_back_sms(tx: Connection, day: date, parts: int) -> None:
    """Count SMS no longer that the provider refused."""
    tx.execute(update(sms_days).where(sms_days.c.day == day).values(parts=sms_days.c.parts - parts))


def sms_sent(tx: Connection, day: date) -> tuple[int, int]:
    """Return how many SMS were paid for on a day, and in its month until then."""
    month = select(func.coalesce(func.sum(sms_days.c.parts), 0)).where(
        sms_days.c.day >= day.replace(day=1), sms_days.c.day <= day
    )
    today = tx.execute(select(sms_days.c.parts).where(sms_days.c.day == day)).scalar()
    return int(today or 0), int(tx.execute(month).scalar() or 0)
