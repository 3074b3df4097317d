"""Looks for persons by name and for requests by number in the store."""

from sqlalchemy import Connection, select

from data.people import find_person
from data.ride_records import find_request
from data.ride_schema import contacts, persons, requests
from mobility.people import Person
from mobility.rides import RideRequest
from mobility.territory import folded


def persons_called(tx: Connection, text: str, *, limit: int) -> list[tuple[Person, str]]:
    """Return the persons in whose name or alias each word begins a word, beside the name; accents do not count."""
    wanted = folded(text).split()
    query = select(persons.c.id, persons.c.alias, contacts.c.name).outerjoin(
        contacts, contacts.c.person == persons.c.id
    )
    found = []
    for row in tx.execute(query.order_by(persons.c.seen.desc(), persons.c.id)):
        words = folded(f"{row.name or ''} {row.alias}").split()
        if wanted and all(any(word.startswith(part) for word in words) for part in wanted):
            found.append((row.id, row.name or ""))
            if len(found) == limit:
                break
    return [(find_person(tx, person), name) for person, name in found]


def requests_numbered(tx: Connection, number: str, *, limit: int) -> list[RideRequest]:
    """Return the requests whose number begins so."""
    query = select(requests.c.id).where(requests.c.id.startswith(number, autoescape=True)).order_by(requests.c.id)
    return [find_request(tx, row.id) for row in tx.execute(query.limit(limit))]
