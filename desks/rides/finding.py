"""What of the rides is found: persons by name or number, requests by theirs, places by any of their names."""

import re
from collections.abc import Iterator
from datetime import datetime

from data.finding import requests_numbered
from data.people import find_person
from data.person_search import search_persons
from desks.day.due import Visitor
from desks.day.search import SHOWN, Found
from desks.journal import looked_at
from desks.rides.desk import RideDesk
from desks.rides.place_search import Places, suggest
from mobility.accounts import AGENT
from mobility.telephone import SHORTEST, dialled

_NUMBER = re.compile(r"[+\d\s.()/-]+")
_REQUEST = re.compile(r"(?:n[°o]?\s*)?([0-9a-f]{6,32})", re.IGNORECASE)
FEWEST = 2
"""Signs from which a name is looked for."""


def telephone_in(text: str) -> str:
    """Return the telephone number that a text is, typed in any way ("" where it is something else)."""
    number = dialled(text) if _NUMBER.fullmatch(text) else ""
    return number if len(number) >= SHORTEST else ""


def persons_found(desk: RideDesk, text: str, now: datetime, visitor: Visitor) -> Iterator[Found]:
    """Return who has a number or a name; that they were looked at stands in the journal."""
    if AGENT not in visitor.roles:
        return
    number = telephone_in(text)
    with desk.within(visitor.scope).store.writing() as tx:
        known = [(one.person, one.name) for one in search_persons(tx, text, limit=SHOWN + 1) if len(text) >= FEWEST]
        looked_at(tx, visitor.key, "contact-seen", [person.id for person, _ in known[:SHOWN]], now=now)
        for person, name in known:
            yield Found("person", person.id, name or person.alias, {"kind": person.kind, "commune": person.commune})
    if number and not known:
        yield Found("number", "", number)


def requests_found(desk: RideDesk, text: str, visitor: Visitor) -> Iterator[Found]:
    """Return the requests whose number a text is, or begins."""
    asked = _REQUEST.fullmatch(text)
    if AGENT not in visitor.roles or not asked:
        return
    with desk.within(visitor.scope).store.reading() as tx:
        for request in requests_numbered(tx, asked[1].lower(), limit=SHOWN + 1):
            yield Found("request", request.id, find_person(tx, request.rider).alias, {"asked": request})


def places_found(places: Places, text: str) -> Iterator[Found]:
    """Return the places that a text most likely means."""
    if telephone_in(text):
        return
    for entry in suggest(places.index(), text, count=SHOWN):
        yield Found("place", entry.place.id, entry.name, {"kind": entry.kind})
