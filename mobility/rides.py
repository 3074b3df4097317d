"""Solidarity rides: who offers, who asks, what is agreed, and how long a promise lives."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from mobility.clock import HOUR, MINUTE
from mobility.errors import Faults, MobilityError, out_of_range
from mobility.places import Place

WHEELCHAIR, CHILD_SEAT, DOOR_HELP = "wheelchair", "child-seat", "door-help"
ABILITIES = (WHEELCHAIR, CHILD_SEAT, DOOR_HELP)
"""What a driver can take or do, and what a rider may need: a folding wheelchair, a child's seat, help to the door."""

LITTLE_WALKING, NO_INTERNET = "little-walking", "no-internet"
PERSONAL_WISHES = (LITTLE_WALKING, NO_INTERNET)
"""What else may be remembered of a person: they walk little; they use the telephone only."""

ERRANDS = ("health", "administration", "food", "work", "family", "other")

VOLUNTEER, REGULAR, ONCE = "volunteer", "regular", "once"
OFFER_KINDS = (VOLUNTEER, REGULAR, ONCE)
"""A volunteer's half-days; a trip that one makes anyway, every week or once."""

WAITING, PROPOSED, CONFIRMED, DONE, CANCELLED, UNMET = (
    "waiting", "proposed", "confirmed", "done", "cancelled", "unmet",
)  # fmt: skip
REFUSED, EXPIRED = "refused", "expired"
LIVE = (PROPOSED, CONFIRMED)
"""States in which a match holds its seats."""
MATCH_STATES = (PROPOSED, CONFIRMED, DONE, CANCELLED, REFUSED, EXPIRED)

OUT, BACK = "out", "back"
"""The halves of a request: the way there and the way home."""

MOST_SEATS = 8
"""Riders in a car of nine people."""


@dataclass(frozen=True)
class RideOffer:
    """What a driver offers.

    A volunteer drives from home and back between ``opens`` and ``closes`` on some ISO weekdays, ``reach`` metres at
    most in all. A trip leaves ``origin`` for ``destination`` at ``opens``, give or take ``flexible`` seconds, and may
    last ``detour`` seconds longer. ``day`` is set for a trip made once.
    """

    id: str
    driver: str
    kind: str
    origin: Place
    destination: Place
    opens: int
    closes: int
    weekdays: frozenset[int] = frozenset()
    day: date | None = None
    seats: int = 3
    abilities: frozenset[str] = frozenset()
    reach: float = 80_000.0
    detour: float = 15.0 * MINUTE
    flexible: float = 15.0 * MINUTE
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in OFFER_KINDS:
            raise ValueError(f"kind must be one of {', '.join(OFFER_KINDS)}")
        with Faults() as faults:
            if self.kind == VOLUNTEER and self.closes <= self.opens:
                faults.add(MobilityError("bad-half-day", "a half-day must end after it begins", field="closes"))
            if not 1 <= self.seats <= MOST_SEATS:
                faults.add(out_of_range(self.seats, 1, MOST_SEATS, field="seats"))
            if self.kind == ONCE and self.day is None:
                faults.add(MobilityError("empty-value", "a trip made once needs its day", field="day"))
            if self.kind != ONCE and not self.weekdays:
                faults.add(MobilityError("empty-value", "say on which weekdays", field="weekdays"))

    def runs(self, day: date) -> bool:
        """Tell whether the offer holds on a day."""
        if self.day is not None:
            return day == self.day
        inside = (self.first is None or day >= self.first) and (self.last is None or day <= self.last)
        return inside and day.isoweekday() in self.weekdays


