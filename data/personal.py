"""What the store holds of a person: seen, consented, exported, erased, purged."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from data.calls import calls_about, erase_calls, purge_calls
from data.journal import journal_of
from data.outbox import messages_of
from data.people import find_person, read_contact
from data.ride_matches import matches_of
from data.ride_records import requests_of
from data.ride_schema import journal, links, matched_rides, matches, offers, outbox, persons, requests, unmet
from data.store import new_id
from mobility.messages import Message, Text


def export_person(tx: Connection, person: str, words: Callable[[Connection, Message], Text]) -> dict[str, Any]:
    """Return everything that is kept about a person, as a document to hand to them; ``words`` tells a message."""
    known, contact = find_person(tx, person), read_contact(tx, person)
    asked = requests_of(tx, person)
    given = [row._mapping for row in tx.execute(select(offers).where(offers.c.driver == person))]  # noqa: SLF001
    driven = [row._mapping for row in tx.execute(select(matched_rides).where(matched_rides.c.driver == person))]  # noqa: SLF001
    about = [person, *(request.id for request in asked), *(row["id"] for row in given)]
    consents = tx.execute(select(persons.c.consents).where(persons.c.id == person)).scalar()
    return {
        "person": {
            "id": known.id, "kind": known.kind, "alias": known.alias, "commune": known.commune, "consents": consents,
            "needs": sorted(known.wishes), "structure": known.structure,
        },
        "contact": asdict(contact),
        "requests": [
            {
                "id": r.id, "day": r.day, "from": r.origin.name, "to": r.destination.name, "needs": sorted(r.wishes),
                "purpose": r.errand, "criterion": r.criterion, "proof": r.proof, "state": r.state,
                "matches": [{"id": m.id, "state": m.state, "day": m.day} for m in matches_of(tx, r.id)],
            }
            for r in asked
        ],
        "offers": [dict(row) for row in given],
        "driven": [dict(row) for row in driven],
        "messages": [
            {"at": told.created, "purpose": told.purpose, "text": words(tx, told.for_others()).text}
            for told in messages_of(tx, person=person, limit=10_000)
        ],
        "calls": calls_about(tx, person, contact.telephone),
        "journal": journal_of(tx, about, limit=10_000),
    }  # fmt: skip


def erase_person(tx: Connection, person: str) -> None:
    """Erase a person with all that is theirs; needs that were not met stay counted, without a link to anyone.

    Rides still agreed are the caller's to cancel before: the other side must be told.
    """
    find_person(tx, person)
    erase_calls(tx, person, [read_contact(tx, person).telephone])
    own = tx.execute(select(requests.c.id).where(requests.c.rider == person)).scalars().all()
    for request in own:
        tx.execute(update(unmet).where(unmet.c.request == request).values(request=new_id()))
    driven = (
        tx.execute(select(matched_rides.c.match).where(matched_rides.c.driver == person).distinct()).scalars().all()
    )
    _keep_messages(tx, [*driven, *(match.id for request in own for match in matches_of(tx, request))])
    tx.execute(delete(matches).where(matches.c.id.in_(driven)))
    about = [person, *own, *driven]
    tx.execute(update(journal).where(journal.c.about.in_(about)).values(about="", detail=""))
    tx.execute(update(journal).where(journal.c.who == person).values(who="erased"))
    tx.execute(delete(persons).where(persons.c.id == person))


def _keep_messages(tx: Connection, gone: Sequence[str]) -> None:
    """Leave what the other side of matches was told to those who saw the matches, which are about to go."""
    query = select(matches.c.id, requests.c.structure).join(requests, requests.c.id == matches.c.request)
    for match, structure in tx.execute(query.where(matches.c.id.in_(gone))).all():
        tx.execute(update(outbox).where(outbox.c.match == match).values(match="", structure=structure))


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
