"""Journey search by rounds (RAPTOR), compiled by Numba and kept on disk between starts.

Round k holds the earliest arrivals with at most k vehicles. A stop has two labels: ``ride``, when a vehicle sets one
down there, and ``ready``, when one can board there (after changing or walking: one way on foot between two vehicles,
never two). Both are exact, so that results equal those of a connection scan.
"""

import numpy as np

from mobility.late import kernel

FAR = np.int32(2**30)
"""A time that is never reached."""
NOTHING = -1


@kernel
def first_trip_from(departures, base, length, trips, position, ready):  # pragma: no cover
    """Return the first trip of a pattern that leaves a position at or after ``ready`` (``trips`` where none does)."""
    low, high = 0, trips
    while low < high:
        middle = (low + high) >> 1
        if departures[base + middle * length + position] < ready:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def keep_better(k, ride, ready, by_pattern, by_trip, by_position, by_foot):  # pragma: no cover
    """Carry the labels of round ``k - 1`` into round ``k`` where they are earlier: fewer vehicles are no drawback."""
    for stop in range(ride.shape[1]):
        if ride[k - 1, stop] < ride[k, stop]:
            ride[k, stop] = ride[k - 1, stop]
            by_pattern[k, stop] = by_pattern[k - 1, stop]
            by_trip[k, stop] = by_trip[k - 1, stop]
            by_position[k, stop] = by_position[k - 1, stop]
        if ready[k - 1, stop] < ready[k, stop]:
            ready[k, stop] = ready[k - 1, stop]
            by_foot[k, stop] = by_foot[k - 1, stop]


@kernel
def search(pattern_stops, first_stop, boards, alights, first_trip, first_time, arrivals, departures, first_pattern,
           stop_patterns, stop_positions, first_foot, foot_stops, foot_seconds, rounds, latest, ride, ready, by_pattern,
           by_trip, by_position, by_foot, marked):  # pragma: no cover  # fmt: skip
    """Fill the labels of every round from those of round 0.

    ``ride`` and ``ready`` (rounds + 1, stops) int32 hold earlier labels or ``FAR``; ``marked`` (stops,) bool the stops
    whose ``ready`` of round 0 is new. ``by_pattern``, ``by_trip`` and ``by_position`` tell the vehicle of a ``ride``
    label and where it was boarded, ``by_foot`` the stop from which a ``ready`` label was reached. Labels later than
    ``latest`` are left out. Labels kept from a search that leaves later stay valid (range search).
    """
    stops = len(first_pattern) - 1
    patterns = len(first_stop) - 1
    queue = np.empty(patterns, dtype=np.int32)
    earliest = np.full(patterns, np.int32(2**30))
    set_down = np.zeros(stops, dtype=np.bool_)
    for k in range(1, rounds + 1):
        keep_better(k, ride, ready, by_pattern, by_trip, by_position, by_foot)
        size = 0
        for stop in range(stops):
            if marked[stop]:
                marked[stop] = False
                for i in range(first_pattern[stop], first_pattern[stop + 1]):
                    pattern, position = stop_patterns[i], stop_positions[i]
                    if earliest[pattern] == 2**30:
                        queue[size] = pattern
                        size += 1
                    earliest[pattern] = min(earliest[pattern], position)
        for q in range(size):
            pattern = queue[q]
            start = earliest[pattern]
            earliest[pattern] = 2**30
            base_stop, length = first_stop[pattern], first_stop[pattern + 1] - first_stop[pattern]
            trips, base = first_trip[pattern + 1] - first_trip[pattern], first_time[pattern]
            trip, boarded = trips, NOTHING
            for position in range(start, length):
                stop = pattern_stops[base_stop + position]
                if trip < trips and alights[base_stop + position]:
                    arrival = arrivals[base + trip * length + position]
                    if arrival < ride[k, stop] and arrival <= latest:
                        ride[k, stop] = arrival
                        by_pattern[k, stop], by_trip[k, stop], by_position[k, stop] = pattern, trip, boarded
                        set_down[stop] = True
                if boards[base_stop + position]:
                    at = ready[k - 1, stop]
                    if at < 2**30 and (trip == trips or at <= departures[base + trip * length + position]):
                        found = first_trip_from(departures, base, length, trips, position, at)
                        if found < trip:
                            trip, boarded = found, position
        for stop in range(stops):
            if set_down[stop]:
                set_down[stop] = False
                for i in range(first_foot[stop], first_foot[stop + 1]):
                    there = ride[k, stop] + foot_seconds[i]
                    if there < ready[k, foot_stops[i]] and there <= latest:
                        ready[k, foot_stops[i]] = there
                        by_foot[k, foot_stops[i]] = stop
                        marked[foot_stops[i]] = True
