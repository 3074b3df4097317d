"""Lists of drivers and of requests: their lines as offers and requests, each with whose it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from data.people import add_persons, persons_reached
from data.ride_records import add_offers, add_requests, offers_of, requests_of
from data.spreadsheets import Cell
from data.store import Transaction
from desks.imports.half_days import with_half_days
from desks.imports.matching import Entry
from desks.imports.reading import Line, Reader, on_line
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.rides import ONCE, REGULAR, VOLUNTEER, RideOffer, RideRequest
from mobility.telephone import dialled
from mobility.territory import folded

_FIELDS = {"origin": "from", "destination": "to"}
"""What lists call the fields of offers and requests, where that is another word."""
_Who = tuple[str, tuple[str, ...]]
"""Who a line is of: a number and a name, as they are compared."""


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
    return len(_new(told, _known(tx, told)))


def keep(tx: Transaction, reader: Reader, told: Sequence[Told]) -> int:
    """Keep what lines say, but what is known already; return how many were new.

    A long list asks and writes as few statements as a short one: nobody else can write meanwhile.
    """
    known = _known(tx, told)
    new = _new(told, known)
    newcomers: dict[_Who, Newcomer] = {}
    for line in new:
        if (who := _who(line.newcomer.contact)) not in known.people:
            newcomers.setdefault(who, line.newcomer)
    made = add_persons(tx, newcomers.values(), now=reader.now, by=reader.who)
    people = {**known.people, **dict(zip(newcomers, made, strict=True))}
    offers, requests = list[RideOffer](), list[RideRequest]()
    for line in new:
        person = people[_who(line.newcomer.contact)]
        if isinstance(line.thing, RideOffer):
            offers.append(replace(line.thing, driver=person.id))
        else:
            structure = line.thing.structure or person.structure
            requests.append(replace(line.thing, rider=person.id, structure=structure))
    add_offers(tx, offers, now=reader.now)
    add_requests(tx, requests, now=reader.now)
    return len(new)


@dataclass(frozen=True)
class _Known:
    """What the store knows of those whom lines name: who they are, and what each offered or asked for already."""

    people: Mapping[_Who, Person]
    said: frozenset[tuple[str, object]]


def _known(tx: Transaction, told: Sequence[Told]) -> _Known:
    """Return what is known of whom lines name: all are of the kind of the first."""
    contacts = [line.newcomer.contact for line in told]
    kind = told[0].newcomer.person.kind if told else RIDER
    numbers = {contact.telephone for contact in contacts if contact.telephone}
    names = {contact.name for contact in contacts if not contact.telephone}
    people: dict[_Who, Person] = {}
    for person, contact in persons_reached(tx, kind, numbers, names):
        people.setdefault(_who(contact), person)
    identifiers = {person.id for person in people.values()}
    if kind == DRIVER:
        said = {(offer.driver, _essence(offer)) for offer in offers_of(tx, *identifiers)}
    else:
        said = {(asked.rider, _essence(asked)) for asked in requests_of(tx, *identifiers)}
    return _Known(people, frozenset(said))


def _new(told: Sequence[Told], known: _Known) -> list[Told]:
    """Return the lines that say what neither the store nor a line above knows."""
    new: dict[tuple[_Who, object], Told] = {}
    for line in told:
        who, essence = _who(line.newcomer.contact), _essence(line.thing)
        person = known.people.get(who)
        if person is None or (person.id, essence) not in known.said:
            new.setdefault((who, essence), line)
    return [*new.values()]


def _who(contact: Contact) -> _Who:
    """Return what makes two one: the number and the name agree, or the name spelt just so where no number is known.

    One number may be a whole household's.
    """
    return (dialled(contact.telephone), _called(contact.name)) if contact.telephone else ("", (contact.name,))


def _called(name: str) -> tuple[str, ...]:
    """Return what two names that are one have in common, in whatever order they are told."""
    return tuple(sorted(folded(name).split()))


def _essence(thing: RideOffer | RideRequest) -> tuple[object, ...]:
    """Return what makes an offer or a request the same as another of the same person, withdrawn or not."""
    ends = (thing.origin.id, thing.destination.id, thing.day)
    if isinstance(thing, RideOffer):
        return (*ends, thing.kind, thing.opens, thing.closes, thing.weekdays)
    return (*ends, thing.arrive_by, thing.depart_after, thing.back_after)
