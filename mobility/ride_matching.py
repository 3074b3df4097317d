"""Matching rides with drivers: what is asked, who can drive, and the plan that packs one into the other.

Times are seconds on one clock (a batch of several days counts from the first midnight), lengths are metres.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mobility.errors import MisstatedError
from mobility.proof import Proof, proof_of
from mobility.travel import TravelTimes

UP, DOWN = "up", "down"
"""A stop of a route picks a rider up or sets them down."""
MOST_RIDES = 6
"""Rides that one driver is asked for at most in one shift: a volunteer is not a taxi."""
MOST_OF_A_ROUTE = 8
"""Rides of one route that the search can hold."""
MOST = 1e9
"""The largest time, length and weight: beyond, no solver's numbers hold."""
FAIR_UNIT = 600.0
"""Seconds of driving in one unit of load: squares of units stay small numbers."""
SERVED, FAIRNESS, DISTANCE = "served", "fairness", "distance"
"""The objectives of a packing, in their order."""


@dataclass(frozen=True)
class Window:
    """A span of time, both ends included."""

    opens: float
    closes: float


@dataclass(frozen=True)
class Shift:
    """When and where one driver can drive.

    From ``origin`` to ``destination`` (home and home again for a volunteer), leaving at ``opens`` at the earliest and
    arriving by ``closes``. ``longest`` bounds the metres of the whole drive, ``detour`` the seconds of driving beyond
    the direct way. ``load`` is the driving in seconds that the driver already did lately; ``counts`` tells whether
    this drive adds to it (one's own trip, shared, does not).
    """

    id: str
    driver: str
    origin: str
    destination: str
    opens: float
    closes: float
    seats: int
    abilities: frozenset[str] = frozenset()
    longest: float = float("inf")
    detour: float = float("inf")
    load: float = 0.0
    counts: bool = True
    most_rides: int = MOST_RIDES


@dataclass(frozen=True)
class Ride:
    """One way of a request: from where to where, picked up and set down within windows.

    ``boarding`` seconds pass at each end. ``longest`` bounds the seconds between leaving the pick-up and arriving.
    """

    id: str
    request: str
    origin: str
    destination: str
    pickup: Window
    dropoff: Window
    seats: int
    longest: float
    boarding: float = 120.0
    wishes: frozenset[str] = frozenset()


def _check_ride(ride: Ride) -> None:
    """Refuse a ride that nobody can mean."""
    times = (ride.pickup.opens, ride.pickup.closes, ride.dropoff.opens, ride.dropoff.closes)
    if not all(-MOST <= time <= MOST for time in times):
        raise MisstatedError(f"a window of {ride.id} is no span of time", field="rides")
    if ride.pickup.opens > ride.pickup.closes or ride.dropoff.opens > ride.dropoff.closes:
        raise MisstatedError(f"a window of {ride.id} closes before it opens", field="rides")
    if not (ride.seats >= 1 and 0 < ride.longest <= MOST and 0 <= ride.boarding <= MOST):
        raise MisstatedError(f"{ride.id} needs a seat and some time", field="rides")


def _check_shift(shift: Shift) -> None:
    """Refuse a shift that nobody can mean; the drive and the detour may be without limit."""
    if not (-MOST <= shift.opens <= MOST and -MOST <= shift.closes <= MOST):
        raise MisstatedError(f"the hours of {shift.id} are no times", field="rides")
    if not (shift.longest >= 0 and shift.detour >= 0 and 0 <= shift.load <= MOST and shift.seats >= 0):
        raise MisstatedError(f"what {shift.id} can drive is negative, or no number", field="rides")
    if not 0 <= shift.most_rides <= MOST_OF_A_ROUTE:
        raise MisstatedError(f"{shift.id} drives {MOST_OF_A_ROUTE} rides at most", field="rides")


