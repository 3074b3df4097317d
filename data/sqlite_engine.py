"""SQLite as the store uses it: how connections are set, and which files a database is kept in."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from data.column_limits import json_text
from data.private_files import SIDES, private_database


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

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        # Transactions begin where the store says, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        for word in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={busy * 1000}"):
            cursor.execute(f"PRAGMA {word}")
        cursor.close()

    return engine


def sqlite_files(tx: Connection) -> frozenset[Path]:
    """Return the real paths of the files of the database of a connection, those beside it too, there or not."""
    kept = [file for _, _, file in tx.exec_driver_sql("PRAGMA database_list") if file]
    return frozenset(Path(f"{Path(file).resolve()}{side}") for file in kept for side in ("", *SIDES))
