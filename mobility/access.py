"""Access without a car: can a person go and come back, in how long, with how much time there, on how many days?

For each place and errand, layers add up one by one: on foot, the lines, the vans that can be booked, the volunteers,
and the bus of public services that comes. ``docs/access.md`` gives the reasons of every figure.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mobility.clock import HOUR, MINUTE
from mobility.journeys import DoorWay
from mobility.places import Place

DAY_START, DAY_END = 6 * HOUR, 21 * HOUR
"""One leaves home no earlier, and is home no later."""
LONGEST_WAY = 2 * HOUR
"""Seconds of the longest way there or back that counts."""
WORKING_DAYS = 5
HALF_DAY = 5 * HOUR
"""Seconds away from home that still leave half of the day."""
NEAR_ON_FOOT = 15 * MINUTE
WHOLE_WEEK = (1, 2, 3, 4, 5, 6, 7)
OPEN_DAYS = (1, 2, 3, 4, 5, 6)
"""ISO weekdays on which services that tell no hours are taken to be open."""

WALKING, LINES, VANS, CARS, BUS = "walking", "lines", "on-demand", "volunteers", "bus"
LAYERS = (WALKING, LINES, VANS, CARS, BUS)
"""What is added, in this order."""


@dataclass(frozen=True)
class DailyErrand:
    """What one goes for in daily life: which ``kinds`` of services will do, and how long one stays (seconds).

    ``opens``, ``closes`` and ``weekdays`` hold for services that tell no hours of their own; ``comes`` marks the
    errand that the bus of public services meets.
    """

    id: str
    kinds: tuple[str, ...]
    stay: int
    opens: int
    closes: int
    weekdays: tuple[int, ...] = OPEN_DAYS
    comes: bool = False


DAILY_ERRANDS = (
    DailyErrand("counter", ("counter",), 30 * MINUTE, 9 * HOUR, 17 * HOUR, (1, 2, 3, 4, 5), comes=True),
    DailyErrand("health", ("hospital", "doctor"), 60 * MINUTE, 9 * HOUR, 17 * HOUR, (1, 2, 3, 4, 5)),
    DailyErrand("food", ("food", "market"), 45 * MINUTE, 9 * HOUR, 18 * HOUR),
    DailyErrand("station", ("station",), 0, 6 * HOUR, 20 * HOUR),
    DailyErrand("work", ("employment",), 7 * HOUR, 8 * HOUR + 30 * MINUTE, 18 * HOUR, (1, 2, 3, 4, 5)),
)
"""Stays are choices of the project: half an hour at a counter, an hour at the doctor's, a shopping, a day of work."""

CLASSES = ("none", "rare", "some", "daily", "near")
"""The rural scale, from nothing to on the spot; :func:`rural_class` tells them apart."""


