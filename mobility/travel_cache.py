"""Travel times that are asked for again and again: a table that grows with the places it has seen."""

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from mobility.places import Place, Point
from mobility.travel import Path, Roads, TravelTimes

LONGEST_LEG = 2.0 * 3600
"""Seconds of a single drive beyond which nobody is matched: longer ones are not even looked for."""


class TravelCache:
    """Keeps the square table of drives between all places seen, and computes only the rows and columns that are new.

    ``most`` bounds the places kept; beyond, the table starts anew with the places asked for.
    """

    def __init__(self, roads: Roads, *, profile: str = "car", most: int = 6000, longest: float = LONGEST_LEG) -> None:
        self._roads = roads
        self._profile = profile
        self._most = most
        self._longest = longest
        self._lock = threading.Lock()
        self._places: list[Place] = []
        self._index: dict[tuple[str, float, float], int] = {}
        self._table = _empty()

    def times(self, places: Sequence[Place]) -> TravelTimes:
        """Return the square table between places (each once, by identifier); drives beyond ``longest`` are ``inf``."""
        asked = list({place.id: place for place in places}.values())
        return self.between(asked, asked)

    def between(self, origins: Sequence[Place], destinations: Sequence[Place]) -> TravelTimes:
        """Return the table from places to places; drives beyond ``longest`` are ``inf``."""
        from_keys = [_key(place) for place in origins]
        to_keys = from_keys if destinations is origins else [_key(place) for place in destinations]
        asked = dict(zip(to_keys, destinations, strict=True)) | dict(zip(from_keys, origins, strict=True))
        with self._lock:
            new = [place for key, place in asked.items() if key not in self._index]
            if len(self._places) + len(new) > self._most:
                self._places, self._index, self._table = [], {}, _empty()
                new = list(asked.values())
            if new:
                self._grow(new)
            rows = np.array([self._index[key] for key in from_keys], dtype=np.int64)
            columns = rows if to_keys is from_keys else np.array([self._index[key] for key in to_keys], dtype=np.int64)
            seconds, metres, estimated = (part[rows[:, None], columns] for part in self._table)
        return TravelTimes(
            tuple(place.id for place in origins), tuple(place.id for place in destinations), seconds, metres,
            estimated.astype(bool),
        )  # fmt: skip

    def _grow(self, new: Sequence[Place]) -> None:
        old = self._places
        places = [*old, *new]
        size, before = len(places), len(old)
        grown = tuple(np.full((size, size), np.inf, dtype=np.float32) for _ in range(3))
        for part, known in zip(grown, self._table, strict=True):
            part[:before, :before] = known
        blocks: list[tuple[Sequence[Place], Sequence[Place], slice, slice]] = [
            (new, places, slice(before, size), slice(0, size))
        ]
        if old:
            blocks.append((old, new, slice(0, before), slice(before, size)))
        for origins, destinations, rows, columns in blocks:
            times = self._roads.travel_times(origins, destinations, self._profile, limit=self._longest)
            for part, values in zip(grown, (times.seconds, times.metres, times.estimated), strict=True):
                part[rows, columns] = values
        for place in new:
            self._index[_key(place)] = len(self._places)
            self._places = [*self._places, place]
        self._table = grown


class CachedRoads:
    """Roads whose matrices are kept: for searches that ask for the same few hundred places all the time."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._caches: dict[str, TravelCache] = {}
        self._covered: dict[tuple[str, float, float], bool] = {}

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str, *, limit: float = float("inf")
    ) -> TravelTimes:
        """Return the matrix of fastest times; pairs beyond ``limit`` seconds are ``inf``."""
        cache = self._caches.setdefault(profile, TravelCache(self._roads, profile=profile, longest=float("inf")))
        found = cache.between(origins, destinations)
        too_far = found.seconds > limit
        found.metres[too_far] = np.inf
        found.seconds[too_far] = np.inf
        return found

    def path(self, origin: Place, destination: Place, profile: str) -> Path:
        """Return the fastest way between two places."""
        return self._roads.path(origin, destination, profile)

    def drawn(self) -> Iterable[tuple[str, Sequence[Point]]]:
        """Return the roads to draw on a map."""
        return self._roads.drawn()

    def covers(self, places: Sequence[Place]) -> list[bool]:
        """Tell, for each place, whether these roads come near it."""
        new = [place for place in {_key(p): p for p in places}.values() if _key(place) not in self._covered]
        if new:
            self._covered |= dict(zip(map(_key, new), self._roads.covers(new), strict=True))
        return [self._covered[_key(place)] for place in places]


def _empty() -> tuple[np.ndarray, ...]:
    return tuple(np.empty((0, 0), dtype=np.float32) for _ in range(3))


def _key(place: Place) -> tuple[str, float, float]:
    return place.id, place.point.lon, place.point.lat
