"""From offers and requests to a matching problem: one clock, one set of places, the law and the promises kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mobility.clock import DAY
from mobility.places import Place
from mobility.ride_matching import MatchingProblem, Ride, Shift, Window
from mobility.rides import (
    BACK,
    DOOR_HELP,
    LIVE,
    OUT,
    VOLUNTEER,
    WHEELCHAIR,
    Match,
    Patience,
    RideOffer,
    RideRequest,
    TimedRide,
)
from mobility.travel import TravelTimes

SHARED_TRIP = "shared-trip"
"""An "ability" of trips that drivers make anyway: rides that volunteer transport may not drive need it."""

SquareTimes = Callable[[Sequence[Place]], TravelTimes]


@dataclass(frozen=True)
class RideDays:
    """What there is to match: offers and requests of some days, what was promised and refused, the law's limits.

    ``loads`` are seconds driven lately by each driver; ``ineligible`` holds the requests whose riders may not use
    volunteer transport; ``longest_journey`` is the law's limit in metres for one way.
    """

    days: tuple[date, ...]
    offers: tuple[RideOffer, ...]
    requests: tuple[RideRequest, ...]
    matches: tuple[Match, ...] = ()
    refused: frozenset[tuple[str, str]] = frozenset()
    loads: Mapping[str, float] = field(default_factory=dict)
    ineligible: frozenset[str] = frozenset()
    longest_journey: float = 100_000.0
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class RideDay:
    """The problem, and what its shifts and rides stand for."""

    problem: MatchingProblem
    shifts: Mapping[str, tuple[RideOffer, date]]
    rides: Mapping[str, tuple[RideRequest, str]]
    first: date

    def clock(self, seconds: float) -> int:
        """Return a time of the problem as whole seconds after midnight of its day."""
        return round(seconds) % DAY


def shift_id(offer: str, day: date) -> str:
    """Return the identifier of an offer's shift on a day."""
    return f"{offer}@{day.isoformat()}"


def ride_id(request: str, half: str) -> str:
    """Return the identifier of one half of a request."""
    return f"{request}:{half}"


def state_rides(stated: RideDays, times: SquareTimes) -> RideDay:
    """State the matching problem of some days.

    Requests that no road joins are left out of the rides: they stay unserved. A promised ride keeps its shift and its
    times, give or take ``patience.kept``.
    """
    first = min(stated.days)
    places = [p for o in stated.offers for p in (o.origin, o.destination)]
    places += [p for r in stated.requests for p in (r.origin, r.destination)]
    travel = times(places)
    shifts: dict[str, tuple[RideOffer, date]] = {}
    made: list[Shift] = []
    for day in stated.days:
        for offer in stated.offers:
            if offer.runs(day):
                shift = _shift(offer, day, first, stated, travel)
                shifts[shift.id] = (offer, day)
                made.append(shift)
    held = {
        ride_id(match.request, ride.half): (shift_id(ride.offer, match.day), ride.pickup, ride.dropoff)
        for match in stated.matches if match.state in LIVE for ride in match.rides
    }  # fmt: skip
    rides: dict[str, tuple[RideRequest, str]] = {}
    asked: list[Ride] = []
    promised: dict[str, str] = {}
    for request in stated.requests:
        parts = [_ride(request, half, first, stated, travel) for half in request.halves]
        if any(part is None for part in parts):
            continue
        for half, part in zip(request.halves, parts, strict=True):
            if part is None:
                continue
            ride = part
            if part.id in held:
                driven, up, down = held[part.id]
                if driven not in shifts:
                    continue
                promised[part.id] = driven
                ride = _kept(part, up, down, _offset(request.day, first), stated.patience)
            rides[ride.id] = (request, half)
            asked.append(ride)
    problem = MatchingProblem(tuple(made), tuple(asked), travel, {}, promised, stated.refused)
    return RideDay(problem, shifts, rides, first)


def still_fits(stated: RideDays, before: RideRequest, times: SquareTimes) -> bool:
    """Tell whether a match still serves a request that was put right.

    ``stated`` holds that request, its one match and the match's offers; ``before`` is the request that was matched.
    Who comes along besides, or what a driver must be able to do besides, asks for another look at the car.
    """
    (after,), (match,), first = stated.requests, stated.matches, min(stated.days)
    moved = (after.day, after.origin, after.destination) != (before.day, before.origin, before.destination)
    if moved or after.halves != before.halves or after.companions > before.companions:
        return False
    offers = {offer.id: offer for offer in stated.offers}
    travel = times([after.origin, after.destination, *(p for o in stated.offers for p in (o.origin, o.destination))])
    for promised in match.rides:
        ride = _ride(after, promised.half, first, stated, travel)
        shift = _shift(offers[promised.offer], after.day, first, stated, travel)
        if ride is None or not ride.wishes <= shift.abilities:
            return False
        for window, time in ((ride.pickup, promised.pickup), (ride.dropoff, promised.dropoff)):
            # Promised times are whole seconds.
            if not window.opens - 1 <= time <= window.closes + 1:
                return False
    return True


