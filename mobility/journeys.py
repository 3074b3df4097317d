"""Journeys: legs on board, on foot, by a van that was booked or a volunteer's car, in seconds after midnight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mobility.places import Place
from mobility.transport import Booking, OnRequest

RIDE = "ride"
WALK = "walk"
ON_DEMAND = "on-demand"
VOLUNTEER = "volunteer"
VEHICLES = {RIDE, ON_DEMAND, VOLUNTEER}
ALL_DAY = (0, 48 * 3600)


@dataclass(frozen=True)
class Leg:
    """A part of a journey between two places or stops.

    ``line`` and ``headsign`` tell a vehicle that runs by timetable; ``service`` names who drives where it must be
    asked for (an on-demand service, a volunteer). ``boarding`` and ``alighting`` tell how to ask a vehicle of the
    timetable to stop, where it does not of itself; its trip is of the service of so many ``days`` after the journey's
    day (-1: of the night before).
    """

    kind: str
    origin: str
    destination: str
    departure: int
    arrival: int
    trip: str = ""
    line: str = ""
    headsign: str = ""
    service: str = ""
    boarding: OnRequest | None = None
    alighting: OnRequest | None = None
    days: int = 0

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """Return what must be booked for a vehicle of the timetable to stop, each once."""
        found = (end.booking for end in (self.boarding, self.alighting) if end)
        return tuple(dict.fromkeys(booking for booking in found if booking))


@dataclass(frozen=True)
class Journey:
    """Legs in the order of travel."""

    legs: tuple[Leg, ...]

    @property
    def departure(self) -> int:
        """Return when the traveller must leave."""
        return self.legs[0].departure

    @property
    def arrival(self) -> int:
        """Return when the traveller is there."""
        return self.legs[-1].arrival

    @property
    def rides(self) -> int:
        """Return the number of vehicles boarded."""
        return sum(leg.kind in VEHICLES for leg in self.legs)

    @property
    def booked(self) -> bool:
        """Tell whether a vehicle of the timetable must be booked."""
        return any(leg.bookings for leg in self.legs)

    @property
    def walking(self) -> int:
        """Return the seconds on foot."""
        return sum(leg.arrival - leg.departure for leg in self.legs if leg.kind == WALK)


@dataclass(frozen=True)
class DoorWay:
    """A way between a door and another place: so many ``seconds``, begun and ended between two times of the day."""

    kind: str
    place: str
    seconds: int
    service: str = ""
    opens: int = ALL_DAY[0]
    closes: int = ALL_DAY[1]


class DoorLegs(Protocol):
    """What takes people between their door and other places without a timetable: feet, vans, volunteers' cars."""

    def ways(self, door: Place, places: Sequence[Place], day: date, *, outward: bool) -> list[DoorWay]:
        """Return the ways from a door to the places that can be reached, or, unless ``outward``, from them to it."""
        ...
