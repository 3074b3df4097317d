"""Backups: the whole database as one state, table by table, and the files beside it, in one zip.

The tables are written as JSON lines, so that a backup of SQLite can be restored to PostgreSQL and back. It names the
version of its tables: an older backup is restored as it was, then brought up to date.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from data.private_files import private_folder, swap_in, swapping
from data.store import Store, migration_config
from mobility.errors import MobilityError

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1000


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself."""

    made: str
    revision: str
    rows: Mapping[str, int]
    files: Mapping[str, str]


def make_backup(store: Store, folder: Path, target: Path, *, now: datetime) -> Backup:
    """Write a backup of the database and of a folder's files; every write acknowledged before it began is in it.

    The file appears whole or not at all, and only this account may read it.
    """
    rows: dict[str, int] = {}
    files: dict[str, str] = {}
    try:
        with (
            swapping(target) as partial,
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive,
            store.snapshot() as tx,
        ):
            revision = str(MigrationContext.configure(tx).get_current_revision())
            for table in _tables(tx):
                lines = [json.dumps(line, ensure_ascii=False) for line in _lines(tx, table)]
                rows[table.name] = len(lines)
                archive.writestr(f"tables/{table.name}.jsonl", "\n".join(lines))
                files[f"tables/{table.name}.jsonl"] = _digest("\n".join(lines).encode())
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path.is_file() and not _left_out(path):
                    name = f"files/{path.relative_to(folder).as_posix()}"
                    content = path.read_bytes()
                    archive.writestr(name, content)
                    files[name] = _digest(content)
            backup = Backup(now.astimezone(UTC).isoformat(), revision, rows, files)
            archive.writestr(_MANIFEST, json.dumps({"format": FORMAT, **backup.__dict__}, ensure_ascii=False))
    except OSError as error:
        raise MobilityError(
            "backup-failed", f"the backup could not be written ({error.strerror or error})", field=str(target),
            reason=error.strerror or str(error),
        ) from None  # fmt: skip
    return backup


def _left_out(path: Path) -> bool:
    return ".sqlite" in path.name or path.suffix == ".partial"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tables(tx: Connection) -> list[Table]:
    known = MetaData()
    known.reflect(tx)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


def _lines(tx: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in tx.execute(select(table).order_by(*table.primary_key.columns)).mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # Without a zone it was UTC: SQLite does not keep one.
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def read_backup(source: Path) -> Backup:
    """Return what a backup says of itself, every part of it checked; raises where it is cut or was changed."""
    try:
        with zipfile.ZipFile(source) as archive:
            document = json.loads(archive.read(_MANIFEST))
            if document.get("format") != FORMAT:
                raise _broken(source, "another format")
            for name, digest in document["files"].items():
                if ".." in Path(name).parts or name.startswith("/") or _digest(archive.read(name)) != digest:
                    raise _broken(source, name)
            return Backup(document["made"], document["revision"], document["rows"], document["files"])
    except FileNotFoundError:
        raise MobilityError("no-file", "there is no such file", field=str(source)) from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise _broken(source, type(error).__name__) from None


def _broken(source: Path, reason: str) -> MobilityError:
    return MobilityError(
        "broken-backup", f"this is no whole backup ({reason}): take another one", field=str(source), reason=reason
    )


def restore_backup(store: Store, folder: Path, source: Path, *, replace: bool = False) -> Backup:
    """Put a backup in place of an empty database, or, where ``replace`` says so, of whatever is there.

    All of it lands or nothing: until the last row is in, the database is as it was.
    """
    backup = read_backup(source)
    with zipfile.ZipFile(source) as archive:
        with store.writing() as tx:
            _make_room(tx, replace=replace)
            config = migration_config(tx)
            try:
                command.upgrade(config, backup.revision)
                for table in _tables(tx):
                    if f"tables/{table.name}.jsonl" in backup.files:
                        _fill(tx, table, archive.read(f"tables/{table.name}.jsonl").decode())
                command.upgrade(config, "head")
            except DBAPIError as error:
                raise _broken(source, str(error.orig).splitlines()[0]) from error
        for name in backup.files:
            if name.startswith("files/"):
                target = folder / name.removeprefix("files/")
                private_folder(target.parent)
                swap_in(target, archive.read(name))
    return backup


def _make_room(tx: Connection, *, replace: bool) -> None:
    tables = _tables(tx)
    if not replace and any(tx.execute(select(func.count()).select_from(table)).scalar() for table in tables):
        raise MobilityError(
            "database-in-use", "the database holds data; say --replace to put the backup in its place", field="database"
        )
    known = MetaData()
    known.reflect(tx)
    known.drop_all(tx)


def _fill(tx: Connection, table: Table, lines: str) -> None:
    rows = [_parsed(table, json.loads(line)) for line in lines.splitlines()]
    for start in range(0, len(rows), _CHUNK):
        tx.execute(insert(table), rows[start : start + _CHUNK])
    counted = next((c for c in table.primary_key.columns if c.name == "number"), None)
    if counted is not None and rows and tx.dialect.name == "postgresql":
        # What counts rows must go on after those that were put in by their number.
        sequence = func.pg_get_serial_sequence(table.name, "number")
        tx.execute(select(func.setval(sequence, select(func.max(counted)).scalar_subquery())))


def _parsed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in row.items():
        kind = table.columns[name].type
        if value is not None and isinstance(kind, DateTime):
            made[name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(kind, Date):
            made[name] = date.fromisoformat(value)
        else:
            made[name] = value
    return made
