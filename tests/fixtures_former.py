"""The filled database of the former version, as its tables were at 0005, on each kind of database."""

from alembic import command
from sqlalchemy import create_engine

from data.store import migration_config
from tests.conftest import ROOT

REVISION = "0005"
DUMP = ROOT / "tests" / "data" / "former_0005.sql"
_COUNTERS = ("journal", "attempts", "publications")
"""Tables whose rows count up by themselves: they go on after the rows that were loaded."""


def load_former(url: str) -> None:
    """Make the former version's tables in an empty database and fill them; a store opened there migrates it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    with engine.connect() as connection:
        command.upgrade(migration_config(connection), REVISION)
        connection.commit()
    raw = engine.raw_connection()
    cursor = raw.cursor()
    script = DUMP.read_text(encoding="utf-8")
    if engine.dialect.name == "sqlite":
        cursor.executescript(f"PRAGMA foreign_keys=ON;\nBEGIN;\n{script}COMMIT;")
    else:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(script)
        for table in _COUNTERS:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), max(number)) FROM {table}")
    raw.commit()
    raw.close()
    engine.dispose()
