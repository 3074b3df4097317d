"""The French carpooling standard, for other platforms that have a key."""

import hmac
import math
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from data.partner_bookings import PartnerBooking, find_booking
from data.ride_records import find_offer, find_request
from desks.rides.desk import RideDesk
from desks.rides.standard import (
    DAYS,
    EARLIER,
    Search,
    cancel_booking,
    carry_message,
    driver_journeys,
    driver_regular_trips,
    instant_of,
    note_event,
    passenger_journeys,
    passenger_regular_trips,
    take_booking,
)
from mobility.clock import parse_clock
from mobility.errors import MobilityError, UnavailableError
from mobility.places import Place, Point
from mobility.rides import RideRequest
from webapp.server.typed import sent_document
from webapp.wiring import house
from webapp.words.rides import partner_alias

pages = Blueprint("standard", __name__, url_prefix="/covoiturage/v1")
STATUSES = ("WAITING_CONFIRMATION", "CONFIRMED", "CANCELLED", "COMPLETED_PENDING_VALIDATION", "VALIDATED")
STATUS_OF = {
    "waiting": "WAITING_CONFIRMATION", "proposed": "WAITING_CONFIRMATION", "confirmed": "CONFIRMED",
    "done": "VALIDATED", "cancelled": "CANCELLED", "unmet": "CANCELLED",
}  # fmt: skip
Answer = Response | tuple[Response, int]


class RefusedError(Exception):
    """An answer of the standard other than success."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@contextmanager
def _refusing(reason: str, troubles: tuple[type[Exception], ...] = (ValueError,), status: int = 400) -> Iterator[None]:
    """Refuse where a value cannot be read, or there is other trouble of some kinds."""
    try:
        yield
    except troubles:
        raise RefusedError(status, reason) from None


@pages.errorhandler(RefusedError)
def refused(error: RefusedError) -> Answer:
    """Answer with the status and the reason."""
    return jsonify({"error": error.reason}), error.status


@pages.errorhandler(MobilityError)
def not_possible(error: MobilityError) -> Answer:
    """Answer that a request cannot be taken."""
    return jsonify({"error": error.code}), 400


@pages.errorhandler(UnavailableError)
def not_now(error: UnavailableError) -> Answer:
    """Answer that nothing can be taken now."""
    return jsonify({"error": error.code}), 503


@pages.errorhandler(HTTPException)
def wrong_use(error: HTTPException) -> Answer:
    """Answer in the standard's form where an address or a body is used wrongly."""
    return jsonify({"error": error.name}), error.code or 400


def _partner() -> str:
    """Return the platform that asks, by its key."""
    given = request.headers.get("X-API-Key", "")
    for pair in filter(None, house().settings.partner_keys.split(",")):
        name, _, key = pair.strip().partition("=")
        if key and hmac.compare_digest(given.encode(), key.encode()):
            return name
    raise RefusedError(401, "a key is needed in the header X-API-Key")


def _number(name: str, default: float | None = None) -> float:
    text = request.args.get(name)
    if text is None:
        if default is None:
            raise RefusedError(400, f"missing_parameter: {name}")
        return default
    with _refusing(f"bad_parameter: {name}"):
        value = float(text)
    if not math.isfinite(value):
        raise RefusedError(400, f"bad_parameter: {name}")
    return value


def _whole(name: str, default: float | None = None) -> int:
    value = _number(name, default)
    if value != int(value):
        raise RefusedError(400, f"bad_parameter: {name}")
    return int(value)


def _search() -> Search:
    with _refusing("bad_parameter: position"):
        start = Point(_number("departureLng"), _number("departureLat"))
        end = Point(_number("arrivalLng"), _number("arrivalLat"))
    count = _whole("count") if "count" in request.args else None
    return Search(start, end, 1000 * _number("departureRadius", 1), 1000 * _number("arrivalRadius", 1), count)


def _instant(name: str) -> datetime:
    with _refusing(f"bad_parameter: {name}"):
        return instant_of(_whole(name))


def _delta() -> float:
    return min(86_400.0, max(0.0, _whole("timeDelta", 900)))


@pages.get("/status")
def status() -> Answer:
    """Say that the service answers."""
    return jsonify({})


