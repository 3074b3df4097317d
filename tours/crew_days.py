"""Which stops one crew can serve on one day: single stops, and (first, second) pairs, with their metres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.problem import Bus, CalendarProblem, Session


@dataclass(frozen=True)
class CrewDay:
    """What a crew does on one day: a stop (index in the problem) in each session, or None."""

    stops: tuple[int | None, ...]
    metres: float


@dataclass(frozen=True)
class DriveMatrices:
    """Seconds and metres between the stops (n x n) and from and to a depot (n), in the problem's order."""

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    out_seconds: NDArray[np.float64]
    out_metres: NDArray[np.float64]
    back_seconds: NDArray[np.float64]
    back_metres: NDArray[np.float64]


def drive_matrices(problem: CalendarProblem, bus: Bus) -> DriveMatrices:
    """Cut the matrices of one depot out of the problem's travel times."""
    drive = problem.drive
    rows = [drive.origins.index(stop.id) for stop in problem.stops]
    columns = [drive.destinations.index(stop.id) for stop in problem.stops]
    depot_row, depot_column = drive.origins.index(bus.depot.id), drive.destinations.index(bus.depot.id)
    seconds, metres = drive.seconds.astype(np.float64), drive.metres.astype(np.float64)
    return DriveMatrices(
        seconds=seconds[np.ix_(rows, columns)],
        metres=metres[np.ix_(rows, columns)],
        out_seconds=seconds[depot_row, columns],
        out_metres=metres[depot_row, columns],
        back_seconds=seconds[rows, depot_column],
        back_metres=metres[rows, depot_column],
    )


def crew_days(problem: CalendarProblem, bus: Bus, sessions: tuple[Session, ...]) -> list[CrewDay]:
    """Return every day that the crew of a bus can do with the sessions of one weekday (one or two).

    A day holds one stop at most a session; a pair of sessions may stay half empty.
    """
    if not 1 <= len(sessions) <= 2:
        raise MobilityError(
            "too-many-sessions",
            f"the optimiser plans one or two sessions a day, not {len(sessions)}; the judge knows more",
            field="sessions",
            sessions=len(sessions),
        )
    drives = drive_matrices(problem, bus)
    crew = problem.crew
    starts = [s.opens - crew.set_up - crew.margin - drives.out_seconds - crew.preparation for s in sessions]
    ends = [s.closes + crew.pack_up + drives.back_seconds + crew.margin + crew.closing for s in sessions]
    days: list[CrewDay] = []
    for position in range(len(sessions)):
        alone = _within_hours(bus, starts[position], ends[position])
        for stop in np.flatnonzero(alone):
            stops = tuple(int(stop) if p == position else None for p in range(len(sessions)))
            days.append(CrewDay(stops, float(drives.out_metres[stop] + drives.back_metres[stop])))
    if len(sessions) == 2:
        pause = sessions[1].opens - sessions[0].closes
        needed = crew.pack_up + drives.seconds + crew.margin + crew.lunch + crew.set_up
        possible = (needed <= pause + 1e-6) & _within_hours(bus, starts[0][:, None], ends[1][None, :])
        for first, second in np.argwhere(possible):
            metres = drives.out_metres[first] + drives.metres[first, second] + drives.back_metres[second]
            days.append(CrewDay((int(first), int(second)), float(metres)))
    return days


def _within_hours(bus: Bus, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside = (start >= bus.crew_start - 1e-6) & (end <= bus.crew_end + 1e-6)
    return inside & (end - start <= bus.longest_day + 1e-6)


def any_crew_day(problem: CalendarProblem) -> bool:
    """Tell whether any crew can serve any stop in any session."""
    return any(crew_days(problem, bus, (session,)) for bus in problem.buses for session in problem.sessions)
