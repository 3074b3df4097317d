"""Which stops one crew can serve on one day: single stops, and (first, second) pairs, with their metres."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.problem import Bus, CalendarProblem, Session

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEAR_KINDS = 6
"""How many kinds of bus, those with the shortest drives, serve a stop in a table made thin."""


@dataclass(frozen=True)
class CrewTable:
    """What crews can do on one day, one line each: ``slot`` and ``kind`` are indices (n), ``metres`` float64 (n).

    ``stops`` (n, 2) holds the stop (index in the problem) in the first and second session of the day, or -1.
    """

    slot: Ints
    kind: Ints
    stops: Ints
    metres: Floats

    def __len__(self) -> int:
        return len(self.slot)

    def where(self, kept: NDArray[np.bool_]) -> "CrewTable":
        """Return the lines that are kept."""
        return CrewTable(self.slot[kept], self.kind[kept], self.stops[kept], self.metres[kept])

    def joined(self, other: "CrewTable") -> "CrewTable":
        """Return these lines and others."""
        parts = ((self.slot, other.slot), (self.kind, other.kind), (self.stops, other.stops))
        slot, kind, stops = (np.concatenate(part) for part in parts)
        return CrewTable(slot, kind, stops, np.concatenate([self.metres, other.metres]))

    def among(self, stops: Ints) -> NDArray[np.bool_]:
        """Tell which lines serve none but these stops."""
        return np.asarray((np.isin(self.stops, stops) | (self.stops < 0)).all(axis=1))

    def keys(self) -> list[tuple[int, ...]]:
        """Return what tells each line from the others: slot, kind and stops."""
        return list(map(tuple, np.column_stack([self.slot, self.kind, self.stops]).tolist()))

    def thin(self) -> "CrewTable":
        """Leave out far depots and partners: each stop keeps the kinds that drive least to it, and near partners."""
        alone = (self.stops < 0).any(axis=1)
        seen = np.full((self.kind.max(initial=-1) + 1, self.stops.max(initial=-1) + 1), np.inf)
        np.minimum.at(seen, (self.kind[alone], self.stops[alone].max(axis=1)), self.metres[alone])
        if len(seen) > NEAR_KINDS:
            near = seen <= np.partition(seen, NEAR_KINDS - 1, axis=0)[NEAR_KINDS - 1]
        else:
            near = np.isfinite(seen)
        first, second = self.stops.T
        close = (
            near[self.kind, np.where(first < 0, second, first)] & near[self.kind, np.where(second < 0, first, second)]
        )
        return self.where(close)


@dataclass(frozen=True)
class CrewPrices:
    """What a visit is paid, by slot, session and stop, and what a bus costs a day, by slot and kind, in metres."""

    stops: Floats
    buses: Floats

    def short(self, crews: CrewTable) -> Floats:
        """Return by how many metres each crew day falls short of its prices: paid too much below zero."""
        short = crews.metres + self.buses[crews.slot, crews.kind]
        for side in (0, 1):
            stop = crews.stops[:, side]
            short -= np.where(stop >= 0, self.stops[crews.slot, side, stop], 0.0)
        return short

    def lowered(self, crews: CrewTable) -> "CrewPrices":
        """Lower what visits are paid until no crew day is paid more than it drives and its bus costs.

        Stops without a price get the most that this allows, those of the first session first.
        """
        cost = crews.metres + self.buses[crews.slot, crews.kind]
        first, second = crews.stops.T
        # Raising a price that is known would lower its partners': it is a ceiling.
        paid = np.where(self.stops != 0.0, self.stops, np.inf)
        there = first >= 0
        beside = np.where(second >= 0, self.stops[crews.slot, 1, second], 0.0)
        np.minimum.at(paid[:, 0], (crews.slot[there], first[there]), (cost - beside)[there])
        there = second >= 0
        beside = np.where(first >= 0, paid[crews.slot, 0, first], 0.0)
        np.minimum.at(paid[:, 1], (crews.slot[there], second[there]), (cost - beside)[there])
        return CrewPrices(np.where(np.isinf(paid), 0.0, paid), self.buses)


class CrewRoads:
    """The drives of a problem, in the order of some of its stops: asked once, used for every kind of bus."""

    def __init__(self, problem: CalendarProblem, stops: Ints | None = None) -> None:
        self.problem = problem
        self.stops = np.arange(len(problem.stops)) if stops is None else stops
        rows = {place: number for number, place in enumerate(problem.drive.origins)}
        columns = {place: number for number, place in enumerate(problem.drive.destinations)}
        ids = [problem.stops[stop].id for stop in self.stops.tolist()]
        self._row_of, self._column_of = rows, columns
        self._rows = np.array([rows[place] for place in ids], dtype=np.int64)
        self._columns = np.array([columns[place] for place in ids], dtype=np.int64)

    @cached_property
    def between(self) -> Floats:
        """Return the seconds between the stops (n, n)."""
        return self.problem.drive.seconds[np.ix_(self._rows, self._columns)].astype(np.float64)

    def depot(self, bus: Bus) -> tuple[Floats, Floats, Floats, Floats]:
        """Return seconds out and back, metres out and back, between the bus's depot and each stop."""
        drive = self.problem.drive
        row, column = self._row_of[bus.depot.id], self._column_of[bus.depot.id]
        parts = (
            drive.seconds[row, self._columns], drive.seconds[self._rows, column],
            drive.metres[row, self._columns], drive.metres[self._rows, column],
        )  # fmt: skip
        out, back, out_metres, back_metres = (part.astype(np.float64) for part in parts)
        return out, back, out_metres, back_metres

    def metres(self, first: Ints, second: Ints) -> Floats:
        """Return the metres from stops to stops (indices here)."""
        return self.problem.drive.metres[self._rows[first], self._columns[second]].astype(np.float64)

    def partners(self, sessions: tuple[Session, ...]) -> tuple[Ints, Ints]:
        """Return the stops (indices here) that one crew has the time to serve one after the other."""
        crew = self.problem.crew
        pause = sessions[1].opens - sessions[0].closes
        needed = crew.pack_up + self.between + crew.margin + crew.lunch + crew.set_up
        first, second = np.nonzero(needed <= pause + 1e-6)
        return first, second


