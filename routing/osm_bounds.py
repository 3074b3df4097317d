"""How much an OpenStreetMap extract may unpack to: counted before anything of it is read.

A packed file of some megabytes can unpack to terabytes. The blocks of a .pbf each say how large they become, and the
reader holds them to it (https://wiki.openstreetmap.org/wiki/PBF_Format); .gz and .bz2 say nothing and are unpacked to
be counted.
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

_CHUNK = 1 << 20
_LARGEST_HEADER = 64 * 1024
"""Bytes of a block's header, by the format."""
_LARGEST_BLOCK = 32 * 1024 * 1024
"""Bytes of a block, packed or not, by the format."""
_BLOB_SIZE, _HEADER_DATASIZE = 2, 3
"""Numbers of the fields ``Blob.raw_size`` and ``BlobHeader.datasize``."""


def check_unpacked(path: Path, largest: int = LARGEST) -> None:
    """Refuse an extract that unpacks to more than so many bytes, or whose packing is broken.

    Raises ``ValueError`` for broken packing, as the reader does.
    """
    total = 0
    for size in _sizes(path):
        total += size
        if total > largest:
            raise too_large(path.name, largest)


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
    """Yield how large each block of a .pbf becomes."""
    while length := file.read(4):
        header = _read(file, int.from_bytes(length, "big"), _LARGEST_HEADER)
        size = _number(header, _HEADER_DATASIZE)
        block = _read(file, size, _LARGEST_BLOCK)
        yield max(_number(block, _BLOB_SIZE), len(block))


def _read(file: BinaryIO, size: int, largest: int) -> bytes:
    content = file.read(size) if size <= largest else b""
    if len(content) < size:
        raise ValueError("a block is cut off, or larger than the format allows")
    return content


def _number(message: bytes, field: int) -> int:
    """Return a number of a Protocol Buffers message (0 where it is not in it)."""
    found = at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            found = value if key >> 3 == field else found
        elif kind == 2:
            size, at = _varint(message, at)
            at += size
        else:
            at += 8 if kind == 1 else 4
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number written seven bits a byte, and where the next one starts."""
    value = shift = 0
    while at < len(message) and shift < 70:
        value |= (message[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if message[at - 1] < 128:
            return value, at
    raise ValueError("a block's number is cut off")
