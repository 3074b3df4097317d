"""Some days as the store held them when they were read, and why a plan of them leaves a request out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.ride_matches import Versions
from mobility.ride_day import SHARED_TRIP, RideDay
from mobility.ride_matching import Packing, Route
from mobility.rides import RideRequest
from tours.ride_packing import pack_rides
from tours.ride_reasons import NO_ROAD, WhyNot, explain


@dataclass(frozen=True)
class DayState:
    """What the store held of some days when it was read, stated as a problem."""

    day: RideDay
    held: tuple[Route, ...]
    versions: Versions
    requests: Mapping[str, RideRequest]


def held_routes(day: RideDay) -> tuple[Route, ...]:
    """Return what is promised already, as routes."""
    promised = set(day.problem.promised)
    if not promised:
        return ()
    alone = replace(day.problem, rides=tuple(r for r in day.problem.rides if r.id in promised))
    return pack_rides(alone, limit=10.0).routes


def explained(state: DayState, packing: Packing, request: str) -> WhyNot:
    """Return why a request is not in a packing."""
    problem = state.day.problem
    if request not in problem.requests:
        return WhyNot(request, NO_ROAD, None)
    # Other days have no say: what would serve this request is looked for among the drivers of its own.
    day = state.requests[request].day
    shifts = {shift for shift, (_, on) in state.day.shifts.items() if on == day}
    rides = tuple(ride for ride in problem.rides if state.day.rides[ride.id][0].day == day)
    own = replace(
        problem, shifts=tuple(s for s in problem.shifts if s.id in shifts), rides=rides,
        promised={ride: shift for ride, shift in problem.promised.items() if shift in shifts},
    )  # fmt: skip
    routes = tuple(route for route in packing.routes if route.shift in shifts)
    return explain(own, replace(packing, routes=routes), request, shared_trip=SHARED_TRIP)
