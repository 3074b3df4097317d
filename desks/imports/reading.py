"""What a line of a list says, value by value; every fault names its file, sheet, line and column."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from data.plan_store import PlanStore
from desks.imports.headers import ABILITY_WORDS, ERRAND_WORDS
from desks.imports.matching import Entry
from desks.rides.desk import RideDesk
from desks.rides.place_search import find_place
from mobility.errors import MobilityError, out_of_range
from mobility.place_index import PlaceIndex
from mobility.places import Place
from mobility.territory import folded
from mobility.written import written_clock, written_number


@dataclass(frozen=True)
class Reader:
    """With what lines are read and taken in.

    A desk, the places by their names, where the season is kept, the present, and who does it.
    """

    desk: RideDesk
    places: PlaceIndex
    plans: PlanStore
    now: datetime
    who: str


@dataclass
class Report:
    """What came of a list: lines taken in, lines known already, and what is wrong with each of the others."""

    taken: int = 0
    doubles: int = 0
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


def place(reader: Reader, entry: Entry, column: str) -> Place:
    """Return the place that a column names."""
    entry.required(column)
    return find_place(reader.places, entry.text(column), field=entry.where(column))


def clock(entry: Entry, column: str) -> int | None:
    """Return an hour, or None where the cell is empty."""
    return written_clock(entry.cell(column), field=entry.where(column)) if entry.text(column) else None


def number(entry: Entry, column: str, otherwise: float) -> float:
    """Return a number, or another one where the cell is empty."""
    return written_number(entry.cell(column), field=entry.where(column)) if entry.text(column) else otherwise


def whole(entry: Entry, column: str, low: int, high: int, otherwise: int) -> int:
    """Return a whole number between two others, or another one where the cell is empty."""
    told = number(entry, column, float(otherwise))
    if not told.is_integer() or not low <= told <= high:
        raise out_of_range(entry.text(column), low, high, field=entry.where(column))
    return int(told)


def abilities(entry: Entry, column: str) -> frozenset[str]:
    """Return what a cell tells of what a driver can take or do, or a rider needs."""
    known, unknown = _meant(entry, column, ABILITY_WORDS)
    if unknown:
        raise MobilityError(
            "unknown-ability", f"'{unknown[0]}' is not known", field=entry.where(column), value=unknown[0]
        )  # fmt: skip
    return known


def errand(entry: Entry, column: str) -> str:
    """Return what one goes for, as a cell tells it."""
    known, unknown = _meant(entry, column, ERRAND_WORDS)
    if unknown or len(known) > 1:
        told = entry.text(column)
        raise MobilityError("unknown-purpose", f"'{told}' is not an errand", field=entry.where(column), value=told)
    return min(known, default="other")


def _meant(entry: Entry, column: str, words: Mapping[str, str]) -> tuple[frozenset[str], list[str]]:
    """Return what the words of a cell stand for, parted by commas, and those that are not known."""
    known = {folded(word): meant for word, meant in words.items()}
    told = [word.strip() for word in entry.text(column).replace(";", ",").replace("/", ",").split(",") if word.strip()]
    return (
        frozenset(known[folded(word)] for word in told if folded(word) in known),
        [word for word in told if folded(word) not in known],
    )
