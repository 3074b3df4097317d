"""Which column of a file holds what: by its titles, wherever they stand; else by what was chosen or remembered."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from data.spreadsheets import Cell, Sheet
from desks.imports.headers import KINDS_SAID, SIDES, Column
from mobility.errors import MobilityError
from mobility.territory import folded
from mobility.written import looks_dated, plain

FIRST_LINES = 20
"""Lines among which the titles are looked for."""
SURE, LIKELY = 100.0, 86.0
"""Likeness (0 to 100) of a title that is a column's, and of one that most likely is."""
SAME_WORDS = 99.0
"""Likeness of a title that has a column's words in another order; one below must be confirmed by somebody."""
FEWEST = 2
"""Columns that a line must name to be that of the titles."""
NEAR = 3.0
"""Likeness below which two titles claim one column alike, where neither is sure."""


@dataclass(frozen=True)
class Matching:
    """Which column (from 0) of a sheet holds what.

    ``titled`` is the number of the line with the titles (0: none), ``titles`` what it says for each column, ``rivals``
    the columns that several titles claim alike, with those titles: nothing is matched there until somebody chooses.
    ``unsure`` are the columns matched with a title that is only like theirs: somebody must confirm them. ``given`` is
    what somebody said once for all lines that say nothing there themselves.
    """

    titled: int
    columns: Mapping[str, int]
    titles: tuple[str, ...]
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    given: Mapping[str, Cell] = field(default_factory=dict)

    def title(self, column: int) -> str:
        """Return how people call a column: by its title, or by its letter."""
        told = self.titles[column] if column < len(self.titles) else ""
        return told or letter(column)


