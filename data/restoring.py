"""Files and rows that land together: whatever ends a restore in its midst, both are the new ones, or both the former.

The files are written aside first, then swapped inside the transaction that puts the rows in, the former ones kept. A
mark in the database lands with the rows: whoever finds files aside, in this process or at a later start, reads from it
whether they stay or the former ones come back.
"""

import fcntl
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from data.private_files import OWNER_FILE, private_folder, swap_in
from data.store import Store
from data.troubles import disk_trouble
from mobility.errors import MobilityError, UnavailableError

ASIDE = ".restore.partial"
"""Folder, inside the one that is restored, of what is being restored."""
MARK = Table("restore_mark", MetaData(), Column("id", String(32)))
"""There while a restore has landed and its former files still lie aside; no table of the service."""
_log = logging.getLogger(__name__)
_PLAN, _NEW, _FORMER, _TURN = "plan.json", "new", "former", "turn"


@dataclass(frozen=True)
class Restoring:
    """A restore under way into a folder; ``id`` is what its mark in the database says."""

    folder: Path
    id: str

    def put(self, name: str, content: IO[bytes]) -> None:
        """Write a file aside, by its name relative to the folder."""
        target = self.folder / ASIDE / _NEW / name
        private_folder(target.parent)
        # A link on the way would lead out of the folder.
        inside = (self.folder / name).parent.resolve().is_relative_to(self.folder.resolve())
        if not inside or (self.folder / name).is_dir():
            raise _failed(name, "something else lies where this file belongs")
        with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_FILE), "wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())

    def land(self, tx: Connection) -> None:
        """Swap all files that were put aside, and have the mark land with a transaction's rows."""
        MARK.create(tx)
        tx.execute(MARK.insert(), {"id": self.id})
        aside = self.folder / ASIDE
        names = sorted(path.relative_to(aside / _NEW).as_posix() for path in _files(aside / _NEW))
        made = {folder for name in names for folder in Path(name).parents if not (self.folder / folder).exists()}
        there = {name: (self.folder / name).exists() for name in names}
        folders = sorted((folder.as_posix() for folder in made), reverse=True)
        swap_in(aside / _PLAN, json.dumps({"id": self.id, "files": there, "folders": folders}))
        for name, was_there in there.items():
            target = self.folder / name
            private_folder(target.parent)
            if was_there:
                private_folder((aside / _FORMER / name).parent)
                target.rename(aside / _FORMER / name)
            (aside / _NEW / name).rename(target)


@contextmanager
def restoring(store: Store, folder: Path) -> Iterator[Restoring]:
    """Begin a restore into a folder; at its end, its files are those that the database's rows go with."""
    try:
        private_folder(folder)
        settle_restore(store, folder)
        with _turn(folder / ASIDE, make=True) as taken:
            if not taken:
                raise _failed(str(folder), "another restore is under way")
            try:
                yield Restoring(folder, secrets.token_hex(16))
            finally:
                _settle(store, folder)
    except OSError as error:
        raise _failed(error.filename or str(folder), error.strerror or str(error)) from error


def settle_restore(store: Store, folder: Path) -> None:
    """Finish or undo a restore that was cut short; one that another process is at goes on.

    On a disk that takes nothing, one that landed, or swapped nothing yet, waits for a start that can write: files and
    rows are of one state. Raises "restore-waits" where they are not.
    """
    if not (folder / ASIDE).exists():
        return
    try:
        with _turn(folder / ASIDE) as taken:
            if taken:
                _settle(store, folder)
    except (OSError, UnavailableError) as error:
        code = disk_trouble(error) if isinstance(error, OSError) else error.code
        if code not in {"read-only", "disk-full"}:
            raise
        if _half_swapped(store, folder):
            raise UnavailableError(
                "restore-waits",
                f"a restore was cut short, and its disk takes nothing now ({error}): let {folder} be written to, and "
                "start again; what was there comes back",
            ) from None
        _log.warning("%s is cleared at the next start: its disk takes nothing now (%s)", folder / ASIDE, error)


def _half_swapped(store: Store, folder: Path) -> dict[str, Any] | None:
    """Return the plan of a restore whose rows did not land; None where files and rows are of one state."""
    try:
        plan: dict[str, Any] = json.loads((folder / ASIDE / _PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return plan if _marked(store) != plan["id"] else None


def _marked(store: Store) -> str | None:
    with store.reading() as tx:
        return tx.execute(select(MARK.c.id)).scalar() if inspect(tx).has_table(MARK.name) else None


def _settle(store: Store, folder: Path) -> None:
    aside = folder / ASIDE
    if plan := _half_swapped(store, folder):
        _undo(folder, plan)
    # Without the plan the files stay as they are now, whenever this is cut short.
    (aside / _PLAN).unlink(missing_ok=True)
    if _marked(store):
        with store.writing() as tx:
            MARK.drop(tx, checkfirst=True)
    shutil.rmtree(aside)


def _undo(folder: Path, plan: dict[str, Any]) -> None:
    """Put the former files back; may be cut short and done again."""
    aside = folder / ASIDE
    for name, was_there in plan["files"].items():
        if was_there and (aside / _FORMER / name).exists():
            (aside / _FORMER / name).replace(folder / name)
        elif not was_there and (folder / name).exists():
            (folder / name).unlink()
    for made in plan["folders"]:
        with suppress(OSError):
            (folder / made).rmdir()


@contextmanager
def _turn(aside: Path, *, make: bool = False) -> Iterator[bool]:
    """Tell whether nobody else is at what lies aside; nobody is until the end."""
    if make:
        private_folder(aside)
    try:
        handle = os.open(aside / _TURN, os.O_CREAT | os.O_RDWR, OWNER_FILE)
    except FileNotFoundError:
        # Another process has just settled it.
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _failed(field: str, reason: str) -> MobilityError:
    return MobilityError(
        "restore-failed", f"the backup could not be put in place ({reason}); all is as it was", field=field,
        reason=reason,
    )  # fmt: skip
