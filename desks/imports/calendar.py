"""Bus calendars as people write them: their good lines, and every fault with its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from data.bus_files import find_stop
from data.spreadsheets import read_sheets
from desks.ground import Ground
from desks.imports.headers import CALENDAR, HALF_DAYS
from desks.imports.matching import Entry, entries, guess
from desks.imports.reading import Kinds, Line, understood
from mobility.bus_calendar import BusCalendar
from mobility.bus_service import make_calendar
from mobility.clock import parse_week
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem
from mobility.written import written_weekday

Row = tuple[int, int, str, str, str]
"""A visit: week of the cycle, ISO weekday, session, bus, stop."""


class Planned(Protocol):
    """With what visits are read: a territory, and what states the problem that their calendar answers."""

    @property
    def ground(self) -> Ground:
        """Return the territory."""

    @property
    def problem(self) -> Callable[[], CalendarProblem]:
        """Return what states the problem."""


@dataclass(frozen=True)
class _Stated:
    ground: Ground
    problem: Callable[[], CalendarProblem]


def _session(reader: Planned, entry: Entry, column: str) -> str:
    told = entry.text(column)
    known = {session.name for session in reader.problem().sessions}
    meant = [half for half, word in HALF_DAYS.items() if word.search(told.lower())]
    if told in known or len(meant) != 1:
        meant = [told]
    if meant[0] not in known:
        raise MobilityError("no-such-session", f"no session '{told}'", field=entry.where(column), value=told)
    return meant[0]


def _stop(reader: Planned, entry: Entry, column: str) -> str:
    told = entry.text(column)
    insee = told.zfill(5) if told.isdecimal() else told
    return find_stop(insee, reader.ground.territory, reader.problem().stops, field=entry.where(column))


KINDS: Kinds[Planned] = {
    "week": lambda _, entry, name: parse_week(entry.text(name), field=entry.where(name)),
    "weekday": lambda _, entry, name: written_weekday(entry.cell(name), field=entry.where(name)),
    "session": _session, "bus-stop": _stop,
}  # fmt: skip


def read_visit(reader: Planned, line: Line) -> Row:
    """Read the visit of a line: the first bus's where it names none."""
    bus = line.get("bus") or reader.problem().buses[0].id
    return line.get("week"), line.get("weekday"), line.get("session"), bus, line.get("stop")


def session_of(visit: Row) -> tuple[int, int, str, str]:
    """Return what one bus does only once."""
    return visit[:4]


def read_calendar(
    ground: Ground, content: bytes, name: str, problem: CalendarProblem
) -> tuple[BusCalendar, list[MobilityError]]:
    """Read the good lines of a calendar, its columns matched by their titles; return what is wrong with the others."""
    sheets = read_sheets(content, name)
    matchings = [guess(sheet, "calendar", CALENDAR, {}) for sheet in sheets]
    best = max(range(len(sheets)), key=lambda i: (len(matchings[i].columns), -i))
    needed = [column.name for column in CALENDAR if column.required]
    missing = [column for column in needed if column not in matchings[best].columns]
    if missing:
        raise MobilityError(
            "missing-column", f"the column {' and '.join(missing)} is missing", field=name, columns=missing,
            expected=needed,
        )  # fmt: skip
    reader = _Stated(ground, lambda: problem)
    lines = [understood(reader, entry, CALENDAR, KINDS) for entry in entries(sheets[best], name, matchings[best])]
    rows = [read_visit(reader, line) for line in lines if not line.faults]
    return make_calendar(rows, problem), [fault for line in lines for fault in line.faults]
