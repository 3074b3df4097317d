"""Whom to ask for a ride, and until when: booking rules of a feed, else the telephone of the agency."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gtfs.feed_tables import FeedTables, feed_date
from gtfs.stop_times import BY_DRIVER, BY_TELEPHONE, NOT_OFFERED, StopRequest, TripTimes, read_seconds, stop_time_texts
from mobility.clock import MINUTE, WEEKDAYS
from mobility.errors import MobilityError
from mobility.transport import BOOKED, DRIVER, Booking, OnRequest, Operator, ServiceDays

BothEnds = tuple[OnRequest | None, OnRequest | None]
"""How boarding and alighting are asked for at a stop; None where nobody need be asked."""
REAL_TIME, SAME_DAY, DAYS_BEFORE = "0", "1", "2"
"""Values of booking_type."""


@dataclass(frozen=True)
class BookingRules:
    """The rules of a feed by identifier, and who answers for each route."""

    rules: Mapping[str, Booking]
    operators: Mapping[str, Operator]
    agencies: Mapping[str, str]

    def operator(self, route: str) -> Operator:
        """Return who runs a route: the only agency, where none is named."""
        agency = self.agencies.get(route, "")
        first = next(iter(self.operators.values()), Operator("", ""))
        return self.operators.get(agency, first)

    def booking(self, route: str, rule: str) -> Booking:
        """Return a rule; the agency's telephone stands in for what a rule, or the feed, does not tell."""
        operator = self.operator(route)
        told = self.rules.get(rule, Booking(notice=None))
        return replace(told, telephone=told.telephone or operator.telephone, operator=operator.name)

    def requests(self, route: str, times: TripTimes) -> tuple[BothEnds, ...]:
        """Return how a trip is asked for at each of its stops; empty where it never is."""
        return tuple((self._request(route, pickup), self._request(route, drop)) for pickup, drop in times.requests)

    def _request(self, route: str, asked: StopRequest) -> OnRequest | None:
        kind, rule = asked
        if kind == NOT_OFFERED:
            return None
        if kind == BY_DRIVER:
            return OnRequest(DRIVER, self.booking(route, rule) if rule else None, self.operator(route).telephone)
        # A rule is named for nothing but to be kept, even where the type was forgotten.
        return OnRequest(BOOKED, self.booking(route, rule)) if kind == BY_TELEPHONE or rule else None


def read_booking_rules(feed: FeedTables) -> BookingRules:
    """Read the booking rules and the agencies of a feed."""
    columns = [feed.column("agency.txt", c) for c in ("agency_id", "agency_name", "agency_phone", "agency_url")]
    operators = {str(row[0]): Operator(*(str(value).strip() for value in row)) for row in zip(*columns, strict=True)}
    agencies = zip(feed["routes.txt"]["route_id"], feed.column("routes.txt", "agency_id"), strict=True)
    return BookingRules(_rules(feed), operators, {str(route): str(agency) for route, agency in agencies})


def booked_trips(feed: FeedTables) -> dict[str, Booking]:
    """Return the trips that stop somewhere only for who has booked, each with the first of its bookings."""
    table = feed["stop_times.txt"]
    routes = dict(zip(feed["trips.txt"]["trip_id"], feed["trips.txt"]["route_id"], strict=True))
    rules = read_booking_rules(feed)
    found: dict[str, Booking] = {}
    for end in ("pickup", "drop_off"):
        kinds, named = (stop_time_texts(table, f"{end}_{column}") for column in ("type", "booking_rule_id"))
        asked = (kinds == BY_TELEPHONE) | ((named != "") & (kinds != NOT_OFFERED))
        for trip, rule in zip(table.loc[asked, "trip_id"], named[asked], strict=True):
            if trip not in found:
                found[str(trip)] = rules.booking(str(routes.get(trip, "")), str(rule))
    return found


def _rules(feed: FeedTables) -> dict[str, Booking]:
    if "booking_rules.txt" not in feed:
        return {}
    name = f"{feed.name}/booking_rules.txt"
    last, start = (
        read_seconds(feed.column("booking_rules.txt", f"prior_notice_{which}_time"), name)
        for which in ("last", "start")
    )
    rows = feed["booking_rules.txt"].to_dict("records")
    return {
        str(row["booking_rule_id"]): _rule(feed, {str(key): str(value).strip() for key, value in row.items()}, *clocks)
        for row, *clocks in zip(rows, last.tolist(), start.tolist(), strict=True)
    }


def _rule(feed: FeedTables, row: Mapping[str, str], last: float, start: float) -> Booking:
    kind = row["booking_type"]
    counted = row.get("prior_notice_service_id", "")
    last_day = _whole(row, "last_day") if kind == DAYS_BEFORE else None
    notice = {REAL_TIME: 0, SAME_DAY: _whole(row, "duration_min", MINUTE)}.get(kind)
    return Booking(
        notice=notice if last_day is None else 0,
        days_before=last_day or 0,
        closes=None if math.isnan(last) or last_day is None else int(last),
        telephone=row.get("phone_number", ""),
        url=row.get("booking_url", "") or row.get("info_url", ""),
        message=row.get("message", ""),
        longest_notice=_whole(row, "duration_max", MINUTE),
        opens_days=_whole(row, "start_day"),
        opens=0 if math.isnan(start) else int(start),
        counted=service_days(feed, counted) if counted else None,
    )


def _whole(row: Mapping[str, str], column: str, unit: int = 1) -> int | None:
    value = read_number(row.get(f"prior_notice_{column}", ""))
    return round(unit * value) if value >= 0 else None


def read_number(text: object, default: float = math.nan) -> float:
    """Read a number, or return what stands in for a blank."""
    try:
        value = float(str(text))
    except ValueError:
        return default
    return value if math.isfinite(value) else default


def service_days(feed: FeedTables, service: str) -> ServiceDays:
    """Return the days of a service of a feed, by calendar and exceptions."""
    weekdays: frozenset[int] = frozenset()
    first = last = None
    changed: dict[str, frozenset[date]] = {"1": frozenset(), "2": frozenset()}
    if "calendar.txt" in feed:
        rows = feed["calendar.txt"]
        for row in rows[rows["service_id"] == service].to_dict("records"):
            weekdays = frozenset(n for n, day in enumerate(WEEKDAYS, start=1) if row.get(day) == "1")
            first, last = _date(row["start_date"], feed.name), _date(row["end_date"], feed.name)
    if "calendar_dates.txt" in feed:
        rows = feed["calendar_dates.txt"]
        mine = rows[rows["service_id"] == service]
        for kind in changed:
            dates = mine.loc[mine["exception_type"] == kind, "date"]
            changed[kind] = frozenset(_date(text, feed.name) for text in dates)
    return ServiceDays(weekdays, first, last, changed["1"], changed["2"])


def _date(text: str, name: str) -> date:
    day = feed_date(text)
    if day is None:
        raise MobilityError(
            "bad-feed-date", f"'{text}' is not a date (YYYYMMDD)", field=f"{name}/calendar.txt", value=text
        )
    return day
