"""SQLite as the store uses it: how connections are set, and which files a database is kept in."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

from data.column_limits import json_text, keep_limits
from data.private_files import SIDES, private_database

_ONLY_READ = "only-read"
"""What a connection carries that was opened on a disk which can only be read."""


def sqlite_engine(url: str, busy: int) -> Engine:
    """Return the engine of a SQLite database; a write waits ``busy`` seconds for another to end."""
    file = make_url(url).database
    if file and not file.startswith((":memory:", "file:")):
        with suppress(OSError):
            # A database that cannot be made is told when it is opened, in the words for that.
            private_database(Path(file))
    engine = create_engine(
        url, pool_size=10, connect_args={"timeout": busy, "check_same_thread": False}, hide_parameters=True,
        json_serializer=json_text,
    )  # fmt: skip

    if file:
        _read_where_nothing_is_written(engine, Path(file))

    @event.listens_for(engine, "connect")
    def settle(connection: Any, record: Any) -> None:
        # Transactions begin where the store says, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        written = () if record.info.get(_ONLY_READ) else ("journal_mode=WAL", "synchronous=FULL")
        for word in (*written, "foreign_keys=ON", f"busy_timeout={busy * 1000}"):
            cursor.execute(f"PRAGMA {word}")
        cursor.close()

    return engine


@contextmanager
def passing_database() -> Iterator[Connection]:
    """Open a transaction in a database that nobody else sees and nothing stays of, held to the limits of the store.

    SQLite keeps what is too much for its memory in a file that has no name.
    """
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect("", isolation_level=None), poolclass=StaticPool,
        hide_parameters=True, json_serializer=json_text,
    )  # fmt: skip
    keep_limits(engine)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")
            yield connection
    finally:
        engine.dispose()


def _read_where_nothing_is_written(engine: Engine, path: Path) -> None:
    """Open a database on a disk that can only be read for reading: SQLite would make files beside it, and refuse."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, record: Any, _args: object, options: dict[str, Any]) -> sqlite3.Connection | None:
        if not _can_only_be_read(path):
            return None
        record.info[_ONLY_READ] = True
        # What was not yet put into the database itself lies beside it, and is read too.
        way = "mode=ro" if Path(f"{path.resolve()}-wal").exists() else "immutable=1"
        opened: sqlite3.Connection = sqlite3.connect(f"{path.resolve().as_uri()}?{way}", **{**options, "uri": True})
        return opened

    @event.listens_for(engine, "checkin")
    def let_go(_connection: object, record: Any) -> None:
        # Once the disk takes files again, one that was left open for reading would keep the others from writing.
        if record.info.get(_ONLY_READ):
            record.close()


def _can_only_be_read(path: Path) -> bool:
    return path.is_file() and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def sqlite_files(tx: Connection) -> frozenset[Path]:
    """Return the real paths of the files of the database of a connection, those beside it too, there or not."""
    kept = [file for _, _, file in tx.exec_driver_sql("PRAGMA database_list") if file]
    return frozenset(Path(f"{Path(file).resolve()}{side}") for file in kept for side in ("", *SIDES))
