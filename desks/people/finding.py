"""Finding a person by name, by number, or by how the name sounds."""

from data.person_search import FoundPerson, search_persons
from data.store import Store

SHOWN = 30
"""Persons told at most: more words tell them apart."""


def find(store: Store, text: str, *, limit: int = SHOWN) -> list[FoundPerson]:
    """Return who may be meant, the likeliest first; of a store within a scope, those whom the scope knows."""
    with store.reading() as tx:
        return search_persons(tx, text, limit=limit)
