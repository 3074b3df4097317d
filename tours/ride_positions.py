"""Where one more ride fits into a route at the least metres: every pair of positions, compiled by Numba."""

import numpy as np

from mobility.late import kernel
from tours.ride_columns import route_schedule
from tours.ride_schedule import put_pair


@kernel
def _longer(table, place, i, j, up, down):  # pragma: no cover
    """Return what a route through ``place`` gains by a pick-up after its place ``i`` and a set-down after its ``j``."""
    p, q, u, v = place[i], place[i + 1], place[j], place[j + 1]
    if i == j:
        return table[p, up] + table[up, down] + table[down, q] - table[p, q]
    return table[p, up] + table[up, q] - table[p, q] + table[u, down] + table[down, v] - table[u, v]


@kernel
def best_insertion(base, ride_list, start, end, opens_at, closes_at, seats, longest_metres, longest_seconds, up, down,
                    windows, boarding, longest, load, travel, metres, best):  # fmt: skip # pragma: no cover
    """Insert the last of ``ride_list`` into ``base`` (local stop numbers) at the least metres.

    Returns (metres, pick-up position, set-down position), with -1 for positions where it fits nowhere.
    """
    n = len(ride_list)
    size = len(base)
    stops = np.empty(size + 2, dtype=np.int64)
    times = np.empty(size + 2, dtype=np.float64)
    ride = n - 1
    one = ride_list[ride]
    found_metres, found_up, found_down = best, -1, -1
    # Places of the route as it stands, its ends included, and who is aboard between them.
    place = np.empty(size + 2, dtype=np.int64)
    riders = np.zeros(size + 1, dtype=np.int64)
    place[0], place[size + 1] = start, end
    total = spent = 0.0
    for k in range(size):
        s = base[k]
        r = ride_list[s] if s < n else ride_list[s - n]
        place[k + 1] = up[r] if s < n else down[r]
        riders[k + 1] = riders[k] + (load[r] if s < n else -load[r])
    for k in range(size + 1):
        total += metres[place[k], place[k + 1]]
        spent += travel[place[k], place[k + 1]]
    a, b = up[one], down[one]
    for i in range(size + 1):
        for j in range(i, size + 1):
            if riders[j] + load[one] > seats:
                break
            longer = _longer(metres, place, i, j, a, b)
            later = _longer(travel, place, i, j, a, b)
            if (
                total + longer >= found_metres
                or total + longer > longest_metres + 0.5
                or spent + later > longest_seconds + 0.5
            ):
                continue
            put_pair(base, len(base), i, ride, j, ride + n, stops)
            if route_schedule(stops, size + 2, ride_list, start, end, opens_at, closes_at, up, down, windows, boarding,
                              longest, travel, times) >= 0:  # fmt: skip
                found_metres, found_up, found_down = total + longer, i, j
    return found_metres, found_up, found_down
