"""A database of each kind; the run on PostgreSQL is the second one, and belongs to the proofs.

Its tables are made once in a process and copied: to make them takes longer than most tests do.
"""

import atexit
import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from data.store import Store

POSTGRES = os.environ.get("MOBILITY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.prove))


def fresh_postgres(like: str = "template1") -> tuple[str, Callable[[], None]]:
    """The address of a new database, and what drops it; a skip where no server answers (in CI, a failure)."""
    address = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
    server = create_engine(address, isolation_level="AUTOCOMMIT", hide_parameters=True)
    name = f"rides_{uuid.uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    except OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}; set MOBILITY_TEST_POSTGRES")

    def drop() -> None:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()

    return f"{POSTGRES.rpartition('/')[0]}/{name}", drop


@functools.cache
def _tables_in_postgres() -> str:
    """The name of a database with today's tables, dropped when the process ends."""
    address, drop = fresh_postgres()
    atexit.register(drop)
    Store(address).close()
    return address.rpartition("/")[2]


@functools.cache
def _tables_in_sqlite() -> Path:
    folder = tempfile.mkdtemp(prefix="tables-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "rides.sqlite"
    Store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=KINDS)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rides.sqlite'}"
        return
    address, drop = fresh_postgres()
    yield address
    drop()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind with today's tables, empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(_tables_in_sqlite(), tmp_path / 'rides.sqlite')}"
        return
    address, drop = fresh_postgres(_tables_in_postgres())
    yield address
    drop()