@dataclass(frozen=True)
class ServicePoint:
    """A service with its opening hours by ISO weekday; without any, those of the errand count."""

    place: Place
    kind: str
    hours: Mapping[int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Outing:
    """A way to go and come back: times in seconds after midnight; ``service`` is where one goes."""

    service: str
    leaves: int
    arrives: int
    departs: int
    home: int

    @property
    def away(self) -> int:
        """Return the seconds away from home."""
        return self.home - self.leaves

    @property
    def travel(self) -> int:
        """Return the seconds on the way, there and back."""
        return self.arrives - self.leaves + self.home - self.departs


@dataclass(frozen=True)
class Access:
    """What a place has for an errand up to a layer: days a week (half a day for a fortnightly one) and the best outing.

    ``walk`` is the shortest walk to such a service, in seconds (None where it is too far to walk).
    """

    place: str
    errand: str
    layer: str
    days: float
    weekdays: tuple[int, ...]
    best: Outing | None
    walk: int | None = None

    @property
    def scale(self) -> str:
        """Return the class of the rural scale."""
        return rural_class(self)


class DayReach(Protocol):
    """The ways of one day between homes and services, by timetable and straight."""

    def there(self, home: str, service: str) -> NDArray[np.int32]:
        """Return (departure, arrival) pairs that no other betters, in the order of time (int32, n x 2)."""
        ...

    def back(self, service: str, home: str) -> NDArray[np.int32]:
        """Return the pairs of the way home."""
        ...

    def straight(self, origin: str, destination: str) -> Sequence[DoorWay]:
        """Return the ways without a timetable from a home to a service, or from a service home."""
        ...


def best_outing(home: str, service: ServicePoint, errand: DailyErrand, weekday: int, reach: DayReach) -> Outing | None:
    """Return the shortest time away from home that leaves the stay within opening hours; None where there is none."""
    there, back = reach.there(home, service.place.id), reach.back(service.place.id, home)
    out, home_again = reach.straight(home, service.place.id), reach.straight(service.place.id, home)
    if not (out or len(there)) or not (home_again or len(back)):
        return None
    usual = ((errand.opens, errand.closes),) if weekday in errand.weekdays else ()
    spans = service.hours.get(weekday, ()) if service.hours else usual
    best: Outing | None = None
    for opens, closes in spans:
        arrivals = [int(a) for a in there[:, 1] if opens < a <= closes - errand.stay]
        # On foot or by a van one comes when one likes, but not before the day has begun.
        first = [max(opens, DAY_START + way.seconds, way.opens + way.seconds) for way in out]
        for start in sorted({opens, *first, *arrivals}):
            leaves, arrives = _latest(there, out, start)
            ready = start + errand.stay
            if leaves is None or arrives is None or ready > closes:
                continue
            departs, returns = _earliest(back, home_again, ready)
            if departs is None or returns is None:
                continue
            outing = Outing(service.place.id, leaves, arrives, departs, returns)
            in_day = leaves >= DAY_START and returns <= DAY_END
            short = arrives - leaves <= LONGEST_WAY and returns - departs <= LONGEST_WAY
            if in_day and short and (best is None or (outing.away, outing.travel) < (best.away, best.travel)):
                best = outing
    return best


def _latest(pairs: NDArray[np.int32], straight: Sequence[DoorWay], by: int) -> tuple[int | None, int | None]:
    """Return the latest departure, with its arrival, that is there by a time."""
    ways = [(int(d), int(a)) for d, a in pairs if a <= by]
    for way in straight:
        leave = min(by, way.closes) - way.seconds
        if leave >= way.opens:
            ways.append((leave, leave + way.seconds))
    return max(ways, default=(None, None), key=lambda way: way[0] or 0)


def _earliest(pairs: NDArray[np.int32], straight: Sequence[DoorWay], after: int) -> tuple[int | None, int | None]:
    """Return the departure, with its arrival, that is home first after a time."""
    ways = [(int(d), int(a)) for d, a in pairs if d >= after]
    for way in straight:
        leave = max(after, way.opens)
        if leave + way.seconds <= way.closes:
            ways.append((leave, leave + way.seconds))
    return min(ways, default=(None, None), key=lambda way: (way[1] or 0, -(way[0] or 0)))


def assess_access(
    homes: Sequence[Place],
    services: Sequence[ServicePoint],
    errands: Sequence[DailyErrand],
    reaches: Mapping[int, DayReach],
    layer: str,
    *,
    comes: Mapping[str, float] | None = None,
) -> list[Access]:
    """Return what each home has for each errand under one layer. ``reaches`` are the ways by ISO weekday.

    ``comes`` gives the days a week on which the bus of public services stops within a walk of a home: they are added
    to the errands that it meets.
    """
    found = []
    for home, errand in itertools.product(homes, errands):
        offered = [service for service in services if service.kind in errand.kinds]
        best: Outing | None = None
        weekdays = []
        walk: int | None = None
        for weekday in WHOLE_WEEK:
            reach = reaches.get(weekday)
            if reach is None:
                continue
            outings = [best_outing(home.id, service, errand, weekday, reach) for service in offered]
            possible = [outing for outing in outings if outing]
            if possible:
                weekdays.append(weekday)
                of_day = min(possible, key=lambda outing: (outing.away, outing.travel))
                if best is None or of_day.away < best.away:
                    best = of_day
            walks = [w.seconds for s in offered for w in reach.straight(home.id, s.place.id) if w.kind == "walk"]
            walk = min([*walks, *([] if walk is None else [walk])], default=None)
        extra = comes.get(home.id, 0.0) if comes and errand.comes else 0.0
        days = min(float(len(WHOLE_WEEK)), len(weekdays) + extra)
        found.append(Access(home.id, errand.id, layer, days, tuple(weekdays), best, walk))
    return found


def rural_class(access: Access) -> str:
    """Return the class of a place for an errand.

    "near": on foot within a quarter of an hour, every working day; "daily": every working day, back within half a day;
    "some": two days a week or more; "rare": less often, be it every two weeks; "none": never.
    """
    if access.days <= 0:
        return "none"
    if access.days < 2:
        return "rare"
    daily = access.days >= WORKING_DAYS and access.best is not None
    if daily and access.walk is not None and access.walk <= NEAR_ON_FOOT:
        return "near"
    return "daily" if daily and access.best is not None and access.best.away <= HALF_DAY else "some"


@dataclass(frozen=True)
class Share:
    """People of an area by class, for an errand under a layer: ``people[class]``; ``total`` is their sum."""

    area: str
    errand: str
    layer: str
    people: Mapping[str, float]

    @property
    def total(self) -> float:
        """Return all people of the area."""
        return sum(self.people.values())


def shares(accesses: Iterable[Access], people: Mapping[str, float], area_of: Mapping[str, str]) -> list[Share]:
    """Return the number of people in each class, for each area, errand and layer; area "" is the whole territory."""
    counts: dict[tuple[str, str, str], dict[str, float]] = {}
    for access in accesses:
        for area in ("", area_of[access.place]):
            row = counts.setdefault((area, access.errand, access.layer), dict.fromkeys(CLASSES, 0.0))
            row[access.scale] += people[access.place]
    return [Share(*key, row) for key, row in counts.items()]


def supply_ratio(
    minutes: NDArray[np.float64], people: NDArray[np.float64], supply: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """Return the two-step floating catchment access of each home: supply per person within ``reach`` minutes.

    ``minutes`` is (homes, services). First each service shares its supply among the people who reach it, then each home
    sums the shares of the services it reaches (Luo and Wang 2003).
    """
    near = (minutes <= reach).astype(np.float64)
    demand = near.T @ people
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(demand > 0, supply / demand, 0.0)
    result: NDArray[np.float64] = near @ ratios
    return result
