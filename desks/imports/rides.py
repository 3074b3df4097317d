"""Lists of drivers and of requests: their lines as offers and requests, each with whose it is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.imports import digest_of_line, lines_seen, remember_lines
from data.people import add_persons, persons_reached
from data.ride_records import add_offers, add_requests, offers_of, requests_of
from data.spreadsheets import Cell
from data.store import Transaction, new_id
from desks.imports.half_days import with_half_days
from desks.imports.matching import Entry
from desks.imports.reading import Line, Reader, on_line
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.errors import MobilityError
from mobility.names import Household, key_of_name
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.rides import ONCE, REGULAR, VOLUNTEER, RideOffer, RideRequest
from mobility.telephone import dialled

_FIELDS = {"origin": "from", "destination": "to"}
"""What lists call the fields of offers and requests, where that is another word."""


@dataclass(frozen=True)
class Told:
    """A line: who it is of, what they offer or ask for, and where it says who."""

    newcomer: Newcomer
    thing: RideOffer | RideRequest
    where: str

    def digest(self, tx: Transaction) -> str:
        """Return by what the line is known again in a list of its kind, of its structure."""
        return digest_of_line(tx, *self._whose(), _essence(self.thing))

    def digest_of_person(self, tx: Transaction) -> str:
        """Return by what is known again whom such lists mean by this name and number."""
        return digest_of_line(tx, *self._whose())

    def _whose(self) -> tuple[object, ...]:
        """Return who the line is of, as it is compared: the number and the name, or the name spelt just so alone."""
        person, contact = self.newcomer.person, self.newcomer.contact
        name = key_of_name(contact.name) if contact.telephone else contact.name
        return (person.kind, person.structure, dialled(contact.telephone), name)


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
    return Told(_newcomer(reader, line, offer), offer, line.entry.where("name"))


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
    return Told(_newcomer(reader, line, asked), asked, line.entry.where("name"))


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


def doubts(tx: Transaction, _reader: Reader, told: Sequence[Told]) -> dict[int, MobilityError]:
    """Return of which lines, by their place, it cannot be told whose they are: nobody's are made by a guess."""
    unsure = _looked_up(tx, told).unsure
    return {
        place: MobilityError(
            "which-of-household", "several people of this number may have this name", field=line.where,
            value=line.newcomer.contact.name,
        )
        for place, line in enumerate(told) if line.digest(tx) in unsure
    }  # fmt: skip


def news(tx: Transaction, _reader: Reader, told: Sequence[Told]) -> int:
    """Return how many lines say what neither the store nor a line above knows: how many :func:`keep` would keep."""
    return len(_looked_up(tx, told).new)


def keep(tx: Transaction, reader: Reader, told: Sequence[Told]) -> int:
    """Keep what lines say, but what is known already; return how many were new.

    A long list asks and writes as few statements as a short one: nobody else can write meanwhile. What each line
    became is remembered, new or not: whatever is put right or joined since, it is known again.
    """
    found = _looked_up(tx, told)
    add_persons(tx, found.newcomers.values(), now=reader.now, by=reader.who)
    offers, requests = list[RideOffer](), list[RideRequest]()
    for thing, person in found.new:
        if isinstance(thing, RideOffer):
            offers.append(replace(thing, driver=person.id))
        else:
            requests.append(replace(thing, rider=person.id, structure=thing.structure or person.structure))
    add_offers(tx, offers, now=reader.now)
    add_requests(tx, requests, now=reader.now)
    remember_lines(tx, found.became, now=reader.now)
    return len(found.new)


@dataclass
class _Found:
    """What is found of lines: what is new, and whose; those to be kept first; what each line and person became.

    ``became`` tells persons by the digests that were not remembered yet; ``unsure`` are those of lines of nobody.
    """

    new: list[tuple[RideOffer | RideRequest, Person]] = field(default_factory=list)
    newcomers: dict[str, Newcomer] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)


