"""What a backup says it holds, and its parts, none of it believed: all is counted and looked at before it is used.

A backup may come from anywhere: a small file can be made that fills the memory of whoever reads it, and one that is
whole can still hold what belongs into no database.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import IO, Any, TypeGuard

from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Date, DateTime, Float, Table
from sqlalchemy.types import TypeEngine

from data.plan_store import TURN
from data.store import MIGRATIONS

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 8_000_000
"""Bytes: it names every file of the state folder, some hundred bytes each."""
LONGEST_LINE = 16_000_000
"""Bytes of one row of a table."""
_PACKING = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How parts are packed: other ways make a thousand times more of a byte."""
_PIECE = 1 << 20
_TABLE = re.compile(r"tables/[a-z_]+\.jsonl")


class BrokenPartError(ValueError):
    """What a backup holds is not what a backup holds; says in what."""


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself."""

    made: str
    revision: str
    rows: Mapping[str, int]
    files: Mapping[str, str]


def checked_backup(archive: zipfile.ZipFile) -> Backup:
    """Return what a backup says of itself, every part of it held against that; raises :class:`BrokenPartError`."""
    if any(entry.compress_type not in _PACKING for entry in archive.infolist()):
        raise BrokenPartError("it is packed in another way")
    backup = _manifest(archive)
    if {name for name in backup.files if name.startswith("tables/")} != {table_part(one) for one in backup.rows}:
        raise BrokenPartError("tables are missing")
    for name, digest in backup.files.items():
        if not _belongs(name):
            raise BrokenPartError(f"{name!r} belongs into no backup")
        with archive.open(name) as part:
            if hashlib.file_digest(part, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                raise BrokenPartError(name)
    for table, rows in backup.rows.items():
        if sum(1 for _ in table_lines(archive, table)) != rows:
            raise BrokenPartError(f"{table_part(table)} has not the {rows} rows that it is said to have")
    return backup


def table_part(table: str) -> str:
    """Return the name of the part that holds a table."""
    return f"tables/{table}.jsonl"


def left_out(inside: PurePath) -> bool:
    """Tell whether a file of the state folder belongs into no backup."""
    return ".sqlite" in inside.name or inside.suffix == TURN or any(part.endswith(".partial") for part in inside.parts)


def table_lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    """Yield the rows of a table as they are written, one after the other; raises where one is longer than any row."""
    with archive.open(table_part(table)) as part:
        for line in _lines(part):
            if len(line) > LONGEST_LINE:
                raise BrokenPartError(f"{table_part(table)} has a row of more than {LONGEST_LINE // 1_000_000} MB")
            yield line


def _lines(part: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while piece := part.read(_PIECE):
        # Only a line feed ends a row: a text may hold other signs that end lines.
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield rest


def parsed_row(table: Table, line: bytes, number: int) -> dict[str, Any]:
    """Read one row of a table; raises :class:`BrokenPartError` where its columns or values are others."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or row.keys() != {column.name for column in table.columns}:
            raise BrokenPartError(f"{table_part(table.name)}, line {number}: not the columns of this table")
        return {name: _value(name, table.columns[name].type, value) for name, value in row.items()}
    except (ValueError, RecursionError) as error:
        if isinstance(error, BrokenPartError):
            raise
        raise BrokenPartError(f"{table_part(table.name)}, line {number}: {type(error).__name__}") from None
    except TypeError as error:
        raise BrokenPartError(f"{table_part(table.name)}, line {number}: {error}") from None


def _value(name: str, kind: TypeEngine[Any], value: Any) -> Any:
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, DateTime | Date) and isinstance(value, str):
        return (datetime if isinstance(kind, DateTime) else date).fromisoformat(value)
    # True is a whole number to Python, and to no database.
    wanted = {int, float} if isinstance(kind, Float) else {kind.python_type}
    if type(value) not in wanted:
        raise TypeError(f"a value of another kind in {name}")
    return value


def _manifest(archive: zipfile.ZipFile) -> Backup:
    with archive.open(MANIFEST) as part:
        content = part.read(LARGEST_MANIFEST + 1)
    if len(content) > LARGEST_MANIFEST:
        raise BrokenPartError(f"{MANIFEST} is larger than {LARGEST_MANIFEST // 1_000_000} MB")
    try:
        document = json.loads(content)
    except RecursionError:
        raise BrokenPartError(f"{MANIFEST} is no list of parts") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BrokenPartError("another format")
    made, revision, rows, files = (document.get(name) for name in ("made", "revision", "rows", "files"))
    if not (isinstance(made, str) and _is_instant(made)):
        raise BrokenPartError("it says not when it was made")
    if not (_all_of(rows, int) and _all_of(files, str)):
        raise BrokenPartError("its list of parts is not one")
    if revision not in [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]:
        raise BrokenPartError(f"the version of its tables is {str(revision)[:40]!r}, and this program does not know it")
    return Backup(made, revision, rows, files)


def _is_instant(text: str) -> bool:
    try:
        return text.isprintable() and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _all_of(found: object, kind: type) -> TypeGuard[dict[str, Any]]:
    return isinstance(found, dict) and all(type(value) is kind for value in found.values())


def _belongs(name: str) -> bool:
    """Tell whether a part is a table, or a file below the folder that a backup is restored to, by its plain name."""
    if name.startswith("tables/"):
        return _TABLE.fullmatch(name) is not None
    kind, _, inside = name.partition("/")
    return (
        kind == "files"
        and all(part not in {"", ".", ".."} for part in inside.split("/"))
        and inside.isprintable()
        and not set(inside) & set("\\:")
        and not left_out(PurePath(inside))
    )
