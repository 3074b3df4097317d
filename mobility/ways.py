"""Ways to get somewhere and back: journeys of every kind side by side, ranked for what a person needs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.clock import HOUR, MINUTE
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK, Journey
from mobility.places import Place
from mobility.rides import ABILITIES, LITTLE_WALKING, NO_INTERNET, WHEELCHAIR, RideRequest

LOW_COST = "low-cost"
WISHES = (WHEELCHAIR, LITTLE_WALKING, LOW_COST, NO_INTERNET)
"""What a person may ask of a way: room for a wheelchair, little walking, little money, nothing on the internet."""

CHANGE = 10.0 * MINUTE
"""Felt seconds of each change of vehicle."""
WALKED, WALKED_LITTLE = 1.0, 6.0
"""Felt seconds added by a second on foot, to most people and to those who walk little."""
ASKED = 10.0 * MINUTE
"""Felt seconds of having to ask for a ride and wait for a yes."""
EURO, EURO_LOW = 2.0 * MINUTE, 15.0 * MINUTE
"""Felt seconds of a euro, to most people and to those who must count."""
NO_WAY_BACK = 4.0 * HOUR
"""Felt seconds of not being brought home."""
TOO_LATE = 1000.0 * HOUR
"""Felt seconds of what can no longer be booked: it comes after all that can be taken."""
UNSURE = 20.0 * MINUTE
"""Felt seconds of what must first be checked by telephone (a wheelchair on a train, an expired timetable)."""
WAITING = 0.5
"""Felt seconds of a second spent waiting at either end."""
LONGEST_ON_FOOT = 30.0 * MINUTE
"""A way with more walking than this, each way, is no way for those who walk little."""


@dataclass(frozen=True)
class Question:
    """Where from, where to, when, and what matters. ``daily`` is set for an errand that any service of a kind will do.

    ``arrive_by`` or ``depart_after`` and ``back_after`` are seconds after midnight.
    """

    origin: Place
    destinations: tuple[Place, ...]
    day: date
    arrive_by: int | None = None
    depart_after: int | None = None
    back_after: int | None = None
    wishes: frozenset[str] = frozenset()
    daily: str = ""
    errand: str = "other"
    companions: int = 0

    @property
    def abilities(self) -> frozenset[str]:
        """Return the wishes that a driver must be able to meet."""
        return self.wishes & set(ABILITIES)

    def ride(self) -> RideRequest:
        """Return what drivers are asked for to go all the way, to the first of the destinations."""
        return RideRequest(
            "", "", self.day, self.origin, self.destinations[0], self.arrive_by, self.depart_after, self.back_after,
            self.companions, self.abilities, self.errand,
        )  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way there and, where asked and found, back. ``euros`` is what is known to be paid; ``shared`` is carpooling.

    ``confirm`` is True where hours must first be confirmed by telephone, ``too_late`` where a part of the way can no
    longer be booked.
    """

    destination: Place
    there: Journey
    back: Journey | None = None
    euros: float = 0.0
    shared: bool = False
    confirm: bool = False
    too_late: bool = False

    @property
    def journeys(self) -> tuple[Journey, ...]:
        """Return the journeys of the way."""
        return (self.there,) if self.back is None else (self.there, self.back)

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of vehicles taken; on foot alone it is a walk."""
        used = {leg.kind for journey in self.journeys for leg in journey.legs}
        return frozenset(used - {WALK} or {WALK})

    @property
    def booked(self) -> bool:
        """Tell whether a vehicle of the timetable must be booked."""
        return any(journey.booked for journey in self.journeys)

    @property
    def walking(self) -> int:
        """Return the seconds on foot, there and back."""
        return sum(journey.walking for journey in self.journeys)

    @property
    def travel(self) -> int:
        """Return the seconds on the way, there and back."""
        return sum(journey.arrival - journey.departure for journey in self.journeys)


def felt(journey: Journey, wishes: frozenset[str]) -> float:
    """Return how long a journey feels, in seconds: changes and walking weigh more than sitting."""
    walked = WALKED_LITTLE if LITTLE_WALKING in wishes else WALKED
    return journey.arrival - journey.departure + CHANGE * max(0, journey.rides - 1) + walked * journey.walking


def effort(way: Way, asked: Question) -> float:
    """Return what a way costs a person, in felt seconds; the least is the best."""
    total = sum(felt(journey, asked.wishes) for journey in way.journeys)
    if asked.arrive_by is not None:
        total += WAITING * max(0, asked.arrive_by - way.there.arrival)
    elif asked.depart_after is not None:
        total += WAITING * max(0, way.there.departure - asked.depart_after)
    if asked.back_after is not None:
        total += NO_WAY_BACK if way.back is None else WAITING * max(0, way.back.departure - asked.back_after)
    total += ASKED * (way.booked or bool(way.kinds & {VOLUNTEER, ON_DEMAND})) + TOO_LATE * way.too_late
    total += (EURO_LOW if LOW_COST in asked.wishes else EURO) * way.euros
    unsure = way.confirm + (WHEELCHAIR in asked.wishes and bool(way.kinds & {RIDE, ON_DEMAND}))
    return total + UNSURE * unsure


def can_be_walked(way: Way, asked: Question) -> bool:
    """Tell whether a way asks for no more walking than the person can do."""
    if not asked.wishes & {LITTLE_WALKING, WHEELCHAIR}:
        return True
    most = LONGEST_ON_FOOT / 2 if LITTLE_WALKING in asked.wishes else LONGEST_ON_FOOT
    return all(journey.walking <= most for journey in way.journeys)


def ranked(ways: Iterable[Way], asked: Question, most: int) -> list[Way]:
    """Return the best ways for a person, the least effort first, each set of vehicles and hours once.

    What is absurd beside walking is left out.
    """
    found: list[Way] = []
    seen: set[tuple[object, ...]] = set()
    known = list(ways)
    sound = [way for way in known if can_be_walked(way, asked) and not is_absurd(way, known)]
    for way in sorted(sound, key=lambda w: effort(w, asked)):
        back = (way.back.departure, way.back.arrival) if way.back else None
        key = (way.there.departure, way.there.arrival, back, way.kinds)
        if key not in seen and not any(_no_better(way, better, asked) for better in found):
            seen.add(key)
            found.append(way)
    return found[:most]


def is_absurd(way: Way, known: Iterable[Way]) -> bool:
    """Tell whether a way is absurd beside walking: it takes longer than to walk all the way, and walks as much or more.

    Of the ways ``known`` that lead there and bring home as it does, one then has each of its journeys, or goes on foot
    instead of it. So it is, too, where the vehicles there bring one back to where they were boarded.
    """
    return _strolls(way.there) or any(_walked_sooner(way, other) for other in known)


def _walked_sooner(way: Way, other: Way) -> bool:
    if other.destination.id != way.destination.id or len(other.journeys) != len(way.journeys):
        return False
    changed = [(mine, theirs) for mine, theirs in zip(way.journeys, other.journeys, strict=True) if mine != theirs]
    return bool(changed) and all(
        not theirs.rides and _lasts(mine) > _lasts(theirs) and mine.walking >= theirs.walking
        for mine, theirs in changed
    )


def _strolls(journey: Journey) -> bool:
    """Tell whether all that a journey rides leads back to where it was boarded: its walks alone lead there."""
    ridden = [leg for leg in journey.legs if leg.kind != WALK]
    return bool(ridden) and ridden[0].origin == ridden[-1].destination


def _lasts(journey: Journey) -> int:
    return journey.arrival - journey.departure


def _no_better(way: Way, known: Way, asked: Question) -> bool:
    """Tell whether a better ranked way of the same vehicles makes this one pointless: as late there, as soon home."""
    if way.kinds != known.kinds or (way.back is None) != (known.back is None) or known.booked > way.booked:
        return False
    if asked.arrive_by is not None:
        there = known.there.departure >= way.there.departure
    else:
        there = known.there.arrival <= way.there.arrival
    return there and (way.back is None or known.back is None or known.back.arrival <= way.back.arrival)


def merits(ways: Sequence[Way]) -> list[set[str]]:
    """Return what each way is best at: "fastest", "walks-least", "cheapest"; nothing where all are alike."""
    told: list[set[str]] = [set() for _ in ways]
    open_ = [number for number, way in enumerate(ways) if not way.too_late]
    whole = [number for number in open_ if ways[number].back is not None] or open_
    measures: dict[str, Callable[[Way], float]] = {
        "fastest": lambda way: way.travel, "walks-least": lambda way: way.walking, "cheapest": lambda way: way.euros,
    }  # fmt: skip
    for word, measure in measures.items():
        values = [measure(ways[number]) for number in whole]
        if len(values) > 1 and max(values) > min(values) and values.count(min(values)) == 1:
            told[whole[values.index(min(values))]].add(word)
    return told
