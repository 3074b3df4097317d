"""The search behind "Comment y aller ?": timetables, vans and drivers joined, checked with the rides' desk."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from desks.calendar.in_force import CalendarInForce
from desks.ground import Ground
from desks.rides.desk import RideDesk
from desks.rides.options import Option, ToldOption
from desks.transport.journey_planner import JourneyPlanner
from desks.ways.nearby import ComingBus, buses_near
from mobility.access import DAILY_ERRANDS
from mobility.clock import HOUR, MINUTE
from mobility.door_legs import drives
from mobility.errors import MobilityError
from mobility.journeys import RIDE, VOLUNTEER, Journey, Leg
from mobility.modules import RIDES
from mobility.places import Place, great_circle
from mobility.rides import BACK, OUT, RideRequest, TimedRide
from mobility.transport import OnDemandService
from mobility.ways import Question, Way, felt, ranked

SHOWN = 6
"""Ways shown."""
CHOICES = 3
"""Journeys by timetable that are looked at each way."""
COMBINED = 2
"""Journeys that a volunteer begins or ends, asked of the desk each way."""
MOST_DRIVEN = 0.75
"""Of the drive all the way, how much of it a way that goes by timetable too may ask of drivers at most."""
NEAREST = 3
"""Services of a kind that are looked at where any will do."""

AS_NEAR = 10 * MINUTE
"""Seconds more on the road that a station with more trains is worth."""


@dataclass(frozen=True)
class WaysDesk:
    """What ways are found with; ``planner`` returns the journeys of a day."""

    ground: Ground
    planner: Callable[[date], JourneyPlanner]
    rides: RideDesk
    calendar: CalendarInForce


@dataclass(frozen=True)
class Answer:
    """Everything that answers a question; ``trouble`` says why drivers could not be asked, where they could not."""

    asked: Question
    ways: tuple[Way, ...]
    to_ask: tuple[OnDemandService, ...]
    buses: tuple[ComingBus, ...]
    """The next visits of the bus near the origin."""
    planner: JourneyPlanner
    """What knows the names and the hours of the day asked for."""
    now: datetime
    """When it was answered: what could still be booked then."""
    offers: tuple[Option, ...] = ()
    """What drivers could do all the way, the best first: for the desk alone, as it tells who drives, and whence."""

    @property
    def bus(self) -> ComingBus | None:
        """Return the bus that comes nearest."""
        return self.buses[0] if self.buses else None


def answer(here: WaysDesk, asked: Question, ride: RideRequest | None = None, *, now: datetime) -> Answer:
    """Return the ways there and back, the best first, the services to ask and the bus that comes.

    ``ride`` is what drivers are asked for, where more is known of it than the question tells (a right to be driven).
    """
    search = _Search(here, asked, ride, now)
    asked_for = {s.id: s for p in (asked.origin, *asked.destinations) for s in search.planner.to_ask(p)}
    ways = tuple(ranked(search.ways(), asked, SHOWN))
    return Answer(
        asked, ways, tuple(asked_for.values()), tuple(search.buses()), search.planner, search.now,
        tuple(search.offers),
    )  # fmt: skip


class _Search:
    def __init__(self, here: WaysDesk, asked: Question, ride: RideRequest | None, now: datetime) -> None:
        self.ride = ride
        self.offers: list[Option] = []
        self.here = here
        self.asked = asked
        self.now = now
        self.planner = here.planner(asked.day)
        self.commune = here.ground.communes.at(asked.origin.point) or ""

    def buses(self) -> list[ComingBus]:
        """Return the next visits of the bus near the origin, from today on."""
        return buses_near(self.here.ground, self.here.calendar, self.commune, self.now)

    def ways(self) -> list[Way]:
        """Return ways of every kind, to every destination that will do."""
        lines = [
            (destination, self._there(self.asked.origin, destination), self._back(destination))
            for destination in self.asked.destinations
        ]
        found = [way for destination, there, back in lines for way in self._by_timetable(destination, there, back)]
        driven = self._by_drivers(
            self.asked.destinations[0], [way for way in found if way.back is None and not way.too_late]
        )
        if not any(way.kinds == {VOLUNTEER} for way in driven):
            # Who can be driven all the way need not change into a train and out of it.
            for destination, there, back in lines:
                found += self._combined(destination, there, back)
        return found + driven

    def _there(self, origin: Place, destination: Place) -> list[Journey]:
        asked, lines = self.asked, self.planner.lines
        if asked.arrive_by is not None:
            found = self.planner.arriving(origin, destination, asked.arrive_by, now=self.now, search=lines)
        else:
            found = self.planner.departing(origin, destination, asked.depart_after or 0, now=self.now, search=lines)
        found.sort(key=lambda journey: felt(journey, asked.wishes) + self._idle(journey))
        late = [journey for journey in found if self._too_late(journey)]
        return [*[journey for journey in found if journey not in late][:CHOICES], *late[:CHOICES]]

    def _too_late(self, journey: Journey | None) -> bool:
        return journey is not None and self.planner.too_late(journey, self.now)

    def _idle(self, journey: Journey) -> float:
        if self.asked.arrive_by is not None:
            return 0.5 * (self.asked.arrive_by - journey.arrival)
        return 0.5 * (journey.departure - (self.asked.depart_after or 0))

    def _back(self, destination: Place) -> Journey | None:
        if self.asked.back_after is None:
            return None
        after = self.asked.back_after
        found = self.planner.departing(
            destination, self.asked.origin, after, now=self.now, search=self.planner.lines
        )  # fmt: skip
        return min(
            found, default=None,
            key=lambda j: (self._too_late(j), felt(j, self.asked.wishes) + 0.5 * (j.departure - after)),
        )  # fmt: skip

    def _by_timetable(self, destination: Place, there: Sequence[Journey], back: Journey | None) -> list[Way]:
        ways = []
        for journey in there:
            late, late_back = self._too_late(journey), self._too_late(back)
            confirm = self._confirm(journey) or bool(back and self._confirm(back))
            ways.append(Way(destination, journey, back, confirm=confirm, too_late=late or late_back))
            if late_back and not late:
                # One can still go, and come home by other means.
                ways.append(Way(destination, journey, confirm=self._confirm(journey)))
        return ways

    def _confirm(self, journey: Journey) -> bool:
        return bool(self.planner.to_confirm(journey))

    # Drivers

    def _request(
        self, origin: Place, destination: Place, *, arrive_by: int | None = None, depart_after: int | None = None
    ) -> RideRequest:
        asked = self.asked
        return RideRequest(
            "", "", asked.day, origin, destination, arrive_by, depart_after, None, asked.companions, asked.abilities,
            asked.errand,
        )  # fmt: skip

    def _told(self, request: RideRequest) -> list[ToldOption]:
        return self.here.rides.told(request, self._offered(request))

    def _offered(self, request: RideRequest) -> list[Option]:
        # Rides are asked for days to come; what is over has its timetables still, but no drivers.
        if self.asked.day < self.now.date() or not self.here.ground.modules.has(RIDES):
            return []
        # A train may lead where our roads do not: no driver is asked to go there.
        if not all(self.here.ground.kept_roads.covers([request.origin, request.destination])):
            return []
        return self.here.rides.offered(request, commune=self.commune, now=self.now)

    def _by_drivers(self, destination: Place, one_way: Sequence[Way]) -> list[Way]:
        asked = self.asked
        if asked.origin.point == destination.point:
            return []
        request = self.ride or asked.ride()
        self.offers = self._offered(request)
        ways = []
        for option in self.here.rides.told(request, self.offers):
            halves = {ride.half: _ridden(ride, asked.origin, destination) for ride in option.rides}
            ways.append(Way(destination, halves[OUT], halves.get(BACK), euros=option.euros, shared=option.shared))
        if asked.back_after is not None and one_way and not any(way.back for way in ways):
            ways += self._driven_home(one_way[0])
        return ways

    def _driven_home(self, way: Way) -> list[Way]:
        """Join a way there by timetable with a driver who brings the person home."""
        request = self._request(way.destination, self.asked.origin, depart_after=self.asked.back_after)
        return [
            replace(
                way, back=_ridden(option.rides[0], way.destination, self.asked.origin), euros=option.euros,
                shared=option.shared,
            )
            for option in self._told(request)[:1]
        ]  # fmt: skip

    def _combined(self, destination: Place, there: Sequence[Journey], back: Journey | None) -> list[Way]:
        """Return ways that a volunteer begins or ends, where lines alone do not lead there and back."""
        asked = self.asked
        back = None if self._too_late(back) else back
        taken = any(not self._too_late(journey) for journey in there)
        if not self.planner.volunteers or (taken and (back or asked.back_after is None)):
            return []
        if asked.arrive_by is not None:
            found = self.planner.arriving(asked.origin, destination, asked.arrive_by, now=self.now)
        else:
            found = self.planner.departing(asked.origin, destination, asked.depart_after or 0, now=self.now)
        mixed = self._mixed(found, asked.origin, destination)
        ways = []
        for journey in sorted(mixed, key=lambda j: felt(j, asked.wishes))[:COMBINED]:
            out = self._agreed(journey, asked.origin, destination, asked.depart_after or 0)
            if out is None:
                continue
            home, euros = back, out[1]
            if home is None and asked.back_after is not None:
                again = self._mixed_home(destination)
                home, euros = (again[0], euros + again[1]) if again else (None, euros)
            ways.append(Way(destination, out[0], home, euros=euros, confirm=self._confirm(out[0])))
        return ways

    def _mixed(self, found: Sequence[Journey], origin: Place, destination: Place) -> list[Journey]:
        """Return the journeys that go by timetable and with a volunteer, can still be had and spare some of the drive.

        Who would drive one to the train for as long as it takes to drive all the way had better do that: the train
        leads away, or hardly nearer.
        """
        driven = drives(self.here.ground.kept_roads, origin, [destination], outward=True)
        whole = driven[0][1] if driven else math.inf
        return [
            journey
            for journey in found
            if {RIDE, VOLUNTEER} <= {leg.kind for leg in journey.legs}
            and not self._too_late(journey)
            and _driven(journey) <= MOST_DRIVEN * whole
        ]

    def _mixed_home(self, destination: Place) -> tuple[Journey, float] | None:
        found = self.planner.departing(destination, self.asked.origin, self.asked.back_after or 0, now=self.now)
        mixed = self._mixed(found, destination, self.asked.origin)
        after = self.asked.back_after or 0
        tried = (self._agreed(j, destination, self.asked.origin, after) for j in mixed[:COMBINED])
        return next((journey for journey in tried if journey), None)

    def _agreed(self, journey: Journey, origin: Place, destination: Place, after: int) -> tuple[Journey, float] | None:
        """Return a journey with rides that drivers could really give, and from what they cost; None where none can.

        It leaves ``after`` some time; who is driven to a train may have to leave sooner than the timetable alone says.
        """
        legs, euros = list(journey.legs), 0.0
        for number, leg in enumerate(legs):
            if leg.kind != VOLUNTEER:
                continue
            start = origin if number == 0 else self._place(leg.origin)
            end = destination if number == len(legs) - 1 else self._place(leg.destination)
            if start is None or end is None:
                return None
            following = legs[number + 1].departure if number + 1 < len(legs) else None
            since = None if following else legs[number - 1].arrival
            told = self._told(self._request(start, end, arrive_by=following, depart_after=since))
            if not told:
                return None
            (ride,) = told[0].rides
            legs[number] = _leg(ride, start, end)
            euros += told[0].euros
        made = Journey(tuple(legs))
        return (made, euros) if made.departure >= after else None

    def _place(self, identifier: str) -> Place | None:
        timetable = self.planner.timetable
        index = timetable.stop_index.get(identifier)
        point = timetable.points[index] if index is not None else None
        return Place(identifier, timetable.stop_names[index], point) if index is not None and point else None


def _driven(journey: Journey) -> int:
    """Return the seconds of a journey with drivers."""
    return sum(leg.arrival - leg.departure for leg in journey.legs if leg.kind == VOLUNTEER)


def _leg(ride: TimedRide, start: Place, end: Place) -> Leg:
    return Leg(VOLUNTEER, start.id, end.id, ride.pickup, ride.dropoff)


def _ridden(ride: TimedRide, origin: Place, destination: Place) -> Journey:
    start, end = (origin, destination) if ride.half == OUT else (destination, origin)
    return Journey((_leg(ride, start, end),))


@dataclass(frozen=True)
class Boarding:
    """A station, ``seconds`` by car from where one lives, and the ``trains`` of a day from there to where one goes."""

    station: Place
    seconds: float
    trains: tuple[Journey, ...]


def boarding(here: WaysDesk, asked: Question, *, now: datetime) -> Boarding | None:
    """Return the station near from which trains lead to where one goes; None where none of those near has any.

    Some minutes more on the road lead to a choice of trains: of stations about as near, the one with most is told.
    """
    reached = drives(here.ground.kept_roads, asked.origin, _services(here.ground, "station"), outward=True)
    planner = here.planner(asked.day)
    served = []
    for place, seconds in sorted(reached, key=lambda pair: pair[1])[:NEAREST]:
        found = planner.departing(place, asked.destinations[0], 0, 24 * HOUR, now=now, search=planner.lines)
        if trains := [one for one in found if any(planner.is_station(leg.origin) for leg in one.legs)]:
            served.append(Boarding(place, seconds, tuple(sorted(trains, key=lambda one: one.departure))))
    near = [one for one in served if one.seconds <= served[0].seconds + AS_NEAR]
    return max(near, key=lambda one: (len(one.trains), -one.seconds), default=None)


def _services(ground: Ground, errand: str) -> list[Place]:
    """Return the places that serve an errand, wherever they are known."""
    kinds = next(kind.kinds for kind in DAILY_ERRANDS if kind.id == errand)
    return [point.place for point in ground.everyday if point.kind in kinds]


def services_at(ground: Ground, place: Place, errand: str) -> tuple[Place, ...]:
    """Return the services of an errand in the commune of a place, the nearest to it first; none where none is known."""
    commune = ground.communes.at(place.point)
    found = [known for known in _services(ground, errand) if ground.communes.at(known.point) == commune]
    return tuple(sorted(found, key=lambda p: great_circle(p.point, place.point))[:NEAREST]) if commune else ()


def nearest_services(ground: Ground, origin: Place, errand: str) -> tuple[Place, ...]:
    """Return the services of an errand that are nearest by car; raises where none is known, or can be reached."""
    services = _services(ground, errand)
    found = sorted(drives(ground.kept_roads, origin, services, outward=True), key=lambda pair: pair[1])
    if not services:
        raise MobilityError("no-such-service", "no service of this kind is known", field="errand", value=errand)
    if not found:
        raise MobilityError(
            "out-of-reach", f"no road leads from '{origin.name}' to one", field="", value=origin.name
        )  # fmt: skip
    return tuple(place for place, _ in found[:NEAREST])
