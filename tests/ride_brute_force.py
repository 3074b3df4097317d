"""The best packing of a tiny case by trying everything: plain Python, whole numbers, nothing of the solver's.

The rules are read from the problem once more: schedules are the least fixed point of their constraints, routes are
grown stop by stop, and shifts are joined by the rides that they drive together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mobility.ride_matching import MatchingProblem, Ride, Shift

UNIT = 600
"""Seconds in a unit of load: fairness is told in squares of it."""
Stop = tuple[Ride, bool]
"""A ride, and whether it is its pick-up."""
Cost = tuple[int, int]
"""Square seconds added to the loads, and metres."""


@dataclass(frozen=True)
class Best:
    """The most weight served, then the least fairness (squares of ten minutes), then metres.

    ``least_metres`` is what a plan within ``CLOSE`` of the best fairness may drive: the solver cannot tell them apart.
    """

    served: float
    fairness: float
    metres: float
    least_metres: float


CLOSE = 3e-6


def best_by_force(case: MatchingProblem) -> Best:
    """Return the best of every packing."""
    number = {ride.id: i for i, ride in enumerate(case.rides)}
    joined: dict[int, list[Cost]] = {0: [(0, 0)]}
    for shift in case.shifts:
        options = list(_options(case, shift, number))
        larger: dict[int, list[Cost]] = {}
        for done, costs in joined.items():
            for rides, fair, metres in options:
                if not done & rides:
                    larger.setdefault(done | rides, []).extend((f + fair, m + metres) for f, m in costs)
        joined = {rides: _undominated(costs) for rides, costs in larger.items()}
    whole = {
        request: sum(1 << number[ride.id] for ride in rides) for request, rides in case.requests.items()
    }  # fmt: skip
    most, costs = -1.0, [(0, 0)]
    for done, found in joined.items():
        parts = [done & rides for rides in whole.values()]
        if any(part not in (0, rides) for part, rides in zip(parts, whole.values(), strict=True)):
            continue
        served = sum(case.weight(request) for request, rides in whole.items() if done & rides)
        if served > most + 1e-9:
            most, costs = served, found
        elif served > most - 1e-9:
            costs = _undominated([*costs, *found])
    fairest = costs[0][0]
    near = [metres for fair, metres in costs if fair <= fairest + CLOSE * max(UNIT * UNIT, fairest)]
    return Best(most, fairest / UNIT**2, costs[0][1], min(near))


def _undominated(costs: list[Cost]) -> list[Cost]:
    kept: list[Cost] = []
    for cost in sorted(costs):
        if not kept or cost[1] < kept[-1][1]:
            kept.append(cost)
    return kept


def _options(case: MatchingProblem, shift: Shift, number: dict[str, int]) -> Iterator[tuple[int, int, int]]:
    """Yield what a shift can do: its rides as bits, and the costs of each undominated order of its stops."""
    own = sum(1 << number[ride] for ride, driver in case.promised.items() if driver == shift.id)
    if not own:
        yield 0, 0, 0
    for rides, drives in driven(case, shift).items():
        done = sum(1 << number[ride] for ride in rides)
        if done & own == own:
            load = round(shift.load)
            for seconds, metres in drives:
                yield done, ((load + seconds) ** 2 - load**2) if shift.counts else 0, metres


def driven(case: MatchingProblem, shift: Shift) -> dict[frozenset[str], list[Cost]]:
    """Return the sets of rides that a shift can drive, each with the undominated (seconds, metres) of its drives."""
    rides = [ride for ride in case.rides if _may(case, shift, ride)]
    held = sum(driver == shift.id for driver in case.promised.values())
    found: dict[frozenset[str], list[Cost]] = {}
    for stops in _orders(case, shift, rides, (), max(shift.most_rides, held)):
        found.setdefault(frozenset(ride.id for ride, _ in stops), []).append(_lengths(case, shift, stops))
    return {group: _undominated(drives) for group, drives in found.items()}


def _may(case: MatchingProblem, shift: Shift, ride: Ride) -> bool:
    if ride.id in case.promised:
        return case.promised[ride.id] == shift.id
    return ride.wishes <= shift.abilities and (ride.request, shift.driver) not in case.refused


def _orders(
    case: MatchingProblem, shift: Shift, rides: list[Ride], stops: tuple[Stop, ...], most: int
) -> Iterator[tuple[Stop, ...]]:
    """Yield every order of stops that ends with an empty car; a beginning that fits no times has no good end."""
    up = [ride for ride, picked in stops if picked]
    aboard = [ride for ride in up if (ride, False) not in stops]
    if stops and not aboard:
        yield stops
    seats = shift.seats - sum(ride.seats for ride in aboard)
    more = [(r, True) for r in rides if r not in up and r.seats <= seats] if len(up) < most else []
    for stop in [*((ride, False) for ride in aboard), *more]:
        grown = (*stops, stop)
        if _on_time(case, shift, grown) and _short_enough(case, shift, grown):
            yield from _orders(case, shift, rides, grown, most)


def _on_time(case: MatchingProblem, shift: Shift, stops: tuple[Stop, ...]) -> bool:
    travel = case.travel
    places = [ride.origin if picked else ride.destination for ride, picked in stops]
    windows = [ride.pickup if picked else ride.dropoff for ride, picked in stops]
    legs = [travel.seconds_between(a, b) for a, b in pairwise([shift.origin, *places])]
    times = [window.opens for window in windows]
    downs = {ride: i for i, (ride, picked) in enumerate(stops) if not picked}
    changed = True
    while changed:
        before, changed = list(times), False
        for i, (ride, picked) in enumerate(stops):
            ready = shift.opens if i == 0 else times[i - 1] + stops[i - 1][0].boarding
            times[i] = max(times[i], ready + legs[i])
            if picked and ride in downs:
                # Nobody sits longer than they should: they are fetched later.
                times[i] = max(times[i], times[downs[ride]] - ride.longest - ride.boarding)
            if times[i] > windows[i].closes:
                return False
        changed = times != before
    home = times[-1] + stops[-1][0].boarding + travel.seconds_between(places[-1], shift.destination)
    return home <= shift.closes


def _short_enough(case: MatchingProblem, shift: Shift, stops: tuple[Stop, ...]) -> bool:
    """Tell whether the shift could go straight to its end; no detour is quicker or shorter in these cases."""
    seconds, metres = _lengths(case, shift, stops)
    direct = case.travel.seconds_between(shift.origin, shift.destination)
    return metres <= shift.longest and seconds <= shift.detour + direct


def _lengths(case: MatchingProblem, shift: Shift, stops: tuple[Stop, ...]) -> Cost:
    places = [ride.origin if picked else ride.destination for ride, picked in stops]
    pairs = list(pairwise([shift.origin, *places, shift.destination]))
    return (
        round(sum(case.travel.seconds_between(a, b) for a, b in pairs)),
        round(sum(case.travel.metres_between(a, b) for a, b in pairs)),
    )
