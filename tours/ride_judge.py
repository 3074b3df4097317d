"""An independent check of a plan of shared vans: everything is recomputed from the problem, nothing from the solver."""

from dataclasses import dataclass

from mobility.dial_a_ride import DialARideProblem, RidePlan

TOLERANCE = 1e-4


@dataclass(frozen=True)
class BrokenPromise:
    """A rule that a plan breaks, at a location of a route (0 where it is about the whole)."""

    code: str
    route: int
    location: int
    value: float = 0.0


def judge_rides(plan: RidePlan, problem: DialARideProblem) -> list[BrokenPromise]:
    """Return every rule that a plan breaks: pairing, order, load, windows, drives, ride times, duration, cost."""
    broken = []
    n = problem.requests
    visited = [location for route in plan.routes for location in route]
    for location in range(1, 2 * n + 1):
        if visited.count(location) != 1:
            broken.append(BrokenPromise("not-once", 0, location, visited.count(location)))
    if len(plan.routes) > problem.vehicles:
        broken.append(BrokenPromise("too-many-vehicles", 0, 0, len(plan.routes)))
    cost = 0.0
    for number, (route, times) in enumerate(zip(plan.routes, plan.times, strict=True), start=1):
        if len(times) != len(route):
            broken.append(BrokenPromise("no-times", number, 0))
            continue
        broken += _route_faults(number, route, times, problem)
        cost += problem.cost[0, route[0]] + problem.cost[route[-1], 0]
        cost += sum(problem.cost[route[i], route[i + 1]] for i in range(len(route) - 1))
    if abs(cost - plan.cost) > TOLERANCE:
        broken.append(BrokenPromise("wrong-cost", 0, 0, float(cost)))
    return broken


def _route_faults(
    number: int, route: tuple[int, ...], times: tuple[float, ...], problem: DialARideProblem
) -> list[BrokenPromise]:
    broken = []
    n, load = problem.requests, 0
    at = dict(zip(route, times, strict=True))
    ready = problem.opens[0] + problem.service[0]
    before = 0
    left = times[0] - problem.travel[0, route[0]] - problem.service[0]
    for location, time in zip(route, times, strict=True):
        if time + TOLERANCE < ready + problem.travel[before, location]:
            broken.append(BrokenPromise("too-early", number, location, time))
        if not problem.opens[location] - TOLERANCE <= time <= problem.closes[location] + TOLERANCE:
            broken.append(BrokenPromise("outside-window", number, location, time))
        load += int(problem.load[location]) if location <= n else -int(problem.load[location - n])
        if load > problem.capacity:
            broken.append(BrokenPromise("too-full", number, location, load))
        if location > n:
            if location - n not in at or route.index(location - n) > route.index(location):
                broken.append(BrokenPromise("wrong-order", number, location))
            elif time - at[location - n] - problem.service[location - n] > problem.longest_ride + TOLERANCE:
                broken.append(BrokenPromise("long-ride", number, location, time - at[location - n]))
        ready, before = time + problem.service[location], location
    if ready + problem.travel[before, 0] > problem.closes[0] + TOLERANCE:
        broken.append(BrokenPromise("home-late", number, 0, ready))
    if ready + problem.travel[before, 0] - left > problem.longest_route + TOLERANCE:
        broken.append(BrokenPromise("long-day", number, 0, float(ready + problem.travel[before, 0] - left)))
    return broken
