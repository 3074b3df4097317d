"""Lists taken in: a file is kept for a day, matched and looked at; its good lines are kept all at once."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from data.imports import (
    WaitingFile,
    choose,
    drop_file,
    files_of,
    find_file,
    keep_file,
    known_shapes,
    remember_shape,
)
from data.journal import note
from data.spreadsheets import Cell, Sheet, read_sheets
from data.store import Transaction
from desks.imports.headers import Column
from desks.imports.matching import Entry, Matching, entries, guess, shape_of, titles_at, width
from desks.imports.reading import Line, Reader, Report, understood
from desks.imports.subjects import Subject, find_subject
from mobility.accounts import AGENT
from mobility.errors import MobilityError

MOST_LINES = 5000
"""Lines of one list."""


@dataclass(frozen=True)
class Look:
    """A file before it is taken in: its sheets, the one that is read, how it is matched, and what its lines are.

    ``missing`` are the columns without which no line can be read; ``faults`` all that is wrong with the lines that are
    ``refused``. ``known`` is how many of the good lines say nothing new.
    """

    file: WaitingFile
    subject: Subject
    sheets: tuple[Sheet, ...]
    sheet: Sheet
    matching: Matching
    lines: tuple[Line, ...]
    good: tuple[Any, ...]
    faults: tuple[MobilityError, ...]
    refused: int
    known: int = 0

    @property
    def stamp(self) -> str:
        """Return what changes whenever the file is matched otherwise: whoever takes it in says what they saw."""
        read = self.matching
        told = (self.sheet.name, read.titled, sorted(read.columns.items()), sorted(read.given.items()))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the columns that must still be matched: no line says them in any other way."""
        return tuple(
            name for name in self.subject.required
            if name not in self.matching.columns and not any(line.entry.text(name) for line in self.lines)
        )  # fmt: skip

    @property
    def shown(self) -> list[Column]:
        """Return the columns that lines say something in, whether the file has them or not."""
        told = {*self.matching.columns} | {name for line in self.lines for name in line.values}
        return [column for column in self.subject.columns if column.name in told]

    @property
    def unsure(self) -> dict[str, str]:
        """Return the columns that somebody must confirm, each with the title that is only like its own."""
        read, unsure = self.matching.columns, self.matching.unsure
        return {column.name: self.matching.title(read[column.name]) for column in self.subject.columns
                if column.name in unsure}  # fmt: skip

    @property
    def unread(self) -> list[str]:
        """Return the titles of the columns that no line is read from."""
        read = {*self.matching.columns.values()}
        return [title for column, title in enumerate(self.matching.titles) if title and column not in read]

    @property
    def choices(self) -> list[str]:
        """Return how people call each column of the sheet."""
        return [self.matching.title(column) for column in range(width(self.sheet))]


def receive(reader: Reader, subject: str, name: str, content: bytes) -> str:
    """Keep a file that somebody sent, once it can be read; return its identifier."""
    find_subject(subject)
    read_sheets(content, name)
    with reader.desk.store.writing() as tx:
        return keep_file(tx, subject, name, content, who=reader.who, now=reader.now)


def waiting(reader: Reader) -> list[WaitingFile]:
    """Return the files that somebody sent and did not take in yet."""
    with reader.desk.store.reading() as tx:
        return files_of(tx, reader.who, now=reader.now)


def find(reader: Reader, identifier: str) -> WaitingFile:
    """Return a waiting file of who reads."""
    with reader.desk.store.reading() as tx:
        return find_file(tx, identifier, who=reader.who, now=reader.now)


def look(reader: Reader, file: WaitingFile) -> Look:
    """Look at a waiting file as it is matched so far, and at what of it is known already."""
    shown = look_at(reader, file)
    news = shown.subject.news
    if not news or not shown.good:
        return shown
    with reader.desk.store.reading() as tx:
        shown = _undoubted(tx, reader, shown)
        return replace(shown, known=len(shown.good) - news(tx, reader, shown.good))


def opened(reader: Reader, file: WaitingFile) -> Look:
    """Open a file: its sheet and columns as chosen, else as its titles tell or files of its shape; no line is read."""
    subject = find_subject(file.subject)
    sheets = read_sheets(file.content, file.name)
    with reader.desk.store.reading() as tx:
        known = known_shapes(tx, _structure(reader, subject))
    guesses = [guess(sheet, subject.id, subject.columns, known) for sheet in sheets]
    likeliest = max(range(len(sheets)), key=lambda i: (len(guesses[i].columns), -i))
    chosen = next((i for i, sheet in enumerate(sheets) if file.sheet and sheet.name == file.sheet), likeliest)
    sheet, matching = sheets[chosen], guesses[chosen]
    if file.matching:
        titled = int(file.matching["titled"])
        titles, given = titles_at(sheet, titled), file.matching.get("given", {})
        matching = Matching(titled, dict(file.matching["columns"]), titles, given=given)
    return Look(file, subject, tuple(sheets), sheet, matching, (), (), (), 0)


def look_at(reader: Reader, file: WaitingFile) -> Look:
    """Open a file and read its lines, once; what is known already is not asked."""
    shown = opened(reader, file)
    subject = shown.subject
    found = entries(shown.sheet, file.name, shown.matching)
    if len(found) > MOST_LINES:
        raise MobilityError("too-many-lines", "this list is too long", field=file.name, lines=MOST_LINES)
    lines = [_line(reader, subject, entry, shown.matching.given) for entry in found]
    shown = replace(shown, lines=tuple(lines))
    return shown if shown.missing else _read(reader, shown)


