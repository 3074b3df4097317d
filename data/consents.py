"""What persons agreed to, in the store: each consent with its history; asked before what it is about is used."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from data.ride_schema import consents, persons
from data.store import instant, new_id
from mobility.consent import MEMORY_CONSENT, Consent, no_consent
from mobility.errors import MobilityError


def _holding(today: date) -> ColumnElement[bool]:
    c = consents.c
    return and_(c.withdrawn.is_(None), or_(c.until.is_(None), c.until >= today))


def consented(tx: Connection, person: str, what: str, *, now: datetime, whom: str = "") -> bool:
    """Tell whether a person agrees that someone uses what is theirs; nobody speaks for who was erased.

    ``whom`` is the structure or partner that would ("" for the service itself); ``now`` is in the territory's zone.
    """
    c = consents.c
    query = select(c.id).where(c.person == person, c.what == what, c.whom.in_(sorted({"", whom})), _holding(now.date()))
    return tx.execute(query.limit(1)).first() is not None


def consented_to_someone(tx: Connection, person: str, what: str, *, now: datetime) -> bool:
    """Tell whether a person agrees that anyone at all uses what is theirs: for them, it may be kept."""
    query = select(consents.c.id).where(consents.c.person == person, consents.c.what == what, _holding(now.date()))
    return tx.execute(query.limit(1)).first() is not None


def require_consent(tx: Connection, person: str, what: str, *, now: datetime, whom: str = "") -> None:
    """Raise "no-consent" where a person does not agree."""
    if not consented(tx, person, what, now=now, whom=whom):
        raise no_consent(what)


def consents_of(tx: Connection, person: str) -> list[Consent]:
    """Return what a person ever agreed to, the newest first."""
    query = select(consents).where(consents.c.person == person).order_by(consents.c.given.desc(), consents.c.id)
    return [
        Consent(
            row.what, row.whom, row.until, row.how, row.by, instant(row.given),
            instant(row.withdrawn) if row.withdrawn else None, row.id,
        )
        for row in tx.execute(query)
    ]  # fmt: skip


def give_consents(tx: Connection, person: str, given: Iterable[Consent], *, now: datetime, by: str) -> None:
    """Write down what a person agrees to; it stands in place of what they agreed to before for the same one."""
    for consent in given:
        same = and_(consents.c.what == consent.what, consents.c.whom == consent.whom)
        _withdraw(tx, and_(consents.c.person == person, same), now)
        first_consents(tx, [(person, consent)], now=now, by=by)


def first_consents(tx: Connection, given: Iterable[tuple[str, Consent]], *, now: datetime, by: str) -> None:
    """Write down what persons agree to who never agreed to it before."""
    rows = []
    for person, consent in given:
        if consent.until and consent.until < now.date():
            raise MobilityError("day-over", f"{consent.until} is over", field="until", value=consent.until.isoformat())
        rows.append({
            "id": new_id(), "person": person, "what": consent.what, "whom": consent.whom, "until": consent.until,
            "how": consent.how, "by": by, "given": now.astimezone(UTC),
        })  # fmt: skip
    if rows:
        tx.execute(insert(consents), rows)


def withdraw_consent(tx: Connection, person: str, what: str, *, now: datetime, consent: str = "") -> None:
    """Take back what a person agreed to: one consent, or all of its kind. What only it allowed to keep goes at once."""
    one = consents.c.id == consent if consent else consents.c.what == what
    _withdraw(tx, and_(consents.c.person == person, consents.c.what == what, one), now)
    forget_unconsented(tx, now=now)


def _withdraw(tx: Connection, which: ColumnElement[bool], now: datetime) -> None:
    tx.execute(update(consents).where(which, consents.c.withdrawn.is_(None)).values(withdrawn=now.astimezone(UTC)))


def end_consents(tx: Connection, *, now: datetime) -> int:
    """End the consents whose last day is over, and forget what only they allowed to keep; return how many ended."""
    over = update(consents).where(consents.c.until < now.date(), consents.c.withdrawn.is_(None))
    ended = tx.execute(over.values(withdrawn=now.astimezone(UTC))).rowcount
    if ended:
        forget_unconsented(tx, now=now)
    return ended


def forget_unconsented(tx: Connection, *, now: datetime) -> int:
    """Forget the remembered wishes of those who agree no more, or whose consent has ended; return of how many."""
    agreed = select(consents.c.person).where(consents.c.what == MEMORY_CONSENT, _holding(now.date()))
    held = select(persons.c.id, persons.c.wishes).where(persons.c.id.not_in(agreed))
    over = [row.id for row in tx.execute(held) if row.wishes]
    if over:
        tx.execute(update(persons).where(persons.c.id.in_(over)).values(wishes=[]))
    return len(over)
