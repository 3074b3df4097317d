"""The cycle as slots and options: which stop can be visited when, and how often.

Two grids describe the same problem. In the *exact* grid a slot is one (week, weekday). In the *aggregate* grid all
weekdays with the same sessions, over all weeks, are one slot with the capacity of them all: a relaxation with far
fewer, less symmetric variables, whose optimum is nearly always labelled with weeks and weekdays afterwards.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mobility.problem import CalendarProblem, Session

Place = tuple[tuple[int, ...], int]
"""Weeks of the cycle, and the weekday on which a stop is visited in each of them."""


@dataclass(frozen=True)
class Slot:
    """Days of the cycle with the same sessions; ``days`` are the (week, weekday) that it holds."""

    days: tuple[tuple[int, int], ...]
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class Option:
    """A way of visiting a stop: a session, with the visits made in each slot.

    ``places`` holds the exact (weeks, weekday) that the option may stand for: one in the exact grid, any of several
    in the aggregate grid.
    """

    stop: int
    session: str
    uses: tuple[tuple[int, int], ...]
    visits: int
    places: tuple[Place, ...]

    def positions(self, stop_id: str) -> Iterator[list[tuple[str, int, int, str]]]:
        """Yield, for each place, the visits as (stop, week, weekday, session)."""
        for weeks, weekday in self.places:
            yield [(stop_id, week, weekday, self.session) for week in weeks]


@dataclass(frozen=True)
class Grid:
    """The slots of a cycle and the options that use them."""

    slots: tuple[Slot, ...]
    options: tuple[Option, ...]
    exact: bool


def week_patterns(cycle_weeks: int, max_visits: int) -> list[tuple[int, ...]]:
    """Return the sets of weeks that k evenly spread visits can fall in, for every k that divides the cycle."""
    patterns = []
    for visits in range(1, min(max_visits, cycle_weeks) + 1):
        if cycle_weeks % visits == 0:
            step = cycle_weeks // visits
            patterns += [tuple(range(first, cycle_weeks + 1, step)) for first in range(1, step + 1)]
    return patterns


def exact_grid(problem: CalendarProblem) -> Grid:
    """Build the grid with one slot for each day of the cycle; closures and bans are applied."""
    slots = []
    for week in range(1, problem.cycle_weeks + 1):
        for weekday in range(1, 8):
            sessions = tuple(
                s for s in problem.day_sessions(weekday) if (week, weekday, s.name) not in problem.rules.skipped
            )
            if sessions:
                slots.append(Slot(((week, weekday),), sessions))
    slot_of = {slot.days[0]: index for index, slot in enumerate(slots)}
    patterns = week_patterns(problem.cycle_weeks, problem.rules.max_visits)
    options = []
    for stop_index, stop in enumerate(problem.stops):
        bans = [ban for ban in problem.rules.bans if ban.stop == stop.id]
        for session in problem.sessions:
            if session.key in stop.closed:
                continue
            for weeks in patterns:
                days = [(week, session.weekday) for week in weeks]
                if not all(day in slot_of and session in slots[slot_of[day]].sessions for day in days):
                    continue
                if any(ban.matches(stop.id, week, weekday, session.name) for ban in bans for week, weekday in days):
                    continue
                uses = tuple((slot_of[day], 1) for day in days)
                options.append(Option(stop_index, session.name, uses, len(weeks), ((weeks, session.weekday),)))
    return Grid(tuple(slots), tuple(options), exact=True)


def aggregate_grid(exact: Grid) -> Grid:
    """Merge the slots of a grid that have the same sessions, and the options that become alike."""
    return _merged(exact, lambda _: ())


def weekday_grid(exact: Grid) -> Grid:
    """Merge the weeks alone: the slots of a grid with the same weekday and sessions."""
    return _merged(exact, lambda slot: slot.days[0][1])


def _merged(exact: Grid, apart: Callable[[Slot], object]) -> Grid:
    groups: dict[tuple[object, ...], list[Slot]] = defaultdict(list)
    for slot in exact.slots:
        groups[apart(slot), *((s.name, s.opens, s.closes) for s in slot.sessions)].append(slot)
    slots = tuple(
        Slot(tuple(day for slot in group for day in slot.days), group[0].sessions) for group in groups.values()
    )
    slot_of = {day: index for index, slot in enumerate(slots) for day in slot.days}
    merged: dict[tuple[int, str, tuple[tuple[int, int], ...]], list[Place]]
    merged = defaultdict(list)
    for option in exact.options:
        (weeks, weekday), *_ = option.places
        uses: dict[int, int] = defaultdict(int)
        for week in weeks:
            uses[slot_of[week, weekday]] += 1
        merged[option.stop, option.session, tuple(sorted(uses.items()))].append((weeks, weekday))
    options = tuple(
        Option(stop, session, uses, sum(count for _, count in uses), tuple(places))
        for (stop, session, uses), places in merged.items()
    )
    return Grid(slots, options, exact=False)
