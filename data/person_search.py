"""Persons found by name, telephone or sound: the words of each name stand in a table of their own, with an index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    delete,
    insert,
    intersect,
    or_,
    select,
)

from data.ride_schema import contacts, person_names, persons
from data.ride_scope import everything, own_persons, scope_of
from mobility.names import sound_of, words_of
from mobility.people import Person
from mobility.scope import Scope
from mobility.telephone import dialled, telephone_in

_Which = Select[str] | CompoundSelect[str]
FEWEST_DIGITS = 5
"""Digits by which a number is looked for."""
_ALL = 10**9
"""More persons than there are."""


@dataclass(frozen=True)
class FoundPerson:
    """A person who was looked for; ``exact`` where they are called so as it was written, not only as it sounds."""

    person: Person
    name: str
    telephone: str
    exact: bool


def index_names(tx: Connection, person: str) -> None:
    """Write down by which words a person is found; to be called after each change of what they are called."""
    row = tx.execute(
        select(persons.c.alias, contacts.c.name)
        .outerjoin(contacts, contacts.c.person == persons.c.id)
        .where(persons.c.id == person)
    ).one()
    tx.execute(delete(person_names).where(person_names.c.person == person))
    add_names(tx, {person: f"{row.name or ''} {row.alias}"})


def add_names(tx: Connection, called: Mapping[str, str]) -> None:
    """Write down by which words persons are found who were found by none yet; ``called`` says all that they are."""
    words = ((person, word) for person, names in called.items() for word in sorted({w[:60] for w in words_of(names)}))
    if found := [{"person": person, "word": word, "sound": sound_of(word)} for person, word in words]:
        tx.execute(insert(person_names), found)


def search_persons(tx: Connection, text: str, *, limit: int = 20) -> list[FoundPerson]:
    """Return who may be meant by a name (or its beginning, or how it sounds) or a number, the likeliest first."""
    digits = dialled(text)
    if len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text):
        number = contacts.c.telephone
        if whole := telephone_in(text):
            which = select(contacts.c.person).where(number == whole)
            return _told(tx, which, limit, exact=which)
        return _told(tx, select(contacts.c.person).where(number.contains(digits, autoescape=True)), limit)
    words = words_of(text)[:6]
    if not words:
        return []
    exact = _called([_begins(word) for word in words])
    return _told(tx, _called([or_(_begins(word), _sounds(word)) for word in words]), limit, exact=exact)


def _begins(word: str) -> ColumnElement[bool]:
    # A range, as an index serves it whatever the collation: words are small letters and digits.
    return person_names.c.word.between(word, word + 60 * "z")


def _sounds(word: str) -> ColumnElement[bool]:
    return person_names.c.sound == sound_of(word)


def _called(words: Sequence[ColumnElement[bool]]) -> CompoundSelect[str]:
    return intersect(*(select(person_names.c.person).where(which) for which in words))


def _own(which: _Which, scope: Scope, known: Collection[str], limit: int) -> Select[str]:
    """Return those of the persons who are a scope's own, the last seen first, without those who are known already.

    They are put in order before it is asked whose they are, one after the other, until there are enough: a letter
    begins the names of thousands. Others of the same name never crowd out those of a scope.
    """
    meant = select(persons.c.id, persons.c.kind, persons.c.structure).where(persons.c.id.in_(which))
    ordered = meant.where(persons.c.id.not_in(known)).order_by(persons.c.seen.desc(), persons.c.id)
    if scope.everything:
        return ordered.with_only_columns(persons.c.id).limit(limit)
    # The limit, which nobody reaches, keeps the database from asking for the order last.
    rows = ordered.limit(_ALL).subquery()
    return select(rows.c.id).where(own_persons(scope, rows)).limit(limit)


def _told(tx: Connection, which: _Which, limit: int, *, exact: _Which | None = None) -> list[FoundPerson]:
    """Return those of the persons whom the scope knows; who else is meant is looked up, and never told."""
    scope = scope_of(tx)
    found: dict[str, tuple[Row[Any], bool]] = {}
    for meant, so in ((exact, True), (which, False)):
        # Who only sounds so is looked for where room is left.
        if meant is None or len(found) >= limit:
            continue
        with everything(tx):
            ids = tx.execute(_own(meant, scope, sorted(found), limit - len(found))).scalars().all()
        if ids:
            rows = tx.execute(select(persons).where(persons.c.id.in_(ids)))
            found |= {row.id: (row, so) for row in sorted(rows, key=lambda row: ids.index(row.id))}
    if not found:
        return []
    with everything(tx):
        reached = tx.execute(select(contacts).where(contacts.c.person.in_(list(found)))).all()
    contact = {row.person: row for row in reached}
    return [
        FoundPerson(
            Person(row.id, row.kind, row.alias, row.commune, row.structure),
            (contact[row.id].name if row.id in contact else "") or row.alias,
            contact[row.id].telephone if row.id in contact else "", so,
        )
        for row, so in found.values()
    ]  # fmt: skip
