"""A timetable with time running backward: what a search finds there leaves as late as it can."""

import numpy as np
from numpy.typing import NDArray

from gtfs.timetable import Timetable


def mirror(timetable: Timetable) -> Timetable:
    """Return the timetable with time running backward: stops reversed, arrivals and departures exchanged."""
    t = timetable
    patterns = len(t.first_stop) - 1
    stops, boards, alights = t.pattern_stops.copy(), t.boards.copy(), t.alights.copy()
    arrivals, departures = t.arrivals.copy(), t.departures.copy()
    positions = t.stop_positions.copy()
    trips = np.empty(len(t.trip_ids), dtype=np.int64)
    lengths = np.diff(t.first_stop)
    for p in range(patterns):
        span = slice(t.first_stop[p], t.first_stop[p + 1])
        stops[span] = t.pattern_stops[span][::-1]
        boards[span], alights[span] = t.alights[span][::-1], t.boards[span][::-1]
        times = slice(t.first_time[p], t.first_time[p + 1])
        arrivals[times] = -t.departures[times][::-1]
        departures[times] = -t.arrivals[times][::-1]
        numbers = slice(t.first_trip[p], t.first_trip[p + 1])
        trips[numbers] = np.arange(t.first_trip[p], t.first_trip[p + 1])[::-1]
    positions[:] = lengths[t.stop_patterns] - 1 - t.stop_positions
    first_foot, foot_stops, foot_seconds = _mirrored_feet(t)
    return Timetable(
        day=t.day, stop_ids=t.stop_ids, stop_names=t.stop_names, points=t.points,
        trip_ids=tuple(t.trip_ids[i] for i in trips), trip_lines=tuple(t.trip_lines[i] for i in trips),
        trip_headsigns=tuple(t.trip_headsigns[i] for i in trips), pattern_stops=stops, first_stop=t.first_stop,
        boards=boards, alights=alights, first_trip=t.first_trip, first_time=t.first_time, arrivals=arrivals,
        departures=departures, first_pattern=t.first_pattern, stop_patterns=t.stop_patterns, stop_positions=positions,
        first_foot=first_foot, foot_stops=foot_stops, foot_seconds=foot_seconds,
        trip_days=tuple(t.trip_days[i] for i in trips),
        on_request={trip: tuple(ends[::-1] for ends in asked[::-1]) for trip, asked in t.on_request.items()},
    )  # fmt: skip


def _mirrored_feet(t: Timetable) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    origins = np.repeat(np.arange(len(t.stop_ids), dtype=np.int32), np.diff(t.first_foot))
    # The way to the stop itself stays first.
    order = np.lexsort((origins, origins != t.foot_stops, t.foot_stops))
    counts = np.bincount(t.foot_stops, minlength=len(t.stop_ids))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return first, origins[order], t.foot_seconds[order]
