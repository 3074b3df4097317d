"""Second opinions on the journey search, written to be read rather than to be fast."""

import numpy as np
from numpy.typing import NDArray

from gtfs.journey_search import LONGEST, JourneySearch, _Labels
from gtfs.raptor import FAR
from gtfs.timetable import Timetable
from mobility.journeys import WALK, Journey, Leg


def scan(timetable: Timetable, origin: int, departure: int) -> NDArray[np.int64]:
    """Return the earliest arrival (seconds, ``FAR`` where none) at each stop, on board or on foot.

    All connections are scanned in time order: it shares nothing with :mod:`gtfs.raptor` but the timetable.
    """
    hops = []
    trip_number = 0
    for pattern in range(len(timetable.first_stop) - 1):
        base, end = int(timetable.first_stop[pattern]), int(timetable.first_stop[pattern + 1])
        length = end - base
        for trip in range(int(timetable.first_trip[pattern + 1] - timetable.first_trip[pattern])):
            time = int(timetable.first_time[pattern]) + trip * length
            for i in range(length - 1):
                leave = int(timetable.departures[time + i])
                if leave >= departure:
                    hops.append((leave, trip_number, i, base + i, int(timetable.arrivals[time + i + 1])))
            trip_number += 1
    hops.sort()
    ready = np.full(len(timetable.stop_ids), int(FAR), dtype=np.int64)
    ride = ready.copy()
    for i in range(int(timetable.first_foot[origin]), int(timetable.first_foot[origin + 1])):
        stop = int(timetable.foot_stops[i])
        ready[stop] = departure + (0 if stop == origin else int(timetable.foot_seconds[i]))
    on_board = np.zeros(trip_number, dtype=bool)
    for leave, trip, _, at, arrive in hops:
        stop, following = int(timetable.pattern_stops[at]), int(timetable.pattern_stops[at + 1])
        if not on_board[trip]:
            on_board[trip] = bool(timetable.boards[at]) and ready[stop] <= leave
        if on_board[trip] and timetable.alights[at + 1] and arrive < ride[following]:
            ride[following] = arrive
            for i in range(int(timetable.first_foot[following]), int(timetable.first_foot[following + 1])):
                other = int(timetable.foot_stops[i])
                ready[other] = min(ready[other], arrive + int(timetable.foot_seconds[i]))
    return np.minimum(ride, ready)


def earliest(engine: JourneySearch, origins: list[int], destinations: list[int], departure: int) -> list[Journey]:
    """Return the journeys that leave at or after a time, none later and with more vehicles than another.

    They are traced from the labels of the plain rounds: one for each number of vehicles that improves the arrival.
    """
    labels = _Labels.of(engine._rounds, len(engine.timetable.stop_ids))
    engine._run(labels, engine._start(labels, origins, departure), departure + LONGEST)
    journeys: list[Journey] = []
    best = int(FAR)
    for k in range(1, engine._rounds + 1):
        arrival, stop = min((int(min(labels.ride[k, stop], labels.ready[k, stop])), stop) for stop in destinations)
        # A vehicle, not feet alone, must bring one there.
        rode = labels.ride[k, stop] < FAR or labels.ready[k, stop] < labels.ready[0, stop]
        if arrival < best and rode:
            best = arrival
            journeys.append(Journey(tuple(_legs(engine, labels, k, stop))))
    return journeys


def _legs(engine: JourneySearch, labels: _Labels, k: int, destination: int) -> list[Leg]:
    """Follow the labels back from a destination."""
    t = engine.timetable
    legs: list[Leg] = []
    stop = destination
    if labels.ready[k, stop] < labels.ride[k, stop]:
        before = int(labels.by_foot[k, stop])
        start = int(labels.ready[k, stop]) - _walk(t, before, stop)
        legs.append(Leg(WALK, t.stop_ids[before], t.stop_ids[stop], start, int(labels.ready[k, stop])))
        stop = before
    while True:
        while labels.ride[k - 1, stop] == labels.ride[k, stop]:
            k -= 1
        ride = (int(a[k, stop]) for a in (labels.by_pattern, labels.by_trip, labels.by_position))
        leg = engine._ride(*ride, stop, int(labels.ride[k, stop]))
        legs.append(leg)
        boarded = t.stop_index[leg.origin]
        k -= 1
        while k > 0 and labels.ready[k - 1, boarded] == labels.ready[k, boarded]:
            k -= 1
        before = int(labels.by_foot[k, boarded])
        if before != boarded:
            # One leaves as late as the vehicle allows.
            walk = _walk(t, before, boarded)
            legs.append(Leg(WALK, t.stop_ids[before], t.stop_ids[boarded], leg.departure - walk, leg.departure))
        if k == 0:
            return legs[::-1]
        stop = before


def _walk(t: Timetable, origin: int, destination: int) -> int:
    """Return the seconds of the way on foot between two stops."""
    ways = range(int(t.first_foot[origin]), int(t.first_foot[origin + 1]))
    return next(int(t.foot_seconds[i]) for i in ways if t.foot_stops[i] == destination)
