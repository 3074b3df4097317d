"""What a line of a list says, value by value; every fault names its file, sheet, line and column."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from data.plan_store import PlanStore
from desks.ground import Ground
from desks.imports.headers import ABILITY_WORDS, ERRAND_WORDS, Column
from desks.imports.matching import Entry
from desks.rides.desk import RideDesk
from desks.rides.place_search import Places
from mobility.errors import MobilityError, out_of_range
from mobility.messages import known_mail
from mobility.place_index import PlaceIndex
from mobility.places import Place
from mobility.problem import CalendarProblem, Stop
from mobility.rides import MOST_SEATS
from mobility.territory import folded
from mobility.written import (
    written_clock,
    written_day,
    written_number,
    written_telephone,
    written_weekdays,
    written_yes,
)

ReaderT = TypeVar("ReaderT")


@dataclass(frozen=True)
class Reader:
    """With what lines are read and taken in.

    A desk, its places, where the season is kept, the present, who does it, and what states the problem
    that a calendar answers. ``called`` says what others call a rider, or whoever makes a kind of offer, of a commune
    ("" where it is unknown).
    """

    desk: RideDesk
    places: Places
    plans: PlanStore
    now: datetime
    who: str
    problem: Callable[[], CalendarProblem]
    called: Callable[[str, str], str]

    @property
    def ground(self) -> Ground:
        """Return the territory."""
        return self.desk.ground

    @cached_property
    def place_names(self) -> PlaceIndex:
        """Return the places by all their names, as they are while a list is read."""
        return self.places.index()

    @cached_property
    def stops_called(self) -> Mapping[tuple[str, str], Stop]:
        """Return the stops by their commune and their name as it is compared: each line of a list asks for one."""
        return {(stop.commune, folded(stop.place.name)): stop for stop in reversed(self.ground.stops)}


@dataclass
class Report:
    """What came of a list: lines taken in, known already and refused, and all that is wrong with the last."""

    taken: int = 0
    doubles: int = 0
    refused: int = 0
    faults: list[MobilityError] = field(default_factory=list)


@contextmanager
def on_line(entry: Entry, **columns: str) -> Iterator[None]:
    """Add the line to an error that only knows its field; ``columns`` tells what a field is called in lists."""
    try:
        yield
    except MobilityError as error:
        if not error.field.startswith(entry.file):
            error.field = entry.where(columns.get(error.field, error.field))
        raise


@dataclass(frozen=True)
class Line:
    """A line as it is understood: what its cells say by column (empty ones and those with a fault say nothing)."""

    entry: Entry
    values: Mapping[str, Any]
    faults: tuple[MobilityError, ...] = ()

    def get(self, column: str, otherwise: Any = None) -> Any:
        """Return what a cell says, or something else where it says nothing."""
        return self.values.get(column, otherwise)


Kinds = Mapping[str, Callable[[ReaderT, Entry, str], Any]]
"""How the cells of each kind of column are read; a kind that is not named is text."""


def understood(
    reader: ReaderT, entry: Entry, columns: Sequence[Column], kinds: Kinds[ReaderT], needed: Collection[str] = ()
) -> Line:
    """Read every cell of a line, and gather what is wrong with any of them; ``needed`` must be filled in as well."""
    values, faults = {}, []
    for column in columns:
        try:
            if column.required or column.name in needed:
                entry.required(column.name)
            if entry.text(column.name):
                read = kinds.get(column.kind)
                values[column.name] = read(reader, entry, column.name) if read else entry.text(column.name)
        except MobilityError as error:
            faults.append(error)
    return Line(entry, values, tuple(faults))


def _whole(low: int, high: int) -> Callable[[Reader, Entry, str], int]:
    """Return what reads a whole number between two others."""

    def read(_reader: Reader, entry: Entry, column: str) -> int:
        told = written_number(entry.cell(column), field=entry.where(column))
        if not told.is_integer() or not low <= told <= high:
            raise out_of_range(entry.text(column), low, high, field=entry.where(column))
        return int(told)

    return read


def _place(reader: Reader, entry: Entry, column: str) -> Place:
    where = entry.where(column)
    return reader.places.find(entry.text(column), field=where, now=reader.now, index=reader.place_names)


def _day(reader: Reader, entry: Entry, column: str) -> date:
    return written_day(entry.cell(column), today=reader.now.date(), field=entry.where(column))


def _day_ahead(reader: Reader, entry: Entry, column: str) -> date:
    day = _day(reader, entry, column)
    if day < reader.now.date():
        raise MobilityError("day-over", "this day is over", field=entry.where(column))
    return day


def _mail(_reader: Reader, entry: Entry, column: str) -> str:
    return known_mail(entry.text(column), field=entry.where(column))


def _abilities(_reader: Reader, entry: Entry, column: str) -> frozenset[str]:
    known, unknown = _meant(entry, column, ABILITY_WORDS)
    if unknown:
        raise MobilityError(
            "unknown-ability", f"'{unknown[0]}' is not known", field=entry.where(column), value=unknown[0]
        )  # fmt: skip
    return known


def _errand(_reader: Reader, entry: Entry, column: str) -> str:
    known, unknown = _meant(entry, column, ERRAND_WORDS)
    if unknown or len(known) > 1:
        told = entry.text(column)
        raise MobilityError("unknown-errand", f"'{told}' is not an errand", field=entry.where(column), value=told)
    return min(known, default="other")


def _meant(entry: Entry, column: str, words: Mapping[str, str]) -> tuple[frozenset[str], list[str]]:
    """Return what the words of a cell stand for, parted by commas, and those that are not known."""
    known = {folded(word): meant for word, meant in words.items()}
    told = [word.strip() for word in entry.text(column).replace(";", ",").replace("/", ",").split(",") if word.strip()]
    return (
        frozenset(known[folded(word)] for word in told if folded(word) in known),
        [word for word in told if folded(word) not in known],
    )


KINDS: Kinds[Reader] = {
    "place": _place, "day": _day, "day-ahead": _day_ahead, "mail": _mail, "abilities": _abilities, "errand": _errand,
    "clock": lambda _, entry, name: written_clock(entry.cell(name), field=entry.where(name)),
    "number": lambda _, entry, name: written_number(entry.cell(name), field=entry.where(name)),
    "weekdays": lambda _, entry, name: written_weekdays(entry.cell(name), field=entry.where(name)),
    "telephone": lambda _, entry, name: written_telephone(entry.cell(name), field=entry.where(name)),
    "yes": lambda _, entry, name: written_yes(entry.cell(name), field=entry.where(name)),
    "seats": _whole(1, MOST_SEATS), "companions": _whole(0, MOST_SEATS - 1),
}  # fmt: skip
"""The kinds that several subjects have, and those of people's lists: days, hours in seconds after midnight, places…"""
