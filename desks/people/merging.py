"""Two files of one person made one, and two again: what would follow is told first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.journal import note
from data.merges import following, merge_persons, merged_into, undo_merge
from data.people import find_person, read_contact
from data.store import Store
from desks.journal import looked_at
from mobility.people import Contact, Person

UNDOABLE = timedelta(days=30)
"""How long a merge can be undone: what undoes it is somebody's data too, and is not kept for ever."""


@dataclass(frozen=True)
class Merging:
    """What would become of two files: which one stays, what follows of the other, and until when one may undo it."""

    kept: Person
    contact: Contact
    gone: Person
    other: Contact
    follows: Mapping[str, int]
    until: datetime


def look(store: Store, kept: str, gone: str, *, now: datetime, who: str) -> Merging:
    """Tell what would follow if two persons were one."""
    with store.writing() as tx:
        mine, theirs = find_person(tx, kept), find_person(tx, gone)
        looked_at(tx, who, "contact-seen", [kept, gone], now=now)
        follows = following(tx, gone)
        return Merging(mine, read_contact(tx, kept), theirs, read_contact(tx, gone), follows, now + UNDOABLE)


def merge(store: Store, kept: str, gone: str, *, now: datetime, who: str) -> str:
    """Let ``gone`` become ``kept``, with all that leads there; return the merge."""
    with store.writing("people") as tx:
        made = merge_persons(tx, kept, gone, now=now, until=now + UNDOABLE, by=who)
        note(tx, who, "persons-merged", about=kept, now=now)
    return made


def undo(store: Store, person: str, merge: str, *, now: datetime, who: str) -> str:
    """Make two of whom a merge made one; return the other."""
    with store.writing("people") as tx:
        other = undo_merge(tx, person, merge, now=now)
        note(tx, who, "merge-undone", about=other, now=now)
    return other


def known_as(store: Store, person: str) -> str:
    """Return as whom someone is known since two files became one ("" where they did not)."""
    with store.reading() as tx:
        return merged_into(tx, person)
