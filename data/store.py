"""The rides' store: SQLite in the state folder, or PostgreSQL by one setting; the same code on both."""

from __future__ import annotations

import copy
import hashlib
import hmac
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from zlib import crc32

from sqlalchemy import Connection, Engine, Row, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from data.column_limits import json_text, keep_limits
from data.ride_scope import limit_statements, scope_of, set_scope
from data.sqlite_engine import sqlite_engine, sqlite_files
from data.troubles import first_line, read_only, trouble_of
from mobility.errors import MobilityError, UnavailableError
from mobility.late import late
from mobility.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    import psycopg
    from alembic import command
    from alembic import config as settings
    from alembic import script as scripts
    from alembic.runtime import migration
else:
    command, migration = late("alembic.command"), late("alembic.runtime.migration")
    settings, scripts = late("alembic.config"), late("alembic.script")
    psycopg = late("psycopg")

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
_BELOW = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)
Turn = Literal[
    "accounts", "agenda", "calendar", "calls", "jobs", "messages", "needs", "nicknames", "notices", "people",
    "structures",
]  # fmt: skip
"""In what those who look before they add take turns: people are one with what they agree to, ask for and offer."""
_TURNS = 720_032
"""By what PostgreSQL knows a turn from any other lock."""
Transaction = Connection
"""What is read or written inside :meth:`Store.reading` or :meth:`Store.writing`."""
Value = TypeVar("Value")
_PART = 400
"""Values of one question."""
BUSY = 30
"""Seconds that a write waits for another to end."""
_AT_END, _SEAL_KEY = "at-end", "seal-key"
"""What a connection carries: the work that its transaction still has to do, and the key of the journal."""
HARMLESS = {"08", "28", "3D", "53", "57", "58"}
"""Classes of PostgreSQL's errors (SQLSTATE) that speak of the server alone: lost, refused, no room, shut down."""


