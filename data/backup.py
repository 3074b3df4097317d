"""Backups: the whole database as one state, table by table, and the files beside it, in one zip.

The tables are written as JSON lines, so that a backup of SQLite can be restored to PostgreSQL and back. It names the
version of its tables: an older backup is restored as it was, then brought up to date.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, Table, func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from data.backup_parts import (
    FORMAT,
    LARGEST_MANIFEST,
    MANIFEST,
    Backup,
    BrokenPartError,
    checked_backup,
    kept_parts,
    refuse_strange,
    table_part,
)
from data.backup_rows import BrokenRowError, fill_table, row_lines
from data.private_files import private_folder, swapping
from data.restoring import MARK, restoring
from data.schema import metadata
from data.sealed_files import Key, Seal, is_sealed, open_sealed, seal_file
from data.sqlite_engine import passing_database
from data.store import Store, migration_config
from data.troubles import first_line, trouble_of
from mobility.errors import MobilityError

_PIECE = 1 << 20
_NO_TABLE = (
    SQLAlchemyError, CommandError, MobilityError, LookupError, ValueError, AttributeError, TypeError, ArithmeticError,
)  # fmt: skip
"""What a database or a migration says of rows that are none of its tables."""


def make_backup(store: Store, folder: Path, target: Path, *, now: datetime, seal: Seal | None = None) -> Backup:
    """Write a backup of the database and of a folder's files; every write acknowledged before it began is in it.

    The file appears whole or not at all, and only this account may read it; where it is sealed, nothing of it is ever
    on the disk in the clear under a name.
    """
    try:
        if seal is None:
            with swapping(target) as beside, beside.open("wb") as file:
                return _write(store, folder, file, now)
        private_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            backup = _write(store, folder, file, now)
            file.seek(0)
            seal_file(file, target, seal)
            return backup
    except OSError as error:
        raise MobilityError(
            "backup-failed", f"the backup could not be written ({error.strerror or error})", field=str(target),
            reason=error.strerror or str(error),
        ) from None  # fmt: skip
    except BrokenPartError as error:
        raise MobilityError(
            "backup-failed",
            f"no backup was made: it could not be restored ({error}); put that right here, then make it again",
            field=str(target), reason=str(error),
        ) from None  # fmt: skip


def _write(store: Store, folder: Path, file: IO[bytes], now: datetime) -> Backup:
    rows: dict[str, int] = {}
    files: dict[str, str] = {}
    live = store.files()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, store.snapshot() as tx:
        if tx.dialect.name == "postgresql":
            # An instant of the first or the last year is then read all the same, and named.
            tx.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        revision = str(MigrationContext.configure(tx).get_current_revision())
        # What others keep in the same database is theirs.
        for table in (one for one in _tables(tx) if one.name in metadata.tables):
            rows[table.name], files[table_part(table.name)] = _write_table(archive, tx, table)
        for inside, content in kept_parts(folder, live):
            with content:
                name = f"files/{inside.as_posix()}"
                refuse_strange([name])
                files[name] = _write_part(archive, name, iter(partial(content.read, _PIECE), b""))
        refuse_strange(files)
        backup = Backup(now.astimezone(UTC).isoformat(), revision, rows, files)
        manifest = json.dumps({"format": FORMAT, **backup.__dict__}, ensure_ascii=False)
        if len(manifest.encode()) > LARGEST_MANIFEST:
            raise BrokenPartError(f"{len(files)} parts are too many")
        archive.writestr(MANIFEST, manifest)
    return backup


def _write_table(archive: zipfile.ZipFile, tx: Connection, table: Table) -> tuple[int, str]:
    """Write the rows of a table; return how many, and the digest of their part."""
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for line in row_lines(tx, table):
            yield (f"\n{line}" if count else line).encode()
            count += 1

    digest = _write_part(archive, table_part(table.name), lines())
    return count, digest


def _write_part(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> str:
    """Write a part piece by piece, none of them kept in memory; return its digest."""
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as part:
        for piece in pieces:
            part.write(piece)
            digest.update(piece)
    return digest.hexdigest()


def _tables(tx: Connection) -> list[Table]:
    known = MetaData()
    known.reflect(tx)
    return [table for table in known.sorted_tables if table.name not in {"alembic_version", MARK.name}]


def read_backup(source: Path, key: Key | None = None) -> Backup:
    """Return what a backup says of itself, every part of it checked; raises where it is cut or was changed.

    It is refused too where it names a file that does not belong into the folder that it is restored to. Its rows are
    put in as :func:`restore_backup` puts them in, into a database of which nothing stays: what this one finds whole,
    that one takes, on any disk with room for it.
    """
    with _opened(source, key) as archive:
        backup = _checked(source, archive)
        _room_for(_tables_of(archive), Path(tempfile.gettempdir()))
        with passing_database() as tx:
            _fill_tables(tx, archive, backup, source)
    return backup


@contextmanager
def _opened(source: Path, key: Key | None) -> Iterator[zipfile.ZipFile]:
    """Open a backup, sealed or not."""
    try:
        with ExitStack() as stack:
            if is_sealed(source):
                file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
                open_sealed(source, file, key or Key())
                file.seek(0)
            else:
                file = stack.enter_context(source.open("rb"))
            yield stack.enter_context(zipfile.ZipFile(file))
    except (FileNotFoundError, IsADirectoryError):
        raise MobilityError("no-file", "there is no such file", field=str(source)) from None
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise _broken(source, type(error).__name__) from None


def _checked(source: Path, archive: zipfile.ZipFile) -> Backup:
    try:
        return checked_backup(archive)
    except BrokenPartError as error:
        raise _broken(source, str(error)) from None
    except (KeyError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise _broken(source, type(error).__name__) from None


def _broken(source: Path, reason: str) -> MobilityError:
    return MobilityError(
        "broken-backup", f"this is no whole backup ({reason}): take another one", field=str(source), reason=reason
    )


def restore_backup(
    store: Store, folder: Path, source: Path, *, replace: bool = False, key: Key | None = None
) -> Backup:
    """Put a backup in place of an empty database, or, where ``replace`` says so, of whatever is there.

    All of it lands, rows and files, or nothing: the files are written aside, then swapped in the transaction that puts
    the rows in, and whatever ends it before leaves both as they were (:mod:`data.restoring`).
    """
    live = store.files()
    with _opened(source, key) as archive:
        backup = _checked(source, archive)
        with restoring(store, folder) as under_way:
            _room_for(archive.infolist(), folder)
            for name in backup.files:
                kind, _, inside = name.partition("/")
                # The database that is restored to, as former versions kept it raw: its rows come back as rows.
                if kind == "files" and (folder / inside).resolve() not in live:
                    with archive.open(name) as part:
                        under_way.put(inside, part)
            with store.writing() as tx:
                _make_room(tx, replace=replace)
                _fill_tables(tx, archive, backup, source)
                under_way.land(tx)
    return backup


def _tables_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [part for part in archive.infolist() if part.filename.startswith("tables/")]


def _room_for(parts: list[zipfile.ZipInfo], folder: Path) -> None:
    """Refuse what does not fit once it is unpacked: a small file can be made that fills any disk."""
    wanted, free = sum(part.file_size for part in parts), shutil.disk_usage(folder).free
    if wanted > free:
        raise MobilityError(
            "restore-failed",
            f"unpacked it takes {wanted >> 20} MB, and {free >> 20} MB are free in {folder}; all is as it was",
            field=str(folder), reason=f"{wanted >> 20} MB > {free >> 20} MB",
        )  # fmt: skip


def _fill_tables(tx: Connection, archive: zipfile.ZipFile, backup: Backup, source: Path) -> None:
    config = migration_config(tx)
    try:
        command.upgrade(config, backup.revision)
        tables = _tables(tx)
        if strange := {table.name for table in tables} ^ set(backup.rows):
            raise BrokenPartError(f"{min(strange)}: its tables are not those of version {backup.revision}")
        for table in tables:
            fill_table(tx, table, archive)
            if tx.scalar(select(func.count()).select_from(table)) != backup.rows[table.name]:
                raise BrokenPartError(f"not all rows of {table.name} could be put in")
        command.upgrade(config, "head")
    except BrokenRowError as error:
        raise MobilityError(
            "broken-backup",
            f"this backup holds what no database takes ({error}): put it right where the backup was made and make it "
            "again, or take another one",
            field=str(source), reason=str(error),
        ) from None  # fmt: skip
    except BrokenPartError as error:
        raise _broken(source, str(error)) from None
    except DBAPIError as error:
        trouble = trouble_of(error)
        if trouble is not None and trouble.code in {"disk-full", "read-only"}:
            raise trouble from None
        raise _broken(source, first_line(error)) from error
    except _NO_TABLE as error:
        # Rows that are none of these tables, in a way that only the database or a migration finds.
        raise _broken(source, type(error).__name__) from error


def _make_room(tx: Connection, *, replace: bool) -> None:
    tables = _tables(tx)
    if not replace and any(tx.execute(select(func.count()).select_from(table)).scalar() for table in tables):
        raise MobilityError(
            "database-in-use", "the database holds data; say --replace to put the backup in its place", field="database"
        )
    known = MetaData()
    known.reflect(tx)
    known.drop_all(tx)
