"""How much an OpenStreetMap extract may unpack to: counted before anything of it is read.

A packed file of some megabytes can unpack to terabytes, and a block of some kilobytes to millions of points that take
far more memory than their bytes: no honest extract packs that well. The blocks of a .pbf each say how large they
become, and the reader holds them to it (https://wiki.openstreetmap.org/wiki/PBF_Format); .gz and .bz2 say nothing and
are unpacked to be counted.
"""

import bz2
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mobility.errors import MobilityError

LARGEST = 12_000_000_000
"""Bytes: all of France unpacks to some ten thousand million as .pbf, a region to less as .osm."""
MOST_POINTS = 40_000_000
"""Points of the roads that one vehicle can drive: a region has less, and they fit into the memory of one machine."""
MOST_BARRIERS = 1_500_000
"""Barriers on roads: each takes some microseconds; a region has a tenth of it."""
MOST_IN_BLOCK = 200_000
"""Points, ways, relations and words of one block of a .pbf: writers put eight thousand elements into one."""
MOST_TIMES, MOST_TIMES_TEXT = 20, 60
"""How many times its size an extract may unpack to: .pbf becomes two to six times as large, .osm ten to twenty."""

_CHUNK = 1 << 20
_SMALL = 1 << 20
"""Bytes that any extract, and any block, may unpack to: what they hold is no burden."""
_LARGEST_HEADER = 64 * 1024
"""Bytes of a block's header, by the format."""
_LARGEST_BLOCK = 32 * 1024 * 1024
"""Bytes of a block, packed or not, by the format."""
_BLOB_RAW, _BLOB_SIZE, _BLOB_ZLIB, _HEADER_DATASIZE = 1, 2, 3, 3
"""Numbers of the fields ``Blob.raw``, ``Blob.raw_size``, ``Blob.zlib_data`` and ``BlobHeader.datasize``."""
_BLOCK_WORDS, _BLOCK_GROUP, _GROUP_DENSE, _DENSE_IDS = 1, 2, 2, 1
"""``PrimitiveBlock.stringtable`` and ``.primitivegroup``, ``PrimitiveGroup.dense``, ``DenseNodes.id``."""
_GOES_ON = bytes(range(128, 256))
"""Bytes after which a number goes on."""


def check_unpacked(path: Path, largest: int = LARGEST) -> None:
    """Refuse an extract that unpacks to more than so many bytes, or whose packing is broken.

    Raises ``ValueError`` for broken packing, as the reader does, and for what only a forged extract does.
    """
    total, times = 0, MOST_TIMES if path.name.endswith(".pbf") else MOST_TIMES_TEXT
    believed = max(_SMALL, times * path.stat().st_size)
    for size in _sizes(path):
        total += size
        if total > largest:
            raise too_large(path.name, largest)
        if total > believed:
            raise ValueError(f"it unpacks to more than {times} times its size")


def too_large(name: str, largest: int = LARGEST) -> MobilityError:
    """Return the error of an extract that holds more than one machine can read."""
    return MobilityError(
        "osm-too-large",
        f"this OpenStreetMap extract unpacks to more than {largest / 1e9:g} GB of data or holds more than "
        f"{MOST_POINTS / 1e6:g} million points of roads; cut out the territory",
        field=name, gigabytes=round(largest / 1e9), points=round(MOST_POINTS / 1e6),
    )  # fmt: skip


def _sizes(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        if path.name.endswith(".pbf"):
            yield from _blocks(file)
        elif path.name.endswith((".gz", ".bz2")):
            try:
                with gzip.open(file) if path.name.endswith(".gz") else bz2.open(file) as packed:
                    while chunk := packed.read(_CHUNK):
                        yield len(chunk)
            except (EOFError, zlib.error) as error:
                raise ValueError(f"the packing is broken: {error}") from None
        else:
            yield path.stat().st_size


def _blocks(file: BinaryIO) -> Iterator[int]:
    """Yield how large each block of a .pbf becomes; what a large one holds is counted."""
    while length := file.read(4):
        header = _read(file, int.from_bytes(length, "big"), _LARGEST_HEADER)
        size = _number(header, _HEADER_DATASIZE)
        block = _read(file, size, _LARGEST_BLOCK)
        becomes = max(_number(block, _BLOB_SIZE), len(block))
        if becomes > _SMALL and _holds_more(_unpacked(block), MOST_IN_BLOCK):
            raise ValueError(f"a block holds more than {MOST_IN_BLOCK} elements")
        yield becomes


def _unpacked(block: bytes) -> bytes:
    for number, content in _fields(block):
        if number == _BLOB_RAW and isinstance(content, bytes):
            return content
        if number == _BLOB_ZLIB and isinstance(content, bytes):
            try:
                return zlib.decompressobj().decompress(content, _LARGEST_BLOCK)
            except zlib.error as error:
                raise ValueError(f"the packing is broken: {error}") from None
    raise ValueError("a large block is packed in a way that cannot be counted")


def _holds_more(block: bytes, most: int) -> bool:
    """Tell whether a block holds more than so many elements and words; told as soon as it does."""
    count = 0
    for part, group in _fields(block):
        count += 1
        if not isinstance(group, bytes) or part not in {_BLOCK_WORDS, _BLOCK_GROUP}:
            continue
        for kind, content in _fields(group):
            dense = part == _BLOCK_GROUP and kind == _GROUP_DENSE
            count += _points(content) if dense and isinstance(content, bytes) else 1
            if count > most:
                return True
    return count > most


def _points(dense: bytes) -> int:
    """Return how many points stand close together in a block, by their identifiers."""
    return sum(
        len(content.translate(None, _GOES_ON)) if isinstance(content, bytes) else 1
        for number, content in _fields(dense)
        if number == _DENSE_IDS
    )


def _read(file: BinaryIO, size: int, largest: int) -> bytes:
    content = file.read(size) if size <= largest else b""
    if len(content) < size:
        raise ValueError("a block is cut off, or larger than the format allows")
    return content


def _number(message: bytes, field: int) -> int:
    """Return a number of a Protocol Buffers message (0 where it is not in it)."""
    found = [content for number, content in _fields(message) if number == field and isinstance(content, int)]
    return found[-1] if found else 0


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a Protocol Buffers message: their number, and what they hold."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
        else:
            size, at = _varint(message, at) if kind == 2 else (8 if kind == 1 else 4, at)
            yield key >> 3, message[at : at + size]
            at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number written seven bits a byte, and where the next one starts."""
    value = shift = 0
    while at < len(message) and shift < 70:
        value |= (message[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if message[at - 1] < 128:
            return value, at
    raise ValueError("a block's number is cut off")
