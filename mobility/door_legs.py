"""Ways between a door and the stops around it: on foot, by an on-demand van, by a volunteer's car."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from mobility.journeys import ON_DEMAND, VOLUNTEER, WALK, DoorWay
from mobility.places import Place, great_circle, within
from mobility.transport import Booking, OnDemandService
from mobility.travel import ON_FOOT, WALK_SPEED, Roads, covered

LONGEST_WALK = 1500.0
"""Metres of straight line that one walks at most between a door and a stop."""
DETOUR = 1.3
"""Metres walked per metre of straight line, where no road tells."""
BOARDING = 120
"""Seconds to get into a volunteer's car and out of it."""


@dataclass(frozen=True)
class Feet:
    """Walks by road up to ``longest`` metres of straight line."""

    roads: Roads | None = None
    longest: float = LONGEST_WALK

    def ways(self, door: Place, places: Sequence[Place], day: date, *, outward: bool) -> list[DoorWay]:  # noqa: ARG002
        """Return the walks from a door: the same as to it."""
        near = [place for place in places if within(door.point, place.point, self.longest)]
        times = self._by_road([door], near)
        return [
            DoorWay(WALK, place.id, math.ceil(walk))
            for place in near
            if math.isfinite(walk := times.get(place.id, self._straight(door, place)))
        ]

    def _straight(self, door: Place, place: Place) -> float:
        return great_circle(door.point, place.point) * DETOUR / WALK_SPEED

    def _by_road(self, doors: Sequence[Place], places: Sequence[Place]) -> dict[str, float]:
        if self.roads is None or not places or not all(self.roads.covers(doors)):
            return {}
        known = covered(self.roads, places)
        if not known:
            return {}
        times = self.roads.travel_times(doors, known, ON_FOOT)
        return {place.id: float(times.seconds[0, column]) for column, place in enumerate(known)}


@dataclass(frozen=True)
class Vans:
    """On-demand services on the roads: a ride lasts the drive times the service's factor, plus its offset.

    ``now`` (local) leaves out what can no longer be booked.
    """

    services: Sequence[OnDemandService]
    roads: Roads
    now: datetime | None = None

    def ways(self, door: Place, places: Sequence[Place], day: date, *, outward: bool) -> list[DoorWay]:
        """Return the rides from a door to the places that services lead to, or from places to the door."""
        ways = []
        for service in self.services:
            for run in (run for run in service.runs if run.runs(day)):
                here, there = (run.origin, run.destination) if outward else (run.destination, run.origin)
                opens = self._opens(service.booking, run.opens, day)
                if opens is None or not here.contains(door.point):
                    continue
                served = [p for p in places if p.id != door.id and there.contains(p.point)]
                for place, drive in drives(self.roads, door, served, outward=outward):
                    lasts = math.ceil(run.duration_factor * drive + run.duration_offset)
                    ways.append(DoorWay(ON_DEMAND, place.id, lasts, service.id, opens, run.closes))
        return ways

    def _opens(self, booking: Booking | None, opens: int, day: date) -> int | None:
        """Return from when a run can be booked; None where it is too late for all of it."""
        if self.now is None or booking is None:
            return opens
        first = booking.first_departure(day, self.now)
        return None if first is None else max(opens, first)


def drives(roads: Roads, door: Place, places: Sequence[Place], *, outward: bool) -> list[tuple[Place, float]]:
    """Return the seconds by car between a door and the places that roads join to it."""
    known = covered(roads, places) if places and all(roads.covers([door])) else []
    if not known:
        return []
    if outward:
        seconds = roads.travel_times([door], known, "car").seconds[0]
    else:
        seconds = roads.travel_times(known, [door], "car").seconds[:, 0]
    return [(place, float(s)) for place, s in zip(known, seconds, strict=True) if math.isfinite(float(s))]


@dataclass(frozen=True)
class Volunteer:
    """A volunteer's availability: from home, on some ISO weekdays, between two times, for rides up to ``reach`` metres.

    ``reach`` bounds the whole drive: home, pick-up, set-down and home again.
    """

    id: str
    home: Place
    weekdays: frozenset[int]
    opens: int
    closes: int
    reach: float


@dataclass(frozen=True)
class VolunteerCars:
    """Rides by volunteers, each counted on its own: whether one is asked is for people to agree on."""

    volunteers: Sequence[Volunteer]
    roads: Roads

    def ways(self, door: Place, places: Sequence[Place], day: date, *, outward: bool) -> list[DoorWay]:
        """Return the rides from or to a door that some volunteer could drive, each at their own hours."""
        ready = [v for v in self.volunteers if day.isoweekday() in v.weekdays]
        served = [place for place in places if place.id != door.id]
        if not ready or not served:
            return []
        found = drives(self.roads, door, served, outward=outward)
        near = self.roads.covers([volunteer.home for volunteer in ready])
        ready = [volunteer for volunteer, known in zip(ready, near, strict=True) if known]
        if not found or not ready:
            return []
        places = [place for place, _ in found]
        whole = self._whole_drives(door, places, [volunteer.home for volunteer in ready], outward=outward)
        return [
            DoorWay(VOLUNTEER, place.id, math.ceil(seconds) + BOARDING, volunteer.id, volunteer.opens, volunteer.closes)
            for column, (place, seconds) in enumerate(found)
            for row, volunteer in enumerate(ready)
            if whole[row, column] <= volunteer.reach
        ]

    def _whole_drives(
        self, door: Place, places: Sequence[Place], homes: Sequence[Place], *, outward: bool
    ) -> NDArray[np.float32]:
        """Return the metres (homes, places) from home to the pick-up, to the set-down, and home again."""
        to_ends = self.roads.travel_times(homes, [door, *places], "car").metres
        from_ends = self.roads.travel_times([door, *places], homes, "car").metres.T
        if outward:
            ride = self.roads.travel_times([door], places, "car").metres
            return np.asarray(to_ends[:, :1] + ride + from_ends[:, 1:])
        ride = self.roads.travel_times(places, [door], "car").metres.T
        return np.asarray(to_ends[:, 1:] + ride + from_ends[:, :1])
