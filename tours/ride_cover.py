"""How much can be served at most, with few routes: of each shift those that hold as many rides as can be.

Where a ride may be driven by more than one shift and driven in vain, a route is never better than one of the same shift
that holds its rides and more. Every packing is such a cover: exchange each route for one that holds it, and no request
loses a ride. So a cover serves at least as much as any packing does; the program is smaller by far than that of
packings, and its bound closes sooner. A cover becomes a packing where each shift can drive what is left of its route.
"""

from collections.abc import Sequence

import numpy as np

from tours.ride_arrays import Ints
from tours.ride_pool import RidePool
from tours.ride_program import Goal, RideProgram


def largest_sets(pool: RidePool) -> dict[int, int]:
    """Return, for each route of the pool, one of its shift that holds its rides and as many more as can be.

    A route of which none with just one more ride is listed counts as the largest: one more route than needed at worst.
    """
    nothing = len(pool.arrays.problem.rides)
    sets = [
        (int(shift), frozenset(int(r) for r in row if r != nothing))
        for shift, row in zip(pool.shift, pool.rides, strict=True)
    ]
    above: dict[tuple[int, frozenset[int]], int] = {}
    largest: dict[int, int] = {}
    for route in sorted(range(len(sets)), key=lambda route: -len(sets[route][1])):
        shift, rides = sets[route]
        largest[route] = above.setdefault((shift, rides), route)
        for ride in rides:
            above.setdefault((shift, rides - {ride}), largest[route])
    return largest


def most_covered(
    program: RideProgram, goal: Goal, limit: float, start: Ints
) -> tuple[list[tuple[int, tuple[int, ...]]], float] | None:
    """Return what each shift drives in a good cover, and the cost that no packing of the pool is below.

    ``start`` is a packing at hand. None where the time was not enough.
    """
    pool = program.pool
    largest = largest_sets(pool)
    columns = np.array(sorted(set(largest.values())), dtype=np.int64)
    held = np.unique(np.array([largest[int(route)] for route in start], dtype=np.int64))
    found = program.best(goal, columns, limit, held, cover=program.served(start))
    if found is None:
        return None
    chosen, _, bound = found
    return _each_once(program, chosen), bound


def _each_once(program: RideProgram, chosen: Sequence[int] | Ints) -> list[tuple[int, tuple[int, ...]]]:
    """Return (shift, rides) of a cover with each ride once, and only those of requests that are driven whole."""
    pool, rides = program.pool, len(program.ride_request)
    driver: dict[int, int] = {}
    for route in chosen:
        for ride in pool.rides[int(route)]:
            if ride < rides:
                driver.setdefault(int(ride), int(pool.shift[int(route)]))
    missing = set(program.ride_request[[ride for ride in range(rides) if ride not in driver]].tolist())
    driven: dict[int, list[int]] = {}
    for ride, shift in driver.items():
        if int(program.ride_request[ride]) not in missing:
            driven.setdefault(shift, []).append(ride)
    return [(shift, tuple(sorted(each))) for shift, each in sorted(driven.items())]
