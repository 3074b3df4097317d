"""The problem of the bus calendar, as the planner states it."""

import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

import numpy as np

from mobility.clock import HOUR, MINUTE, WEEKDAYS, format_clock
from mobility.errors import MisstatedError
from mobility.need import ramp
from mobility.places import Place
from mobility.travel import TravelTimes

OBJECTIVES = ("need", "weakest", "distance")
MOST_NEED = 1e9
"""Persons that one group may stand for at most: beyond, a weight is a slip of the pen, and no solver's numbers hold."""
MOST_METRES = 1e9
"""Metres between two places that a road joins, at most."""


@dataclass(frozen=True)
class Session:
    """A part of a weekday when a bus can stand at a stop: public hours from ``opens`` to ``closes``.

    ``name`` ("morning", "afternoon") tells the sessions of a day apart.
    """

    weekday: int
    name: str
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise MisstatedError("weekday must be 1 (Monday) to 7 (Sunday)", field="weekday")
        if not 0 <= self.opens < self.closes <= 24 * HOUR:
            raise MisstatedError("a session must open before it closes, within one day", field="sessions")

    @property
    def key(self) -> tuple[int, str]:
        """Return what identifies the session in a week."""
        return (self.weekday, self.name)

    def __str__(self) -> str:
        hours = f"{format_clock(self.opens)}-{format_clock(self.closes)}"
        return f"{WEEKDAYS[self.weekday - 1]} {self.name} {hours}"


@dataclass(frozen=True)
class Bus:
    """A bus with its crew: where it sleeps, and the earliest start and latest end of the crew's day."""

    id: str
    depot: Place
    crew_start: int = 8 * HOUR
    crew_end: int = 18 * HOUR + 30 * MINUTE
    longest_day: int = 10 * HOUR

    def __post_init__(self) -> None:
        if not 0 <= self.crew_start < self.crew_end <= 24 * HOUR:
            raise MisstatedError("the crew's day must start before it ends", field="crew hours")
        if not self.longest_day > 0:
            raise MisstatedError("the longest day must last some time", field="crew hours")


@dataclass(frozen=True)
class CrewRules:
    """Times that each crew day holds, in seconds.

    ``preparation`` before leaving the depot and ``closing`` after coming back; ``set_up`` before a session opens and
    ``pack_up`` after it closes; ``lunch`` between two sessions; ``margin`` added to every drive.
    """

    preparation: int = 15 * MINUTE
    closing: int = 10 * MINUTE
    set_up: int = 10 * MINUTE
    pack_up: int = 10 * MINUTE
    lunch: int = 40 * MINUTE
    margin: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if not all(0 <= seconds <= 24 * HOUR for seconds in asdict(self).values()):
            raise MisstatedError("the times of a crew day last from nothing to a day", field="crew hours")


@dataclass(frozen=True)
class Stop:
    """A place where the bus can stand. ``closed`` holds the (weekday, session name) when it cannot.

    ``room_to_turn``, ``level`` and ``toilets`` are None where nobody has looked; ``contact`` is whom the crew calls,
    for its road book alone. ``checked`` is false until someone has seen the place.
    """

    place: Place
    commune: str
    area: str
    spot: str = ""
    closed: frozenset[tuple[int, str]] = frozenset()
    checked: bool = False
    room_to_turn: bool | None = None
    level: bool | None = None
    toilets: bool | None = None
    contact: str = ""

    @property
    def id(self) -> str:
        """Return the identifier of the place."""
        return self.place.id

    @property
    def suits_a_bus(self) -> bool:
        """Tell whether nothing known keeps a bus from standing there."""
        return self.room_to_turn is not False and self.level is not False


@dataclass(frozen=True)
class ResidentGroup:
    """People who live at one place and need the bus. ``need`` is in persons, as weighed by the planner."""

    place: Place
    commune: str
    area: str
    population: float
    need: float

    def __post_init__(self) -> None:
        if not 0 <= self.need <= MOST_NEED:
            raise MisstatedError(f"the need of {self.place.id} is {self.need:g}, not 0 to {MOST_NEED:g}", field="need")

    @property
    def id(self) -> str:
        """Return the identifier of the place."""
        return self.place.id