@pages.get("/driver_journeys")
def drivers() -> Answer:
    """List the trips of drivers."""
    return _listed(driver_journeys)


@pages.get("/passenger_journeys")
def passengers() -> Answer:
    """List the requests of riders."""
    return _listed(passenger_journeys)


def _listed(find: Callable[[RideDesk, Search, datetime, float], list[dict[str, Any]]]) -> Answer:
    _partner()
    at = _instant("departureDate")
    with _refusing("bad_parameter: departureDate", (OverflowError,)):
        return jsonify(find(house().rides, _search(), at, _delta()))


@pages.get("/driver_regular_trips")
def regular_drivers() -> Answer:
    """List the regular trips of drivers."""
    return _regular(driver_regular_trips)


@pages.get("/passenger_regular_trips")
def regular_passengers() -> Answer:
    """List the requests that come back."""
    return _regular(passenger_regular_trips)


def _regular(find: Callable[..., list[dict[str, Any]]]) -> Answer:
    _partner()
    text = request.args.get("departureTimeOfDay")
    if text is None:
        raise RefusedError(400, "missing_parameter: departureTimeOfDay")
    parts = text.split(":")
    with _refusing("bad_parameter: departureTimeOfDay", (ValueError, MobilityError)):
        if len(parts) != 3 or not 0 <= float(parts[2].rstrip("Z")) < 61:
            raise ValueError("not a time of day")
        clock = parse_clock(":".join(parts[:2]))
    weekdays = [day for day in request.args.get("departureWeekdays", ",".join(DAYS)).split(",") if day]
    if not set(weekdays) <= set(DAYS):
        raise RefusedError(400, "bad_parameter: departureWeekdays")
    here = house()
    first, last = here.today(), here.today() + timedelta(days=59)
    if "minDepartureDate" in request.args:
        first = max(first, _instant("minDepartureDate").date())
    if "maxDepartureDate" in request.args:
        last = min(last, _instant("maxDepartureDate").date())
    span = (first, max(first, last)) if first < date(9000, 1, 1) else (here.today(), here.today())
    return jsonify(find(here.rides, _search(), clock, weekdays, _delta(), span))


def _body() -> dict[str, Any]:
    with _refusing("bad_body: not JSON", (ValueError,)):
        body = sent_document(request.get_data(cache=False))
    if not isinstance(body, dict):
        raise RefusedError(400, "bad_body: an object is expected")
    return body


def _required(body: dict[str, Any], names: tuple[str, ...]) -> None:
    missing = [name for name in names if body.get(name) is None]
    if missing:
        raise RefusedError(400, f"missing_property: {', '.join(missing)}")


