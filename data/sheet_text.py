"""CSV: read in any usual encoding, with any usual separator; written, by one writer, for people and for programs."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

from mobility.errors import MobilityError

ENCODINGS = ("cp1252", "iso8859-15", "mac-roman", "cp850")
"""Encodings of a byte a sign, the likeliest first."""
SEPARATORS = ";\t,|"
"""Separators, the likeliest first: a French decimal comma parts nothing."""
_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ’‘«»“”–—…€°²·№\u00a0\u202f")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 50
_TELLING = 100_000
"""Bytes of lines with accents that tell their encoding."""
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
"""First signs by which a spreadsheet program could take a text for a formula."""


class ForPeople(csv.excel):
    """What French spreadsheet programs open by a click."""

    delimiter, quoting = ";", csv.QUOTE_NONNUMERIC


class ForPrograms(csv.excel):
    """What data tools expect, and what a territory's own tables are."""

    lineterminator = "\n"


@dataclass(frozen=True)
class Line:
    """A line of a sheet: its number in the file, from 1, and its cells (:data:`data.spreadsheets.Cell`)."""

    number: int
    cells: tuple[Any, ...]


def read_text(content: bytes, name: str) -> Iterator[Line]:
    """Read the lines of a CSV file that hold something, one after the other; each value is text."""
    text = decoded(content, name)
    start = text.lstrip()[:200].lower()
    if "\0" in text or start.startswith(("<!doctype", "<html", "<?xml", "<table", "%pdf", "{\\rtf")):
        raise MobilityError(
            "not-a-sheet", "this file is no table; save it as .xlsx, .ods or CSV", field=name
        )  # fmt: skip
    separator = separator_of(text)
    before = 0
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for values in reader:
            number, before = before + 1, reader.line_num
            last = max((i for i, value in enumerate(values, 1) if value.strip()), default=0)
            if last and not (before == 1 and values[0].lower().startswith("sep=")):
                yield Line(number, tuple(_unquoted(value) for value in values[:last]))
    except csv.Error as error:
        raise MobilityError(
            "broken-csv", f"this table cannot be read ({error}); is the file cut off?", field=name
        ) from None


def decoded(content: bytes, name: str) -> str:
    """Return the text of a file, whatever its encoding; lines of two encodings are each read in their own."""
    try:
        for mark, encoding in _MARKS:
            if content.startswith(mark):
                return content.decode(encoding)
        zeros = (content[:2000:2].count(0), content[1:2000:2].count(0))
        if max(zeros) > len(content[:2000]) // 4:
            return content.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")
    except UnicodeDecodeError:
        raise MobilityError("not-a-sheet", "this file is no text", field=name) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _by_lines(content)


def _by_lines(content: bytes) -> str:
    told: list[str | bytes] = []
    for line in content.splitlines(keepends=True):
        try:
            told.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            told.append(line)
    other = b"".join(line for line in told if isinstance(line, bytes))[:_TELLING]
    encoding = min(ENCODINGS, key=lambda name: _oddness(other, name))
    return "".join(line if isinstance(line, str) else line.decode(encoding, "replace") for line in told)


def _oddness(content: bytes, encoding: str) -> int:
    """Count the signs that French does not write, were a text in an encoding; a capital amid small letters is one."""
    text = content.decode(encoding, "replace")
    return sum(
        (sign not in _FRENCH) * 2 + (sign.isupper() and text[i : i + 1].islower())
        for i, sign in enumerate(text) if sign > "\x7f"
    )  # fmt: skip


def separator_of(text: str) -> str:
    """Return what parts the values: the sign by which most of the first lines have the same number of values.

    One that would leave quotation marks amid the values is none, unless all do.
    """
    head = text[:200_000]
    if head.lower().startswith("sep=") and head[4:5] in SEPARATORS:
        return head[4]
    return max(
        SEPARATORS,
        key=lambda sign: (_evenness(head, sign, strict=True), _evenness(head, sign), -SEPARATORS.index(sign)),
    )


def _evenness(head: str, sign: str, *, strict: bool = False) -> float:
    counts: Counter[int] = Counter()
    try:
        for number, values in enumerate(csv.reader(StringIO(head, newline=""), delimiter=sign, strict=strict)):
            counts[len(values)] += bool(values)
            if number == _SAMPLE:
                break
    except csv.Error:
        return 0.0
    parted = [(count, size) for size, count in counts.items() if size > 1]
    return max(parted)[0] / counts.total() if parted else 0.0


def _guarded(value: str) -> bool:
    bare = value.lstrip("'")
    return bool(bare) and bare[0] in FORMULA_STARTS


def guarded(value: str) -> str:
    """Return a text as no program takes it for a formula: with an apostrophe before it where it could begin one."""
    return f"'{value}" if _guarded(value) else value


def _unquoted(value: str) -> str:
    """Take away the apostrophe that keeps a text from being a formula (see :func:`text_of`)."""
    return value[1:] if value.startswith("'") and _guarded(value) else value


def text_of(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV (semicolons, UTF-8 with its mark).

    A text whose first sign, after apostrophes, could begin a formula gets one more apostrophe before it: no program
    takes it for a formula, and it is itself again once read. Every text stands in quotes.
    """
    lines = csv_lines(([_told(cell) for cell in row] for row in rows), ForPeople)
    return b"\xef\xbb\xbf" + "".join(lines).encode("utf-8", "replace")


def csv_lines(rows: Iterable[Sequence[object]], dialect: type[csv.Dialect]) -> Iterator[str]:
    """Write rows as CSV, line after line, so that a long table need not be held; None becomes an empty value."""
    out = StringIO(newline="")
    writer = csv.writer(out, dialect)
    for row in rows:
        writer.writerow(row)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _told(cell: object) -> object:
    if isinstance(cell, str):
        # No text has this sign, and a file with it is read by no program as one.
        return guarded(cell.replace("\0", ""))
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else str(cell).replace(".", ",")
    return cell