def _looked_up(tx: Transaction, told: Sequence[Told]) -> _Found:
    """Look lines up: one seen before says nothing new; of any other, whose it is and whether they said so before."""
    found = _Found()
    digests = [(line.digest(tx), line.digest_of_person(tx)) for line in told]
    seen = lines_seen(tx, {digest for pair in digests for digest in pair})
    unseen = [(line, *pair) for line, pair in zip(told, digests, strict=True) if pair[0] not in seen]
    people = _people(tx, [(line.newcomer, seen.get(whose, "")) for line, _, whose in unseen])
    said = _said(tx, people.known, unseen[0][0].thing) if unseen else set()
    for line, digest, whose in unseen:
        if digest in found.became or digest in found.unsure:
            continue
        persons = people.called(line.newcomer.contact)
        if len(persons) > 1:
            found.unsure.add(digest)
            continue
        person = persons[0] if persons else _new_person(line, found)
        people.add(person, line.newcomer.contact)
        essence = (person.id, _essence(line.thing))
        if essence not in said:
            said.add(essence)
            found.new.append((line.thing, person))
        found.became[digest] = person.id
        if whose not in seen:
            found.became.setdefault(whose, person.id)
    return found


def _new_person(line: Told, found: _Found) -> Person:
    person = replace(line.newcomer.person, id=new_id())
    found.newcomers[person.id] = replace(line.newcomer, person=person)
    return person


def _said(tx: Transaction, people: Iterable[str], like: RideOffer | RideRequest) -> set[tuple[str, object]]:
    """Return what people offered, or asked for, already."""
    if isinstance(like, RideOffer):
        return {(offer.driver, _essence(offer)) for offer in offers_of(tx, *people)}
    return {(asked.rider, _essence(asked)) for asked in requests_of(tx, *people)}


@dataclass
class _People:
    """Who lines may be of: the people of each number, and by their name, spelt just so, those of no number."""

    known: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household[str]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def add(self, person: Person, contact: Contact) -> None:
        """Let someone be told by a number and a name, or by one of them."""
        self.known[person.id] = person
        if contact.telephone:
            self.households.setdefault(dialled(contact.telephone), Household()).add(person.id, contact.name)
        else:
            self.named.setdefault(contact.name, person.id)

    def called(self, contact: Contact) -> list[Person]:
        """Return who may be meant; nobody alone is someone who is not known."""
        if not contact.telephone:
            found = [self.named[contact.name]] if contact.name in self.named else []
        else:
            household = self.households.get(dialled(contact.telephone))
            found = household.called(contact.name) if household else []
        return [self.known[person] for person in found]


def _people(tx: Transaction, told: Sequence[tuple[Newcomer, str]]) -> _People:
    """Return who is known of whom lines name, each with whom their name and number meant before ("" for nobody)."""
    contacts = [newcomer.contact for newcomer, _ in told]
    numbers = {contact.telephone for contact in contacts if contact.telephone}
    names = {contact.name for contact in contacts if not contact.telephone}
    kind = told[0][0].person.kind if told else RIDER
    before = {person for _, person in told if person}
    people = _People()
    for person, contact in persons_reached(tx, numbers, names, kind=kind, identifiers=before):
        people.add(person, contact)
    for newcomer, meant in told:
        # Whoever was put right since is still who lists mean by the former name or number.
        if meant in people.known:
            people.add(people.known[meant], newcomer.contact)
    return people


def _essence(thing: RideOffer | RideRequest) -> tuple[object, ...]:
    """Return what makes an offer or a request the same as another of the same person, withdrawn or not."""
    ends = (thing.origin.id, thing.destination.id, thing.day)
    if isinstance(thing, RideOffer):
        return (*ends, thing.kind, thing.opens, thing.closes, tuple(sorted(thing.weekdays)))
    return (*ends, thing.arrive_by, thing.depart_after, thing.back_after)
