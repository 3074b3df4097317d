"""Persons and how they are reached, in the store."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, insert, select, update

from data.consents import consented, first_consents
from data.person_search import add_names
from data.ride_schema import contacts, persons
from data.store import find_row, in_parts, new_id
from mobility.consent import MEMORY_CONSENT
from mobility.errors import MobilityError
from mobility.names import Household, same_name
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.telephone import dialled

_RIDERS_FIRST = (case((persons.c.kind == RIDER, 0), else_=1), persons.c.seen.desc(), persons.c.id)
"""In which order those who share a number are asked about: a driver who rides too is the rider."""


def add_person(tx: Connection, newcomer: Newcomer, *, now: datetime, by: str, example: bool = False) -> Person:
    """Keep a person (a new identifier where theirs is empty), with what they agree to and who took it down."""
    return add_persons(tx, [newcomer], now=now, by=by, example=example)[0]


def add_persons(
    tx: Connection, newcomers: Iterable[Newcomer], *, now: datetime, by: str, example: bool = False
) -> list[Person]:
    """Keep persons as :func:`add_person` does, however many in the same few statements."""
    told = [replace(one, person=replace(one.person, id=one.person.id or new_id())) for one in newcomers]
    if not told:
        return []
    at = now.astimezone(UTC)
    rows = [
        {
            "id": one.person.id, "kind": one.person.kind, "alias": one.person.alias, "commune": one.person.commune,
            "example": example, "wishes": [], "created": at, "structure": one.person.structure, "seen": at,
        }
        for one in told
    ]  # fmt: skip
    tx.execute(insert(persons), rows)
    reached = [
        {"person": one.person.id, **asdict(replace(one.contact, telephone=dialled(one.contact.telephone)))}
        for one in told
    ]
    tx.execute(insert(contacts), reached)
    add_names(tx, {one.person.id: f"{one.contact.name} {one.person.alias}" for one in told})
    given = [(one.person.id, {(c.what, c.whom): c for c in one.consents}.values()) for one in told]
    first_consents(tx, [(person, consent) for person, theirs in given for consent in theirs], now=now, by=by)
    return [one.person for one in told]


def find_person(tx: Connection, person: str, *, lock: bool = False) -> Person:
    """Return a person; ``lock`` keeps them from others until the transaction ends."""
    missing = MobilityError("no-such-person", f"no person '{person}'", field="person", value=person)
    return _person(find_row(tx, persons, person, missing, lock=lock))


def names_of(tx: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return what those who may open people's files call them: by their name, or as others do where none is known.

    Whoever the transaction does not know is called nothing.
    """
    asked = {*people}
    query = select(persons.c.id, persons.c.alias, contacts.c.name)
    named = query.outerjoin(contacts, contacts.c.person == persons.c.id).where(persons.c.id.in_(asked))
    return dict.fromkeys(asked, "") | {row.id: row.name or row.alias for row in tx.execute(named)}


