"""The shared van: who is picked up and set down where, within windows, and for how long one may sit in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MisstatedError
from mobility.proof import Proof, proof_of

MOST = 1e9
"""The longest time and the highest cost between two locations: beyond, no solver's numbers hold."""


@dataclass(frozen=True)
class DialARideProblem:
    """A dial-a-ride problem of n requests; any unit of time and of cost, the same throughout.

    Location 0 is the depot, 1 to n are the pick-ups, n + 1 to 2n the set-downs of the same requests. ``service``,
    ``opens``, ``closes`` (float64) and ``load`` (int64) have 2n + 1 values, ``travel`` and ``cost`` (float64) the shape
    (2n + 1, 2n + 1); both obey the triangle inequality. ``load`` is positive at pick-ups. ``longest_ride`` counts from
    the end of service at the pick-up to the arrival, ``longest_route`` from the depot to the depot.
    """

    vehicles: int
    capacity: int
    longest_ride: float
    longest_route: float
    service: NDArray[np.float64]
    load: NDArray[np.int64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    travel: NDArray[np.float64]
    cost: NDArray[np.float64]

    def __post_init__(self) -> None:
        size = len(self.service)
        if size % 2 == 0 or size < 3:
            raise MisstatedError("a problem has a depot, and a set-down for each pick-up", field="rides")
        if not all(len(values) == size for values in (self.load, self.opens, self.closes)):
            raise MisstatedError("service, load, opens and closes must be of one length", field="rides")
        if self.travel.shape != (size, size) or self.cost.shape != (size, size):
            raise MisstatedError(f"travel and cost must have shape {(size, size)}", field="travel")
        if not (self.vehicles >= 1 and self.capacity >= 1 and self.longest_ride > 0 and self.longest_route > 0):
            raise MisstatedError("a van, a seat, and time to ride and to drive are needed", field="rides")
        if not (self.opens <= self.closes).all():
            raise MisstatedError("a window must open before it closes", field="rides")
        for values in (self.service, self.travel, self.cost):
            if not ((values >= 0) & (values <= MOST)).all():
                raise MisstatedError(f"a time or a cost is not between 0 and {MOST:g}", field="travel")

    @property
    def requests(self) -> int:
        """Return the number of requests."""
        return (len(self.service) - 1) // 2


@dataclass(frozen=True)
class VanPrices:
    """Prices that prove a bound: of serving each request (1 to n), and of a van beyond those there are (0 or less)."""

    requests: tuple[float, ...]
    van: float


@dataclass(frozen=True)
class RidePlan:
    """Routes as locations in order, the depot left out, with the times at which service starts, and their proof.

    ``cost`` is the sum over all routes, ``bound`` what no plan can go below.
    """

    routes: tuple[tuple[int, ...], ...]
    times: tuple[tuple[float, ...], ...]
    cost: float
    bound: float

    @property
    def proven(self) -> bool:
        """Tell whether no plan is cheaper (within one part in a million)."""
        return self.cost - self.bound <= 1e-6 * max(1.0, abs(self.cost))

    @property
    def gap(self) -> float:
        """Return the gap between cost and bound, relative to the cost."""
        return (self.cost - self.bound) / max(1e-9, abs(self.cost))

    @property
    def proof(self) -> Proof:
        """Return what is proven of the cost."""
        return proof_of(met=self.proven)
