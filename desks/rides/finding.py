"""What of the rides is found: requests by their number, places by any of their names."""

import re
from collections.abc import Iterator
from datetime import datetime

from data.people import names_of
from data.ride_records import requests_numbered
from desks.day.due import Visitor
from desks.day.search import SHOWN, Found
from desks.journal import looked_at
from desks.rides.desk import RideDesk
from desks.rides.place_search import Places, suggest
from mobility.accounts import AGENT
from mobility.telephone import telephone_in

LIKELY = 8
"""Places told at most: one that is farther from what was typed is hardly meant."""
_REQUEST = re.compile(r"(?:n[°o]?\s*)?([0-9a-f]{6,32})", re.IGNORECASE)


def requests_found(desk: RideDesk, text: str, now: datetime, visitor: Visitor) -> Iterator[Found]:
    """Return the requests whose number a text is, or begins; that their riders' names were seen is written down."""
    asked = _REQUEST.fullmatch(text)
    if AGENT not in visitor.roles or not asked:
        return
    with desk.within(visitor.scope).store.writing() as tx:
        known = requests_numbered(tx, asked[1].lower(), limit=SHOWN + 1)
        looked_at(tx, visitor.key, "requests-seen", [request.rider for request in known], now=now)
        names = names_of(tx, (request.rider for request in known))
    found = [Found("request", request.id, names[request.rider], {"asked": request}) for request in known]
    yield from found


def places_found(places: Places, text: str) -> Iterator[Found]:
    """Return the places that a text most likely means."""
    if telephone_in(text):
        return
    for entry in suggest(places.index(), text, count=LIKELY):
        yield Found("place", entry.place.id, entry.name, {"kind": entry.kind})
