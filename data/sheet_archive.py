"""What a workbook's file holds, looked at before any library reads it: locks, macros, and how large it becomes.

Spreadsheets are zip archives of XML. A small one can be made that fills the memory of whoever opens it: by its size
once unpacked, by one cell far away, by a text that a million cells share, by a line repeated without end. All of these
are counted first, and what is handed on is packed anew, so that the two readers see the same bytes.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from data.sheet_biff import look_into_xls
from mobility.errors import MobilityError

UNPACKED = 80_000_000
"""Bytes of a workbook once unpacked."""
MOST_PARTS = 2000
TAGS = 5
"""Tags of a workbook for each cell that one sheet may have: a cell has four, and lines have theirs."""
MOST_TEXT = 20_000_000
"""Signs of all the cells of a sheet, each counted as often as it is shown."""
SHEETS = 4
"""How many of the largest sheets all sheets of a file may be together."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = re.compile(r"vbaproject|^basic/|^scripts/|macrosheets/|activex/", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is a workbook (or pretends to), by its first bytes."""
    return content.startswith((_ZIP, _OLE))


def checked_workbook(content: bytes, name: str, *, most_cells: int) -> bytes:
    """Return a workbook that may be read; raises :class:`MobilityError` for one that may not."""
    if content.startswith(_OLE):
        return _checked_ole(content, name, _Count(name, most_cells))
    parts = _unpacked(content, name)
    manifest = parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest:
        raise MobilityError("locked-sheet", "this file is locked by a password", field=name)
    if any(_MACROS.search(part) for part in parts):
        raise MobilityError("macros", "this file brings macros; save it without them", field=name)
    if sum(held.count(b"<") for held in parts.values()) > TAGS * most_cells:
        # Lines and cells with nothing in them fill no memory, but each takes its time.
        raise MobilityError("overfull-sheet", "this file has too many cells, the empty ones included", field=name)
    count = _Count(name, most_cells)
    if "xl/workbook.xml" in parts:
        _look_into_xlsx(parts, count)
    elif b"opendocument.spreadsheet" in parts.get("mimetype", b"") and "content.xml" in parts:
        _parsed(parts["content.xml"], name, _OdsLook(count))
    else:
        raise MobilityError("not-a-sheet", "this file is no table; save it as .xlsx, .ods or CSV", field=name)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for part, held in parts.items():
            packed.writestr(part, held)
    return out.getvalue()


def _checked_ole(content: bytes, name: str, count: "_Count") -> bytes:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise MobilityError("locked-sheet", "this file is locked by a password", field=name)
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise MobilityError("macros", "this file brings macros; save it without them", field=name)
    if not any(word.encode("utf-16-le") in content for word in ("Workbook", "Book")):
        raise MobilityError("not-a-sheet", "this file is no table; save it as .xlsx, .ods or CSV", field=name)
    try:
        look_into_xls(content, count)
    except ValueError as error:
        raise MobilityError(
            "broken-sheet", f"this spreadsheet cannot be read ({error}); is it cut off?", field=name
        ) from None
    return content