@dataclass(frozen=True)
class RideRequest:
    """What a rider asks for on one day: to be there by ``arrive_by`` or to leave after ``depart_after``.

    ``back_after`` asks for a ride home from then on. ``criterion`` is how the rider is eligible to volunteer transport,
    with its ``proof``; ``agent`` entered it for the person (empty: the person did). ``series`` joins the days of a
    request that comes back.
    """

    id: str
    rider: str
    day: date
    origin: Place
    destination: Place
    arrive_by: int | None = None
    depart_after: int | None = None
    back_after: int | None = None
    companions: int = 0
    wishes: frozenset[str] = frozenset()
    errand: str = "other"
    criterion: str = ""
    proof: str = ""
    agent: str = ""
    series: str = ""
    state: str = WAITING
    structure: str = ""
    """The structure whose agents may see it ("" for all)."""
    by_telephone: bool = False
    """Whether its rider is told everything by telephone, as they said when they asked (:data:`NO_INTERNET`)."""

    def __post_init__(self) -> None:
        start = self.depart_after if self.depart_after is not None else self.arrive_by
        with Faults() as faults:
            if self.origin.point == self.destination.point:
                faults.add(MobilityError("same-place", "the two places are the same", field="destination"))
            if (self.arrive_by is None) == (self.depart_after is None):
                faults.add(
                    MobilityError(
                        "depart-or-arrive", "give either when to be there or when to leave", field="arrive_by"
                    )
                )
            if self.back_after is not None and start is not None and self.back_after <= start:
                faults.add(
                    MobilityError("back-before", "the way back must come after the way there", field="back_after")
                )
            if not 0 <= self.companions < MOST_SEATS:
                faults.add(out_of_range(self.companions, 0, MOST_SEATS - 1, field="companions"))
            if not self.wishes <= set(ABILITIES):
                faults.add(MobilityError("unknown-wish", "this wish is not known", field="wishes"))
            if self.errand not in ERRANDS:
                faults.add(
                    MobilityError(
                        "unknown-errand", f"'{self.errand}' is not an errand", field="errand", value=self.errand
                    )
                )

    @property
    def hour(self) -> int:
        """Return the hour that is asked for, in seconds after midnight: to be there, or to leave."""
        return self.arrive_by if self.arrive_by is not None else self.depart_after or 0

    @property
    def halves(self) -> tuple[str, ...]:
        """Return the ways that are asked for."""
        return (OUT,) if self.back_after is None else (OUT, BACK)


class TimedRide(NamedTuple):
    """A ride as one is told of it: the half of the trip, seconds of pick-up and set-down, metres."""

    half: str
    pickup: int
    dropoff: int
    metres: float


@dataclass(frozen=True)
class MatchedRide:
    """One half of a match: who drives it and when; times are seconds after midnight, metres are the rider's way."""

    half: str
    offer: str
    driver: str
    pickup: int
    dropoff: int
    metres: float
    share: float
    """Metres of the driver's whole drive, from home and back, that this rider answers for."""
    answer: str = ""
    """The driver's: "" (none yet), "yes" or "no"."""


@dataclass(frozen=True)
class Match:
    """A proposal to a rider and their drivers, and what became of it."""

    id: str
    request: str
    day: date
    state: str
    rides: tuple[MatchedRide, ...]
    created: datetime
    expires: datetime
    rider_answer: str = ""
    participation: float = 0.0
    reason: str = ""

    @property
    def agreed(self) -> bool:
        """Tell whether every side said yes."""
        return self.rider_answer == "yes" and all(ride.answer == "yes" for ride in self.rides)


@dataclass(frozen=True)
class UnmetNeed:
    """A request that nobody could serve: where, when, why, and the smallest change that would have served it."""

    id: str
    request: str
    day: date
    origin: str
    destination: str
    errand: str
    reason: str
    people: int = 1
    change: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """How far times may stretch: assumptions of the project, for older riders; adjustable.

    One may arrive ``early`` seconds before an appointment and no later than ``margin`` before it; one waits ``wait``
    seconds at most for a ride that has no appointment; a ride lasts ``stretch`` times the direct drive, or ``extra``
    seconds more, whichever is longer. ``kept`` is how far a promised time may still move.
    """

    early: float = 45.0 * MINUTE
    margin: float = 5.0 * MINUTE
    wait: float = 1.0 * HOUR
    stretch: float = 1.5
    extra: float = 15.0 * MINUTE
    boarding: float = 2.0 * MINUTE
    boarding_helped: float = 5.0 * MINUTE
    kept: float = 10.0 * MINUTE
