"""What surrounds the matches in the store: journal, messages to send, unmet needs, and the end of personal data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from data.calls import calls_about, erase_calls, purge_calls
from data.ride_matches import matches_of
from data.ride_records import find_person, read_contact, requests_of
from data.ride_schema import contacts, journal, links, matched_rides, matches, offers, outbox, persons, requests, unmet
from data.store import instant, new_id
from mobility.rides import CANCELLED, CONFIRMED, DONE, LIVE, UnmetNeed

QUEUED, SENT, FAILED = "queued", "sent", "failed"


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


def queue_message(
    tx: Connection, person: str, purpose: str, subject: str, text: str, *, match: str = "", now: datetime,
    due: datetime | None = None,
) -> str:  # fmt: skip
    """Put a message into the outbox; it goes out once the transaction has landed."""
    identifier = new_id()
    tx.execute(
        insert(outbox).values(
            id=identifier, person=person, match=match, purpose=purpose, subject=subject, text=text, state=QUEUED,
            tries=0, due=(due or now).astimezone(UTC), created=now.astimezone(UTC),
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


def record_unmet(tx: Connection, need: UnmetNeed, *, now: datetime) -> None:
    """Keep a need that nobody could meet; a request has one, the newest."""
    tx.execute(delete(unmet).where(unmet.c.request == need.request))
    tx.execute(
        insert(unmet).values(
            id=need.id or new_id(), request=need.request, day=need.day, origin=need.origin,
            destination=need.destination, purpose=need.purpose, people=need.people, reason=need.reason,
            change=dict(need.change),
            created=now.astimezone(UTC),
        )
    )  # fmt: skip


def forget_unmet(tx: Connection, request: str) -> None:
    """Take back an unmet need: the request was served after all, or withdrawn."""
    tx.execute(delete(unmet).where(unmet.c.request == request))


def unmet_between(tx: Connection, first: date, last: date) -> list[UnmetNeed]:
    """Return the unmet needs of a span of days."""
    query = select(unmet).where(unmet.c.day.between(first, last)).order_by(unmet.c.day, unmet.c.id)
    return [
        UnmetNeed(
            row.id, row.request, row.day, row.origin, row.destination, row.purpose, row.reason, row.people, row.change
        )
        for row in tx.execute(query)
    ]


def unmet_people(tx: Connection, since: date, purpose: str = "") -> dict[str, int]:
    """Return the people of each commune whose needs (of a purpose) were not met since a day, examples left out."""
    example = select(requests.c.id).join(persons, persons.c.id == requests.c.rider).where(persons.c.example)
    query = (
        select(unmet.c.origin, func.sum(unmet.c.people))
        .where(unmet.c.day >= since, unmet.c.origin != "", unmet.c.request.not_in(example))
        .group_by(unmet.c.origin)
    )
    rows = tx.execute(query.where(unmet.c.purpose == purpose) if purpose else query)
    return {commune: int(people) for commune, people in rows}


def export_person(tx: Connection, person: str) -> dict[str, Any]:
    """Return everything that is kept about a person, as a document to hand to them."""
    known, contact = find_person(tx, person), read_contact(tx, person)
    asked = requests_of(tx, person)
    given = [row._mapping for row in tx.execute(select(offers).where(offers.c.driver == person))]  # noqa: SLF001
    driven = [row._mapping for row in tx.execute(select(matched_rides).where(matched_rides.c.driver == person))]  # noqa: SLF001
    told = [row._mapping for row in tx.execute(select(outbox).where(outbox.c.person == person))]  # noqa: SLF001
    about = [person, *(request.id for request in asked), *(row["id"] for row in given)]
    consents = tx.execute(select(persons.c.consents).where(persons.c.id == person)).scalar()
    return {
        "person": {
            "id": known.id, "kind": known.kind, "alias": known.alias, "commune": known.commune, "consents": consents,
            "needs": sorted(known.needs),
        },
        "contact": {
            "name": contact.name, "telephone": contact.telephone, "mail": contact.mail, "address": contact.address
        },
        "requests": [
            {
                "id": r.id, "day": r.day, "from": r.origin.name, "to": r.destination.name, "needs": sorted(r.needs),
                "purpose": r.purpose, "criterion": r.criterion, "proof": r.proof, "state": r.state,
                "matches": [{"id": m.id, "state": m.state, "day": m.day} for m in matches_of(tx, r.id)],
            }
            for r in asked
        ],
        "offers": [dict(row) for row in given],
        "driven": [dict(row) for row in driven],
        "messages": [{"at": row["created"], "purpose": row["purpose"], "text": row["text"]} for row in told],
        "calls": calls_about(tx, person, contact.telephone),
        "journal": journal_of(tx, about, limit=10_000),
    }  # fmt: skip


def erase_person(tx: Connection, person: str) -> None:
    """Erase a person with all that is theirs; needs that were not met stay counted, without a link to anyone.

    Rides still agreed are the caller's to cancel before: the other side must be told.
    """
    find_person(tx, person)
    erase_calls(tx, person, [read_contact(tx, person).telephone])
    own = [row.id for row in tx.execute(select(requests.c.id).where(requests.c.rider == person))]
    for request in own:
        tx.execute(update(unmet).where(unmet.c.request == request).values(request=new_id()))
    driven = [
        row.match
        for row in tx.execute(select(matched_rides.c.match).where(matched_rides.c.driver == person).distinct())
    ]
    tx.execute(delete(matches).where(matches.c.id.in_(driven)))
    about = [person, *own, *driven]
    tx.execute(update(journal).where(journal.c.about.in_(about)).values(about="", detail=""))
    tx.execute(update(journal).where(journal.c.who == person).values(who="erased"))
    tx.execute(delete(persons).where(persons.c.id == person))


def purge(tx: Connection, now: datetime, *, days: int) -> dict[str, int]:
    """Forget what is older than so many days; return how many records of each kind went.

    Requests whose day is over, with their matches and messages; persons who did nothing since and have no offer left;
    the journal. Figures for the yearly report must be taken before (``keep`` rides of the current year are not: set
    the retention to more than a year to keep them by name).
    """
    edge = now.astimezone(UTC) - timedelta(days=days)
    counts: dict[str, int] = {}
    old = select(requests.c.id).where(requests.c.day < edge.date())
    for request in [row.id for row in tx.execute(old)]:
        tx.execute(update(unmet).where(unmet.c.request == request).values(request=new_id()))
    counts["requests"] = tx.execute(delete(requests).where(requests.c.day < edge.date())).rowcount
    counts["messages"] = tx.execute(delete(outbox).where(outbox.c.created < edge)).rowcount
    counts["calls"] = purge_calls(tx, now, days=days)
    counts["links"] = tx.execute(delete(links).where(links.c.expires < now.astimezone(UTC))).rowcount
    counts["journal"] = tx.execute(delete(journal).where(journal.c.at < edge)).rowcount
    ended = or_(~offers.c.active, offers.c.last < edge.date(), offers.c.day < edge.date())
    driving = select(matched_rides.c.offer)
    counts["offers"] = tx.execute(delete(offers).where(ended, offers.c.id.not_in(driving))).rowcount
    busy = select(requests.c.rider).union(select(offers.c.driver))
    counts["persons"] = tx.execute(delete(persons).where(persons.c.seen < edge, persons.c.id.not_in(busy))).rowcount
    return counts


def seen(tx: Connection, person: str, now: datetime) -> None:
    """Remember that a person used the service: they are not forgotten yet."""
    tx.execute(update(persons).where(persons.c.id == person).values(seen=now.astimezone(UTC)))


def counts_by_state(tx: Connection, day: date) -> dict[str, int]:
    """Return how many requests of a day are in each state."""
    query = select(requests.c.state, func.count()).where(requests.c.day == day).group_by(requests.c.state)
    return {state: int(number) for state, number in tx.execute(query)}


def live_matches_of(tx: Connection, person: str) -> list[str]:
    """Return the matches, still held, in which a person rides or drives."""
    riding = select(matches.c.id).join(requests, requests.c.id == matches.c.request).where(requests.c.rider == person)
    driving = select(matched_rides.c.match).where(matched_rides.c.driver == person)
    query = select(matches.c.id).where(
        matches.c.state.in_(LIVE), or_(matches.c.id.in_(riding), matches.c.id.in_(driving))
    )
    return [row.id for row in tx.execute(query)]


def set_consents(tx: Connection, person: str, consents: Mapping[str, bool], *, now: datetime, by: str) -> None:
    """Write down consents given or taken back."""
    known = dict(tx.execute(select(persons.c.consents).where(persons.c.id == person)).scalar() or {})
    for name, given in consents.items():
        known.pop(name, None)
        if given:
            known[name] = {"at": now.isoformat(), "by": by}
    tx.execute(update(persons).where(persons.c.id == person).values(consents=known))


def yearly_figures(tx: Connection, year: int) -> dict[str, Any]:
    """Return what the law asks to be reported of a year of volunteer transport, as counts only."""
    done = (CONFIRMED, DONE)
    span = (date(year, 1, 1), date(year, 12, 31))
    query = (
        select(matches.c.id, matches.c.participation, requests.c.rider, requests.c.criterion, matched_rides.c.driver,
               matched_rides.c.metres, matched_rides.c.share, offers.c.kind)
        .join(requests, requests.c.id == matches.c.request)
        .join(matched_rides, matched_rides.c.match == matches.c.id)
        .join(offers, offers.c.id == matched_rides.c.offer)
        .where(matches.c.day.between(*span), matches.c.state.in_(done))
    )  # fmt: skip
    volunteers: set[str] = set()
    riders: dict[str, set[str]] = {}
    trips, metres, shared = 0, 0.0, 0
    paid: dict[str, float] = {}
    for row in tx.execute(query):
        if row.kind != "volunteer":
            shared += 1
            continue
        volunteers.add(row.driver)
        riders.setdefault(row.criterion or "residence", set()).add(row.rider)
        trips += 1
        metres += row.metres
        paid[row.id] = row.participation
    cancelled = select(func.count()).where(matches.c.day.between(*span), matches.c.state == CANCELLED)
    return {
        "year": year, "drivers": len(volunteers),
        "beneficiaries": {criterion: len(people) for criterion, people in sorted(riders.items())},
        "trips": trips, "mean_metres": metres / trips if trips else 0.0, "participation": round(sum(paid.values()), 2),
        "shared_trips": shared, "cancelled": int(tx.execute(cancelled).scalar() or 0),
    }  # fmt: skip


def contact_known(tx: Connection, person: str) -> bool:
    """Tell whether there is any way to send a message to a person."""
    row = tx.execute(select(contacts).where(contacts.c.person == person)).first()
    return bool(row and (row.telephone or row.mail))