def _user(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    if not isinstance(found, dict) or not all(
        isinstance(found.get(key), str) and found[key] for key in ("id", "alias", "operator")
    ):
        raise RefusedError(400, f"bad_property: {name}")
    return found


def _uuid(text: object) -> str:
    with _refusing("bad_property: id"):
        return str(uuid.UUID(str(text)))


@pages.post("/messages")
def message() -> Answer:
    """Carry a message to one of our drivers or riders, who answers if they wish."""
    partner = _partner()
    body = _body()
    _required(body, ("from", "to", "message", "recipientCarpoolerType"))
    sender, to = _user(body, "from"), _user(body, "to")
    text = body["message"]
    if not isinstance(text, str) or len(text) > 500 or body["recipientCarpoolerType"] not in {"DRIVER", "PASSENGER"}:
        raise RefusedError(400, "bad_property: message or recipientCarpoolerType")
    here = house()
    if not carry_message(here.rides, to["id"], sender["alias"][:60], text, now=here.clock(), who=partner):
        raise RefusedError(404, "missing_user")
    return jsonify({}), 201


@pages.post("/bookings")
def book() -> Answer:
    """Take a booking: it becomes a request of ours, proposed to the driver at once."""
    partner = _partner()
    body = _body()
    _required(body, (
        "id", "driver", "passenger", "status", "price", "passengerPickupDate", "passengerPickupLat",
        "passengerPickupLng", "passengerDropLat", "passengerDropLng",
    ))  # fmt: skip
    _user(body, "driver")
    passenger = _user(body, "passenger")
    identifier = _uuid(body["id"])
    if body["status"] != "WAITING_CONFIRMATION" or not isinstance(body["price"], dict):
        raise RefusedError(400, "bad_property: status or price")
    journey = str(body.get("driverJourneyId") or "")
    here = house()
    desk, now = here.rides, here.clock()
    asked = _booked(desk, body, journey, partner)
    kept = {key: body[key] for key in body if key in _KEPT}
    alias = partner_alias(partner, passenger["alias"][:60])
    booking = PartnerBooking(identifier, partner, "", kept, STATUSES[0])
    try:
        take_booking(desk, booking, asked, alias, now=now)
    except MobilityError as error:
        if error.code != "booking-exists":
            raise
        raise RefusedError(400, "booking_exists") from None
    return jsonify({**kept, "id": identifier, "status": "WAITING_CONFIRMATION"}), 201


_KEPT = (
    "id", "driver", "passenger", "passengerPickupDate", "passengerPickupLat", "passengerPickupLng", "passengerDropLat",
    "passengerDropLng", "passengerPickupAddress", "passengerDropAddress", "status", "duration", "distance", "webUrl",
    "price", "car", "driverJourneyId", "passengerJourneyId",
)  # fmt: skip


def _booked(desk: RideDesk, body: dict[str, Any], journey: str, partner: str) -> RideRequest:
    """Return a booking as a request: from and to the places of the driver's trip where one is named."""
    with _refusing("bad_property: passengerPickupDate or position", (TypeError, ValueError, OverflowError)):
        at = instant_of(float(body["passengerPickupDate"])).astimezone(desk.zone)
        ends = [
            Point(float(body[f"passenger{end}Lng"]), float(body[f"passenger{end}Lat"])) for end in ("Pickup", "Drop")
        ]
    names = [f"{point.lat:.4f}, {point.lon:.4f}" for point in ends]
    places = [Place(f"{p.lon:.5f},{p.lat:.5f}", name, p) for p, name in zip(ends, names, strict=True)]
    if journey:
        with desk.store.reading() as tx, _refusing("missing_journey", (MobilityError,)):
            offer = find_offer(tx, journey.partition("@")[0])
        places = [offer.origin, offer.destination]
    leaves = max(0, at.hour * 3600 + at.minute * 60 - EARLIER)
    return RideRequest("", "", at.date(), places[0], places[1], depart_after=leaves, agent=partner[:60])


@pages.route("/bookings/<booking>", methods=["GET", "PATCH"])
def booking(booking: str) -> Answer:
    """Tell or change what became of a booking."""
    partner = _partner()
    identifier = _uuid(booking)
    here = house()
    desk = here.rides
    with desk.store.reading() as tx:
        known = find_booking(tx, identifier, partner)
        if known is None:
            raise RefusedError(404, "missing_booking")
        with _refusing("missing_booking", (MobilityError,), 404):
            current = STATUS_OF[find_request(tx, known.request).state]
    if request.method == "GET":
        return jsonify({**known.document, "status": current})
    wanted = request.args.get("status", "")
    if wanted not in STATUSES:
        raise RefusedError(400, "bad_parameter: status")
    if len(request.args.get("message", "")) > 500:
        raise RefusedError(400, "bad_parameter: message")
    if wanted == current:
        raise RefusedError(409, "status_already_set")
    if wanted != "CANCELLED":
        raise RefusedError(400, f"status_not_possible: {current} cannot become {wanted} from your side")
    cancel_booking(desk, known, wanted, now=here.clock())
    return jsonify({})


@pages.post("/booking_events")
def event() -> Answer:
    """Take note of a booking made elsewhere by one of our users."""
    partner = _partner()
    body = _body()
    _required(body, ("id", "idToken", "data"))
    identifier = _uuid(body["id"])
    data = body["data"]
    if not isinstance(data, dict) or not isinstance(body["idToken"], str):
        raise RefusedError(400, "bad_property: data or idToken")
    if data.get("status") not in STATUSES:
        raise RefusedError(400, "bad_property: data.status")
    if not ("driver" in data and "price" in data) and "passenger" not in data:
        raise RefusedError(400, "bad_property: data must tell a driver with a price, or a passenger")
    here = house()
    note_event(here.rides, identifier, data["status"], now=here.clock(), who=partner)
    return jsonify({})