class Store:
    """A database of rides, its tables brought up to date when it is opened.

    ``seal_key`` seals the journal: without one, whoever can write can make its chain anew.
    """

    def __init__(self, url: str, *, seal_key: bytes = b"") -> None:
        self.url = url
        self._seal_key = seal_key
        self.engine = _engine(url)
        limit_statements(self.engine)
        self.scope = EVERYTHING
        self._turn = threading.Lock()
        self._shared = threading.local()
        try:
            migrate(self.engine, seal_key=seal_key)
        except (DBAPIError, sqlite3.Error) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            if trouble.code != "database-trouble":
                raise trouble from None
            raise UnavailableError(
                "no-database", f"the database cannot be opened ({first_line(error)})", field="MOBILITY_DATABASE",
                reason=first_line(error),
            ) from None  # fmt: skip

    def within(self, scope: Scope) -> Store:
        """Return the same store for a scope: its transactions see and change that scope's own records only."""
        own = copy.copy(self)
        own.scope = scope
        return own

    def files(self) -> frozenset[Path]:
        """Return the real paths of the files that the database is kept in, there or not; none where a server does."""
        if self.engine.dialect.name != "sqlite":
            return frozenset()
        with self.reading() as tx:
            return sqlite_files(tx)

    @contextmanager
    def writing(self, turn: Turn | None = None) -> Iterator[Connection]:
        """Open a transaction that may write: all of it lands, or nothing.

        Who looks before they add names the ``turn`` that they wait for first.
        """
        # SQLite takes its lock at once: two writers never read the same state before one of them writes.
        with self._in_turn(), self._begun("BEGIN IMMEDIATE") as connection:
            try:
                if turn:
                    take_turn(connection, turn)
                yield connection
                for work, items in connection.info.pop(_AT_END, {}).items():
                    work(connection, items)
            except BaseException:
                _end(connection, "ROLLBACK")
                raise
            _end(connection, "COMMIT")

    @contextmanager
    def reading(self, *, isolation: str = "") -> Iterator[Connection]:
        """Open a transaction that reads one state, or that of :meth:`together`; ``isolation`` is PostgreSQL's."""
        shared: Connection | None = getattr(self._shared, "connection", None)
        if shared is not None and not isolation and scope_of(shared) == self.scope:
            yield shared
            return
        with self._begun("BEGIN", isolation=isolation) as connection:
            try:
                yield connection
            finally:
                _end(connection, "ROLLBACK")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let this thread read in one transaction meanwhile: an answer made of many questions is then of one state."""
        before = getattr(self._shared, "connection", None)
        with self.reading() as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = before

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Open a transaction that sees one state throughout, however long it lasts and whatever is written beside."""
        return self.reading(isolation="REPEATABLE READ")

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait until this process's other writer is done: SQLite itself looks again only now and then."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=BUSY):
            raise UnavailableError(
                "database-trouble", "the database is busy with another write; try again",
                reason="another write is under way",
            )  # fmt: skip
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _begun(self, word: str, *, isolation: str = "") -> Iterator[Connection]:
        """Open a connection and begin: ``word`` is SQLite's, ``isolation`` PostgreSQL's where its own is too weak."""
        try:
            with self.engine.connect() as connection:
                set_scope(connection, self.scope)
                connection.info.pop(_AT_END, None)
                connection.info[_SEAL_KEY] = self._seal_key
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql(word)
                    yield connection
                    return
                used = connection.execution_options(isolation_level=isolation) if isolation else connection
                used.begin()
                yield used
        except (DBAPIError, sqlite3.Error) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            raise trouble from error

    def sealed_by(self, key: str) -> bool:
        """Tell whether a key is the one that seals the journal here."""
        return hmac.compare_digest(self._seal_key, key.encode())

    def check(self) -> None:
        """Raise where the database does not answer, or can only be read."""
        with self.reading() as connection:
            if connection.dialect.name != "sqlite":
                if connection.scalar(text("SHOW transaction_read_only")) == "on":
                    raise read_only("transaction_read_only is on")
                return
            connection.exec_driver_sql("SELECT 1")
        # Whoever writes for a whole second shows that it can be written; who only tries is soon refused.
        if self._turn.acquire(timeout=1):
            try:
                with self._begun("BEGIN IMMEDIATE") as connection:
                    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
                    _end(connection, "ROLLBACK")
            finally:
                self._turn.release()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def take_turn(tx: Connection, turn: Turn) -> None:
    """Wait until nobody else has a turn, and have it until the transaction ends.

    What is looked up from then on is there still when something is added to it. SQLite has one writer at a time anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_TURNS, crc32(turn.encode()) - 2**31)))


def at_end(tx: Connection, work: Callable[[Connection, list[Any]], None], item: object) -> None:
    """Have a transaction do some work, over all items of it in one go, as the last thing before it lands."""
    tx.info.setdefault(_AT_END, {}).setdefault(work, []).append(item)


def journal_key(tx: Connection) -> bytes:
    """Return the key that seals the journal of a transaction's store."""
    found: bytes = tx.info.get(_SEAL_KEY, b"")
    return found


def _end(connection: Connection, word: str) -> None:
    if connection.dialect.name == "sqlite":
        driver = connection.connection.dbapi_connection
        # A full disk makes SQLite roll back by itself: there is nothing left to end then.
        if word == "COMMIT" or driver is None or driver.in_transaction:
            connection.exec_driver_sql(word)
    else:
        (connection.commit if word == "COMMIT" else connection.rollback)()


