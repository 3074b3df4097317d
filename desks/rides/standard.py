"""Our rides in the words of the French carpooling standard: journeys, regular trips, bookings, messages."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from data.consents import consented
from data.journal import note
from data.outbox import queue_message, told_lately
from data.partner_bookings import PartnerBooking, add_booking, booking_of, rewrite_booking, set_booking_status
from data.people import add_person, aliases_of, all_persons
from data.ride_records import active_offers, requests_on
from data.store import Transaction
from desks.rides.answers import withdraw_request
from desks.rides.desk import RideDesk
from mobility.clock import HOUR, clock_time
from mobility.consent import MESSAGE_CONSENT
from mobility.people import RIDER, Contact, Newcomer, Person
from mobility.places import Point, great_circle
from mobility.rides import VOLUNTEER, WAITING, RideOffer, RideRequest

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
BLUR = 2
"""Decimals of positions given to other platforms: about a kilometre, so that no house is pointed at."""
AHEAD = 60
"""Days of regular trips that are listed one by one."""
EARLIER = 900
"""Seconds before the hour of a booking from which its passenger may be fetched."""


@dataclass(frozen=True)
class Search:
    """What another platform looks for: two points with radii in metres, and a number of results."""

    departure: Point
    arrival: Point
    departure_radius: float
    arrival_radius: float
    count: int | None

    def near(self, origin: Point, destination: Point) -> bool:
        """Tell whether a trip begins and ends near enough, as its ends are told: circles of any size find no more."""
        return (
            great_circle(_blurred(origin), self.departure) <= self.departure_radius
            and great_circle(_blurred(destination), self.arrival) <= self.arrival_radius
        )

    def cut(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return as many results as were asked for."""
        return found if self.count is None else found[: max(0, self.count)]


def operator(desk: RideDesk) -> str:
    """Return the name under which this service is known to others."""
    return urlsplit(desk.address).hostname or "localhost"


def user(desk: RideDesk, person: str, alias: str) -> dict[str, str]:
    """Return a person as others see them: a code that means nothing elsewhere, and a role."""
    return {"id": person_code(person), "operator": operator(desk), "alias": alias}


def person_code(person: str) -> str:
    """Return the code of a person for other platforms."""
    return hashlib.sha256(f"standard:{person}".encode()).hexdigest()[:24]


def driver_journeys(desk: RideDesk, search: Search, at: datetime, delta: float) -> list[dict[str, Any]]:
    """Return the trips that drivers make near an instant, give or take ``delta`` seconds."""
    days = {(at + timedelta(seconds=s)).astimezone(desk.zone).date() for s in (-delta, 0, delta)}
    with desk.store.reading() as tx:
        offers = active_offers(tx, sorted(days))
        aliases = aliases_of(tx, (offer.driver for offer in offers))
    found = []
    for offer in offers:
        if offer.kind == VOLUNTEER or not search.near(offer.origin.point, offer.destination.point):
            continue
        for day in sorted(days):
            leaves = _instant(desk, day, offer.opens)
            if offer.runs(day) and abs((leaves - at).total_seconds()) <= delta:
                found.append(
                    {
                        **_driver_trip(desk, offer, aliases[offer.driver]),
                        "id": f"{offer.id}@{day.isoformat()}", "type": "PLANNED",
                        "passengerPickupDate": int(leaves.timestamp()), "driverDepartureDate": int(leaves.timestamp()),
                        "availableSeats": offer.seats,
                        "price": {"type": "UNKNOWN"},
                    }
                )  # fmt: skip
    return search.cut(found)


def passenger_journeys(desk: RideDesk, search: Search, at: datetime, delta: float) -> list[dict[str, Any]]:
    """Return the requests that still wait near an instant."""
    days = {(at + timedelta(seconds=s)).astimezone(desk.zone).date() for s in (-delta, 0, delta)}
    with desk.store.reading() as tx:
        waiting = requests_on(tx, sorted(days), [WAITING])
        aliases = aliases_of(tx, (asked.rider for asked in waiting))
    found = []
    for asked in waiting:
        trip = _trip(desk, asked.origin.point, asked.destination.point)
        leaves = _instant(desk, asked.day, _leaves(asked, trip["duration"]))
        if search.near(asked.origin.point, asked.destination.point) and abs((leaves - at).total_seconds()) <= delta:
            stamp = int(leaves.timestamp())
            found.append(
                {
                    **trip, "passenger": user(desk, asked.rider, aliases[asked.rider]),
                    "id": asked.id, "type": "PLANNED",
                    "passengerPickupDate": stamp, "driverDepartureDate": stamp,
                    "requestedSeats": 1 + asked.companions,
                }
            )  # fmt: skip
    return search.cut(found)


