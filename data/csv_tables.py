"""CSV tables read with errors that name the file, the line and the column."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import TypeVar

from data.private_files import swap_in
from data.sheet_text import ForPrograms, csv_lines, guarded
from mobility.errors import MobilityError
from mobility.places import Point

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of a table. ``where`` names file and line for error messages."""

    table: str
    line: int
    values: dict[str, str]

    def where(self, column: str) -> str:
        """Return the place of a value, for an error."""
        return f"{self.table}, line {self.line}, column {column}"

    def text(self, column: str) -> str:
        """Return a value without surrounding blanks ("" where empty)."""
        return self.values.get(column, "").strip()

    def required(self, column: str) -> str:
        """Return a value that must not be empty."""
        text = self.text(column)
        if not text:
            raise MobilityError("empty-value", "this value is missing", field=self.where(column))
        return text

    def number(self, column: str) -> float:
        """Return a value that must be a number."""
        return self._parsed(column, float, self.required(column))

    def optional_number(self, column: str) -> float | None:
        """Return a number, or None where the value is empty."""
        text = self.text(column)
        return self._parsed(column, float, text) if text else None

    def optional_whole(self, column: str) -> int | None:
        """Return a whole number, or None where the value is empty."""
        number = self.optional_number(column)
        return None if number is None else round(number)

    def point(self) -> Point:
        """Return the position that the columns ``lon`` and ``lat`` tell."""
        try:
            return Point(self.number("lon"), self.number("lat"))
        except ValueError as error:
            raise MobilityError("bad-point", str(error), field=self.where("lon, lat")) from None

    def _parsed(self, column: str, convert: Callable[[str], T], text: str) -> T:
        try:
            return convert(text.replace(",", "."))
        except ValueError:
            raise MobilityError(
                "not-a-number", f"'{text}' is not a number", field=self.where(column), value=text
            ) from None


def read_table(path: Path, required: Sequence[str]) -> list[Row]:
    """Read a CSV file; the columns in ``required`` must exist."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path)) from None
    except UnicodeDecodeError:
        raise MobilityError(
            "not-utf8", "this file is not UTF-8 text; save it again as CSV UTF-8", field=path.name
        ) from None
    return parse_table(text, path.name, required)


def parse_table(text: str, name: str, required: Sequence[str]) -> list[Row]:
    """Read the text of a CSV file, separated by commas or by the semicolons of French spreadsheets."""
    if "\0" in text:
        raise MobilityError(
            "broken-csv", "this table cannot be read (it holds a zero byte); is it a CSV file?", field=name
        )  # fmt: skip
    first_line = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    try:
        reader = csv.DictReader(StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True)
        columns = [column.strip() for column in reader.fieldnames or []]
        reader.fieldnames = columns
        missing = [column for column in required if column not in columns]
        if missing:
            raise MobilityError(
                "missing-column",
                f"the column {' and '.join(missing)} is missing; the first line must name "
                f"{', '.join(required)} (found: {', '.join(columns) or 'nothing'})",
                field=name,
                columns=missing,
                expected=list(required),
                found=columns,
            )
        return list(_rows(reader, name))
    except csv.Error as error:
        raise MobilityError(
            "broken-csv", f"this table cannot be read ({error}); is the file cut off?", field=name
        ) from None


def _rows(reader: "csv.DictReader[str]", name: str) -> Iterator[Row]:
    for values in reader:
        if None in values or None in values.values():
            raise MobilityError(
                "ragged-line",
                f"line {reader.line_num} has more or fewer values than the first line has names",
                field=name,
                line=reader.line_num,
            )
        yield Row(name, reader.line_num, {key: value or "" for key, value in values.items()})


def table_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV; None becomes an empty value."""
    return "".join(csv_lines(chain([columns], rows), ForPrograms))


def handed_out(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV for whoever opens it in a spreadsheet: no text of theirs is a formula there."""
    return "".join(handed_out_lines(columns, rows))


def handed_out_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the same, line after line: the rows are read as the lines are asked for."""
    told = ([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return csv_lines(chain([columns], told), ForPrograms)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file whole or not at all."""
    text = table_text(columns, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tables of a territory are public data, installed with the program: other accounts read them.
    swap_in(path, text, rights=0o666)