def _unpacked(content: bytes, name: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for entry in packed.infolist()[: MOST_PARTS + 1]:
                if entry.flag_bits & 1:
                    raise MobilityError("locked-sheet", "this file is locked by a password", field=name)
                with packed.open(entry) as part:
                    held = part.read(left + 1)
                left -= len(held)
                if left < 0 or len(parts) == MOST_PARTS:
                    raise MobilityError(
                        "unpacks-too-large", "this file becomes too large once unpacked", field=name,
                        megabytes=UNPACKED // 1_000_000,
                    )  # fmt: skip
                parts[entry.filename] = held
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise MobilityError(
            "broken-sheet", f"this spreadsheet cannot be read ({error}); is it cut off?", field=name
        ) from None
    return parts


@dataclass
class _Count:
    """How much a sheet holds so far; raises where it is too much."""

    name: str
    most_cells: int
    rows: int = 0
    columns: int = 0
    text: int = 0
    before: int = 0

    def begin(self) -> None:
        """Begin a sheet."""
        self.before += self.rows * self.columns
        self.rows = self.columns = 0

    def see(self, row: int, column: int, text: int) -> None:
        """Count what stands in a line and a column, from 1, and its signs."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        self.text += text
        if self.rows * self.columns > self.most_cells:
            raise MobilityError(
                "cell-far-away", f"a cell is filled far away (line {row}, column {column})", field=self.name, line=row,
                column=column,
            )  # fmt: skip
        if self.before + self.rows * self.columns > SHEETS * self.most_cells:
            raise MobilityError(
                "unpacks-too-large", "all sheets together are too large", field=self.name,
                megabytes=UNPACKED // 1_000_000,
            )  # fmt: skip
        if self.text > MOST_TEXT:
            raise MobilityError(
                "unpacks-too-large", "this file becomes too large once unpacked", field=self.name,
                megabytes=MOST_TEXT // 1_000_000,
            )  # fmt: skip


Attributes = dict[str, str]


@dataclass
class _XlsxLook:
    """Looks at a sheet of .xlsx: where its cells with a value stand."""

    count: _Count
    shared: list[int]
    row: int = 0
    column: int = 0
    kind: str = ""
    told: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0
        elif tag == "c":
            found = _CELL.fullmatch(attributes.get("r", ""))
            self.column = _column(found[1]) if found else self.column + 1
            self.row = int(found[2]) if found else self.row
            self.kind = attributes.get("t", "")
        elif tag in {"v", "t"}:
            self.told = []

    def data(self, text: str) -> None:
        if self.told is not None:
            self.told.append(text)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"} and self.told is not None:
            told = "".join(self.told)
            index = int(told) if self.kind == "s" and told.isascii() and told.isdigit() else -1
            size = self.shared[index] if 0 <= index < len(self.shared) else len(told)
            self.count.see(self.row, self.column, size)
            self.told = None


@dataclass
class _SharedLook:
    """Measures the texts that the cells of .xlsx share."""

    sizes: list[int] = field(default_factory=list)

    def start(self, tag: str, _attributes: Attributes) -> None:
        if tag == "si":
            self.sizes.append(0)

    def data(self, text: str) -> None:
        if self.sizes:
            self.sizes[-1] += len(text)

    def end(self, tag: str) -> None:
        """Take the end of an element."""


@dataclass
class _OdsLook:
    """Looks at the sheets of .ods, where a cell or a line may be told once for many."""

    count: _Count
    row: int = 0
    repeats: int = 1
    column: int = 0
    cells: int = 1
    size: int = 0
    last: int = 0
    line: int = 0
    filled: bool = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            self.count.begin()
            self.row = 0
        elif tag == "table-row":
            self.repeats, self.column, self.last, self.line = (
                _repeats(attributes, "table:number-rows-repeated"),
                0,
                0,
                0,
            )
        elif tag in {"table-cell", "covered-table-cell"}:
            self.cells, self.size = _repeats(attributes, "table:number-columns-repeated"), 0
            self.filled = "office:value-type" in attributes
        elif tag == "p":
            self.filled = True

    def data(self, text: str) -> None:
        self.size += len(text)

    def end(self, tag: str) -> None:
        if tag in {"table-cell", "covered-table-cell"}:
            self.column += self.cells
            if self.filled:
                self.last = self.column
                self.line += self.size * self.cells
        elif tag == "table-row":
            self.row += self.repeats
            if self.last:
                self.count.see(self.row, self.last, self.line * self.repeats)


def _repeats(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(name, "1")))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _look_into_xlsx(parts: Mapping[str, bytes], count: _Count) -> None:
    # Any part may be a sheet: the workbook names them as it likes.
    sheets = {part: held for part, held in parts.items() if b"sheetData" in held.replace(b"\0", b"")}
    shared = _SharedLook()
    for part, held in parts.items():
        if part not in sheets and re.search(rb"<(\w+:)?sst\b", held[:4000]):
            _parsed(held, count.name, shared)
    for held in sheets.values():
        count.begin()
        _parsed(held, count.name, _XlsxLook(count, shared.sizes))


def _parsed(held: bytes, name: str, look: Any) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: look.start(_local(tag), attributes)
    parser.EndElementHandler = lambda tag: look.end(_local(tag))
    parser.CharacterDataHandler = look.data
    parser.StartDoctypeDeclHandler = _no_doctype(name)
    try:
        parser.Parse(held, True)  # noqa: FBT003
    except (expat.ExpatError, ValueError) as error:
        raise MobilityError(
            "broken-sheet", f"this spreadsheet cannot be read ({error}); is it cut off?", field=name
        ) from None


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _no_doctype(name: str) -> Callable[..., None]:
    def refuse(*_told: object) -> None:
        # Names that stand for others, and those for others: no spreadsheet program writes them.
        raise MobilityError("broken-sheet", "this spreadsheet declares names of its own", field=name)

    return refuse
