"""Lists of drivers and of requests: their lines as offers and requests, each with whose it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from data.people import add_person, persons_with_telephone, persons_without_telephone, read_contact
from data.ride_records import add_offer, add_request, offers_of, requests_of
from data.spreadsheets import Cell
from data.store import Transaction
from desks.imports.half_days import with_half_days
from desks.imports.matching import Entry
from desks.imports.reading import Line, Reader, on_line
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.rides import ONCE, REGULAR, VOLUNTEER, RideOffer, RideRequest
from mobility.territory import folded

_FIELDS = {"origin": "from", "destination": "to"}
"""What lists call the fields of offers and requests, where that is another word."""


@dataclass(frozen=True)
class Told:
    """A line: who it is of, and what they offer or ask for."""

    newcomer: Newcomer
    thing: RideOffer | RideRequest


def driver_needs(entry: Entry) -> Collection[str]:
    """Return what else a driver must say: the weekdays, but for a trip made once; for half-days, when they end."""
    return ("weekdays", "closes") if not entry.text("to") else () if entry.text("day") else ("weekdays",)


def completed_driver(entry: Entry, given: Mapping[str, Cell]) -> Entry:
    """Return a driver's line with its hours: its own, else those of a half-day that its days tell, else those given."""
    entry = with_half_days(entry)
    if entry.text("opens") or entry.text("closes"):
        return entry
    return replace(entry, cells={**entry.cells, **given})


def read_driver(reader: Reader, line: Line) -> Told:
    """Read what a driver offers: half-days from home, or a trip where the line says where to."""
    origin, opens, day = line.get("from"), line.get("opens"), line.get("day")
    destination = line.get("to", origin)
    kind = VOLUNTEER if destination is origin else ONCE if day else REGULAR
    weekdays = line.get("weekdays") if kind != ONCE else frozenset()
    with on_line(line.entry, **_FIELDS):
        offer = RideOffer(
            "", "", kind, origin, destination, opens, line.get("closes", opens), weekdays, day, line.get("seats", 3),
            line.get("abilities", frozenset()), 1000.0 * line.get("reach_km", 80.0),
            60.0 * line.get("detour_minutes", 15.0),
        )  # fmt: skip
    return Told(_newcomer(reader, line, offer), offer)


def read_request(reader: Reader, line: Line) -> Told:
    """Read what a rider asks for."""
    structure = reader.desk.store.scope.structure
    with on_line(line.entry, **_FIELDS):
        asked = RideRequest(
            "", "", line.get("day"), line.get("from"), line.get("to"), line.get("arrive_by"),
            line.get("depart_after"), line.get("back_after"), line.get("companions", 0),
            line.get("wishes", frozenset()), line.get("errand", "other"), line.get("criterion", ""),
            line.get("proof", "")[:300], reader.who, structure=structure,
        )  # fmt: skip
    return Told(_newcomer(reader, line, asked), asked)


def _newcomer(reader: Reader, line: Line, thing: RideOffer | RideRequest) -> Newcomer:
    kind, called, structure = (
        (DRIVER, thing.kind, "") if isinstance(thing, RideOffer) else (RIDER, RIDER, thing.structure)
    )
    commune = reader.ground.communes.at(thing.origin.point) or ""
    known = reader.ground.territory.by_insee.get(commune)
    name = f"{line.get('first_name', '')} {line.get('name', '')}".strip()[:120]
    contact = Contact(name, line.get("telephone", ""), line.get("mail", ""), line.get("address", "")[:200])
    consents = (Consent(CONTACT_CONSENT), Consent(MESSAGE_CONSENT)) if line.get("consent") else ()
    alias = reader.called(called, known.name if known else "")
    return Newcomer(Person("", kind, alias, commune, structure), contact, consents)


def news(tx: Transaction, _reader: Reader, told: Sequence[Told]) -> int:
    """Return how many lines say what neither the store nor a line above knows: how many :func:`keep` would keep."""
    above: set[tuple[object, ...]] = set()
    for line in told:
        contact = line.newcomer.contact
        essence = (contact.telephone, _called(contact.name), _essence(line.thing))
        if essence not in above:
            known = _known(tx, line.newcomer)
            if not (known and _said_before(tx, known, line.thing)):
                above.add(essence)
    return len(above)


def keep(tx: Transaction, reader: Reader, told: Sequence[Told]) -> int:
    """Keep what lines say, but what is known already; return how many were new."""
    return sum(_keep(tx, reader, line) for line in told)


def _keep(tx: Transaction, reader: Reader, told: Told) -> bool:
    known = _known(tx, told.newcomer)
    if known and _said_before(tx, known, told.thing):
        return False
    person = known or add_person(tx, told.newcomer, now=reader.now, by=reader.who)
    if isinstance(told.thing, RideOffer):
        add_offer(tx, replace(told.thing, driver=person.id), now=reader.now)
    else:
        add_request(tx, replace(told.thing, rider=person.id), now=reader.now)
    return True


def _known(tx: Transaction, newcomer: Newcomer) -> Person | None:
    """Return who this is, if known: the number and the name agree. One number may be a whole household's."""
    kind, contact = newcomer.person.kind, newcomer.contact
    if contact.telephone:
        found = persons_with_telephone(tx, contact.telephone, kind)
    else:
        found = persons_without_telephone(tx, contact.name, kind)
    name = _called(contact.name)
    return next((person for person in found if _called(read_contact(tx, person.id).name) == name), None)


def _called(name: str) -> tuple[str, ...]:
    """Return what two names that are one have in common, in whatever order they are told."""
    return tuple(sorted(folded(name).split()))


def _said_before(tx: Transaction, person: Person, thing: RideOffer | RideRequest) -> bool:
    if isinstance(thing, RideOffer):
        return _essence(thing) in [_essence(offer) for offer in offers_of(tx, person.id)]
    return _essence(thing) in [_essence(asked) for asked in requests_of(tx, person.id)]


def _essence(thing: RideOffer | RideRequest) -> tuple[object, ...]:
    """Return what makes an offer or a request the same as another of the same person, withdrawn or not."""
    ends = (thing.origin.id, thing.destination.id, thing.day)
    if isinstance(thing, RideOffer):
        return (*ends, thing.kind, thing.opens, thing.closes, thing.weekdays)
    return (*ends, thing.arrive_by, thing.depart_after, thing.back_after)
