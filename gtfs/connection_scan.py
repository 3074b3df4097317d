"""Earliest arrivals by a plain scan of all connections in time order: the second opinion on the journey search."""

import numpy as np
from numpy.typing import NDArray

from gtfs.raptor import FAR
from gtfs.timetable import Timetable


def scan(timetable: Timetable, origin: int, departure: int) -> NDArray[np.int64]:
    """Return the earliest arrival (seconds, ``FAR`` where none) at each stop, on board or on foot.

    Written to be read rather than to be fast: it shares nothing with :mod:`gtfs.raptor` but the timetable.
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
