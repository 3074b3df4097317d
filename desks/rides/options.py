"""The answers that may be given for a request."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mobility.ride_day import SquareTimes, own_rides
from mobility.ride_rules import VolunteerRules, participation
from mobility.rides import LIVE, Match, MatchedRide, RideRequest, TimedRide


@dataclass(frozen=True)
class Option:
    """One answer for a request: its rides with drivers and times, and what it costs everyone."""

    request: RideRequest
    rides: tuple[MatchedRide, ...]
    added_metres: float
    added_seconds: float
    participation: float
    shared: bool
    """True where the rides are drivers' own trips (carpooling), not volunteer transport."""


@dataclass(frozen=True)
class ToldOption:
    """What everybody may be told of an answer: that someone could drive, and the rest worked out from what was asked.

    Hours, lengths and ``euros`` are those of the passenger's own way: those of a driver tell where they live and when
    they are at home. ``euros`` is what the way costs there and back, for one who drives nobody else and lives on it: 0
    where costs are shared.
    """

    rides: tuple[TimedRide, ...]
    euros: float
    shared: bool
    """True where the rides are drivers' own trips (carpooling), not volunteer transport."""


@dataclass(frozen=True)
class Looked:
    """What a search found: options, or why there are none, where what was asked tells it by itself ("" elsewhere)."""

    options: list[ToldOption]
    reason: str


def told_options(
    asked: RideRequest, options: Sequence[Option], times: SquareTimes, rules: VolunteerRules
) -> list[ToldOption]:
    """Return what everybody may be told of answers: each kind once, volunteers first, whoever they are."""
    if not options:
        # A train may lead where no road of ours does.
        return []
    travel = times([asked.origin, asked.destination])
    rides = own_rides(asked, travel)
    ends = [(asked.origin.id, asked.destination.id), (asked.destination.id, asked.origin.id)]
    known = [metres for start, end in ends if math.isfinite(metres := travel.metres_between(start, end))]
    euros = participation(sum(known), rules)
    kinds = sorted({option.shared for option in options})
    return [ToldOption(rides, 0.0 if shared else euros, shared) for shared in kinds]


Told = tuple[str, str, str, int, int]
"""What a driver is told of a ride: its half, by which offer, who drives, when it begins and ends."""


def told_rides(rides: Iterable[MatchedRide]) -> list[Told]:
    """Return what the drivers of rides are told of them."""
    return [(ride.half, ride.offer, ride.driver, ride.pickup, ride.dropoff) for ride in rides]


def yes_that_stand(ended: Sequence[Match]) -> frozenset[Told]:
    """Return the rides of the newest match of a request to which drivers had said yes, if it has ended."""
    if not ended or ended[0].state in LIVE:
        return frozenset()
    return frozenset(told_rides(ride for ride in ended[0].rides if ride.answer == "yes"))


def who_agreed(rides: Sequence[MatchedRide], stand: Collection[Told]) -> set[str]:
    """Return the drivers of an answer who said yes before to all that they would drive in it, at the same times."""
    asked = {ride.driver for ride in rides if told_rides([ride])[0] not in stand}
    return {ride.driver for ride in rides} - asked
