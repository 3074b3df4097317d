"""An independent check of matched rides: every promise is recomputed from the problem, nothing from the solver."""

from collections import Counter
from dataclasses import dataclass

from mobility.ride_matching import (
    DISTANCE,
    FAIR_UNIT,
    FAIRNESS,
    SERVED,
    UP,
    MatchingProblem,
    Packing,
    Ride,
    Route,
    Shift,
)

TIME = 1.0
"""Seconds of tolerance: travel times are single-precision numbers."""
LENGTH = 1.0
CLOSE = 1e-5
"""Relative tolerance of the values told: a later objective may give up one part in a million of an earlier one."""


@dataclass(frozen=True)
class BrokenMatch:
    """A rule that a packing breaks, on a shift (empty: the whole) and a ride or request (empty: the route)."""

    code: str
    shift: str
    about: str = ""


def judge_packing(packing: Packing, problem: MatchingProblem) -> list[BrokenMatch]:
    """Return every rule that a packing breaks.

    Routes: drives, windows, boarding, ride times, seats, needs, hours, lengths, number of rides. The whole: one route a
    shift, each ride once, all rides of a request or none, promises kept, refusals respected. The proofs given: values
    are those of the routes, and no bound says that they are impossible.
    """
    broken: list[BrokenMatch] = []
    routes = Counter(route.shift for route in packing.routes)
    broken += [BrokenMatch("two-routes", shift) for shift, count in routes.items() if count > 1]
    driven = Counter(ride for route in packing.routes for ride in route.rides)
    broken += [BrokenMatch("driven-twice", "", ride) for ride, count in driven.items() if count > 1]
    for request, rides in problem.requests.items():
        count = sum(ride.id in driven for ride in rides)
        if 0 < count < len(rides):
            broken.append(BrokenMatch("not-brought-back", "", request))
    for ride, shift in problem.promised.items():
        if packing.shift_of.get(ride) != shift:
            broken.append(BrokenMatch("promise-broken", shift, ride))
    for route in packing.routes:
        broken += judge_route(route, problem)
    return broken + _proofs(packing, problem)


def _proofs(packing: Packing, problem: MatchingProblem) -> list[BrokenMatch]:
    known = [(problem.shifts_by_id[r.shift], r) for r in packing.routes if r.shift in problem.shifts_by_id]
    loads = [(shift.load, shift.load + route.seconds) for shift, route in known if shift.counts]
    values = {
        SERVED: sum(problem.weight(request) for request in packing.served(problem)),
        FAIRNESS: sum((after / FAIR_UNIT) ** 2 - (before / FAIR_UNIT) ** 2 for before, after in loads),
        DISTANCE: sum(route.metres for route in packing.routes) / 1000,
    }
    broken = []
    for proof in packing.proofs:
        slack = CLOSE * max(1.0, abs(values[proof.name]))
        if abs(proof.value - values[proof.name]) > slack:
            broken.append(BrokenMatch("wrong-value", "", proof.name))
        beyond = proof.value - proof.bound if proof.name == SERVED else proof.bound - proof.value
        if beyond > slack:
            broken.append(BrokenMatch("wrong-bound", "", proof.name))
    return broken


def judge_route(route: Route, problem: MatchingProblem) -> list[BrokenMatch]:
    """Return every rule that one route breaks."""
    shift = problem.shifts_by_id.get(route.shift)
    if shift is None:
        return [BrokenMatch("unknown-shift", route.shift)]
    unknown = [stop.ride for stop in route.stops if stop.ride not in problem.rides_by_id]
    if unknown or not route.stops:
        return [BrokenMatch("unknown-ride", shift.id, ride) for ride in unknown or [""]]
    broken = _drive(route, shift, problem)
    broken += _riders(route, shift, problem)
    for ride in {stop.ride: problem.rides_by_id[stop.ride] for stop in route.stops}.values():
        broken += _ride(route, ride, shift, problem)
    return broken


def _drive(route: Route, shift: Shift, problem: MatchingProblem) -> list[BrokenMatch]:
    broken = []
    travel = problem.travel
    at, ready = shift.origin, route.departure
    metres = seconds = 0.0
    if route.departure < shift.opens - TIME:
        broken.append(BrokenMatch("leaves-early", shift.id))
    for stop in route.stops:
        ride = problem.rides_by_id[stop.ride]
        here = ride.origin if stop.kind == UP else ride.destination
        metres += travel.metres_between(at, here)
        seconds += travel.seconds_between(at, here)
        if stop.time < ready + travel.seconds_between(at, here) - TIME:
            broken.append(BrokenMatch("too-fast", shift.id, ride.id))
        at, ready = here, stop.time + ride.boarding
    metres += travel.metres_between(at, shift.destination)
    seconds += travel.seconds_between(at, shift.destination)
    end = ready + travel.seconds_between(at, shift.destination)
    if end > shift.closes + TIME:
        broken.append(BrokenMatch("home-late", shift.id))
    if abs(end - route.arrival) > TIME or abs(metres - route.metres) > LENGTH or abs(seconds - route.seconds) > TIME:
        broken.append(BrokenMatch("wrong-length", shift.id))
    if metres > shift.longest + LENGTH:
        broken.append(BrokenMatch("drive-long", shift.id))
    if seconds > shift.detour + travel.seconds_between(shift.origin, shift.destination) + TIME:
        broken.append(BrokenMatch("detour-long", shift.id))
    return broken


def _riders(route: Route, shift: Shift, problem: MatchingProblem) -> list[BrokenMatch]:
    broken, aboard = [], 0
    for stop in route.stops:
        ride = problem.rides_by_id[stop.ride]
        aboard += ride.seats if stop.kind == UP else -ride.seats
        if aboard > shift.seats:
            broken.append(BrokenMatch("too-full", shift.id, ride.id))
    held = sum(ride in problem.promised for ride in route.rides)
    if len(route.rides) > max(shift.most_rides, held):
        broken.append(BrokenMatch("too-many-rides", shift.id))
    return broken


def _ride(route: Route, ride: Ride, shift: Shift, problem: MatchingProblem) -> list[BrokenMatch]:
    broken = []
    times = [(stop.kind, stop.time) for stop in route.stops if stop.ride == ride.id]
    if [kind for kind, _ in times] != [UP, "down"]:
        return [BrokenMatch("wrong-order", shift.id, ride.id)]
    (_, up), (_, down) = times
    if not ride.pickup.opens - TIME <= up <= ride.pickup.closes + TIME:
        broken.append(BrokenMatch("pickup-outside", shift.id, ride.id))
    if not ride.dropoff.opens - TIME <= down <= ride.dropoff.closes + TIME:
        broken.append(BrokenMatch("dropoff-outside", shift.id, ride.id))
    if down - up - ride.boarding > ride.longest + TIME:
        broken.append(BrokenMatch("ride-long", shift.id, ride.id))
    if not ride.wishes <= shift.abilities:
        broken.append(BrokenMatch("cannot-help", shift.id, ride.id))
    if (ride.request, shift.driver) in problem.refused and ride.id not in problem.promised:
        broken.append(BrokenMatch("refused-before", shift.id, ride.id))
    return broken
