"""Lists of drivers and of requests: their lines as offers and requests, each with whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.people import add_person, persons_with_telephone, persons_without_telephone, read_contact
from data.ride_records import add_offer, add_request, offers_of, requests_of
from data.store import Transaction
from desks.imports.matching import Entry
from desks.imports.reading import Reader, abilities, clock, errand, number, on_line, place, whole
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.errors import MobilityError
from mobility.messages import is_mail
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place
from mobility.rides import MOST_SEATS, ONCE, REGULAR, VOLUNTEER, RideOffer, RideRequest
from mobility.territory import folded
from mobility.written import written_day, written_telephone, written_weekdays, written_yes

_FIELDS = {"origin": "from", "destination": "to", "wishes": "needs", "errand": "purpose"}
"""What lists call the fields of offers and requests."""


@dataclass(frozen=True)
class Told:
    """A line: who it is of, and what they offer or ask for."""

    newcomer: Newcomer
    thing: RideOffer | RideRequest


def read_driver(reader: Reader, entry: Entry) -> Told:
    """Read what a driver offers: half-days from home, or a trip where the line says where to."""
    origin = place(reader, entry, "from")
    destination = place(reader, entry, "to") if entry.text("to") else origin
    entry.required("opens")
    opens = clock(entry, "opens") or 0
    closes = clock(entry, "closes")
    day = _day(reader, entry) if entry.text("day") else None
    kind = VOLUNTEER if destination is origin else ONCE if day else REGULAR
    if kind != ONCE:
        entry.required("weekdays")
    weekdays = written_weekdays(entry.cell("weekdays"), field=entry.where("weekdays")) if kind != ONCE else frozenset()
    with on_line(entry, **_FIELDS):
        offer = RideOffer(
            "", "", kind, origin, destination, opens, opens if closes is None else closes, weekdays, day,
            whole(entry, "seats", 1, MOST_SEATS, 3), abilities(entry, "abilities"),
            1000.0 * number(entry, "reach_km", 80.0), 60.0 * number(entry, "detour_minutes", 15.0),
        )  # fmt: skip
    return Told(_newcomer(reader, entry, DRIVER, origin), offer)


def read_request(reader: Reader, entry: Entry) -> Told:
    """Read what a rider asks for."""
    origin, destination = place(reader, entry, "from"), place(reader, entry, "to")
    entry.required("day")
    day = _day(reader, entry)
    structure = reader.desk.store.scope.structure
    with on_line(entry, **_FIELDS):
        asked = RideRequest(
            "", "", day, origin, destination, clock(entry, "arrive_by"), clock(entry, "depart_after"),
            clock(entry, "back_after"), whole(entry, "companions", 0, MOST_SEATS - 1, 0),
            abilities(entry, "needs"), errand(entry, "purpose"), entry.text("criterion"),
            entry.text("proof")[:300], reader.who, structure=structure,
        )  # fmt: skip
    return Told(_newcomer(reader, entry, RIDER, origin, structure), asked)


def _day(reader: Reader, entry: Entry) -> date:
    day = written_day(entry.cell("day"), today=reader.now.date(), field=entry.where("day"))
    if day < reader.now.date():
        raise MobilityError("day-over", "this day is over", field=entry.where("day"))
    return day


def _newcomer(reader: Reader, entry: Entry, kind: str, home: Place, structure: str = "") -> Newcomer:
    ground = reader.desk.ground
    commune = ground.communes.at(home.point) or ""
    known = ground.territory.by_insee.get(commune)
    role = "Conducteur" if kind == DRIVER else "Passager"
    entry.required("name")
    mail = entry.text("mail")
    if mail and not (is_mail(mail) and len(mail) <= 120):
        raise MobilityError("bad-mail", f"'{mail}' is not a mail address", field=entry.where("mail"), value=mail[:120])
    contact = Contact(
        f"{entry.text('first_name')} {entry.text('name')}".strip()[:120],
        written_telephone(entry.cell("telephone"), field=entry.where("telephone")), mail, entry.text("address")[:200],
    )  # fmt: skip
    agrees = written_yes(entry.cell("consent"), field=entry.where("consent"))
    consents = (Consent(CONTACT_CONSENT), Consent(MESSAGE_CONSENT)) if agrees else ()
    alias = f"{role} de {known.name}" if known else role
    return Newcomer(Person("", kind, alias, commune, structure), contact, consents)


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
    return next((person for person in found if _same(read_contact(tx, person.id).name, contact.name)), None)


def _same(name: str, other: str) -> bool:
    """Tell whether two names are one, in whatever order they are told."""
    return sorted(folded(name).split()) == sorted(folded(other).split())


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