@dataclass(frozen=True)
class Coverage:
    """What a visit is worth to people around.

    The share served is 1 up to ``full`` seconds by car from the stop and falls in a straight line to 0 at ``none``.
    ``visit_values[k-1]`` is the worth of k visits a cycle; it grows with diminishing return and ends at 1.
    """

    full: float = 2 * MINUTE
    none: float = 10 * MINUTE
    visit_values: tuple[float, ...] = (0.75, 1.0)

    def __post_init__(self) -> None:
        if not 0 <= self.full < self.none:
            raise MisstatedError("full coverage must end before coverage does", field="coverage")
        steps = [b - a for a, b in zip((0.0, *self.visit_values), self.visit_values, strict=False)]
        grows = steps and min(steps) >= 0 and all(b <= a + 1e-12 for a, b in itertools.pairwise(steps))
        if not (grows and self.visit_values[-1] <= 1):
            raise MisstatedError(
                "visit values must grow to 1 at most, each step by no more than the one before", field="coverage"
            )

    def share(self, seconds: float) -> float:
        """Return the share of a place's people whom a stop so many seconds away serves."""
        return 1.0 - ramp(seconds, self.full, self.none)

    def worth(self, visits: int) -> float:
        """Return the worth of so many visits a cycle (0 for none)."""
        return self.visit_values[min(visits, len(self.visit_values)) - 1] if visits else 0.0


@dataclass(frozen=True)
class Position:
    """A place in the cycle that a lock or a ban speaks of; ``None`` stands for any."""

    stop: str
    week: int | None = None
    weekday: int | None = None
    session: str | None = None

    def matches(self, stop: str, week: int, weekday: int, session: str) -> bool:
        """Tell whether a visit lies in this position."""
        return (
            stop == self.stop
            and self.week in (None, week)
            and self.weekday in (None, weekday)
            and self.session in (None, session)
        )

    def __str__(self) -> str:
        day = WEEKDAYS[self.weekday - 1] if self.weekday else ""
        week = f"week {self.week}" if self.week else ""
        return " ".join(word for word in (self.stop, week, day, self.session or "") if word)


@dataclass(frozen=True)
class CalendarRules:
    """Rules the planner adds: all hold at once, or the problem is infeasible.

    ``max_visits`` a cycle at one stop; ``area_floor`` visits in each area where someone needs the bus
    (``floored_areas`` restricts the floor to some areas); ``locks``: a visit must lie there; ``bans``: no visit may.
    With ``in_force`` (visits of the calendar in force), at most ``max_changes`` of its visits may move or vanish.
    ``skipped`` sessions, (week, weekday, name), stay empty.
    """

    max_visits: int = 2
    area_floor: int = 1
    floored_areas: tuple[str, ...] | None = None
    locks: tuple[Position, ...] = ()
    bans: tuple[Position, ...] = ()
    in_force: tuple[Position, ...] = ()
    max_changes: int | None = None
    skipped: frozenset[tuple[int, int, str]] = frozenset()

    def __post_init__(self) -> None:
        if self.max_visits < 1 or self.area_floor < 0:
            raise MisstatedError("max_visits must be at least 1 and area_floor at least 0", field="max_visits")
        if self.max_changes is not None and self.max_changes < 0:
            raise MisstatedError("max_changes must be at least 0", field="max_changes")


