"""The pool of columns: every route found so far, as arrays that can be priced in one go."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.ride_matching import FAIR_UNIT
from tours.ride_arrays import NOTHING, Floats, Found, Ints, RideArrays, rides_of
from tours.ride_columns import LARGEST

WIDTH = LARGEST // 2


class RidePool:
    """Routes by number: the shift, the rides and stops of each, its metres, and what it adds to the squares of loads.

    ``rides`` (routes, WIDTH) is filled up with the number of rides of the problem.
    """

    def __init__(self, arrays: RideArrays) -> None:
        self.arrays = arrays
        self._parts: list[tuple[Ints, Ints, Ints, Floats, Floats]] = []
        self._known: set[bytes] = set()
        self._joined: tuple[Ints, Ints, Ints, Floats, Floats] | None = None

    def add(self, number: int, found: Found, *, new_only: bool = False) -> int:
        """Take the routes of a shift; return how many. ``new_only`` leaves out sets of rides that are there already."""
        nothing = len(self.arrays.problem.rides)
        rides = rides_of(found.stops, WIDTH, nothing)
        stops = np.full((len(found), LARGEST), NOTHING, dtype=np.int64)
        stops[:, : found.stops.shape[1]] = found.stops
        metres, fair = found.metres, self._fair(number, found.seconds)
        if new_only:
            fresh = [self._is_new(number, row) for row in np.sort(rides, axis=1)]
            rides, stops, metres, fair = rides[fresh], stops[fresh], metres[fresh], fair[fresh]
        if len(rides):
            self._parts.append((np.full(len(rides), number), rides, stops, metres.copy(), fair))
            self._joined = None
        return len(rides)

    def _is_new(self, number: int, rides: Ints) -> bool:
        key = np.append(rides, number).tobytes()
        fresh = key not in self._known
        self._known.add(key)
        return fresh

    def _fair(self, number: int, seconds: Floats) -> Floats:
        shift = self.arrays.problem.shifts[number]
        if not shift.counts:
            return np.zeros(len(seconds))
        before, after = shift.load / FAIR_UNIT, (shift.load + seconds) / FAIR_UNIT
        return np.asarray(after * after - before * before)

    def _whole(self) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        if self._joined is None:
            none = np.empty(0, dtype=np.int64)
            empty = (none, none.reshape(0, WIDTH), none.reshape(0, LARGEST), np.empty(0), np.empty(0))
            shift, rides, stops, metres, fair = zip(empty, *self._parts, strict=True)
            join = np.concatenate
            self._joined = (join(shift), join(rides), join(stops), join(metres), join(fair))
            self._parts = [self._joined]
        return self._joined

    @property
    def shift(self) -> Ints:
        """Return the shift of each route."""
        return self._whole()[0]

    @property
    def rides(self) -> Ints:
        """Return the rides of each route."""
        return self._whole()[1]

    @property
    def metres(self) -> Floats:
        """Return the length of each route."""
        return self._whole()[3]

    @property
    def fair(self) -> Floats:
        """Return what each route adds to the sum of the squares of loads."""
        return self._whole()[4]

    def __len__(self) -> int:
        return len(self.shift)

    def stops(self, number: int) -> list[int]:
        """Return the stops of a route."""
        return [int(k) for k in self._whole()[2][number] if k != NOTHING]

    def worth(self, ride_worth: Floats) -> Floats:
        """Return the sum over each route of what its rides are worth."""
        return np.asarray(np.append(ride_worth, 0.0)[self.rides].sum(axis=1))

    def holding(self, sets: Sequence[tuple[int, tuple[int, ...]]]) -> Ints:
        """Return the routes that hold just these (shift, rides)."""
        found = self._by_set(sets)
        return np.array([route for routes in found.values() for route in routes], dtype=np.int64)

    def lacking(self, sets: Sequence[tuple[int, tuple[int, ...]]]) -> list[bool]:
        """Tell of each (shift, rides) whether no route holds just these."""
        found = self._by_set(sets)
        return [not found[one] for one in sets]

    def _by_set(self, sets: Sequence[tuple[int, tuple[int, ...]]]) -> dict[tuple[int, tuple[int, ...]], list[int]]:
        nothing = len(self.arrays.problem.rides)
        wanted = {
            np.append(np.sort(np.array([*rides, *[nothing] * (WIDTH - len(rides))])), shift).tobytes(): (shift, rides)
            for shift, rides in sets
        }
        found: dict[tuple[int, tuple[int, ...]], list[int]] = {one: [] for one in wanted.values()}
        among = np.flatnonzero(np.isin(self.shift, list({shift for shift, _ in sets})))
        rows = np.sort(self.rides[among], axis=1)
        for i, row in zip(among, rows, strict=True):
            one = wanted.get(np.append(row, self.shift[i]).tobytes())
            if one is not None:
                found[one].append(int(i))
        return found


def best_of_each(shift: Ints, gain: NDArray[np.float64], count: int) -> Ints:
    """Return, for each shift, the few routes of positive gain that gain the most."""
    good = np.flatnonzero(gain > 1e-7)
    order = good[np.lexsort((-gain[good], shift[good]))]
    sorted_shift = shift[order]
    first = np.searchsorted(sorted_shift, sorted_shift, side="left")
    return np.asarray(order[np.arange(len(order)) - first < count])
