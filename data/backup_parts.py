"""What a backup says it holds, and its parts, none of it believed: all is counted and looked at before it is used.

A backup may come from anywhere: a small file can be made that fills the memory of whoever reads it, and one that is
whole can still hold what belongs into no database.
"""

import hashlib
import json
import logging
import os
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any, TypeGuard

from alembic.script import ScriptDirectory

from data.kept_files import ASIDE
from data.plan_store import TURN
from data.store import MIGRATIONS
from mobility.errors import MobilityError

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 8_000_000
"""Bytes: it names every file of the state folder, some hundred bytes each."""
LONGEST_LINE = 16_000_000
"""Bytes of one row of a table."""
LONGEST_NAME, LONGEST_PATH = 255, 3000
"""Bytes of a file's name, and of its way from the state folder: disks take 255, and 4,096 with the way to that."""
_PACKING = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How parts are packed: other ways make a thousand times more of a byte."""
_PIECE = 1 << 20
_TOLD = 120
"""Signs of a name in a sentence."""
_TABLE = re.compile(r"tables/[a-z_]+\.jsonl")
_log = logging.getLogger(__name__)


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
    refuse_strange(backup.files)
    for name, digest in backup.files.items():
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


def refuse_strange(names: Collection[str]) -> None:
    """Raise :class:`BrokenPartError` where a part cannot be what its name says, or not beside the others."""
    known = set(names)
    for name in names:
        if not _is_text(name):
            raise BrokenPartError(f"{_short(name)} is not named in UTF-8")
        if not _belongs(name):
            raise BrokenPartError(f"{_short(name)} belongs into no backup")
        if too_long := _too_long(name):
            raise BrokenPartError(f"{_short(name)} is longer than disks take ({too_long} bytes at most)")
        if beside := next((folder for folder in _folders(name) if folder in known), None):
            raise BrokenPartError(f"{_short(beside)} would be a file, and a folder for {_short(name)}")


def _is_text(name: str) -> bool:
    """Tell whether a name can be written: what a disk names in other signs is read as halves of them."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _folders(name: str) -> Iterator[str]:
    """Yield the folders that a part lies in."""
    return (folder.as_posix() for folder in PurePath(name).parents)


def _too_long(name: str) -> int:
    """Return the length that a name may have, where it is longer; 0 where it is not."""
    if any(len(part.encode()) > LONGEST_NAME for part in name.split("/")):
        return LONGEST_NAME
    return LONGEST_PATH if len(name.encode()) > LONGEST_PATH else 0


def _short(name: str) -> str:
    return repr(name if len(name) <= _TOLD else f"{name[:_TOLD]}…")


def left_out(inside: PurePath) -> bool:
    """Tell whether a file of the state folder belongs into no backup."""
    return ".sqlite" in inside.name or inside.suffix == TURN or any(part.endswith(".partial") for part in inside.parts)


def kept_parts(folder: Path, live: Collection[Path]) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield the files of a state folder that belong into a backup, opened, by their way from it; ``live`` are none.

    Raises "backup-failed", which names it, for a file or a folder that cannot be read. One that was put aside for that
    very reason is needed by nobody: it is told, and left out.
    """
    for path in _walked(folder):
        inside = path.relative_to(folder)
        if left_out(inside):
            continue
        try:
            if not path.is_file() or path.resolve() in live:
                continue
            content = path.open("rb")
        except FileNotFoundError:
            # The site goes on meanwhile: another version took its place, or it was over.
            continue
        except OSError as error:
            _refuse_unread(path, error)
            continue
        yield inside, content


def _walked(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            _refuse_unread(Path(error.filename), error)

    found = (Path(within) / name for within, _, names in os.walk(folder, onerror=refuse) for name in names)
    return iter(sorted(found))


def _refuse_unread(path: Path, error: OSError) -> None:
    if any(ASIDE in part for part in path.parts):
        _log.warning("%s cannot be read (%s): it was put aside, and is left out of the backup", path, error.strerror)
        return
    raise MobilityError(
        "backup-failed",
        f"no backup was made: {path} cannot be read ({error.strerror}); give it to the account of the site, or move it "
        "away, then make the backup again",
        field=str(path), reason=f"{path}: {error.strerror}",
    )  # fmt: skip


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