@dataclass(frozen=True, kw_only=True)
class CalendarProblem:
    """Everything a calendar is judged by.

    ``drive`` holds the bus's travel times between depots and stops (both ways); ``access`` those of the residents by
    car, groups as origins and stops as destinations. ``objectives`` are satisfied one after the other, each without
    giving up more than the share ``tolerance`` of the one before.
    """

    territory: str
    cycle_weeks: int
    buses: tuple[Bus, ...]
    sessions: tuple[Session, ...]
    crew: CrewRules
    stops: tuple[Stop, ...]
    groups: tuple[ResidentGroup, ...]
    drive: TravelTimes
    access: TravelTimes
    coverage: Coverage = field(default_factory=Coverage)
    rules: CalendarRules = field(default_factory=CalendarRules)
    objectives: tuple[str, ...] = OBJECTIVES
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.cycle_weeks < 1:
            raise MisstatedError("a cycle lasts at least one week", field="cycle_weeks")
        if not self.objectives or set(self.objectives) - set(OBJECTIVES) or self.objectives[0] != "need":
            raise MisstatedError(f"objectives must start with need and come from {OBJECTIVES}", field="objectives")
        if not 0 <= self.tolerance < 1:
            raise MisstatedError("tolerance is a share between 0 and 1", field="tolerance")
        self._check_things()
        self._check_travel()

    def _check_things(self) -> None:
        named: dict[str, list[object]] = {
            "buses": [bus.id for bus in self.buses],
            "sessions": [session.key for session in self.sessions],
            "stops": [stop.id for stop in self.stops],
            "need": [group.id for group in self.groups],
        }
        for what, names in named.items():
            if not names and what != "need":
                raise MisstatedError(f"there are no {what} to plan with", field=what)
            if len(set(names)) < len(names):
                raise MisstatedError("each needs a name of its own, and one stands twice", field=what)

    def _check_travel(self) -> None:
        """Refuse tables that leave out a place, or hold a time or a length that no drive has."""
        stops = [stop.id for stop in self.stops]
        bus_places = {*stops, *(bus.depot.id for bus in self.buses)}
        homes = {group.id for group in self.groups}
        asked: tuple[tuple[TravelTimes, Iterable[str], Iterable[str]], ...] = (
            (self.drive, bus_places, bus_places),
            (self.access, homes, stops),
        )
        for times, origins, destinations in asked:
            if not (set(times.origins).issuperset(origins) and set(times.destinations).issuperset(destinations)):
                raise MisstatedError("the table of travel times leaves out a place of the problem", field="travel")
            if not (times.seconds >= 0).all():
                raise MisstatedError("a travel time is negative, or no number", field="travel")
        driven = self.drive.metres[np.isfinite(self.drive.seconds)]
        if not ((driven >= 0) & (driven <= MOST_METRES)).all():
            raise MisstatedError(f"a drive is not between 0 and {MOST_METRES:g} metres long", field="travel")

    @cached_property
    def stops_by_id(self) -> dict[str, Stop]:
        """Return the candidate stops by identifier."""
        return {stop.id: stop for stop in self.stops}

    @cached_property
    def sessions_by_key(self) -> dict[tuple[int, str], Session]:
        """Return the sessions by (weekday, name)."""
        return {session.key: session for session in self.sessions}

    def session_on(self, weekday: int, name: str) -> Session:
        """Return a session of a weekday; one that the week does not have takes the hours of its name."""
        found = self.sessions_by_key.get((weekday, name))
        return found or replace(next(s for s in self.sessions if s.name == name), weekday=weekday)

    @cached_property
    def buses_by_id(self) -> dict[str, Bus]:
        """Return the buses by identifier."""
        return {bus.id: bus for bus in self.buses}

    @property
    def total_need(self) -> float:
        """Return the need of all groups, in persons."""
        return sum(group.need for group in self.groups)

    def areas_in_need(self) -> list[str]:
        """Return the areas where somebody needs the bus, in order of their codes."""
        return sorted({group.area for group in self.groups if group.need > 0})

    def floored_areas(self) -> list[str]:
        """Return the areas that must get at least the floor of visits."""
        chosen = self.rules.floored_areas
        return (
            [area for area in self.areas_in_need() if chosen is None or area in chosen] if self.rules.area_floor else []
        )

    def day_sessions(self, weekday: int) -> list[Session]:
        """Return the sessions of a weekday in the order of the clock."""
        return sorted((s for s in self.sessions if s.weekday == weekday), key=lambda s: s.opens)

    def with_rules(self, **changes: object) -> "CalendarProblem":
        """Return the same problem under other rules (names of :class:`CalendarRules`)."""
        return replace(self, rules=replace(self.rules, **changes))  # type: ignore[arg-type]
