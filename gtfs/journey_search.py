"""Journeys in a timetable: earliest arrivals, one to all, and every good choice in a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gtfs.raptor import FAR, NOTHING, search
from gtfs.raptor_choices import (
    AT_DOOR,
    BOARDED,
    CHANGED,
    KIND,
    PARENT,
    PATTERN,
    STOP,
    TIME,
    TRIP,
    least_times,
    search_choices,
)
from gtfs.timetable import Timetable
from mobility.journeys import RIDE, WALK, Journey, Leg

ROUNDS = 6
"""Vehicles boarded at most: no traveller of this territory changes five times."""
LONGEST = 24 * 3600
"""Seconds after departure beyond which an arrival is of no use."""

Labels = NDArray[np.int32]
Stops = Sequence[int]
"""Indices of stops: the platforms and names that make one place."""


@dataclass(frozen=True)
class StopWay:
    """A way between a door and a stop (its index), of ``seconds``, open between two times of the day.

    ``door`` is the identifier of the place, ``service`` who drives where somebody does.
    """

    stop: int
    seconds: int
    kind: str
    door: str
    service: str = ""
    opens: int = 0
    closes: int = int(FAR) - 1


def _way_array(ways: Sequence[StopWay], *, walking: bool) -> Labels:
    rows = []
    for w in ways:
        walk = w.seconds if walking and w.kind == WALK else 0
        rows.append((w.stop, w.seconds, walk, w.opens, w.closes, int(w.kind != WALK)))
    return np.array(rows, dtype=np.int32).reshape(-1, 6)


@dataclass
class _Labels:
    ride: Labels
    ready: Labels
    by_pattern: Labels
    by_trip: Labels
    by_position: Labels
    by_foot: Labels

    @staticmethod
    def of(rounds: int, stops: int) -> "_Labels":
        shape = (rounds + 1, stops)
        times = [np.full(shape, FAR, dtype=np.int32) for _ in range(2)]
        return _Labels(*times, *(np.full(shape, NOTHING, dtype=np.int32) for _ in range(4)))


class JourneySearch:
    """Searches one day's timetable."""

    def __init__(self, timetable: Timetable, *, rounds: int = ROUNDS) -> None:
        self.timetable = timetable
        self._rounds = rounds
        t = timetable
        self._arrays = (
            t.pattern_stops, t.first_stop, t.boards, t.alights, t.first_trip, t.first_time, t.arrivals, t.departures,
            t.first_pattern, t.stop_patterns, t.stop_positions, t.first_foot, t.foot_stops, t.foot_seconds,
        )  # fmt: skip

    def _start(self, labels: _Labels, origins: Stops, departure: int) -> NDArray[np.bool_]:
        """Set the labels of round 0: the origins at once, their neighbours on foot; return the stops that are new."""
        marked = np.zeros(len(self.timetable.stop_ids), dtype=bool)
        for origin in origins:
            for stop, walk in self._reached_on_foot(origin):
                if departure + walk < labels.ready[0, stop]:
                    labels.ready[0, stop] = departure + walk
                    labels.by_foot[0, stop] = origin
                    marked[stop] = True
        return marked

    def _reached_on_foot(self, origin: int) -> list[tuple[int, int]]:
        """Return the stops where one can board after leaving a stop, with the seconds to walk (0 to itself)."""
        t = self.timetable
        ways = range(int(t.first_foot[origin]), int(t.first_foot[origin + 1]))
        found = [(int(t.foot_stops[i]), int(t.foot_seconds[i])) for i in ways]
        return [(stop, 0 if stop == origin else walk) for stop, walk in found]

    def _run(self, labels: _Labels, marked: NDArray[np.bool_], latest: int) -> None:
        search(
            *self._arrays, self._rounds, np.int32(latest), labels.ride, labels.ready, labels.by_pattern,
            labels.by_trip, labels.by_position, labels.by_foot, marked,
        )  # fmt: skip

    def arrivals(self, origins: Stops, departure: int) -> NDArray[np.int32]:
        """Return the earliest arrival at every stop (int32 seconds, ``FAR`` where none), one to all."""
        labels = _Labels.of(self._rounds, len(self.timetable.stop_ids))
        self._run(labels, self._start(labels, origins, departure), departure + LONGEST)
        found: NDArray[np.int32] = np.minimum(labels.ride[-1], labels.ready[-1])
        return found

    def window(
        self, origins: Stops, destinations: Stops, first: int, last: int, *, walking: bool = True
    ) -> list[Journey]:
        """Return every journey that leaves in a window and that no other betters.

        What counts is departure, arrival, vehicles and, unless ``walking`` is false, seconds on foot.
        """
        access = self.standing_at(origins)
        exits = [StopWay(stop, 0, WALK, self.timetable.stop_ids[stop]) for stop in destinations]
        return self.choices(access, exits, first, last, walking=walking)

    def standing_at(self, origins: Stops) -> list[StopWay]:
        """Return the ways of somebody who stands at some stops: none to these, on foot to their neighbours."""
        return [
            StopWay(stop, walk, WALK, self.timetable.stop_ids[origin])
            for origin in origins
            for stop, walk in self._reached_on_foot(origin)
        ]

    def choices(
        self, access: Sequence[StopWay], exits: Sequence[StopWay], first: int, last: int, *, walking: bool = True
    ) -> list[Journey]:
        """Return every good journey between two doors that leaves in a window; ``access`` and ``exits`` lead to stops.

        A journey is left out where another leaves no earlier (be it after the window), arrives no later, boards no
        more vehicles and walks no longer. Ways without any vehicle of the timetable are not among them.
        """
        starts = self._leaving(access, first, last)
        if not len(starts) or not exits:
            return []
        doors, ways = _way_array(exits, walking=walking), _way_array(access, walking=walking)
        bound = least_times(*self._ways_in, doors)
        labels, found = search_choices(
            *self._arrays, self._rounds, np.int32(LONGEST), bound, walking, starts, ways, doors
        )
        journeys = [Journey(tuple(self._traced(labels, row, access, exits))) for row in found]
        return pareto([journey for journey in journeys if first <= journey.departure <= last], walking=walking)

    @cached_property
    def _ways_in(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the least seconds of every hop and walk, by the stop that they lead to."""
        t = self.timetable
        least: dict[tuple[int, int], int] = {}
        origins = np.repeat(np.arange(len(t.stop_ids)), np.diff(t.first_foot))
        for origin, stop, seconds in zip(origins.tolist(), t.foot_stops.tolist(), t.foot_seconds.tolist(), strict=True):
            if origin != stop:
                least[origin, stop] = seconds
        for pattern in np.flatnonzero(np.diff(t.first_trip)).tolist():
            base, end = int(t.first_stop[pattern]), int(t.first_stop[pattern + 1])
            span = slice(int(t.first_time[pattern]), int(t.first_time[pattern + 1]))
            arrivals, departures = (times[span].reshape(-1, end - base) for times in (t.arrivals, t.departures))
            hops = (arrivals[:, 1:] - departures[:, :-1]).min(axis=0).tolist()
            stops = t.pattern_stops[base:end].tolist()
            for one, other, seconds in zip(stops, stops[1:], hops, strict=False):
                least[one, other] = min(seconds, least.get((one, other), seconds))
        pairs = np.array([(other, one, s) for (one, other), s in least.items()], dtype=np.int32).reshape(-1, 3)
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        counts = np.bincount(pairs[:, 0], minlength=len(t.stop_ids))
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return first, pairs[:, 1].copy(), pairs[:, 2].copy()

    def _leaving(self, access: Sequence[StopWay], first: int, last: int) -> NDArray[np.int32]:
        """Return the times at which leaving the door catches a vehicle, latest first."""
        t = self.timetable
        times: set[int] = set()
        for way in access:
            for j in range(t.first_pattern[way.stop], t.first_pattern[way.stop + 1]):
                pattern, position = int(t.stop_patterns[j]), int(t.stop_positions[j])
                if t.boards[t.first_stop[pattern] + position]:
                    length = int(t.first_stop[pattern + 1] - t.first_stop[pattern])
                    span = slice(int(t.first_time[pattern]) + position, int(t.first_time[pattern + 1]), length)
                    # Where a booked ride ends its service first, one waits at the stop.
                    leave = np.minimum(t.departures[span] - way.seconds, way.closes - way.seconds)
                    times.update(leave[leave >= way.opens].tolist())
        chosen = sorted((time for time in times if first <= time <= last), reverse=True)
        return np.array(chosen, dtype=np.int32)

    def _traced(
        self, labels: Labels, row: NDArray[np.int32], access: Sequence[StopWay], exits: Sequence[StopWay]
    ) -> list[Leg]:
        """Follow the labels of an answer back to the door."""
        t = self.timetable
        legs: list[Leg] = []
        label, way = int(row[0]), exits[int(row[1])]
        end = t.stop_ids[int(labels[label, STOP])]
        if way.seconds:
            arrival = int(row[2])
            legs.append(Leg(way.kind, end, way.door, arrival - way.seconds, arrival, service=way.service))
        while labels[label, KIND] != AT_DOOR:
            stop = int(labels[label, STOP])
            if labels[label, KIND] == CHANGED:
                before = int(labels[label, PARENT])
                source = int(labels[before, STOP])
                if source != stop:
                    leave = int(labels[before, TIME])
                    walk = int(labels[label, TIME]) - leave
                    # One walks as soon as one is set down, and waits where the next vehicle leaves.
                    legs.append(Leg(WALK, t.stop_ids[source], t.stop_ids[stop], leave, leave + walk))
                label = before
                continue
            legs.append(self._ride(*(int(labels[label, column]) for column in (PATTERN, TRIP, BOARDED, STOP, TIME))))
            label = int(labels[label, PARENT])
        first_way = access[int(labels[label, PARENT])]
        if first_way.seconds:
            # One leaves as late as the first vehicle, or the service, allows.
            boards = min(legs[-1].departure, first_way.closes) if legs else int(labels[label, TIME])
            stop_id = t.stop_ids[first_way.stop]
            leg = Leg(first_way.kind, first_way.door, stop_id, boards - first_way.seconds, boards,
                      service=first_way.service)  # fmt: skip
            legs.append(leg)
        return legs[::-1]

    def _ride(self, pattern: int, trip: int, position: int, stop: int, arrival: int) -> Leg:
        """Return the leg on a pattern's trip from a position in it to the stop where one gets off, at a time."""
        t = self.timetable
        base, length = int(t.first_stop[pattern]), int(t.first_stop[pattern + 1] - t.first_stop[pattern])
        first = int(t.first_time[pattern]) + trip * length
        number = int(t.first_trip[pattern]) + trip
        asked = t.on_request.get(t.trip_ids[number])
        boarding = alighting = None
        if asked:
            left = next(
                later for later in range(position + 1, length)
                if t.pattern_stops[base + later] == stop and t.arrivals[first + later] == arrival
            )  # fmt: skip
            boarding, alighting = asked[position][0], asked[left][1]
        return Leg(
            RIDE, t.stop_ids[int(t.pattern_stops[base + position])], t.stop_ids[stop],
            int(t.departures[first + position]), arrival, t.trip_ids[number], t.trip_lines[number],
            t.trip_headsigns[number], boarding=boarding, alighting=alighting, days=t.trip_days[number],
        )  # fmt: skip

    def profile_from(
        self, access: Sequence[StopWay], first: int, last: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the departures from a door that can matter in a window, latest first, and the arrivals for each.

        Arrivals (int32, departures x stops) are ``FAR`` where a stop cannot be reached.
        """
        departures = self._leaving(access, first, last)
        labels = _Labels.of(self._rounds, len(self.timetable.stop_ids))
        arrivals = np.empty((len(departures), len(self.timetable.stop_ids)), dtype=np.int32)
        for row, departure in enumerate(departures.tolist()):
            marked = np.zeros(len(self.timetable.stop_ids), dtype=bool)
            for way in access:
                ready = departure + way.seconds
                if way.opens <= departure and ready <= way.closes and ready < labels.ready[0, way.stop]:
                    labels.ready[0, way.stop] = ready
                    marked[way.stop] = True
            self._run(labels, marked, departure + LONGEST)
            arrivals[row] = np.minimum(labels.ride[-1], labels.ready[-1])
        return departures, arrivals


def pareto(journeys: Sequence[Journey], *, walking: bool = True) -> list[Journey]:
    """Return the journeys that no other betters in departure, arrival, vehicles and (unless told not to) walking."""
    kept: list[Journey] = []
    for journey in sorted(set(journeys), key=lambda j: (j.arrival, -j.departure, j.rides, j.walking)):
        if not any(
            k.departure >= journey.departure
            and k.rides <= journey.rides
            and (not walking or k.walking <= journey.walking)
            for k in kept
        ):
            kept.append(journey)
    return sorted(kept, key=lambda j: (j.departure, j.arrival, j.rides))