def driver_regular_trips(
    desk: RideDesk, search: Search, clock: int, weekdays: Sequence[str], delta: float, span: tuple[date, date]
) -> list[dict[str, Any]]:
    """Return the trips that drivers make every week near a time of day."""
    with desk.store.reading() as tx:
        offers = active_offers(tx)
        aliases = aliases_of(tx, (offer.driver for offer in offers))
    found = []
    for offer in offers:
        days = [day for day in sorted(offer.weekdays) if DAYS[day - 1] in weekdays]
        close = abs(offer.opens - clock) <= delta
        if offer.kind == VOLUNTEER or offer.day or not days or not close:
            continue
        if search.near(offer.origin.point, offer.destination.point):
            schedules = [_schedule(desk, offer, day, span) for day in days]
            found.append({**_driver_trip(desk, offer, aliases[offer.driver]), "schedules": schedules})
    return search.cut(found)


def passenger_regular_trips(
    desk: RideDesk, search: Search, clock: int, weekdays: Sequence[str], delta: float, span: tuple[date, date]
) -> list[dict[str, Any]]:
    """Return the requests that come back every week and still wait."""
    days = [span[0] + timedelta(days=i) for i in range((span[1] - span[0]).days + 1)]
    with desk.store.reading() as tx:
        waiting = [asked for asked in requests_on(tx, days, [WAITING]) if asked.series]
        aliases = aliases_of(tx, (asked.rider for asked in waiting))
    found: dict[str, dict[str, Any]] = {}
    for asked in waiting:
        trip = _trip(desk, asked.origin.point, asked.destination.point)
        leaves = _leaves(asked, trip["duration"])
        name = DAYS[asked.day.isoweekday() - 1]
        if name not in weekdays or abs(leaves - clock) > delta:
            continue
        if search.near(asked.origin.point, asked.destination.point):
            known = found.setdefault(
                asked.series, {**trip, "passenger": user(desk, asked.rider, aliases[asked.rider]), "schedules": []}
            )
            if name not in {schedule["passengerPickupDay"] for schedule in known["schedules"]}:
                known["schedules"].append({"passengerPickupDay": name, "passengerPickupTimeOfDay": _clock(leaves)})
    return search.cut(list(found.values()))


def _schedule(desk: RideDesk, offer: RideOffer, weekday: int, span: tuple[date, date]) -> dict[str, Any]:
    days = [span[0] + timedelta(days=i) for i in range(min(AHEAD, (span[1] - span[0]).days + 1))]
    return {
        "passengerPickupDay": DAYS[weekday - 1],
        "passengerPickupTimeOfDay": _clock(offer.opens),
        "journeySchedules": [
            {
                "id": f"{offer.id}@{day.isoformat()}", "type": "PLANNED",
                "passengerPickupDate": int(_instant(desk, day, offer.opens).timestamp()),
            }
            for day in days if day.isoweekday() == weekday and offer.runs(day)
        ],
    }  # fmt: skip


def _driver_trip(desk: RideDesk, offer: RideOffer, alias: str) -> dict[str, Any]:
    return {**_trip(desk, offer.origin.point, offer.destination.point), "driver": user(desk, offer.driver, alias)}


def _trip(desk: RideDesk, origin: Point, destination: Point) -> dict[str, Any]:
    start, end = (_blurred(point) for point in (origin, destination))
    # Straight lines will do here: the booking is timed on the roads. Between the ends as they are told: the lengths of
    # several trips from one house would point at it.
    metres = round(great_circle(start, end) * 1.35)
    return {
        "operator": operator(desk), "passengerPickupLat": start.lat, "passengerPickupLng": start.lon,
        "passengerDropLat": end.lat, "passengerDropLng": end.lon, "distance": metres,
        "duration": round(metres / (50 / 3.6)), "webUrl": f"{desk.address}/solidaire",
    }  # fmt: skip


