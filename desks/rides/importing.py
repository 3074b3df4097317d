"""Existing lists of drivers and requests, read from CSV; every line that cannot be read is reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from data.csv_tables import Row, read_table
from data.journal import note
from data.people import add_person, person_with_telephone
from data.ride_records import add_offer, add_request, all_nicknames
from data.store import Transaction
from desks.rides.desk import RideDesk
from desks.rides.place_search import find_place, place_index
from mobility.clock import parse_clock, parse_day
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.errors import MobilityError
from mobility.messages import is_mail
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.place_index import PlaceIndex
from mobility.places import Place
from mobility.rides import ABILITIES, ERRANDS, ONCE, REGULAR, VOLUNTEER, RideOffer, RideRequest

DRIVER_COLUMNS = ("name", "telephone", "from", "opens", "closes")
REQUEST_COLUMNS = ("name", "telephone", "from", "to", "day")
_WEEKDAYS = {
    "lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 7,
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
}  # fmt: skip
_WISHES = {"fauteuil": "wheelchair", "siege enfant": "child-seat", "siège enfant": "child-seat", "aide": "door-help"}


@dataclass
class ImportReport:
    """What came of a list: how many lines were taken, and what is wrong with each of the others."""

    taken: int = 0
    doubles: int = 0
    troubles: list[MobilityError] = field(default_factory=list)


def import_list(desk: RideDesk, path: Path, kind: str, *, now: datetime, who: str) -> ImportReport:
    """Read drivers or requests; good lines are kept all at once, bad ones reported with their number and column."""
    columns = DRIVER_COLUMNS if kind == "drivers" else REQUEST_COLUMNS
    rows = read_table(path, columns)
    with desk.store.reading() as tx:
        index = place_index(desk.ground, all_nicknames(tx))
    report = ImportReport()
    take = _take_driver if kind == "drivers" else _take_request
    with desk.store.writing() as tx:
        for row in rows:
            try:
                taken = take(tx, desk, row, index, now, who)
            except MobilityError as error:
                report.troubles.append(error)
            else:
                report.taken += taken
                report.doubles += not taken
        note(tx, who, "imported", detail=f"{kind}: {report.taken} lines, {len(report.troubles)} refused", now=now)
    return report


def _person(tx: Transaction, desk: RideDesk, row: Row, kind: str, home: Place, now: datetime, who: str) -> Person:
    known = person_with_telephone(tx, row.text("telephone"), kind)
    if known:
        return known
    consents = (Consent(CONTACT_CONSENT), Consent(MESSAGE_CONSENT)) if _yes(row, "consent") else ()
    commune = desk.ground.communes.at(home.point) or ""
    mail = row.text("mail")
    if mail and not is_mail(mail):
        raise MobilityError("bad-mail", f"'{mail}' is not a mail address", field=row.where("mail"), value=mail)
    contact = Contact(row.required("name"), row.text("telephone"), mail, row.text("address"))
    person = Person("", kind, _alias(kind, desk, commune), commune)
    return add_person(tx, Newcomer(person, contact, consents), now=now, by=who)


def _alias(kind: str, desk: RideDesk, commune: str) -> str:
    known = desk.ground.territory.by_insee.get(commune)
    role = "Conducteur" if kind == DRIVER else "Passager"
    return f"{role} de {known.name}" if known else role


def _take_driver(tx: Transaction, desk: RideDesk, row: Row, index: PlaceIndex, now: datetime, who: str) -> bool:
    origin = _place(row, "from", index)
    opens = parse_clock(row.required("opens"), field=row.where("opens"))
    closes = parse_clock(row.text("closes") or row.text("opens"), field=row.where("closes"))
    to = row.text("to")
    day = _date(row, "day") if row.text("day") else None
    kind = VOLUNTEER if not to else ONCE if day else REGULAR
    weekdays = frozenset() if day and kind == ONCE else _weekdays(row)
    reach = row.number("reach_km") * 1000 if row.text("reach_km") else 80_000.0
    detour = row.number("detour_minutes") * 60 if row.text("detour_minutes") else 900.0
    seats = int(row.number("seats")) if row.text("seats") else 3
    destination = _place(row, "to", index) if to else origin
    with _on_line(row):
        draft = RideOffer(
            "", "", kind, origin, destination, opens, closes, weekdays, day, seats, _set(row, "abilities"), reach,
            detour,
        )  # fmt: skip
        person = _person(tx, desk, row, DRIVER, origin, now, who)
        add_offer(tx, replace(draft, driver=person.id), now=now)
    return True


def _take_request(tx: Transaction, desk: RideDesk, row: Row, index: PlaceIndex, now: datetime, who: str) -> bool:
    origin, destination = _place(row, "from", index), _place(row, "to", index)
    arrive, depart, back = (
        parse_clock(row.text(name), field=row.where(name)) if row.text(name) else None
        for name in ("arrive_by", "depart_after", "back_after")
    )
    errand = row.text("purpose") or "other"
    if errand not in ERRANDS:
        raise MobilityError(
            "unknown-errand", f"'{errand}' is not an errand ({', '.join(ERRANDS)})", field=row.where("purpose"),
            value=errand,
        )  # fmt: skip
    companions = int(row.number("companions")) if row.text("companions") else 0
    with _on_line(row):
        RideRequest("", "", _date(row, "day"), origin, destination, arrive, depart, back, companions)
        person = _person(tx, desk, row, RIDER, origin, now, who)
        add_request(
            tx,
            RideRequest(
                "", person.id, _date(row, "day"), origin, destination, arrive, depart, back, companions,
                _set(row, "needs"), errand, row.text("criterion"), row.text("proof"), who,
            ),
            now=now,
        )  # fmt: skip
    return True


@contextmanager
def _on_line(row: Row) -> Iterator[None]:
    """Add the line to an error that only knows its column."""
    try:
        yield
    except MobilityError as error:
        if row.table not in error.field:
            error.field = row.where(error.field)
        raise


def _yes(row: Row, column: str) -> bool:
    return row.text(column).lower() in {"yes", "oui", "1", "true"}


def _place(row: Row, column: str, index: PlaceIndex) -> Place:
    return find_place(index, row.required(column), field=row.where(column))


def _date(row: Row, column: str) -> date:
    return parse_day(row.required(column), field=row.where(column), french=True)


def _weekdays(row: Row) -> frozenset[int]:
    text = row.text("weekdays").lower()
    if text and set(text) <= set("1234567"):
        return frozenset(int(c) for c in text)
    words = [word for word in text.replace(";", " ").replace(",", " ").split() if word]
    unknown = [word for word in words if word not in _WEEKDAYS]
    if unknown or not words:
        raise MobilityError(
            "bad-weekday", f"'{text}' is not a list of weekdays like 12345 or 'lundi mardi'",
            field=row.where("weekdays"), value=text,
        )  # fmt: skip
    return frozenset(_WEEKDAYS[word] for word in words)


def _set(row: Row, column: str) -> frozenset[str]:
    words = [word.strip().lower() for word in row.text(column).replace(";", ",").split(",") if word.strip()]
    told = [_WISHES.get(word, word) for word in words]
    unknown = [word for word in told if word not in ABILITIES]
    if unknown:
        raise MobilityError(
            "unknown-wish", f"'{unknown[0]}' is not known ({', '.join(ABILITIES)})", field=row.where(column),
            value=unknown[0],
        )  # fmt: skip
    return frozenset(told)
