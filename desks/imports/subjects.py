"""What lists may be of: the columns of each, how its lines are read and kept, and whose it is to take them in."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.spreadsheets import Cell
from data.store import Transaction
from desks.imports import calendar, closures, rides, stops
from desks.imports.headers import CALENDAR, CLOSURES, DRIVERS, REQUESTS, STOPS, Column
from desks.imports.matching import Entry
from desks.imports.reading import KINDS, Kinds, Line, Reader
from mobility.accounts import AGENT, PLANNER
from mobility.errors import MobilityError
from mobility.modules import RIDES


@dataclass(frozen=True)
class Subject:
    """What a list is of, and the module that it belongs to ("" for the service itself).

    ``kinds`` tells how the cells are read, and ``needed`` which more of them a line must have. ``read`` makes of a line
    without faults what it says; ``keep`` takes that in, and returns how many were new (None: it is not kept but shown,
    to be judged first), and ``news`` how many would be. ``doubts`` tells of which lines, by their place, somebody must
    say more before they are kept. ``only`` tells what no two lines may name. Columns that are ``given`` may be said
    once for all lines; ``completed`` returns a line with what it says in other words, and with what is given.
    """

    id: str
    module: str
    role: str
    columns: tuple[Column, ...]
    read: Callable[[Reader, Line], Any]
    keep: Callable[[Transaction, Reader, Sequence[Any]], int] | None
    news: Callable[[Transaction, Reader, Sequence[Any]], int] | None
    kinds: Kinds[Reader] = field(default_factory=lambda: KINDS)
    needed: Callable[[Entry], Collection[str]] = lambda _: ()
    only: Callable[[Any], Hashable] | None = None
    given: tuple[str, ...] = ()
    completed: Callable[[Entry, Mapping[str, Cell]], Entry] = lambda entry, _: entry
    doubts: Callable[[Transaction, Reader, Sequence[Any]], Mapping[int, MobilityError]] = lambda *_: {}

    @property
    def required(self) -> tuple[str, ...]:
        """Return the columns without which no line can be read."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def of_people(self) -> bool:
        """Tell whether each line names a person."""
        return any(column.kind == "telephone" for column in self.columns)


SUBJECTS = {
    subject.id: subject
    for subject in (
        Subject(
            "drivers",
            RIDES,
            AGENT,
            DRIVERS,
            rides.read_driver,
            rides.keep,
            rides.news,
            needed=rides.driver_needs,
            given=("opens", "closes"),
            completed=rides.completed_driver,
            doubts=rides.doubts,
        ),
        Subject("requests", RIDES, AGENT, REQUESTS, rides.read_request, rides.keep, rides.news, doubts=rides.doubts),
        Subject(
            "closures",
            "",
            PLANNER,
            CLOSURES,
            closures.read_closure,
            closures.keep,
            closures.news,
            {**KINDS, **closures.KINDS},
        ),
        Subject(
            "stops",
            "",
            PLANNER,
            STOPS,
            stops.read_stop,
            stops.keep,
            stops.news,
            {**KINDS, **stops.KINDS},
            only=stops.stop_of,
        ),
        Subject(
            "calendar", "", PLANNER, CALENDAR, calendar.read_visit, None, None, calendar.KINDS, only=calendar.session_of
        ),
    )
}


def find_subject(identifier: str) -> Subject:
    """Return a subject; raises where there is none of this name."""
    if identifier not in SUBJECTS:
        raise MobilityError("unknown-subject", f"no lists of '{identifier}'", field="", value=identifier)
    return SUBJECTS[identifier]