def _blurred(point: Point) -> Point:
    return Point(round(point.lon, BLUR), round(point.lat, BLUR))


def _leaves(asked: RideRequest, duration: int) -> int:
    if asked.arrive_by is not None:
        return max(0, asked.arrive_by - duration)
    return asked.depart_after or 0


def _instant(desk: RideDesk, day: date, seconds: int) -> datetime:
    return clock_time(day, seconds, desk.zone)


def _clock(seconds: int) -> str:
    return f"{seconds // HOUR % 24:02d}:{seconds % HOUR // 60:02d}:00"


def instant_of(stamp: float) -> datetime:
    """Return an instant of the standard (UNIX seconds); raises ValueError for one that no calendar holds."""
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not an instant") from error


def take_booking(desk: RideDesk, booking: PartnerBooking, asked: RideRequest, alias: str, *, now: datetime) -> None:
    """Take a partner's booking: passenger, request and booking land together, then a driver is asked.

    Raises "booking-exists" where the partner's identifier is taken: nothing else of it is kept then.
    """
    with desk.store.writing("people") as tx:
        rider = add_person(tx, Newcomer(Person("", RIDER, alias), Contact()), now=now, by=booking.operator)
        made = desk.take_down(tx, replace(asked, rider=rider.id), now=now, who=booking.operator)
        add_booking(tx, replace(booking, request=made.id), now=now)
        note(tx, booking.operator, "partner-booking", about=made.id, now=now)
    desk.propose_best(made.id, now=now, who=booking.operator, rider_agrees=True)


def correct_booking(tx: Transaction, desk: RideDesk, asked: RideRequest, parts: Collection[str]) -> None:
    """Bring up to date what a partner reads of its booking, where the request that it became was put right.

    ``parts`` are those that were: places are told rounded as everywhere, and what no longer holds (addresses, the
    journey that was booked) goes.
    """
    known = booking_of(tx, asked.id)
    if known is None:
        return
    told, moved = dict(known.document), {"origin", "destination"} & set(parts)
    trip = _trip(desk, asked.origin.point, asked.destination.point)
    for part, end in (("origin", "Pickup"), ("destination", "Drop")):
        if part in moved:
            told |= {f"passenger{end}{axis}": trip[f"passenger{end}{axis}"] for axis in ("Lat", "Lng")}
            told.pop(f"passenger{end}Address", None)
    if moved:
        told |= {"distance": trip["distance"], "duration": trip["duration"]}
    if moved or "day" in parts:
        told = {name: value for name, value in told.items() if name not in {"driverJourneyId", "passengerJourneyId"}}
    if moved or {"day", "when"} & set(parts):
        leaves = asked.depart_after + EARLIER if asked.depart_after is not None else _leaves(asked, trip["duration"])
        told["passengerPickupDate"] = int(_instant(desk, asked.day, leaves).timestamp())
    rewrite_booking(tx, known.id, told)


def cancel_booking(desk: RideDesk, booking: PartnerBooking, status: str, *, now: datetime) -> None:
    """Withdraw what a partner booked; ``status`` is what it has become in the standard's words."""
    with desk.store.writing() as tx:
        withdraw_request(tx, desk, booking.request, now=now, who=booking.operator)
        set_booking_status(tx, booking.id, status)


def carry_message(desk: RideDesk, to: str, sender: str, text: str, *, now: datetime, who: str) -> bool:
    """Carry what someone wrote on a partner's side to whom a code means; False where nobody of it takes messages.

    What a partner sends again, as it heard no answer, is carried once.
    """
    facts = {"sender": sender, "partner": who, "text": text}
    with desk.store.writing("messages") as tx:
        person = next((p for p in all_persons(tx) if person_code(p.id) == to), None)
        if person is None or not consented(tx, person.id, MESSAGE_CONSENT, now=now, whom=who):
            return False
        if not told_lately(tx, person.id, "partner", facts, now=now):
            queue_message(tx, person.id, "partner", facts, now=now)
            note(tx, who, "partner-message", about=person.id, now=now)
    return True


def note_event(desk: RideDesk, booking: str, status: str, *, now: datetime, who: str) -> None:
    """Write down what became of a booking that was made elsewhere."""
    with desk.store.writing() as tx:
        note(tx, who, "partner-event", about=booking, why=status.lower(), now=now)