def _line(reader: Reader, subject: Subject, entry: Entry, given: Mapping[str, Cell]) -> Line:
    try:
        entry = subject.completed(entry, given)
    except MobilityError as error:
        return Line(entry, {}, (error,))
    return understood(reader, entry, subject.columns, subject.kinds, subject.needed(entry))


def _read(reader: Reader, shown: Look) -> Look:
    good: list[Any] = []
    faults: list[MobilityError] = []
    refused = 0
    named: dict[Hashable, int] = {}
    for line in shown.lines:
        try:
            told = None if line.faults else shown.subject.read(reader, line)
            if shown.subject.only and told is not None:
                number = line.entry.number
                if (first := named.setdefault(shown.subject.only(told), number)) != number:
                    raise MobilityError(
                        "line-twice", "another line is of the same", field=line.entry.where(), line=first
                    )
            found = line.faults
        except MobilityError as error:
            found = (error,)
        refused += bool(found)
        faults += found
        good += [] if found else [told]
    return replace(shown, good=tuple(good), faults=tuple(faults), refused=refused)


def _undoubted(tx: Transaction, reader: Reader, shown: Look) -> Look:
    """Refuse the lines of which, as the store is now, somebody must say more."""
    doubts = shown.subject.doubts(tx, reader, shown.good)
    good = [told for place, told in enumerate(shown.good) if place not in doubts]
    faults = (*shown.faults, *doubts.values())
    return replace(shown, good=tuple(good), faults=faults, refused=shown.refused + len(doubts))


def match(
    reader: Reader, identifier: str, sheet: str, titled: int, columns: Mapping[str, int],
    given: Mapping[str, Cell] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Keep how a waiting file is to be read: its sheet, the line of its titles (0: none), and what each column holds.

    ``given`` is what is said once for all lines. A choice of another sheet alone leaves the rest to be guessed.
    """
    with reader.desk.store.writing() as tx:
        file = find_file(tx, identifier, who=reader.who, now=reader.now)
        subject = find_subject(file.subject)
        known = {column.name for column in subject.columns}
        said = {name: told for name, told in given.items() if name in subject.given}
        kept = {name: column for name, column in columns.items() if name in known and column >= 0}
        choose(tx, identifier, sheet, {"titled": max(0, titled), "columns": kept, "given": said} if kept else {})


def forget(reader: Reader, identifier: str) -> None:
    """Forget a waiting file."""
    with reader.desk.store.writing() as tx:
        drop_file(tx, find_file(tx, identifier, who=reader.who, now=reader.now).id)


def take_file(reader: Reader, subject: str, name: str, content: bytes) -> Report:
    """Take in the good lines of a file at once, matched by its titles."""
    return take(reader, look_at(reader, WaitingFile("", subject, name, content, "", {}, reader.now)))


def take(reader: Reader, shown: Look, *, saw: str | None = None) -> Report:
    """Take in the good lines of a file as they were read, and remember how files of its shape are matched.

    Of a file that waits nothing is taken by a column that nobody was sure of: somebody looks at it. ``saw`` is the
    stamp of what was looked at: raises "list-changed" where the file was matched otherwise since.
    """
    identifier = shown.file.id
    if saw is not None and saw != shown.stamp:
        raise _changed(shown)
    if shown.missing:
        raise MobilityError(
            "unmatched-columns", f"no column is matched with {', '.join(shown.missing)}", field=shown.file.name,
            columns=list(shown.missing),
        )  # fmt: skip
    if shown.matching.rivals:
        titles = [title for told in shown.matching.rivals.values() for title in told]
        raise MobilityError("twin-columns", "several columns claim the same", field=shown.file.name, titles=titles)
    if shown.unsure and identifier:
        raise MobilityError(
            "unsure-columns", "somebody must say that these columns are what they are taken for",
            field=shown.file.name, titles=[*shown.unsure.values()],
        )  # fmt: skip
    with reader.desk.store.writing("people") as tx:
        if identifier and find_file(tx, identifier, who=reader.who, now=reader.now) != shown.file:
            # Matched otherwise while its lines were read.
            raise _changed(shown)
        shown = _undoubted(tx, reader, shown)
        taken = shown.subject.keep(tx, reader, shown.good) if shown.subject.keep else len(shown.good)
        if identifier:
            remember_shape(
                tx, _shape(shown), shown.matching.columns, structure=_structure(reader, shown.subject), who=reader.who,
                now=reader.now,
            )  # fmt: skip
            drop_file(tx, identifier)
        if shown.subject.keep:
            note(tx, reader.who, "imported", why=shown.subject.id, now=reader.now)
    return Report(taken, len(shown.good) - taken, shown.refused, list(shown.faults))


def _changed(shown: Look) -> MobilityError:
    return MobilityError("list-changed", "this list was matched otherwise meanwhile", field="", value=shown.file.name)


def _structure(reader: Reader, subject: Subject) -> str:
    """Return whose matchings count: an agent's lists are a structure's, a planner's are of the bus, and so of all."""
    return reader.desk.store.scope.structure if subject.role == AGENT else ""


def _shape(shown: Look) -> str:
    titles: Sequence[str] = shown.matching.titles if shown.matching.titled else ()
    return shape_of(shown.subject.id, titles, width(shown.sheet))
