"""What a line of the journal costs on both databases: alone in its transaction, beside a write, by two at once.

Without a journal, the same transaction writes a row of its own; the difference is the line's price.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.measure import table
from data.accounts import add_attempt
from data.journal import check_journal, note
from data.store import Store, Transaction

POSTGRES = os.environ.get("MOBILITY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
KEY = b"a key of the measurement, of no other use"
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TIMES, WARM = 400, 40


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """Give the address of an empty database of a kind."""
    if kind == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'rides.sqlite'}"
        return
    address = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
    server = create_engine(address, isolation_level="AUTOCOMMIT", hide_parameters=True)
    name = f"journal_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _row(tx: Transaction) -> None:
    add_attempt(tx, "a key", now=NOW)


def _line(tx: Transaction) -> None:
    note(tx, "account", "contact-seen", about="0123456789abcdef", now=NOW)


def _both(tx: Transaction) -> None:
    _row(tx)
    _line(tx)


def _ten(tx: Transaction) -> None:
    _row(tx)
    for _ in range(10):
        _line(tx)


def _milliseconds(store: Store, work: Callable[[Transaction], None]) -> float:
    """Return the median milliseconds of a transaction that does some work."""
    found = []
    for number in range(TIMES + WARM):
        begun = time.perf_counter()
        with store.writing() as tx:
            work(tx)
        if number >= WARM:
            found.append(time.perf_counter() - begun)
    return statistics.median(found) * 1000


def _two_at_once(store: Store) -> float:
    """Return the lines a second that two writers of one structure write together."""
    begun = time.perf_counter()
    writers = [threading.Thread(target=_milliseconds, args=(store, _both)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return 2 * (TIMES + WARM) / (time.perf_counter() - begun)


def _checked(store: Store) -> tuple[int, float]:
    begun = time.perf_counter()
    with store.reading() as tx:
        found = list(check_journal(tx))
    if any(checked.faults for checked in found):
        raise SystemExit("the chain is broken")
    return sum(checked.lines for checked in found), time.perf_counter() - begun


def main() -> None:
    """Measure on both databases."""
    rows = []
    for kind in sys.argv[1:] or ["SQLite", "PostgreSQL"]:
        with _database(kind) as address:
            store = Store(address, seal_key=KEY)
            row, both, ten = (_milliseconds(store, work) for work in (_row, _both, _ten))
            together = _two_at_once(store)
            lines, seconds = _checked(store)
            store.close()
        rows.append([
            kind, f"{row:.2f}", f"{both:.2f}", f"{both - row:.2f}", f"{(ten - row) / 10:.2f}", f"{together:.0f}",
            f"{lines / seconds:.0f}",
        ])  # fmt: skip
    heads = ["database", "a row alone (ms)", "with a line (ms)", "the line (ms)", "each of ten (ms)",
             "lines/s, two writers", "lines/s checked"]  # fmt: skip
    print(table(heads, rows))


if __name__ == "__main__":
    main()