_NOBODY: Ints = np.zeros(0, dtype=np.int64)


def crew_table(
    problem: CalendarProblem, buses: Sequence[Bus], slots: Sequence[tuple[Session, ...]], stops: Ints | None = None
) -> CrewTable:
    """Return every day that the crews of ``buses`` (one of each kind) can do in each slot, one or two sessions a day.

    A day holds one stop at most a session; a pair of sessions may stay half empty. ``stops`` restricts the stops.
    """
    roads = CrewRoads(problem, stops)
    ways = [roads.depot(bus) for bus in buses]
    lines: list[tuple[int, int, Ints, Ints, Floats]] = []
    for slot, sessions in enumerate(slots):
        if not 1 <= len(sessions) <= 2:
            raise MobilityError(
                "too-many-sessions",
                f"the optimiser plans one or two sessions a day, not {len(sessions)}; the judge knows more",
                field="sessions",
                sessions=len(sessions),
            )
        pairs = roads.partners(sessions) if len(sessions) == 2 else None
        between = roads.metres(*pairs) if pairs else None
        for kind, (bus, (out, back, out_metres, back_metres)) in enumerate(zip(buses, ways, strict=True)):
            starts, ends = _hours(problem, sessions, out, back)
            for position in range(len(sessions)):
                alone = np.flatnonzero(_within_hours(bus, starts[position], ends[position]))
                nobody = np.full(len(alone), -1)
                where = (alone, nobody) if position == 0 else (nobody, alone)
                lines.append((slot, kind, *where, out_metres[alone] + back_metres[alone]))
            if pairs and between is not None:
                fits = _within_hours(bus, starts[0][pairs[0]], ends[1][pairs[1]])
                first, second = pairs[0][fits], pairs[1][fits]
                lines.append((slot, kind, first, second, out_metres[first] + between[fits] + back_metres[second]))
    return _table(lines, roads.stops)


def _table(lines: Sequence[tuple[int, int, Ints, Ints, Floats]], stops: Ints) -> CrewTable:
    # Where every session is closed there is no day of any kind.
    lines = lines or [(0, 0, _NOBODY, _NOBODY, np.zeros(0))]
    sizes = [len(metres) for *_, metres in lines]
    # The last place of the list stands for no stop: an index of -1 finds it.
    names = np.append(stops, -1)
    both = np.column_stack([np.concatenate([line[side] for line in lines]) for side in (2, 3)])
    return CrewTable(
        slot=np.repeat([line[0] for line in lines], sizes),
        kind=np.repeat([line[1] for line in lines], sizes),
        stops=names[both],
        metres=np.concatenate([metres for *_, metres in lines]),
    )


def _hours(
    problem: CalendarProblem, sessions: tuple[Session, ...], out: Floats, back: Floats
) -> tuple[list[Floats], list[Floats]]:
    """Return, for each session, when a crew must start to be there, and when it is back."""
    crew = problem.crew
    starts = [s.opens - crew.set_up - crew.margin - out - crew.preparation for s in sessions]
    ends = [s.closes + crew.pack_up + back + crew.margin + crew.closing for s in sessions]
    return starts, ends


def _within_hours(bus: Bus, start: Floats, end: Floats) -> NDArray[np.bool_]:
    inside = (start >= bus.crew_start - 1e-6) & (end <= bus.crew_end + 1e-6)
    return inside & (end - start <= bus.longest_day + 1e-6)


def bus_kinds(buses: Sequence[Bus]) -> list[list[Bus]]:
    """Group the buses that only their name tells apart."""
    kinds: dict[tuple[object, ...], list[Bus]] = defaultdict(list)
    for bus in buses:
        kinds[bus.depot, bus.crew_start, bus.crew_end, bus.longest_day].append(bus)
    return list(kinds.values())


def any_crew_day(problem: CalendarProblem) -> bool:
    """Tell whether any crew can serve any stop in any session."""
    kinds = [kind[0] for kind in bus_kinds(problem.buses)]
    return len(crew_table(problem, kinds, [(session,) for session in problem.sessions])) > 0
