"""Where one more ride fits into a route at the least metres: every pair of positions, compiled by Numba."""

import numpy as np

from mobility.late import kernel
from tours.ride_columns import route_schedule


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
    found_metres, found_up, found_down = best, -1, -1
    for i in range(size + 1):
        for j in range(i, size + 1):
            at = 0
            for k in range(size + 1):
                if k == i:
                    stops[at] = ride
                    at += 1
                if k == j:
                    stops[at] = ride + n
                    at += 1
                if k < size:
                    stops[at] = base[k]
                    at += 1
            total = spent = 0.0
            place = start
            riders = 0
            full = False
            for k in range(size + 2):
                s = stops[k]
                r = ride_list[s] if s < n else ride_list[s - n]
                here = up[r] if s < n else down[r]
                total += metres[place, here]
                spent += travel[place, here]
                riders += load[r] if s < n else -load[r]
                full = full or riders > seats
                place = here
            total += metres[place, end]
            spent += travel[place, end]
            if full or total >= found_metres or total > longest_metres + 0.5 or spent > longest_seconds + 0.5:
                continue
            if route_schedule(stops, size + 2, ride_list, start, end, opens_at, closes_at, up, down, windows, boarding,
                              longest, travel, times) >= 0:  # fmt: skip
                found_metres, found_up, found_down = total, i, j
    return found_metres, found_up, found_down
