"""An empty database of each kind; the run on PostgreSQL is the second one, and belongs to the proofs."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

POSTGRES = os.environ.get("MOBILITY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.prove))


def fresh_postgres() -> tuple[str, Callable[[], None]]:
    """The address of a new database, and what drops it; a skip where no server answers (in CI, a failure)."""
    address = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
    server = create_engine(address, isolation_level="AUTOCOMMIT", hide_parameters=True)
    name = f"rides_{uuid.uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}; set MOBILITY_TEST_POSTGRES")

    def drop() -> None:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()

    return f"{POSTGRES.rpartition('/')[0]}/{name}", drop


@pytest.fixture(params=KINDS)
def database(request, tmp_path: Path):
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rides.sqlite'}"
        return
    address, drop = fresh_postgres()
    yield address
    drop()