@dataclass(frozen=True)
class MatchingProblem:
    """Shifts and rides with the travel times between their places.

    All rides of a request are served or none. ``weights`` (default 1) tell what serving a request is worth.
    ``promised`` names the shift of each ride that has been agreed: it stays there, within its windows. ``refused``
    holds the pairs (request, driver) that are not to be proposed again.
    """

    shifts: tuple[Shift, ...]
    rides: tuple[Ride, ...]
    travel: TravelTimes
    weights: dict[str, float] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        for kind, ids in (("shift", [s.id for s in self.shifts]), ("ride", [r.id for r in self.rides])):
            if len(set(ids)) != len(ids):
                raise MisstatedError(f"each {kind} needs an id of its own", field="rides")
        for ride in self.rides:
            _check_ride(ride)
        for shift in self.shifts:
            _check_shift(shift)
        if not all(0 <= weight <= MOST for weight in self.weights.values()):
            raise MisstatedError(f"a request is worth from 0 to {MOST:g}", field="rides")
        travel = self.travel
        if travel.origins != travel.destinations:
            raise MisstatedError("matching needs a square table of travel times", field="travel")
        known = set(travel.origins)
        named = {p for r in self.rides for p in (r.origin, r.destination)}
        named |= {p for s in self.shifts for p in (s.origin, s.destination)}
        if not named <= known:
            raise MisstatedError("the table of travel times leaves out a place of the problem", field="travel")
        driven = np.isfinite(travel.seconds)
        if not (travel.seconds >= 0).all() or not ((travel.metres >= 0) & (travel.metres <= MOST))[driven].all():
            raise MisstatedError(f"a drive lasts no time, or is not 0 to {MOST:g} metres long", field="travel")

    @cached_property
    def requests(self) -> dict[str, tuple[Ride, ...]]:
        """Return the rides of each request."""
        found: dict[str, list[Ride]] = {}
        for ride in self.rides:
            found.setdefault(ride.request, []).append(ride)
        return {request: tuple(rides) for request, rides in found.items()}

    @cached_property
    def shifts_by_id(self) -> dict[str, Shift]:
        """Return the shifts by identifier."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def rides_by_id(self) -> dict[str, Ride]:
        """Return the rides by identifier."""
        return {ride.id: ride for ride in self.rides}

    def weight(self, request: str) -> float:
        """Return what serving a request is worth."""
        return self.weights.get(request, 1.0)


@dataclass(frozen=True)
class RouteStop:
    """A pick-up or set-down, and when it starts."""

    ride: str
    kind: str
    time: float


@dataclass(frozen=True)
class Route:
    """What one shift drives: its stops in order, when it leaves and is back, metres and seconds of driving."""

    shift: str
    stops: tuple[RouteStop, ...]
    departure: float
    arrival: float
    metres: float
    seconds: float

    @property
    def rides(self) -> tuple[str, ...]:
        """Return the rides in the order of their pick-ups."""
        return tuple(stop.ride for stop in self.stops if stop.kind == UP)


@dataclass(frozen=True)
class MatchingProof:
    """One objective of the packing: its value, the bound that nothing can beat, and the relative gap.

    "served" is a sum of weights, "fairness" what the packing adds to the sum of the squares of loads (in
    ``FAIR_UNIT``), "distance" kilometres.
    """

    name: str
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Return the gap between value and bound, relative to the value (0: proven)."""
        return abs(self.bound - self.value) / max(1e-9, abs(self.value)) if self.bound != self.value else 0.0


@dataclass(frozen=True)
class Packing:
    """The routes that were chosen, with the proof of each objective in order: served, fairness, distance.

    ``prices`` of rides are what the bound of the first rests on; ``verified`` tells that a checker which shares no code
    with the solver found by them that no plan serves more.
    """

    routes: tuple[Route, ...]
    proofs: tuple[MatchingProof, ...]
    columns: int
    seconds: float
    prices: dict[str, float] = field(default_factory=dict)
    verified: bool = False

    @cached_property
    def shift_of(self) -> dict[str, str]:
        """Return the shift that drives each ride."""
        return {ride: route.shift for route in self.routes for ride in route.rides}

    def served(self, problem: MatchingProblem) -> list[str]:
        """Return the requests all of whose rides are driven."""
        return [r for r, rides in problem.requests.items() if all(ride.id in self.shift_of for ride in rides)]

    @property
    def proven(self) -> bool:
        """Tell whether no plan serves more (within one part in a million)."""
        return self.proofs[0].gap <= 1e-6

    @property
    def proof(self) -> Proof:
        """Return what is proven of how much is served."""
        return proof_of(met=self.proven, verified=self.verified)


@dataclass(frozen=True)
class Placement:
    """One way to serve a request beside what is promised: the routes that change, and what it adds to them."""

    request: str
    routes: tuple[Route, ...]
    added_metres: float
    added_seconds: float
