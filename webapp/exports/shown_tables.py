"""The tables that a page shows, as spreadsheets: what stands on the screen, and nothing else.

A page's own words are read again: so a sheet never holds more than its visitor was shown.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

from data.sheet_text import Line
from data.spreadsheets import Cell, Sheet, write_csv, write_ods, write_xlsx
from mobility.errors import MobilityError
from mobility.territory import folded

FORMATS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "xlsx": ("Tableur (.xlsx)", lambda sheet: write_xlsx([sheet])), "ods": (".ods", lambda sheet: write_ods([sheet])),
    "csv": ("CSV", write_csv),
}  # fmt: skip
"""The words of a link and what writes the sheet, by the ending of its file."""
_ACTS = {"form", "button", "script", "style", "template", "svg", "summary"}
_VOID = {"input", "img", "br", "hr", "meta", "link", "col", "wbr", "area", "source", "track"}
_CAPTIONED = re.compile(r"<table\b[^>]*>\s*<caption\b[^>]*>(.*?)</caption>.*?</table>(?:\s*</div>)?", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,3}(?: \d{3})*(?:,\d+)?|-?\d+(?:,\d+)?")
_WIDEST = 1000
MOST_CELLS = 200_000
"""Of a workbook, which is written while its visitor waits; CSV, a line after the other, has no bound."""


@dataclass
class _Spot:
    """A cell as it stands in the page: its words, whether they are a figure, and what it spans."""

    figure: bool
    across: int
    down: int
    words: list[str] = field(default_factory=list)

    @property
    def value(self) -> Cell:
        """Return what the cell holds; a figure's is a number where its words are no more than one."""
        text = " ".join("".join(self.words).split())
        if self.figure and _NUMBER.fullmatch(text):
            number = float(text.replace(" ", "").replace(",", "."))
            return int(number) if number.is_integer() and "," not in text else number
        return text


class _Reader(HTMLParser):
    """Reads the rows of one table; acts that it offers are no part of it, of a choice the chosen one is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[_Spot]] = []
        self._open: list[tuple[str, bool]] = []
        self._chosen = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            spans = [int(told.get(name) or 1) for name in ("colspan", "rowspan") if (told.get(name) or "1").isdecimal()]
            across, down = (*spans, 1, 1)[:2]
            figure = "n" in (told.get("class") or "").split()
            self.rows[-1].append(_Spot(figure, min(across, _WIDEST), min(down, _WIDEST)))
        elif tag == "option":
            self._chosen = "selected" in told
        elif tag in {"br", "li", "p", "div"}:
            self.handle_data(" ")
        if tag not in _VOID:
            self._open.append((tag, tag in _ACTS or told.get("aria-hidden") == "true"))

    def handle_endtag(self, tag: str) -> None:
        if tag in [name for name, _ in self._open]:
            while self._open.pop()[0] != tag:
                pass
        if tag == "option":
            self._chosen = True

    def handle_data(self, data: str) -> None:
        inside = [name for name, _ in self._open]
        hidden = any(left for _, left in self._open) or "caption" in inside or not self._chosen
        if self.rows and self.rows[-1] and not hidden and ("td" in inside or "th" in inside):
            self.rows[-1][-1].words.append(data)


def _words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())


def table_of(page: str, number: int) -> Sheet | None:
    """Return a table that a page shows, from 1, as a sheet; columns that hold acts alone are left out."""
    found = list(_CAPTIONED.finditer(page))
    if not 1 <= number <= len(found):
        return None
    reader = _Reader()
    reader.feed(found[number - 1][0])
    rows = _laid_out(reader.rows)
    kept = [i for i in range(max(map(len, rows), default=0)) if any(_holds(row, i) for row in rows[1:] or rows)]
    lines = tuple(
        Line(i, tuple(row[column] if column < len(row) else "" for column in kept)) for i, row in enumerate(rows, 1)
    )
    return Sheet(_words(found[number - 1][1]), lines)


def _holds(row: list[Cell], column: int) -> bool:
    return column < len(row) and row[column] != ""


def _laid_out(spots: list[list[_Spot]]) -> list[list[Cell]]:
    """Lay cells out in lines and columns: one that spans several stands in the first, and again in each line below."""
    rows: list[list[Cell]] = []
    below: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(spots):
        laid: list[Cell] = []
        for spot in row:
            while (number, len(laid)) in below:
                laid.append(below[number, len(laid)])
            below.update({(number + step, len(laid)): spot.value for step in range(1, spot.down)})
            laid += [spot.value, *[""] * (spot.across - 1)]
        while (number, len(laid)) in below:
            laid.append(below[number, len(laid)])
        rows.append(laid)
    return rows


def with_links(page: str, address: Callable[[str], str]) -> str:
    """Return a page with links to each table as spreadsheets below it; ``address`` gives that of "2.xlsx"."""
    return _with_choices(page, lambda number, ending: f'a href="{escape(address(f"{number}.{ending}"))}"')


def with_forms(page: str, action: str) -> str:
    """Return a page with buttons below each table that send it, as it is shown, to be written (:func:`sent_table`).

    Forms stand at the end, as a table may be within a form of its page.
    """
    forms = "".join(
        f'<form id="sheet-{number}" method="post" action="{escape(action)}">'
        f'<input type="hidden" name="table" value="{escape(_as_sent(sheet))}"></form>\n'
        for number in range(1, len(list(_ends(page))) + 1)
        if (sheet := table_of(page, number))
    )
    page = _with_choices(
        page, lambda number, ending: f'button class="bare" form="sheet-{number}" name="forme" value="{ending}"'
    )
    before, end, after = page.rpartition("</body>")
    return f"{before}{forms}{end}{after}"


def _with_choices(page: str, tag: Callable[[int, str], str]) -> str:
    """Return a page with the formats of each table below it; ``tag`` gives what opens the one of a table's number."""
    parts, at = [], 0
    for number, (end, caption) in enumerate(_ends(page), 1):
        choices = " · ".join(
            f'<{opened} aria-label="{escape(f"{words} : {caption}")}">{words}</{opened.partition(" ")[0]}>'
            for ending, (words, _) in FORMATS.items()
            for opened in [tag(number, ending)]
        )
        parts += [page[at:end], f'\n<p class="sheets">{choices}</p>']
        at = end
    return "".join([*parts, page[at:]])


