"""Other platforms' trips, asked through the French carpooling standard, marked and linked."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.web import requests
from mobility.clock import clock_time
from mobility.errors import MobilityError
from mobility.rides import RideRequest

TIMEOUT = 4.0
"""Seconds that a visitor waits for another platform at most."""
RADIUS_KM, MARGIN = 5, 3600
SHOWN = 6


def parse_partners(text: str) -> list[tuple[str, str, str]]:
    """Read ``NAME=ADDRESS|KEY,…`` as (name, address, key)."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, rest = part.partition("=")
        address, _, key = rest.partition("|")
        if not equals or not address.startswith(("http://", "https://")):
            raise MobilityError(
                "bad-partner", f"'{part}' is not NAME=ADDRESS|KEY", field="MOBILITY_PARTNERS", value=name
            )
        found.append((name.strip(), address.rstrip("/"), key.strip()))
    return found


def ask_partners(text: str, asked: RideRequest, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the trips that other platforms have for a request; a platform that does not answer is named.

    ``zone`` is that of the hours that are asked and told.
    """
    partners = parse_partners(text)
    if not partners:
        return []
    with ThreadPoolExecutor(len(partners)) as pool:
        answers = list(pool.map(lambda partner: _ask(partner[0], partner[1], partner[2], asked, zone), partners))
    return [trip for trips in answers for trip in trips]


def _ask(name: str, address: str, key: str, asked: RideRequest, zone: ZoneInfo) -> list[dict[str, Any]]:
    seconds = asked.arrive_by - MARGIN if asked.arrive_by is not None else asked.depart_after or 0
    start = clock_time(asked.day, max(0, seconds), zone).timestamp()
    parameters: dict[str, str | int | float] = {
        "departureLat": asked.origin.point.lat, "departureLng": asked.origin.point.lon,
        "arrivalLat": asked.destination.point.lat, "arrivalLng": asked.destination.point.lon,
        "departureDate": int(start), "timeDelta": MARGIN, "departureRadius": RADIUS_KM, "arrivalRadius": RADIUS_KM,
        "count": SHOWN,
    }  # fmt: skip
    try:
        answered = requests.get(
            f"{address}/driver_journeys", params=parameters, headers={"X-API-Key": key} if key else {}, timeout=TIMEOUT
        )
        answered.raise_for_status()
        journeys = answered.json()
        if not isinstance(journeys, list):
            raise TypeError("a list was expected")
        return [_told(name, journey, zone) for journey in journeys[:SHOWN]]
    except (OSError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return [{"platform": name, "silent": True}]


def _told(name: str, journey: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    pickup = datetime.fromtimestamp(float(journey["passengerPickupDate"]), UTC).astimezone(zone)
    link = str(journey.get("webUrl") or "")
    price = journey.get("price") or {}
    return {
        "platform": name, "silent": False, "leaves": pickup.hour * 3600 + pickup.minute * 60,
        "lasts": int(journey["duration"]), "driver": _readable(journey["driver"]["alias"])[:60],
        # Only addresses of the web: a link that another platform sends must not run here.
        "link": link if link.startswith(("https://", "http://")) else "",
        "price": _finite(price["amount"]) if price.get("type") == "PAYING" and "amount" in price else None,
    }  # fmt: skip


def _readable(text: object) -> str:
    """Return a text that can be written: half a sign, which JSON lets through, is left out."""
    return str(text).encode("utf-8", "ignore").decode()


def _finite(number: Any) -> float:
    if not math.isfinite(told := float(number)):
        raise ValueError("a number was expected")
    return told
