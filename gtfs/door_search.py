"""Journeys from door to door: the timetable joined with what takes people to its stops, or all the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from gtfs.journey_search import JourneySearch, StopWay, pareto
from mobility.journeys import WALK, DoorLegs, DoorWay, Journey, Leg
from mobility.places import Place

NIGHT = 28 * 3600
"""Seconds after midnight by which a traveller must be home."""


@dataclass(frozen=True)
class DoorSearch:
    """Searches between places. ``legs`` are tried both at the start and at the end of a journey."""

    engine: JourneySearch
    legs: Sequence[DoorLegs]
    day: date

    @cached_property
    def _stops(self) -> list[Place]:
        t = self.engine.timetable
        return [
            Place(stop, name, point)
            for stop, name, point in zip(t.stop_ids, t.stop_names, t.points, strict=True)
            if point is not None
        ]

    def _ways(self, door: Place, stops: Sequence[Place], *, outward: bool) -> list[StopWay]:
        return stop_ways(self.legs, door, stops, self.engine.timetable.stop_index, self.day, outward=outward)

    def choices(self, origin: Place, destination: Place, first: int, last: int) -> list[Journey]:
        """Return every good journey that leaves in a window, by timetable or straight from door to door."""
        stops = self._stops
        access = self._ways(origin, stops, outward=True)
        exits = self._ways(destination, stops, outward=False)
        found = self.engine.choices(access, exits, first, last)
        direct = [self._direct(way, origin, destination, first, last) for way in self._direct_ways(origin, destination)]
        return pareto([*found, *(journey for journey in direct if journey)])

    def arriving(self, origin: Place, destination: Place, by: int) -> list[Journey]:
        """Return the journeys that are there by a time, the latest departures first."""
        stops = self._stops
        access = self._ways(origin, stops, outward=True)
        exits = [replace(way, closes=min(way.closes, by)) for way in self._ways(destination, stops, outward=False)]
        found = self.engine.choices(access, exits, 0, by)
        for way in self._direct_ways(origin, destination):
            leave = min(by, way.closes) - way.seconds
            if leave >= max(0, way.opens):
                found.append(_alone(way, origin, destination, leave))
        kept = [journey for journey in pareto(found) if journey.arrival <= by]
        return sorted(kept, key=lambda j: (-j.departure, j.rides, j.walking))

    def _direct_ways(self, origin: Place, destination: Place) -> list[DoorWay]:
        ways = [way for legs in self.legs for way in legs.ways(origin, [destination], self.day, outward=True)]
        return best_ways(ways)

    @staticmethod
    def _direct(way: DoorWay, origin: Place, destination: Place, first: int, last: int) -> Journey | None:
        leave = max(first, way.opens)
        if leave > last or leave + way.seconds > way.closes:
            return None
        return _alone(way, origin, destination, leave)


def _alone(way: DoorWay, origin: Place, destination: Place, leave: int) -> Journey:
    leg = Leg(way.kind, origin.id, destination.id, leave, leave + way.seconds, service=way.service)
    return Journey((leg,))


def stop_ways(
    legs: Sequence[DoorLegs], door: Place, stops: Sequence[Place], index: Mapping[str, int], day: date, *, outward: bool
) -> list[StopWay]:
    """Return the best ways from a door to the stops around it, or to the door; ``index`` numbers the stops."""
    ways = [way for leg in legs for way in leg.ways(door, stops, day, outward=outward)]
    return [
        StopWay(index[way.place], way.seconds, way.kind, door.id, way.service, way.opens, way.closes)
        for way in best_ways(ways)
    ]


def best_ways(ways: Sequence[DoorWay]) -> list[DoorWay]:
    """Return the ways without those that another of the same kind and place betters at all times."""
    kept: list[DoorWay] = []
    for way in sorted(ways, key=lambda w: (w.place, w.kind != WALK, w.kind, w.seconds)):
        bettered = any(
            k.place == way.place and k.kind == way.kind and k.seconds <= way.seconds and k.opens <= way.opens
            and k.closes >= way.closes
            for k in kept
        )  # fmt: skip
        if not bettered:
            kept.append(way)
    return kept