def _engine(url: str) -> Engine:
    # What is written, and so what an error could show of it, is people's: parameters are never told.
    if not url.startswith("sqlite"):
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True, pool_size=10,
            hide_parameters=True, json_serializer=json_text,
        )  # fmt: skip
        # Short statements that only look costly: compiling one takes longer than all of its work.
        event.listen(engine, "connect", lambda wire, _: wire.execute("SET jit = off") and wire.commit())
    else:
        engine = sqlite_engine(url, BUSY)
    keep_limits(engine)
    event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: ExceptionContext) -> None:
    """Take the values out of an error before anybody can write it down: they are people's names and numbers.

    PostgreSQL quotes them ("Key (telephone)=(…) already exists"), and a driver's error stays chained to that of the
    store in every trace, whoever writes it.
    """
    error = context.original_exception
    if isinstance(error, MobilityError):
        # A value was refused before it was sent (data.column_limits): said in our own words already.
        raise error
    told = _told_of(error)
    if told is None:
        return
    error.args = (told,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__module__}.{type(error).__name__}) {told}",)


def _told_of(error: BaseException) -> str | None:
    """Return what may be told of a database error, or None where its own words hold no value."""
    if isinstance(error, sqlite3.Error):
        return None
    if not isinstance(error, psycopg.Error):
        return f"{type(error).__name__} while a value was written or read"
    state = error.sqlstate or ""
    if not state or state[:2] in HARMLESS:
        return None
    diagnosis = error.diag
    parts = {
        "table": diagnosis.table_name, "column": diagnosis.column_name, "constraint": diagnosis.constraint_name,
    }  # fmt: skip
    where = ", ".join(f"{kind} {name}" for kind, name in parts.items() if name)
    return f"{type(error).__name__} ({state}){': ' + where if where else ''}"


def migration_config(connection: Connection) -> settings.Config:
    """Return what Alembic needs to change the tables on a connection."""
    config = settings.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["seal_key"] = journal_key(connection)
    return config


def latest_revision(folder: Path = MIGRATIONS / "versions") -> str:
    """Return today's version of the tables: the migration that no other one stands on, whatever its number."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("[0-9]*.py")]
    below = {found[1] for text in texts if (found := _BELOW.search(text))}
    (head,) = {found[1] for text in texts if (found := _REVISION.search(text))} - below
    return head


def is_up_to_date(engine: Engine) -> bool:
    """Tell whether the tables have today's version, at the price of one question: so nearly every start finds them."""
    if not inspect(engine).has_table("alembic_version"):
        return False
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(found == latest_revision())


def migrate(engine: Engine, *, seal_key: bytes = b"") -> None:
    """Bring the tables to today's version; a database made by a newer version is refused."""
    if is_up_to_date(engine):
        return
    with engine.connect() as connection:
        connection.info[_SEAL_KEY] = seal_key
        config = migration_config(connection)
        script = scripts.ScriptDirectory.from_config(config)
        lite = connection.dialect.name == "sqlite"
        if lite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(720031)")
        current = migration.MigrationContext.configure(connection).get_current_revision()
        known = {revision.revision for revision in script.walk_revisions()}
        if current is not None and current not in known:
            raise MobilityError(
                "newer-database", f"the database was made by a newer version ({current}); update the program",
                field="MOBILITY_DATABASE", value=current,
            )  # fmt: skip
        if current != script.get_current_head():
            command.upgrade(config, "head")
        _end(connection, "COMMIT")


def in_parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Give values in parts that one question may name each: databases limit them."""
    whole = sorted(values, key=str)
    for start in range(0, len(whole), _PART):
        yield whole[start : start + _PART]


def find_row(
    tx: Connection, table: Table, identifier: str, missing: MobilityError, *, lock: bool = False
) -> Row[Any]:  # fmt: skip
    """Return the record of an identifier; raises ``missing`` where there is none.

    ``lock`` keeps it from others until the transaction ends.
    """
    query = select(table).where(table.c.id == identifier)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise missing
    return row


def new_id() -> str:
    """Return a new identifier that says nothing of what it names."""
    return secrets.token_hex(8)


def new_secret() -> str:
    """Return a new secret for a private link."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def instant(value: datetime) -> datetime:
    """Return an instant as it was kept: in UTC, whatever the database made of it."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