def own_rides(asked: RideRequest, travel: TravelTimes) -> tuple[TimedRide, ...]:
    """Return the rides of a request at the hours that it asks for, straight from place to place, whoever drives.

    As late as one may be there, or as soon as one may leave: seconds after midnight, metres by road.
    """
    return tuple(_own_ride(asked, half, travel, Patience()) for half in asked.halves)


def _own_ride(asked: RideRequest, half: str, travel: TravelTimes, patience: Patience) -> TimedRide:
    start, end = (asked.origin, asked.destination) if half == OUT else (asked.destination, asked.origin)
    lasts = travel.seconds_between(start.id, end.id) + _boarding(asked, patience)
    if half == OUT and asked.arrive_by is not None:
        leaves = asked.arrive_by - patience.margin - lasts
    else:
        leaves = float((asked.back_after if half == BACK else asked.depart_after) or 0)
    return TimedRide(
        half, round(leaves) % DAY, round(leaves + lasts) % DAY, travel.metres_between(start.id, end.id)
    )  # fmt: skip


def _boarding(request: RideRequest, patience: Patience) -> float:
    helped = request.wishes & {WHEELCHAIR, DOOR_HELP}
    return patience.boarding_helped if helped else patience.boarding


def _offset(day: date, first: date) -> float:
    return float((day - first).days * DAY)


def _shift(offer: RideOffer, day: date, first: date, stated: RideDays, travel: TravelTimes) -> Shift:
    at = _offset(day, first)
    load = float(stated.loads.get(offer.driver, 0.0))
    if offer.kind == VOLUNTEER:
        return Shift(
            shift_id(offer.id, day), offer.driver, offer.origin.id, offer.origin.id, at + offer.opens,
            at + offer.closes, offer.seats, offer.abilities, longest=offer.reach, load=load,
        )  # fmt: skip
    direct = travel.seconds_between(offer.origin.id, offer.destination.id)
    return Shift(
        shift_id(offer.id, day), offer.driver, offer.origin.id, offer.destination.id, at + offer.opens - offer.flexible,
        at + offer.opens + offer.flexible + direct + offer.detour, offer.seats, offer.abilities | {SHARED_TRIP},
        detour=offer.detour, load=load, counts=False,
    )  # fmt: skip


def _ride(request: RideRequest, half: str, first: date, stated: RideDays, travel: TravelTimes) -> Ride | None:
    patience = stated.patience
    at = _offset(request.day, first)
    start, end = (request.origin, request.destination) if half == OUT else (request.destination, request.origin)
    direct = travel.seconds_between(start.id, end.id)
    metres = travel.metres_between(start.id, end.id)
    if not direct < float("inf"):
        return None
    day = Window(at, at + DAY)
    if half == BACK and request.back_after is not None:
        pickup, dropoff = Window(at + request.back_after, at + request.back_after + patience.wait), day
    elif request.arrive_by is not None:
        pickup, dropoff = day, Window(at + request.arrive_by - patience.early, at + request.arrive_by - patience.margin)
    else:
        leaves = float(request.depart_after or 0)
        pickup, dropoff = Window(at + leaves, at + leaves + patience.wait), day
    wishes = set(request.wishes)
    if request.id in stated.ineligible or metres > stated.longest_journey:
        wishes.add(SHARED_TRIP)
    return Ride(
        ride_id(request.id, half), request.id, start.id, end.id, pickup, dropoff, 1 + request.companions,
        max(patience.stretch * direct, direct + patience.extra),
        _boarding(request, patience), frozenset(wishes),
    )  # fmt: skip


def _kept(ride: Ride, up: int, down: int, at: float, patience: Patience) -> Ride:
    """Return a promised ride: its times may move a little, within what was asked for."""

    def near(window: Window, time: int) -> Window:
        low, high = at + time - patience.kept, at + time + patience.kept
        # What was promised outside today's windows (a rule changed since) stays where it is.
        opens, closes = max(window.opens, low), min(window.closes, high)
        return Window(opens, closes) if opens <= closes else Window(low, high)

    longest = ride.longest + 2 * patience.kept
    return replace(ride, pickup=near(ride.pickup, up), dropoff=near(ride.dropoff, down), longest=longest)


def shares(metres: Mapping[str, float], whole: float) -> dict[str, float]:
    """Share the metres of a whole drive between its rides, in proportion to each one's own way."""
    total = sum(metres.values())
    return {ride: whole * own / total if total else 0.0 for ride, own in metres.items()}
