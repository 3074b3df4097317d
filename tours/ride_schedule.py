"""When a route can be driven: the earliest times that keep windows and ride times, by relaxation, in Numba."""

import numpy as np

from mobility.late import kernel


@kernel
def schedule(route, requests, longest_ride, service, opens, closes, travel):  # pragma: no cover
    """Return the earliest times (float64) of a sequence of locations, or an empty array where it cannot be driven.

    A ride that lasts too long makes its pick-up wait. The constraints are differences of times: relaxing them once for
    each location and once more finds the earliest times, or shows that there are none.
    """
    size = len(route)
    times = np.empty(size, dtype=np.float64)
    for i in range(size):
        times[i] = opens[route[i]]
    for _ in range(size + 1):
        changed = False
        for i in range(1, size):
            before, here = route[i - 1], route[i]
            ready = times[i - 1] + service[before] + travel[before, here]
            if ready > times[i] + 1e-9:
                times[i] = ready
                changed = True
        for i in range(size):
            if times[i] > closes[route[i]] + 1e-6:
                return np.empty(0, dtype=np.float64)
            if 1 <= route[i] <= requests:
                for j in range(i + 1, size):
                    if route[j] == route[i] + requests:
                        late = times[j] - longest_ride - service[route[i]]
                        if late > times[i] + 1e-9:
                            times[i] = late
                            changed = True
        if not changed:
            return times
    return np.empty(0, dtype=np.float64)


@kernel
def can_drive(route, requests, longest_ride, service, opens, closes, travel):  # pragma: no cover
    """Tell whether a sequence of locations can be driven."""
    return len(schedule(route, requests, longest_ride, service, opens, closes, travel)) > 0
