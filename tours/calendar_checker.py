"""A bound on the need that any calendar covers, recomputed from the problem and from prices alone.

It shares no code with the solver and trusts none of its numbers: whatever the prices, what it returns holds. A half-day
costs its price and a resident group pays its own, once, wherever it is served. No stop is then worth more than what its
groups get above their prices, less the half-days that it takes, in its best session and number of visits. Rules that
only forbid are left out: without them no less need can be covered.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.problem import CalendarProblem, Session, Stop

HalfDay = tuple[tuple[tuple[str, int, int], ...], str]
"""The sessions of a kind of day (name, opens, closes), in order, and the one that is meant."""


def checked_need(problem: CalendarProblem, half_days: Mapping[HalfDay, float], groups: Mapping[str, float]) -> float:
    """Return need, in persons, that no calendar of the problem covers more than.

    ``half_days`` holds the price of one half-day by its kind, ``groups`` of each resident group; negative ones, and
    those left out, count as 0.
    """
    kinds = _kinds_of_days(problem)
    paid = np.array([max(0.0, groups.get(group.id, 0.0)) for group in problem.groups])
    bound = float(paid.sum())
    for (_, _, kind), sessions in kinds.items():
        bound += len(problem.buses) * sum(max(0.0, half_days.get((kind, session.name), 0.0)) for session in sessions)
    need = np.array([group.need for group in problem.groups])
    row = {place: number for number, place in enumerate(problem.access.origins)}
    seconds = problem.access.seconds[[row[group.id] for group in problem.groups]].astype(np.float64)
    column = {place: number for number, place in enumerate(problem.access.destinations)}
    for stop in problem.stops:
        share = np.interp(seconds[:, column[stop.id]], (problem.coverage.full, problem.coverage.none), (1.0, 0.0))
        near = np.flatnonzero(need * share > 0)
        bound += max(_worths(problem, stop, (need * share)[near], paid[near], kinds, half_days))
    return bound


Kinds = Mapping[tuple[int, int, tuple[tuple[str, int, int], ...]], Sequence[Session]]


def _kinds_of_days(problem: CalendarProblem) -> Kinds:
    """Return the sessions held on each (week, weekday), with what tells this kind of day from others."""
    held = {}
    for week in range(1, problem.cycle_weeks + 1):
        for weekday in range(1, 8):
            sessions = [s for s in problem.sessions if s.weekday == weekday]
            sessions = [s for s in sessions if (week, weekday, s.name) not in problem.rules.skipped]
            sessions.sort(key=lambda s: s.opens)
            if sessions:
                held[week, weekday, tuple((s.name, s.opens, s.closes) for s in sessions)] = sessions
    return held


def _worths(
    problem: CalendarProblem, stop: Stop, served: NDArray[np.float64], paid: NDArray[np.float64], kinds: Kinds,
    half_days: Mapping[HalfDay, float],
) -> list[float]:  # fmt: skip
    """Return what a stop is worth above all prices, for no visit and for each session and number of visits."""
    worths = [0.0]
    for session in problem.sessions:
        if session.key in stop.closed or not _served_by_any(problem, stop, session):
            continue
        prices = sorted(
            max(0.0, half_days.get((kind, session.name), 0.0))
            for (_, weekday, kind), sessions in kinds.items()
            if weekday == session.weekday and session in sessions
        )
        for visits in range(1, min(problem.rules.max_visits, len(prices)) + 1):
            times = problem.coverage.worth(visits)
            worths.append(float(np.maximum(0.0, served * times - paid).sum()) - sum(prices[:visits]))
    return worths


def _served_by_any(problem: CalendarProblem, stop: Stop, session: Session) -> bool:
    """Tell whether the crew of any bus can hold this session alone there, within its hours."""
    crew, drive = problem.crew, problem.drive
    for bus in problem.buses:
        out, back = (drive.seconds_between(*way) for way in ((bus.depot.id, stop.id), (stop.id, bus.depot.id)))
        start = session.opens - crew.set_up - crew.margin - out - crew.preparation
        end = session.closes + crew.pack_up + back + crew.margin + crew.closing
        if start >= bus.crew_start - 1e-6 and end <= bus.crew_end + 1e-6 and end - start <= bus.longest_day + 1e-6:
            return True
    return False
