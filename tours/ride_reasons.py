"""Why a request is not served, and the smallest change that would serve it: found by solving again, never guessed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mobility.clock import MINUTE
from mobility.ride_matching import MatchingProblem, Packing, Ride, Shift, Window
from tours.ride_arrays import RideArrays
from tours.ride_insertion import Insertion
from tours.ride_packing import pack_rides

NO_DRIVER, ABILITIES, SEATS, HOURS, REACH, NO_WAY_BACK, NO_WAY_THERE, REFUSED, TAKEN, NOT_ELIGIBLE, NO_ROAD = (
    "no-driver", "abilities", "seats", "hours", "reach", "no-way-back", "no-way-there", "refused", "taken",
    "not-eligible", "no-road",
)  # fmt: skip
OUT_OF_TIME = "out-of-time"
"""No driver can answer in time any more, whoever could drive: the clock's reason, that no problem states."""
REASONS = (
    NO_DRIVER, ABILITIES, SEATS, HOURS, REACH, NO_WAY_BACK, NO_WAY_THERE, REFUSED, TAKEN, NOT_ELIGIBLE, NO_ROAD,
    OUT_OF_TIME,
)  # fmt: skip
WIDE = 24 * 3600.0
SOLVED_AGAIN = 120
"""Rides up to which a change is tried by packing everything again; beyond, by insertion beside what is planned."""


@dataclass(frozen=True)
class Change:
    """What would serve a request: ``kind`` ("minutes", "kilometres", "seats", "abilities", "one-way") and how much."""

    kind: str
    amount: float = 0.0
    what: str = ""


@dataclass(frozen=True)
class WhyNot:
    """The rule that stops a request, and the smallest change found that would serve it (None: none was)."""

    request: str
    reason: str
    change: Change | None


def explain(problem: MatchingProblem, packing: Packing, request: str, *, shared_trip: str = "") -> WhyNot:
    """Return why a request is not served by a packing, and the smallest change that would serve it.

    ``shared_trip`` names the wish that only drivers' own trips meet: it stands for the law's conditions.
    """
    reason = _reason(problem, request, shared_trip)
    tried = (change for change in _changes(problem, request, shared_trip))
    found = next((change for change, changed in tried if _serves(changed, packing, request)), None)
    return WhyNot(request, reason, found)


def _reason(problem: MatchingProblem, request: str, shared_trip: str) -> str:
    rides = problem.requests[request]
    alone = [_drivers(problem, ride) for ride in rides]
    if all(alone):
        return TAKEN
    if len(rides) > 1 and any(alone):
        return NO_WAY_BACK if alone[0] else NO_WAY_THERE
    ride = next(ride for ride, drivers in zip(rides, alone, strict=True) if not drivers)
    return _first_obstacle(problem, ride, shared_trip)


def _drivers(problem: MatchingProblem, ride: Ride, shifts: tuple[Shift, ...] | None = None) -> list[str]:
    """Return the shifts that could drive a ride, were there no others."""
    alone = replace(problem, rides=(ride,), promised={}, shifts=shifts or problem.shifts)
    arrays = RideArrays(alone)
    return [shift.id for number, shift in enumerate(alone.shifts) if len(arrays.candidates(number))]


def _first_obstacle(problem: MatchingProblem, ride: Ride, shared_trip: str) -> str:
    """Return the first rule without which someone could drive."""
    willing = replace(problem, refused=frozenset())
    if not problem.shifts:
        return NO_DRIVER
    if _drivers(willing, ride):
        return REFUSED
    if shared_trip in ride.wishes and _drivers(willing, replace(ride, wishes=ride.wishes - {shared_trip})):
        return NOT_ELIGIBLE
    if _drivers(willing, replace(ride, wishes=frozenset())):
        return ABILITIES
    if _drivers(willing, replace(ride, seats=1)):
        return SEATS
    if _drivers(willing, ride, tuple(replace(s, longest=float("inf"), detour=float("inf")) for s in problem.shifts)):
        return REACH
    later = replace(ride, pickup=_wider(ride.pickup, WIDE), dropoff=_wider(ride.dropoff, WIDE))
    return HOURS if _drivers(willing, later) else NO_DRIVER


def _wider(window: Window, seconds: float) -> Window:
    return Window(window.opens - seconds, window.closes + seconds)


def _changes(problem: MatchingProblem, request: str, shared_trip: str) -> Iterator[tuple[Change, MatchingProblem]]:
    """Yield changes from the smallest on, each with the problem as it would be."""
    for minutes, kilometres in ((15, 3), (30, 5), (60, 10), (120, 20)):
        yield Change("minutes", minutes), _with_rides(
            problem, request,
            lambda r, by=minutes * MINUTE: replace(r, pickup=_wider(r.pickup, by), dropoff=_wider(r.dropoff, by)),
        )  # fmt: skip
        # A kilometre more of road takes about a minute and a half of a driver's time.
        yield Change("kilometres", kilometres), replace(
            problem,
            shifts=tuple(
                replace(s, longest=s.longest + 1000 * kilometres, detour=s.detour + 90.0 * kilometres)
                for s in problem.shifts
            ),
        )  # fmt: skip
        if minutes == 15:
            yield (
                Change("seats", 1),
                replace(problem, shifts=tuple(replace(s, seats=s.seats + 1) for s in problem.shifts)),
            )
            for wish in sorted({w for r in problem.requests[request] for w in r.wishes} - {shared_trip}):
                yield (
                    Change("abilities", 0, wish),
                    _with_rides(problem, request, lambda r, w=wish: replace(r, wishes=r.wishes - {w})),
                )
    if len(problem.requests[request]) > 1:
        first = problem.requests[request][0]
        yield (
            Change("one-way"),
            replace(problem, rides=tuple(r for r in problem.rides if r.request != request or r.id == first.id)),
        )


def _with_rides(problem: MatchingProblem, request: str, change) -> MatchingProblem:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return replace(problem, rides=tuple(change(r) if r.request == request else r for r in problem.rides))


def _serves(problem: MatchingProblem, packing: Packing, request: str) -> bool:
    """Tell whether the request can be served too once the problem is so."""
    if Insertion(RideArrays(problem), packing.routes).options(request, 1):
        return True
    if len(problem.rides) > SOLVED_AGAIN:
        return False
    again = pack_rides(
        replace(problem, weights={**problem.weights, request: problem.weight(request) + 1e-3}), limit=5.0
    )
    served = set(again.served(problem))
    return request in served and served >= set(packing.served(problem))


def change_document(change: Change | None) -> dict[str, float | str]:
    """Return a change as it is kept."""
    return {} if change is None else {"kind": change.kind, "amount": change.amount, "what": change.what}
