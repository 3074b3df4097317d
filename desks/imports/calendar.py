"""A bus calendar as people write it: its good lines, and every fault with its place."""

import re
from dataclasses import dataclass, field

from data.bus_files import read_calendar_rows
from data.csv_tables import Row
from data.spreadsheets import read_sheets
from desks.ground import Ground
from desks.imports.headers import CALENDAR
from desks.imports.matching import Entry, entries, guess
from mobility.bus_calendar import BusCalendar
from mobility.bus_service import make_calendar
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem

_WEEK = re.compile(r"^semaines? (?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class _Line(Row):
    """A line of a list for those who read tables; its values are where the list has them."""

    entry: Entry = field(kw_only=True)

    def where(self, column: str) -> str:
        return self.entry.where(column)


def read_calendar(
    ground: Ground, content: bytes, name: str, problem: CalendarProblem
) -> tuple[BusCalendar, list[MobilityError]]:
    """Read the good lines of a calendar from a spreadsheet of any kind; return what is wrong with the others too."""
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
    rows, faults = [], []
    for entry in entries(sheets[best], name, matchings[best]):
        try:
            line = _Line(name, entry.number, _values(entry), entry=entry)
            rows += read_calendar_rows([line], ground.territory, problem.stops, problem.buses[0].id)
        except MobilityError as error:
            faults.append(error)
    return make_calendar(rows, problem), faults


def _values(entry: Entry) -> dict[str, str]:
    """Return the words of a line, as tables have them: "semaine paire" is "paire"."""
    return {column: _WEEK.sub("", entry.text(column)) for column in entry.cells}
