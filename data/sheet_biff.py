"""What an .xls file holds, looked at before any library reads it: where its cells stand, and how much text they show.

An .xls is a small file system ([MS-CFB]) with one stream of records ([MS-XLS]); only what tells its size is read here.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

_END = 0xFFFFFFFA
"""From this number on, a sector's number is no sector."""
_DIMENSIONS, _SST, _CONTINUE, _BOF, _MULRK, _LABELSST = 0x0200, 0x00FC, 0x003C, 0x0809, 0x00BD, 0x00FD
_LOCKED = 0x002F
"""From here on the records are scrambled: the reader says so."""
_CELLS = {0x0203, 0x0204, 0x0205, 0x0006, 0x0206, 0x0406, 0x027E, 0x00D6, _LABELSST, _MULRK}
"""Records of one cell or several with a value; each begins with its line and its column."""


class Counting(Protocol):
    """What counts cells and signs, and raises where there are too many."""

    def begin(self) -> None:
        """Begin a sheet."""

    def see(self, row: int, column: int, text: int) -> None:
        """Count what stands in a line and a column, from 1, and its signs."""


def look_into_xls(content: bytes, count: Counting) -> None:
    """Count the cells of all sheets and the text that they show; raises ValueError for what is no such file."""
    try:
        stream = _workbook(content)
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from None
    sizes: list[int] = []
    for kind, chunks in _records(stream):
        data = chunks[0]
        if kind == _LOCKED:
            return
        if kind == _BOF:
            count.begin()
        elif kind == _SST:
            sizes = _text_sizes(chunks)
        elif kind == _DIMENSIONS and len(data) >= 10:
            # The reader makes room for all that a sheet says of itself, whatever is in it; less than nothing ends it.
            top, rows, left, columns = struct.unpack_from("<IIHH" if len(data) >= 14 else "<HHHH", data)
            if rows and columns and (top >= rows or left >= columns):
                raise ValueError("a sheet that ends before it begins")
            count.see(rows, columns, 0)
        elif kind in _CELLS and len(data) >= 6:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == _MULRK else column
            index = struct.unpack_from("<I", data, 6)[0] if kind == _LABELSST and len(data) >= 10 else -1
            text = sizes[index] if 0 <= index < len(sizes) else len(data)
            count.see(row + 1, max(column, last) + 1, text)


def _workbook(content: bytes) -> bytes:
    """Return the stream of records."""
    sector, mini = (1 << struct.unpack_from("<H", content, at)[0] for at in (30, 32))
    if sector not in {512, 4096} or mini != 64:
        raise ValueError("no such sectors")
    directory, cutoff, mini_table = struct.unpack_from("<I4xII", content, 48)
    table = _table(content, sector)
    entries = _chain(content, directory, table, sector, 1)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        length = min(64, struct.unpack_from("<H", entries, at + 64)[0])
        name = entries[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
        found.setdefault("/" if entries[at + 66] == 5 else name, struct.unpack_from("<II", entries, at + 116))
    named = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in found), "")
    if not named:
        raise ValueError("no workbook in it")
    start, size = found[named]
    if size >= cutoff:
        return _chain(content, start, table, sector, 1)[:size]
    numbers = _chain(content, mini_table, table, sector, 1)
    small = _chain(content, found["/"][0], table, sector, 1) if "/" in found else b""
    return _chain(small, start, struct.unpack(f"<{len(numbers) // 4}I", numbers), mini, 0)[:size]


def _table(content: bytes, sector: int) -> tuple[int, ...]:
    """Return which sector follows each."""
    parts = list(struct.unpack_from("<109I", content, 76))
    more, seen = struct.unpack_from("<I", content, 68)[0], 0
    while more < _END and seen * sector < len(content):
        listed = struct.unpack_from(f"<{sector // 4}I", content, (more + 1) * sector)
        parts, more, seen = [*parts, *listed[:-1]], listed[-1], seen + 1
    held = b"".join(
        content[(part + 1) * sector : (part + 2) * sector] for part in dict.fromkeys(parts) if part < _END
    )  # fmt: skip
    return struct.unpack(f"<{len(held) // 4}I", held[: len(held) // 4 * 4])


def _chain(content: bytes, start: int, table: tuple[int, ...], sector: int, header: int) -> bytes:
    """Return what a chain of sectors holds; one that goes in a circle ends where it began."""
    parts, seen = [], set()
    while start < len(table) and start not in seen:
        seen.add(start)
        parts.append(content[(start + header) * sector : (start + header + 1) * sector])
        start = table[start]
    return b"".join(parts)


def _records(stream: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Return each record with those that go on with it."""
    at = 0
    held: tuple[int, list[bytes]] | None = None
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _CONTINUE and held:
            held[1].append(data)
            continue
        if held:
            yield held
        held = kind, [data]
    if held:
        yield held


def _text_sizes(chunks: list[bytes]) -> list[int]:
    """Return how many signs each of the shared texts has; one that goes on in the next record does so behind a byte."""
    sizes: list[int] = []
    number, at = 0, 8
    while number < len(chunks):
        chunk = chunks[number]
        if at + 3 > len(chunk):
            number, at = number + 1, 0
            continue
        signs, flags = struct.unpack_from("<HB", chunk, at)
        at += 3
        runs = struct.unpack_from("<H", chunk, at)[0] if flags & 8 and at + 2 <= len(chunk) else 0
        at += 2 if flags & 8 else 0
        extra = struct.unpack_from("<I", chunk, at)[0] if flags & 4 and at + 4 <= len(chunk) else 0
        at += 4 if flags & 4 else 0
        sizes.append(signs)
        left = signs
        while left and number < len(chunks):
            each = 2 if flags & 1 else 1
            here = min(left, max(0, len(chunks[number]) - at) // each)
            left, at = left - here, at + here * each
            if left:
                number, at = number + 1, 1
                flags = chunks[number][0] if number < len(chunks) and chunks[number] else 0
        skip = 4 * runs + extra
        while skip and number < len(chunks):
            here = min(skip, max(0, len(chunks[number]) - at))
            skip, at = skip - here, at + here
            if skip:
                number, at = number + 1, 0
    return sizes