def _as_sent(sheet: Sheet) -> str:
    return json.dumps([sheet.name, [line.cells for line in sheet.lines]], ensure_ascii=False, separators=(",", ":"))


def sent_table(document: Any) -> Sheet:
    """Return a table that a button of :func:`with_forms` sent as JSON; raises ``ValueError`` where it is none."""
    try:
        name, rows = document
        cells = [cell for row in rows for cell in row]
    except TypeError as error:
        raise ValueError("this is no table") from error
    if not isinstance(name, str) or not all(isinstance(row, list) for row in rows) or not all(map(_is_cell, cells)):
        raise ValueError("this is no table")
    return Sheet(name, tuple(Line(number, tuple(row)) for number, row in enumerate(rows, 1)))


def _is_cell(value: object) -> bool:
    return isinstance(value, str) or (type(value) in {int, float} and math.isfinite(float(str(value))))


def _ends(page: str) -> Iterator[tuple[int, str]]:
    for found in _CAPTIONED.finditer(page):
        yield found.end(), _words(found[1])


def written(sheet: Sheet, ending: str) -> bytes:
    """Return a table as a file; raises :class:`MobilityError` for a workbook of more than :data:`MOST_CELLS`."""
    if ending != "csv" and sum(max(1, len(line.cells)) for line in sheet.lines) > MOST_CELLS:
        raise too_large_table()
    return FORMATS[ending][1](sheet)


def too_large_table() -> MobilityError:
    """Return the error of a table that is larger than what is written at once."""
    return MobilityError(
        "table-too-large", f"the table has more than {MOST_CELLS} cells; take it as CSV", thousands=MOST_CELLS // 1000
    )


def sheet_name(sheet: Sheet, ending: str) -> str:
    """Return the name of a table's file: its caption in plain letters."""
    plain = folded(sheet.name).encode("ascii", "ignore").decode().replace(" ", "-")
    return f"{plain[:60].strip('-') or 'tableau'}.{ending}"
