"""The answers that may be given for a request."""

from dataclasses import dataclass

from mobility.rides import MatchedRide, RideRequest
from tours.ride_reasons import WhyNot


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
class Looked:
    """What a search found: options, or why there are none."""

    options: list[Option]
    why: WhyNot | None