@dataclass(frozen=True)
class Entry:
    """One line of a list, by the columns of its subject."""

    file: str
    sheet: str
    number: int
    cells: Mapping[str, Cell]
    titles: Mapping[str, str]

    def where(self, *columns: str) -> str:
        """Return where a value stands, for an error; ``columns`` are names, the first one that the file has counts."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        title = next((self.titles[name] for name in columns if name in self.titles), "")
        return f"{self.file}{sheet}, line {self.number}" + (f", column {title}" if title else "")

    def cell(self, column: str) -> Cell:
        """Return a value as it stands in the file ("" where there is none)."""
        return self.cells.get(column, "")

    def text(self, column: str) -> str:
        """Return a value as text."""
        return plain(self.cell(column))

    def required(self, column: str) -> Cell:
        """Return a value that must not be empty."""
        if not self.text(column):
            raise MobilityError("empty-value", "this value is missing", field=self.where(column), column=column)
        return self.cell(column)


def letter(column: int) -> str:
    """Return the letter of a column, as spreadsheets show it."""
    told = ""
    while column >= 0:
        told, column = chr(65 + column % 26) + told, column // 26 - 1
    return told


def width(sheet: Sheet) -> int:
    """Return how many columns a sheet has."""
    return max(len(line.cells) for line in sheet.lines)


def titles_at(sheet: Sheet, number: int) -> tuple[str, ...]:
    """Return the titles that a line gives; under a title over several columns, each bears both."""
    position = next((i for i, line in enumerate(sheet.lines) if line.number == number), -1)
    if position < 0:
        return ()
    own = [plain(cell) for cell in sheet.lines[position].cells]
    above = [plain(cell) for cell in sheet.lines[position - 1].cells] if position else []
    spread = {told for told in above if told and above.count(told) > 1 and len(set(above)) > 2}
    titles = []
    for i in range(max(len(own), len(above) if spread else 0)):
        told, over = own[i] if i < len(own) else "", above[i] if i < len(above) else ""
        titles.append(f"{over} {told}".strip() if over in spread and over != told else told or (over if spread else ""))
    return tuple(titles)


def shape_of(subject: str, titles: Sequence[str], columns: int) -> str:
    """Return what files of one shape share: the subject and the titles, or where there are none how many columns."""
    told = "|".join(folded(title) for title in titles) if titles else str(columns)
    return hashlib.sha256(f"{subject}|{told}".encode()).hexdigest()


def matched(number: int, titles: Sequence[str], columns: Sequence[Column]) -> Matching:
    """Match the titles of a line with columns, the likest pairs first, each once."""
    pairs = []
    for position, title in enumerate(titles):
        for column in columns:
            if _against(title, column, columns):
                continue
            likeness, rank = max((_likeness(title, told), -i) for i, told in enumerate(column.titles))
            if likeness >= LIKELY:
                pairs.append((likeness, rank, -position, column.name))
    pairs.sort(reverse=True)
    found: dict[str, tuple[float, int, int]] = {}
    taken: set[int] = set()
    for likeness, rank, position, name in pairs:
        if name not in found and -position not in taken:
            found[name] = likeness, rank, -position
            taken.add(-position)
    rivals: dict[str, tuple[str, ...]] = {}
    for likeness, rank, position, name in pairs:
        if name not in found:
            # Its only likely title is another column's.
            continue
        best, its_rank, first = found[name]
        alike = rank == its_rank and likeness == SURE if best == SURE else likeness > best - NEAR
        if alike and -position not in taken:
            rivals[name] = (*rivals.get(name, (titles[first],)), titles[-position])
    kept = {name: told for name, told in found.items() if name not in rivals}
    unsure = frozenset(name for name, (likeness, _, _) in kept.items() if likeness < SAME_WORDS)
    return Matching(number, {name: position for name, (_, _, position) in kept.items()}, tuple(titles), rivals, unsure)


def _sides(title: str) -> set[str]:
    return {side for word in _folded(title).split() if (side := SIDES.get(word))}


def _against(title: str, column: Column, columns: Sequence[Column]) -> bool:
    """Tell whether a word of a title speaks against a column: "heure" is no place, "fin" is not where one begins."""
    for word in _folded(title).split():
        if word in KINDS_SAID and column.kind.partition("-")[0] != KINDS_SAID[word]:
            return True
        if word in column.apart:
            return True
    alike = [other for other in columns if other.kind == column.kind and other is not column]
    for side in _sides(title):
        claimed = any(side in _sides(told) for other in alike for told in other.titles)
        if claimed and not any(side in _sides(told) for told in column.titles):
            return True
    return False


def _likeness(title: str, told: str) -> float:
    ours, theirs = _bare(told), _bare(title)
    sides = _sides(title)
    if title.strip().lower() == told or (ours and ours == theirs):
        return SURE
    if sides and _sides(told) != sides and _sides(told):
        return 0.0
    if (len(ours) < 4 and ours not in SIDES) or len(theirs) > 60:
        return 0.0
    if sorted(ours.split()) == sorted(theirs.split()):
        return SAME_WORDS
    if f" {ours} " in f" {theirs} ":
        return 88.0 + 10.0 * len(ours) / len(theirs)
    return 0.97 * fuzz.ratio(ours, theirs)


_folded = functools.lru_cache(maxsize=4096)(folded)
"""The titles that are known are compared with every title of every line."""


@functools.lru_cache(maxsize=4096)
def _bare(title: str) -> str:
    """Return a title as it is compared: "Heure de fin" and "heure fin" are one, while "de" and "horaires de" stay."""
    words = _folded(title).split()
    return " ".join(word for i, word in enumerate(words) if not 0 < i < len(words) - 1 or word not in {"de", "du", "d"})


def guess(sheet: Sheet, subject: str, columns: Sequence[Column], known: Mapping[str, Mapping[str, int]]) -> Matching:
    """Match the columns of a sheet: as files of this shape were before, else by the line that names most of them."""
    lines = [line.number for line in sheet.lines[:FIRST_LINES]]
    best = Matching(0, {}, ())
    for number in lines:
        titles = titles_at(sheet, number)
        remembered = known.get(shape_of(subject, titles, 0))
        if remembered is not None:
            return Matching(number, dict(remembered), titles)
        found = matched(number, titles, columns)
        named = len(found.columns) + len(found.rivals)
        if named >= FEWEST and named > len(best.columns) + len(best.rivals):
            best = found
    return (
        _by_cells(sheet, best, columns)
        if best.titled
        else Matching(0, dict(known.get(shape_of(subject, (), width(sheet)), {})), ())
    )


def _by_cells(sheet: Sheet, matching: Matching, columns: Sequence[Column]) -> Matching:
    """Give a column titled by a day to the dates or to the weekdays, as its cells are: "Jour" is said of both."""
    names = {column.kind.partition("-")[0]: column.name for column in columns}
    if not {"day", "weekdays"} <= names.keys():
        return matching
    found, unsure = dict(matching.columns), matching.unsure
    for kind, other in (("weekdays", "day"), ("day", "weekdays")):
        position = found.get(names[kind])
        if position is None or names[other] in found:
            continue
        cells = [
            line.cells[position] for line in sheet.lines if line.number > matching.titled and position < len(line.cells)
        ]
        told = [cell for cell in cells if plain(cell)]
        if 2 * sum(looks_dated(cell) == (other == "day") for cell in told) > len(told):
            found[names[other]] = found.pop(names[kind])
            unsure = frozenset(names[other] if name == names[kind] else name for name in unsure)
            break
    return replace(matching, columns=found, unsure=unsure)


def entries(sheet: Sheet, file: str, matching: Matching) -> list[Entry]:
    """Return the lines of a list below its titles, those with nothing in a matched column left out."""
    titles = {name: matching.title(column) for name, column in matching.columns.items()}
    found = []
    for line in sheet.lines:
        if line.number <= matching.titled:
            continue
        cells = {
            name: line.cells[column] for name, column in matching.columns.items() if column < len(line.cells)
        }  # fmt: skip
        if any(plain(cell) for cell in cells.values()):
            found.append(Entry(file, sheet.name, line.number, cells, titles))
    return found
