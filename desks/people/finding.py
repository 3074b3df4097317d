"""Finding a person by name, by number, or by how the name sounds; and the list of those who drive."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from data.people import all_persons, names_of
from data.person_search import FoundPerson, search_persons
from data.ride_records import active_offers
from data.store import Store
from desks.day.due import Visitor
from desks.day.search import SHOWN, Found
from desks.journal import looked_at
from mobility.accounts import AGENT
from mobility.people import DRIVER, Person
from mobility.rides import RideOffer
from mobility.telephone import telephone_in

FEWEST = 2
"""Signs from which a name is looked for."""


def find(store: Store, text: str, *, now: datetime, who: str, limit: int) -> list[FoundPerson]:
    """Return who may be meant, the likeliest first; that their numbers were seen stands in the journal.

    Of a store within a scope, they are those whom the scope knows.
    """
    with store.writing() as tx:
        found = search_persons(tx, text, limit=limit)
        looked_at(tx, who, "contact-seen", [one.person.id for one in found], now=now)
    return found


def persons_found(store: Store, text: str, now: datetime, visitor: Visitor) -> Iterator[Found]:
    """Return who has a number or a name, for the search of every page; an unknown number is an answer as well."""
    if AGENT not in visitor.roles:
        return
    within = store.within(visitor.scope)
    known = find(within, text, now=now, who=visitor.key, limit=SHOWN + 1) if len(text) >= FEWEST else []
    for one in known:
        facts = {
            "kind": one.person.kind, "commune": one.person.commune, "telephone": one.telephone, "exact": one.exact,
        }  # fmt: skip
        yield Found("person", one.person.id, one.name or one.person.alias, facts)
    if not known and (number := telephone_in(text)):
        yield Found("number", "", number)


def drivers(store: Store, *, now: datetime, who: str) -> list[tuple[Person, str, Sequence[RideOffer]]]:
    """Return who drives, what their file calls them and what they offer, in the order in which they came.

    That they were seen stands in the journal.
    """
    with store.writing() as tx:
        offered: dict[str, list[RideOffer]] = {}
        for offer in active_offers(tx):
            offered.setdefault(offer.driver, []).append(offer)
        found = [person for person in all_persons(tx) if person.kind == DRIVER or person.id in offered]
        names = names_of(tx, (person.id for person in found))
        looked_at(tx, who, "drivers-seen", [person.id for person in found], now=now)
        return [(person, names[person.id], offered.get(person.id, ())) for person in found]
