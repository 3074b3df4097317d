"""When a route can be driven: the earliest times that keep windows, ride times and the driver's day, in Numba."""

import numpy as np

from mobility.late import kernel


@kernel
def put_pair(route, size, i, up, j, down, trial):  # pragma: no cover
    """Fill ``trial`` with the first ``size`` stops of a route and two more, before its positions ``i`` and ``j``."""
    k = 0
    for m in range(size + 1):
        if m == i:
            trial[k] = up
            k += 1
        if m == j:
            trial[k] = down
            k += 1
        if m < size:
            trial[k] = route[m]
            k += 1


@kernel
def earliest(route, size, requests, longest_ride, longest_route, service, opens, closes, travel, times,
             up_at):  # fmt: skip # pragma: no cover
    """Fill ``times`` with the earliest times of the first ``size`` locations; tell whether they can be driven.

    The constraints are differences of times: a ride that lasts too long makes its pick-up wait, a day that lasts too
    long makes the van leave later. Relaxing them once for each location and twice more finds the earliest times, or
    shows that there are none. ``up_at`` (requests + 1,) is room to note where each request is picked up.
    """
    for i in range(size):
        here = route[i]
        times[i] = opens[here]
        if here <= requests:
            up_at[here] = i
    leaves = opens[0]
    for _ in range(size + 3):
        changed = False
        ready = leaves + service[0] + travel[0, route[0]]
        for i in range(size):
            here = route[i]
            if ready > times[i] + 1e-9:
                times[i] = ready
                changed = True
            if times[i] > closes[here] + 1e-6:
                return False
            if here > requests:
                up = up_at[here - requests]
                late = times[i] - longest_ride - service[route[up]]
                if late > times[up] + 1e-9:
                    times[up] = late
                    changed = True
            last = route[i + 1] if i + 1 < size else 0
            ready = times[i] + service[here] + travel[here, last]
        if ready > closes[0] + 1e-6:
            return False
        if ready - longest_route > leaves + 1e-9:
            leaves = ready - longest_route
            changed = True
        if not changed:
            return True
    return False


@kernel
def schedule(route, requests, longest_ride, longest_route, service, opens, closes, travel):  # pragma: no cover
    """Return the earliest times (float64) of a sequence of locations, or an empty array where it cannot be driven."""
    size = len(route)
    times = np.empty(size, dtype=np.float64)
    up_at = np.zeros(requests + 1, dtype=np.int64)
    if earliest(route, size, requests, longest_ride, longest_route, service, opens, closes, travel, times, up_at):
        return times
    return np.empty(0, dtype=np.float64)
