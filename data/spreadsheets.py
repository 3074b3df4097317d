"""Spreadsheets in and out: .xlsx, .ods, .xls (in only) and CSV as people's programs write it.

What a file is, its content says, not its name. A cell is text, a number, a yes or no, a day, an hour or a length of
time; an empty one is "". No formula is ever written: a text that begins like one stays text, and is itself when it is
read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from data.sheet_archive import checked_workbook, is_workbook
from data.sheet_ods import ods_of
from data.sheet_text import FORMULA_STARTS, Line, read_text, text_of
from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    import python_calamine
    import xlsxwriter
else:
    python_calamine, xlsxwriter = late("python_calamine"), late("xlsxwriter")

Cell = str | float | bool | date | datetime | time | timedelta
"""What a cell may hold; a day with an hour is a ``datetime``."""
LARGEST = 5_000_000
"""Bytes of a spreadsheet that somebody sends."""
MOST_CELLS = 500_000
"""Cells of one sheet, the empty ones within its edges included."""
DIGITS = 15
"""Digits of a number that every spreadsheet program keeps."""
MOST_COLUMNS = 200
"""Columns of one sheet: each is looked at for what it may hold, and shown to be chosen."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and its lines with their numbers in the file; every line is as long as its last value."""

    name: str
    lines: tuple[Line, ...]


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Read every visible sheet that holds something; ``name`` is the file's, for errors.

    Merged cells all hold what the first of them holds. Raises :class:`MobilityError` for what is no table, is cut,
    locked by a password, brings macros, or is larger than it should be.
    """
    if len(content) > LARGEST:
        raise MobilityError(
            "too-large", "the file is too large", field=name, megabytes=LARGEST // 1_000_000
        )  # fmt: skip
    if not content.strip():
        raise MobilityError("empty-sheet", "this file is empty", field=name)
    sheets = _workbook(content, name) if is_workbook(content) else [_text(content, name)]
    found = [sheet for sheet in sheets if sheet.lines]
    if not found:
        raise MobilityError("empty-sheet", "this file is empty", field=name)
    for sheet in found:
        columns = max(len(line.cells) for line in sheet.lines)
        if columns > MOST_COLUMNS:
            raise MobilityError(
                "too-many-columns", f"the sheet '{sheet.name}' has {columns} columns", field=name, columns=MOST_COLUMNS
            )  # fmt: skip
    return found


def _text(content: bytes, name: str) -> Sheet:
    # The ends of lines are counted in the bytes, before anything is made of them.
    if max(content.count(b"\n"), content.count(b"\r")) > MOST_CELLS:
        raise _too_many_cells("", name)
    lines, width = [], 0
    for line in read_text(content, name):
        lines.append(line)
        width = max(width, len(line.cells))
        if width * line.number > MOST_CELLS:
            raise _too_many_cells("", name)
    return Sheet("", tuple(lines))


def _too_many_cells(sheet: str, name: str) -> MobilityError:
    return MobilityError(
        "too-many-cells", f"the sheet '{sheet}' has more than {MOST_CELLS} cells", field=name, sheet=sheet,
        cells=MOST_CELLS,
    )  # fmt: skip


def _workbook(content: bytes, name: str) -> list[Sheet]:
    ready = checked_workbook(content, name, most_cells=MOST_CELLS)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(BytesIO(ready)) as book:
            shown = [
                sheet.name for sheet in book.sheets_metadata
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
                and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]  # fmt: skip
            return [_sheet(book.get_sheet_by_name(title), name) for title in shown]
    except python_calamine.PasswordError:
        raise MobilityError("locked-sheet", "this file is locked by a password", field=name) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise MobilityError(
            "broken-sheet", f"this spreadsheet cannot be read ({error}); is it cut off?", field=name
        ) from None
    except BaseException as error:
        # The reader's own faults come as "PanicException", which is no Exception: anything else goes on its way.
        if type(error).__name__ != "PanicException":
            raise
        raise MobilityError("broken-sheet", "this spreadsheet cannot be read", field=name) from None


def _sheet(sheet: python_calamine.CalamineSheet, name: str) -> Sheet:
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise _too_many_cells(sheet.name, name)
    merged = 0
    rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in rows[top : bottom + 1]:
            within = range(left, min(right + 1, len(row)))
            # No cell is merged twice: who says so a thousand times has no sheet in mind.
            merged += len(within)
            if merged > MOST_CELLS:
                raise _too_many_cells(sheet.name, name)
            for column in within:
                row[column] = rows[top][left]
    return Sheet(sheet.name, tuple(line for line in (_line(i, row) for i, row in enumerate(rows, 1)) if line.cells))


def _line(number: int, row: Sequence[Cell]) -> Line:
    last = max((i for i, cell in enumerate(row, 1) if cell != "" and str(cell).strip()), default=0)
    return Line(number, tuple(row[:last]))


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Write sheets as .xlsx: the first line of each in bold, and kept in sight."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        text = book.add_format({"num_format": "@"})
        # Even where somebody changes the cell, it is taken for text.
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        bold = book.add_format({"bold": True, "num_format": "@"})
        shapes = {
            date: book.add_format({"num_format": "dd/mm/yyyy"}), time: book.add_format({"num_format": "hh:mm"}),
            datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            timedelta: book.add_format({"num_format": "[h]:mm"}),
        }  # fmt: skip
        for title, sheet in _titled(sheets):
            page = book.add_worksheet(title)
            for r, line in enumerate(sheet.lines):
                for c, cell in enumerate(map(_exact, line.cells)):
                    if isinstance(cell, str):
                        shape = bold if r == 0 else quoted if cell[:1] in FORMULA_STARTS else text
                        page.write_string(r, c, cell[:32_767], shape) if cell else None
                    elif isinstance(cell, bool):
                        page.write_boolean(r, c, cell)
                    elif isinstance(cell, date | time | timedelta):
                        page.write_datetime(r, c, cell, shapes[type(cell)])
                    else:
                        page.write_number(r, c, cell)
            page.freeze_panes(1, 0)
            page.autofit(400)
    return out.getvalue()


def write_ods(sheets: Iterable[Sheet]) -> bytes:
    """Write sheets as .ods: the first line of each in bold; signs that no XML may hold are left out."""
    return ods_of((title, [[*map(_exact, line.cells)] for line in sheet.lines]) for title, sheet in _titled(sheets))


def _exact(cell: Cell) -> Cell:
    """Return a whole number of more digits than spreadsheet programs keep as text: its last ones would be lost."""
    return str(cell) if isinstance(cell, int) and abs(cell) >= 10**DIGITS else cell


def write_csv(sheet: Sheet) -> bytes:
    """Write a sheet as CSV for French spreadsheet programs: semicolons, UTF-8 with its mark, decimal commas."""
    return text_of(line.cells for line in sheet.lines)


def _titled(sheets: Iterable[Sheet]) -> list[tuple[str, Sheet]]:
    """Return sheets under names that every program takes: short, without signs of addresses, each its own."""
    named: dict[str, Sheet] = {}
    for number, sheet in enumerate(sheets, 1):
        plain = "".join(" " if sign in "[]:*?/\\'" or sign < " " else sign for sign in sheet.name)
        title = " ".join(plain.split())[:31].strip() or f"Feuille {number}"
        if title.casefold() in {known.casefold() for known in named}:
            title = f"{title[:25]} ({number})"
        named[title] = sheet
    return list(named.items())
