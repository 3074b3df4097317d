"""Journeys by timetable: legs on board and on foot, in seconds after the midnight of the day asked for."""

from dataclasses import dataclass

RIDE = "ride"
WALK = "walk"


@dataclass(frozen=True)
class Leg:
    """A part of a journey between two stops. ``line`` and ``headsign`` are empty on foot."""

    kind: str
    origin: str
    destination: str
    departure: int
    arrival: int
    trip: str = ""
    line: str = ""
    headsign: str = ""


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
        return sum(leg.kind == RIDE for leg in self.legs)

    @property
    def walking(self) -> int:
        """Return the seconds on foot."""
        return sum(leg.arrival - leg.departure for leg in self.legs if leg.kind == WALK)
