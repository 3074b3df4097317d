"""The ways of one day between many homes and services: a range search from each, read off at all the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gtfs.door_search import best_ways, stop_ways
from gtfs.journey_search import JourneySearch, StopWay
from gtfs.raptor import FAR
from mobility.access import DAY_END, DAY_START
from mobility.journeys import DoorLegs, DoorWay
from mobility.places import Place, great_circle

FARTHEST = 120_000.0
"""Metres of straight line beyond which no way is looked for."""
Pairs = NDArray[np.int32]
_NO_PAIRS: Pairs = np.empty((0, 2), dtype=np.int32)


@dataclass
class TimetableReach:
    """Ways by timetable and straight on one day; ``engine`` is None where only straight ways count."""

    engine: JourneySearch | None
    legs: Sequence[DoorLegs]
    day: date
    homes: Sequence[Place]
    services: Sequence[Place]
    _there: dict[tuple[str, str], Pairs] = field(init=False, default_factory=dict)
    _back: dict[tuple[str, str], Pairs] = field(init=False, default_factory=dict)
    _straight: dict[tuple[str, str], list[DoorWay]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._find_straight()
        if self.engine is None:
            return
        stops, index = self._stops(self.engine), self.engine.timetable.stop_index
        sides = {}
        for place in (*self.homes, *self.services):
            away, near = (
                stop_ways(self.legs, place, stops, index, self.day, outward=outward) for outward in (True, False)
            )
            sides[place.id] = away, near
        self._search(self.engine, self.homes, self.services, sides, self._there)
        self._search(self.engine, self.services, self.homes, sides, self._back)

    def there(self, home: str, service: str) -> Pairs:
        """Return the ways to a service by timetable."""
        return self._there.get((home, service), _NO_PAIRS)

    def back(self, service: str, home: str) -> Pairs:
        """Return the ways home by timetable."""
        return self._back.get((service, home), _NO_PAIRS)

    def straight(self, origin: str, destination: str) -> Sequence[DoorWay]:
        """Return the ways without a timetable from a home to a service, or from a service home."""
        return self._straight.get((origin, destination), [])

    def _find_straight(self) -> None:
        """Look both ways: a van may take people to town and bring nobody back."""
        for home in self.homes:
            for outward in (True, False):
                ways = [w for legs in self.legs for w in legs.ways(home, self.services, self.day, outward=outward)]
                for way in best_ways(ways):
                    pair = (home.id, way.place) if outward else (way.place, home.id)
                    self._straight.setdefault(pair, []).append(way)

    def _stops(self, engine: JourneySearch) -> list[Place]:
        t = engine.timetable
        served = np.unique(t.pattern_stops).tolist()
        places = [Place(t.stop_ids[s], t.stop_names[s], point) for s in served if (point := t.points[s]) is not None]
        if not self.homes:
            return places
        centre = self.homes[len(self.homes) // 2].point
        return [place for place in places if great_circle(centre, place.point) <= FARTHEST]

    @staticmethod
    def _search(
        engine: JourneySearch,
        origins: Sequence[Place],
        destinations: Sequence[Place],
        sides: dict[str, tuple[list[StopWay], list[StopWay]]],
        found: dict[tuple[str, str], Pairs],
    ) -> None:
        exits = {place.id: sides[place.id][1] for place in destinations if sides[place.id][1]}
        for origin in origins:
            access = sides[origin.id][0]
            if not access or not exits:
                continue
            departures, arrivals = engine.profile_from(access, DAY_START, DAY_END)
            for place, ways in exits.items():
                pairs = _finished(departures, arrivals, ways)
                if len(pairs):
                    found[origin.id, place] = pairs


def _finished(departures: NDArray[np.int32], arrivals: NDArray[np.int32], ways: Sequence[StopWay]) -> Pairs:
    """Return the (departure, arrival) pairs at a door, without those that a later departure betters."""
    at_door = np.full(len(departures), FAR, dtype=np.int32)
    for way in ways:
        begun = np.maximum(arrivals[:, way.stop], way.opens)
        ended = begun + way.seconds
        at_door = np.minimum(at_door, np.where((begun < FAR) & (ended <= way.closes), ended, FAR))
    kept = []
    best = int(FAR)
    for departure, arrival in zip(departures.tolist(), at_door.tolist(), strict=True):
        if arrival < best:
            best = arrival
            kept.append((departure, arrival))
    return np.array(kept[::-1], dtype=np.int32).reshape(-1, 2)