def aliases_of(tx: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return what others call people; whoever the transaction does not know is called nothing."""
    asked = {*people}
    query = select(persons.c.id, persons.c.alias).where(persons.c.id.in_(asked))
    return dict.fromkeys(asked, "") | {row.id: row.alias for row in tx.execute(query)}


def all_persons(tx: Connection) -> list[Person]:
    """Return all persons, in the order in which they came."""
    return [_person(row) for row in tx.execute(select(persons).order_by(persons.c.created, persons.c.id))]


def persons_with_telephone(tx: Connection, telephone: str, kind: str | None = None) -> list[Person]:
    """Return the persons whose number this is, in whatever way it is told: riders first, those seen last before.

    There may be several: a driver who rides too, a rider whom two structures know.
    """
    if not dialled(telephone):
        return []
    query = (
        select(persons)
        .join(contacts, contacts.c.person == persons.c.id)
        .where(contacts.c.telephone == dialled(telephone))
        .order_by(*_RIDERS_FIRST)
    )
    rows = tx.execute(query.where(persons.c.kind == kind) if kind else query)
    return [_person(row) for row in rows]


def persons_reached(
    tx: Connection, telephones: Collection[str], names: Collection[str], *, kind: str, identifiers: Collection[str] = ()
) -> list[tuple[Person, Contact]]:
    """Return who has one of some numbers, or none and one of some names, spelt just so; and some persons besides.

    A driver who asks for a ride is who they are: of drivers alone only drivers are meant, of riders everyone whose
    number it is. Riders come first, then those seen last before.
    """
    query = select(persons, *(c for c in contacts.c if c.name != "person"))
    query = query.join(contacts, contacts.c.person == persons.c.id).order_by(*_RIDERS_FIRST)
    alone = query.where(persons.c.kind == kind)
    numbers = {dialled(telephone) for telephone in telephones} - {""}
    reached = alone if kind == DRIVER else query
    questions = [reached.where(contacts.c.telephone.in_(part)) for part in in_parts(numbers)]
    questions += [alone.where(contacts.c.telephone == "", contacts.c.name.in_(part)) for part in in_parts(names)]
    questions += [query.where(persons.c.id.in_(part)) for part in in_parts(identifiers)]
    rows = {row.id: row for question in questions for row in tx.execute(question)}
    return [(_person(row), Contact(row.name, row.telephone, row.mail, row.address)) for row in rows.values()]


def person_called(tx: Connection, telephone: str, name: str, kind: str | None = None) -> Person | None:
    """Return who of a household has a name: a landline is several people's, and what one asks is not another's.

    Someone without a name is whoever has the number, where that is one person alone; a name that several of them may
    bear, as that of the family, is none of theirs.
    """
    known = [(person, read_contact(tx, person.id).name) for person in persons_with_telephone(tx, telephone, kind)]
    found = Household(known).called(name)
    return found[0] if len(found) == 1 else None


def household_of(tx: Connection, telephone: str) -> list[tuple[Person, str]]:
    """Return the people of a number with their names: one who rides and drives, or whom two structures know, once."""
    found: list[tuple[Person, str]] = []
    for person in persons_with_telephone(tx, telephone):
        name = read_contact(tx, person.id).name
        if not any(name == theirs or same_name(name, theirs) for _, theirs in found):
            found.append((person, name))
    return found


def _person(row: Row[Any]) -> Person:
    return Person(row.id, row.kind, row.alias, row.commune, row.structure)


def remembered_wishes(tx: Connection, person: str, *, now: datetime, whom: str = "") -> frozenset[str]:
    """Return what is remembered of a person's wishes on each ride: nothing where ``whom`` may not remember it."""
    if not consented(tx, person, MEMORY_CONSENT, now=now, whom=whom):
        return frozenset()
    return frozenset(tx.execute(select(persons.c.wishes).where(persons.c.id == person)).scalar() or ())


def set_wishes(tx: Connection, person: str, wishes: Iterable[str], *, now: datetime, whom: str = "") -> None:
    """Remember what a person wishes on each ride, abilities of a driver and :data:`PERSONAL_WISHES`.

    Nothing is kept of who did not agree that ``whom`` remembers it.
    """
    if consented(tx, person, MEMORY_CONSENT, now=now, whom=whom):
        tx.execute(update(persons).where(persons.c.id == person).values(wishes=sorted(wishes)))


def read_contact(tx: Connection, person: str) -> Contact:
    """Return how a person is reached; callers write down in the journal who asked."""
    row = tx.execute(select(contacts).where(contacts.c.person == person)).first()
    return Contact(row.name, row.telephone, row.mail, row.address) if row else Contact()


def is_example(tx: Connection, person: str) -> bool:
    """Tell whether a person is one of the example's, who do not exist."""
    return bool(tx.execute(select(persons.c.example).where(persons.c.id == person)).scalar())


def seen(tx: Connection, person: str, now: datetime) -> None:
    """Remember that a person used the service: they are not forgotten yet."""
    tx.execute(update(persons).where(persons.c.id == person).values(seen=now.astimezone(UTC)))
