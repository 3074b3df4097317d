"""Journeys of a territory: every feed in use as one timetable, with feet, vans and volunteers around it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from desks.ground import Ground
from gtfs.day_types import DAY_TYPES, day_served
from gtfs.door_search import NIGHT, DoorSearch
from gtfs.feed_tables import FeedTables
from gtfs.journey_search import JourneySearch
from gtfs.late_bookings import still_bookable
from gtfs.line_calls import RAIL_TYPES
from gtfs.stop_search import find_stops
from gtfs.timetable import FeedDay, Timetable, feed_zone, join_timetables
from mobility.clock import DAY, ZONE
from mobility.door_legs import Feet, Vans, Volunteer, VolunteerCars
from mobility.errors import MobilityError
from mobility.journeys import RIDE, DoorLegs, Journey, Leg
from mobility.places import Place, Point, parse_position, place_at
from mobility.transport import Booking, OnDemandService


@dataclass(frozen=True)
class FeedInUse:
    """A feed as the search uses it: its tables, and whom to call about it."""

    name: str
    tables: FeedTables
    telephones: tuple[tuple[str, str], ...] = ()


@dataclass
class JourneyPlanner:
    """Plans journeys for one day. ``expired`` names the feeds whose typical day stands in, to be confirmed.

    Without any feed, feet, vans and volunteers go on leading from door to door.
    """

    ground: Ground
    feeds: Sequence[FeedInUse]
    day: date
    on_demand: Sequence[OnDemandService] = ()
    volunteers: Sequence[Volunteer] = ()
    served: dict[str, date] = field(init=False)
    expired: dict[str, bool] = field(init=False)
    timetable: Timetable = field(init=False)
    search: DoorSearch = field(init=False)
    lines: DoorSearch = field(init=False)
    """The same search without volunteers."""
    _bookable: tuple[datetime, JourneySearch] | None = field(init=False, default=None)
    """The search of what could still be booked at the moment last asked for."""

    def __post_init__(self) -> None:
        known = {feed.name: day_served(feed.tables, self.day) for feed in self.feeds}
        self.served = {name: day for name, (day, _) in known.items()}
        self.expired = {name: to_confirm for name, (_, to_confirm) in known.items()}
        walked = self.ground.walked_roads
        parts = [FeedDay(feed.tables, self.served[feed.name], f"{feed.name}:") for feed in self.feeds]
        self.timetable = join_timetables(parts, self.day, roads=walked)
        legs: list[DoorLegs] = [Feet(walked)]
        if self.on_demand:
            legs.append(Vans(self.on_demand, self.ground.roads))
        engine = JourneySearch(self.timetable)
        self.lines = DoorSearch(engine, tuple(legs), self.day)
        if self.volunteers:
            legs.append(VolunteerCars(self.volunteers, self.ground.kept_roads))
        self.search = DoorSearch(engine, tuple(legs), self.day)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the feeds; without any, that of the house."""
        return feed_zone(self.feeds[0].tables) if self.feeds else ZONE

    def place(self, text: str, *, field: str, stops_first: bool = False) -> Place:
        """Return the place that a text means: a position, a commune or former commune, a stop, by name or code."""
        if point := parse_position(text, field=field):
            return place_at(point)
        suggestions: list[str] = []
        for known in (self._stop, self._commune) if stops_first else (self._commune, self._stop):
            try:
                return known(text, field)
            except MobilityError as error:
                told = error.details.get("suggestions")
                suggestions += told if isinstance(told, list) else []
        suggestions = list(dict.fromkeys(suggestions))[:4]
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        raise MobilityError(
            "no-such-place", f"no commune or stop '{text}'{hint}", field=field, value=text, suggestions=suggestions
        )

    def _commune(self, text: str, field: str) -> Place:
        territory = self.ground.territory
        former = next((s.place for s in territory.settlements if s.place.name.lower() == text.lower()), None)
        return former or territory.settlements_by_id[territory.find_commune(text, field=field).insee].place

    def _stop(self, text: str, field: str) -> Place:
        prefixed = next(
            (f"{feed.name}:{text}" for feed in self.feeds if f"{feed.name}:{text}" in self.timetable.stop_index), text
        )
        for index in find_stops(self.timetable, prefixed, field=field):
            point = self.timetable.points[index]
            if point:
                return Place(self.timetable.stop_ids[index], self.timetable.stop_names[index], point)
        raise MobilityError("stop-without-point", f"the stop '{text}' has no position", field=field, value=text)

    def is_station(self, place: str) -> bool:
        """Tell whether a stop of a leg is one where trains call."""
        return place in self._stations

    @cached_property
    def _stations(self) -> frozenset[str]:
        found: set[str] = set()
        for feed in self.feeds:
            routes, trips, times = (feed.tables[f"{file}.txt"] for file in ("routes", "trips", "stop_times"))
            trains = routes.loc[routes["route_type"].isin(RAIL_TYPES), "route_id"]
            ridden = trips.loc[trips["route_id"].isin(trains), "trip_id"]
            found |= {f"{feed.name}:{stop}" for stop in times.loc[times["trip_id"].isin(ridden), "stop_id"]}
        return frozenset(found)

    def taken(self, journeys: Iterable[Journey]) -> frozenset[tuple[str, str]]:
        """Return the lines that journeys take: each as its feed and its identifier there."""
        ridden = [leg for journey in journeys for leg in journey.legs]
        called = frozenset(service.line for leg in ridden if (service := self.service(leg)))
        return called | frozenset(
            (feed.name, self._lines_of_trips[feed.name][leg.trip.removeprefix(f"{feed.name}:")])
            for feed in self.feeds
            for leg in ridden
            if _is_of(leg, feed.name)
        )

    @cached_property
    def _lines_of_trips(self) -> dict[str, dict[str, str]]:
        tables = {feed.name: feed.tables["trips.txt"] for feed in self.feeds}
        return {name: dict(zip(trips["trip_id"], trips["route_id"], strict=True)) for name, trips in tables.items()}

    def name_of(self, place: str) -> str:
        """Return the name of a stop or place of a leg."""
        if place in self.timetable.stop_index:
            return self.timetable.stop_names[self.timetable.stop_index[place]]
        settlement = self.ground.territory.settlements_by_id.get(place)
        return settlement.place.name if settlement else place

    def line_points(self, leg: Leg) -> tuple[Point, ...]:
        """Return the stops that a ride passes, in order, as points."""
        timetable = self.timetable
        trip = timetable.trip_ids.index(leg.trip)
        pattern = int(np.searchsorted(timetable.first_trip, trip, side="right")) - 1
        stops = timetable.pattern_stops[timetable.first_stop[pattern] : timetable.first_stop[pattern + 1]].tolist()
        start = stops.index(timetable.stop_index[leg.origin])
        end = stops.index(timetable.stop_index[leg.destination], start)
        found = (timetable.points[stop] for stop in stops[start : end + 1])
        return tuple(point for point in found if point is not None)

    def to_confirm(self, journey: Journey) -> list[tuple[str, str]]:
        """Return the operators to call about a journey's hours, with their numbers (empty where they are certain)."""
        asked: dict[str, str] = {}
        for feed in self.feeds:
            if self.expired[feed.name] and any(_is_of(leg, feed.name) for leg in journey.legs):
                asked |= dict(feed.telephones or ((feed.name, ""),))
        return list(asked.items())

    def service(self, leg: Leg) -> OnDemandService | None:
        """Return the on-demand service of a leg."""
        return next((service for service in self.on_demand if service.id == leg.service), None)

    def to_ask(self, place: Place) -> list[OnDemandService]:
        """Return the services known around a place whose days and hours are not: one must ask."""
        return [service for service in self.on_demand if not service.runs and service.near(place.point)]

    def instant(self, seconds: int) -> datetime:
        """Return the moment of a time of the service day, which starts twelve hours before noon."""
        noon = datetime.combine(self.day, time(12), self.zone).timestamp()
        return datetime.fromtimestamp(noon - 43_200 + seconds, self.zone)

    def bookings(self, leg: Leg) -> tuple[Booking, ...]:
        """Return what must be booked for a leg, by timetable or on demand."""
        service = self.service(leg)
        return leg.bookings if service is None else (service.booking,) if service.booking else ()

    def local(self, now: datetime) -> datetime:
        """Return a moment as the clocks of the territory show it, which bookings go by."""
        return now.astimezone(self.zone).replace(tzinfo=None)

    def too_late(self, journey: Journey, now: datetime) -> bool:
        """Tell whether a part of a journey can no longer be booked."""
        at = self.local(now)
        return any(
            booking.too_late(self.day + timedelta(days=leg.days), leg.departure - leg.days * DAY, at)
            for leg in journey.legs
            for booking in self.bookings(leg)
        )

    def departing(
        self, origin: Place, destination: Place, first: int, last: int | None = None, *, now: datetime,
        search: DoorSearch | None = None,
    ) -> list[Journey]:  # fmt: skip
        """Return every good choice that leaves in a window; without an end, the next one and those soon after it.

        Those that can no longer be booked come last.
        """

        def find(used: DoorSearch) -> list[Journey]:
            found = used.choices(origin, destination, first, NIGHT if last is None else last)
            soonest = min((journey.arrival for journey in found), default=0)
            return [journey for journey in found if last is not None or journey.departure <= soonest]

        return self._bookable_first(find, search or self.search, now)

    def arriving(
        self, origin: Place, destination: Place, by: int, *, now: datetime, search: DoorSearch | None = None
    ) -> list[Journey]:
        """Return the journeys that are there by a time, the latest first; those too late to book come last."""
        return self._bookable_first(lambda used: used.arriving(origin, destination, by), search or self.search, now)

    def _bookable_first(
        self, find: Callable[[DoorSearch], list[Journey]], used: DoorSearch, now: datetime
    ) -> list[Journey]:
        found = find(used)
        late = [journey for journey in found if self.too_late(journey, now)]
        if not late:
            return found
        # What can no longer be booked has hidden what is less good but can be taken.
        still = find(self._still_bookable(used, self.local(now)))
        return [*(journey for journey in still if not self.too_late(journey, now)), *late]

    def _still_bookable(self, used: DoorSearch, now: datetime) -> DoorSearch:
        if self._bookable is None or self._bookable[0] != now:
            self._bookable = now, JourneySearch(still_bookable(self.timetable, now))
        legs = tuple(replace(legs, now=now) if isinstance(legs, Vans) else legs for legs in used.legs)
        return DoorSearch(self._bookable[1], legs, self.day)


def _is_of(leg: Leg, feed: str) -> bool:
    return leg.kind == RIDE and leg.trip.startswith(f"{feed}:")


def next_day_of(day_type: str, today: date) -> date:
    """Return the next day of a type ("weekday", "saturday", "sunday") from tomorrow on."""
    ahead = (DAY_TYPES[day_type] - today.isoweekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)
