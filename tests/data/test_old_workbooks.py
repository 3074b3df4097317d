"""Workbooks of .xls: good ones are read; those that would fill the memory are refused before a reader sees them."""

import struct
import time

import pytest

from data.spreadsheets import read_sheets
from mobility.errors import MobilityError


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def number(row, column, value=1.0):
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def shared(row, column, index):
    return record(0x00FD, struct.pack("<HHHI", row, column, 0, index))


def dimensions(rows, columns):
    return record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))


def text_of(words):
    return struct.pack("<HB", len(words), 0) + words.encode("latin-1")


def begin(kind):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 1997, 0, 6))


def workbook(*sheets, texts=(), split=0):
    """An .xls of sheets, each the bytes of its records; ``split`` parts the first text over two records."""
    told = [text_of(words) for words in texts]
    head = struct.pack("<II", len(texts), len(texts))
    table = record(0x00FC, head + b"".join(told))
    if split:
        table = record(0x00FC, head + told[0][: 3 + split])
        table += record(0x003C, b"\0" + told[0][3 + split :] + b"".join(told[1:]))
    parts = [begin(0x0010) + sheet + record(0x000A) for sheet in sheets]
    start, names = begin(0x0005), [f"F{i}" for i in range(len(sheets))]
    at = len(start) + sum(4 + 8 + len(name) for name in names) + len(table) + 4
    for part, name in zip(parts, names, strict=True):
        start += record(0x0085, struct.pack("<IHBB", at, 0, len(name), 0) + name.encode())
        at += len(part)
    return filed(start + table + record(0x000A) + b"".join(parts))


def filed(stream):
    """A compound file that holds one stream of records, in sectors of 512 bytes."""
    size = max(len(stream), 4096)
    stream = stream.ljust(-(-size // 512) * 512, b"\0")
    count = len(stream) // 512
    tables = -(-(count + 2) // 127)
    follow = [0xFFFFFFFD] * tables + [0xFFFFFFFE]
    follow += [*range(tables + 2, tables + 1 + count), 0xFFFFFFFE]
    follow += [0xFFFFFFFF] * (tables * 128 - len(follow))
    assert tables <= 109

    def entry(name, kind, start, length, child=0xFFFFFFFF):
        named = (name + "\0").encode("utf-16-le")
        return named.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ", len(named), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, b"", 0, 0, 0, start, length
        )

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6sIIIIIIIII", 62, 3, 0xFFFE, 9, 6, b"",
        0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    head += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))
    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + entry("Workbook", 2, tables + 1, size) + bytes(256)
    return head + struct.pack(f"<{len(follow)}I", *follow) + directory + stream


def test_a_good_one_is_read():
    content = workbook(
        dimensions(2, 3) + shared(0, 0, 0) + shared(0, 1, 1) + number(1, 0, 2.0) + number(1, 2, 3.5),
        number(0, 0, 7.0), texts=("Nom", "Lieu"),
    )  # fmt: skip
    first, second = read_sheets(content, "liste.xls")
    assert [line.cells for line in first.lines] == [("Nom", "Lieu"), (2.0, "", 3.5)]
    assert [line.cells for line in second.lines] == [(7.0,)]


def test_a_text_over_two_records_is_read():
    (sheet,) = read_sheets(workbook(shared(0, 0, 0) + shared(0, 1, 1), texts=("Boissières", "Lieu"), split=4), "x.xls")
    assert [line.cells for line in sheet.lines] == [("Boissières", "Lieu")]


LONG = "x" * 7_000
TOO_LARGE = {
    "a cell far away": (lambda: workbook(number(0, 0) + number(65_535, 255)), "cell-far-away"),
    "several cells far away": (
        lambda: workbook(number(0, 0) + record(0x00BD, struct.pack("<HH", 65_535, 250) + bytes(36) + b"\xff\0")),
        "cell-far-away",
    ),
    "a sheet that says to be endless": (lambda: workbook(dimensions(0xFFFFFFFF, 9) + number(0, 0)), "cell-far-away"),
    "a hundred large sheets": (lambda: workbook(*[number(0, 0) + number(1_900, 250)] * 100), "unpacks-too-large"),
    "a text without end": (
        lambda: workbook(b"".join(shared(i, 0, 0) for i in range(5_000)), texts=(LONG,)), "unpacks-too-large"
    ),
    "a text over two records without end": (
        lambda: workbook(b"".join(shared(i, 0, 0) for i in range(5_000)), texts=(LONG,), split=9), "unpacks-too-large"
    ),
    "a sheet that ends before it begins": (
        lambda: workbook(record(0x0200, struct.pack("<IIHHH", 9, 2, 0, 1, 0)) + number(0, 0)), "broken-sheet"
    ),
    "cut off": (lambda: workbook(number(0, 0))[:1600], "broken-sheet"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_would_fill_the_memory_is_refused(case, monkeypatch):
    made, code = TOO_LARGE[case]

    def never(*_args):
        raise AssertionError("the reader saw it")

    monkeypatch.setattr("data.spreadsheets._sheet", never)
    content = made()
    assert len(content) < 500_000
    begun = time.perf_counter()
    with pytest.raises(MobilityError) as caught:
        read_sheets(content, "liste.xls")
    assert (caught.value.code, caught.value.field) == (code, "liste.xls")
    assert time.perf_counter() - begun < 5.0


def test_sectors_in_a_circle_end():
    content = bytearray(workbook(number(0, 0)))
    struct.pack_into("<I", content, 512 + 4 * 3, 2)
    read_or_refuse(bytes(content))


def read_or_refuse(content):
    try:
        return read_sheets(content, "liste.xls")
    except MobilityError as error:
        return error.code


@pytest.mark.prove
def test_any_bytes_may_be_wrong():
    good = workbook(dimensions(2, 2) + shared(0, 0, 0) + number(1, 1), texts=("Nom",))
    for at in [*range(24, 120), *range(512, 560), *range(1024, 1300, 3), *range(1536, 1700)]:
        for wrong in (b"\0", b"\xff", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"):
            content = bytearray(good)
            content[at : at + len(wrong)] = wrong
            read_or_refuse(bytes(content))
