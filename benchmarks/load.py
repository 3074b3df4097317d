"""The site under load and faults: searches and bookings a second, and what a killed process loses.

`python -m benchmarks.load` (all), or `searches`, `bookings`, `kill`. PostgreSQL: MOBILITY_TEST_POSTGRES.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import create_engine, func, select, text

from benchmarks.measure import table
from data.ride_schema import contacts, requests
from data.store import Store
from desks.calendar.study import prepare
from desks.settings import read_settings
from webapp.opening import open_house

POSTGRES = os.environ.get("MOBILITY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
AT_ONCE = 20
ACKNOWLEDGED = 10_000
"""Writes during which the site is killed."""
PORT = 8765
COMMUNES = ["Bach", "Lherm", "Luzech", "Caillac", "Concots", "Lalbenque", "Catus", "Cabrerets", "Escamps", "Arcambal"]
TOWNS = ["Cahors", "Toulouse Matabiau", "Gourdon", "Souillac", "Lalbenque"]
DAY = date.today() + timedelta(days=2)  # noqa: DTZ011


def prepared() -> Path:
    """A state in which the main job is done, kept between runs."""
    folder = Path(tempfile.gettempdir()) / "mobility-load"
    house = open_house(replace(read_settings(), state=folder))
    prepare(house.planning)
    house.access.gaps()
    house.store.close()
    return folder


def mobility() -> str:
    """The command of this installation."""
    return str(Path(sys.executable).with_name("mobility"))


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a fresh database."""
    if kind == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/load.sqlite"
        return
    name = f"load_{uuid.uuid4().hex[:10]}"
    server = create_engine(
        POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def start(address: str, workers: int, state: Path, told: IO[str] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start the site; return once it answers. What it says goes to ``told``."""
    environment = {
        **os.environ, "MOBILITY_STATE": str(state), "MOBILITY_DATABASE": address, "MOBILITY_PORT": str(PORT),
        "MOBILITY_WORKERS": str(workers),
    }  # fmt: skip
    process = subprocess.Popen(
        [mobility(), "serve", "--no-prepare"], env=environment, stderr=told, start_new_session=True
    )
    for _ in range(300):
        try:
            get("/health")
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise RuntimeError("the site does not answer")


def stop(process: subprocess.Popen[bytes], kind: int = signal.SIGTERM) -> None:
    """End the site with all its workers."""
    os.killpg(process.pid, kind)
    process.wait()


def get(path: str) -> bytes:
    """Ask for a page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=60) as answer:
        content: bytes = answer.read()
        return content


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:  # type: ignore[override]
        return None


_post_opener = urllib.request.build_opener(_Stay)


def post(path: str, values: dict[str, str]) -> int:
    """Send a form; return the status."""
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", urlencode(values).encode())
    try:
        with _post_opener.open(asked, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def example(address: str, state: Path) -> None:
    """Load the example's drivers."""
    environment = {**os.environ, "MOBILITY_STATE": str(state), "MOBILITY_DATABASE": address}
    subprocess.run([mobility(), "rides", "example"], check=True, env=environment, capture_output=True)


def together(work: Callable[[int], None], count: int) -> tuple[list[float], float]:
    """Do some work many times, so many at once; return each one's seconds and the whole."""
    seconds: list[float] = []
    numbers = iter(range(count))
    lock = threading.Lock()

    def run() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            begun = time.perf_counter()
            work(number)
            seconds.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, time.perf_counter() - begun


def search_address(number: int) -> str:
    """The address of one search, there and back."""
    chance = random.Random(number)
    start = chance.choice(COMMUNES)
    asked = {
        "de": start, "vers": chance.choice([town for town in TOWNS if town != start]), "jour": DAY.isoformat(),
        "heure": "10:00", "retour": "16:00",
    }  # fmt: skip
    return f"/aller?{urlencode(asked)}"


def search(number: int) -> None:
    """One search."""
    get(search_address(number))


def booking(number: int) -> None:
    """One request taken down."""
    assert post("/solidaire/demande", request_of(number)) in {200, 303}


def request_of(number: int) -> dict[str, str]:
    """A request of a person of its own."""
    return {
        "de": COMMUNES[number % len(COMMUNES)], "vers": "Cahors",
        "jour": (DAY + timedelta(days=number % 60)).isoformat(),
        "heure": "10:00", "nom": f"Passager {number}", "telephone": f"07{number:08d}", "accord": "on",
    }  # fmt: skip


def measured(work: Callable[[int], None], count: int) -> None:
    """Measure some work on both databases, with one worker and two."""
    state, rows = prepared(), []
    for kind in ("SQLite", "PostgreSQL"):
        for workers in (1, 2):
            with database(kind) as address:
                example(address, state)
                process = start(address, workers, state)
                together(search, 60)
                seconds, whole = together(work, count)
                stop(process)
            ms = np.array(seconds) * 1000
            rows.append([
                kind, str(workers), f"{count / whole:.0f}", f"{np.median(ms):.0f}", f"{np.percentile(ms, 99):.0f}"
            ])  # fmt: skip
    print(table(["database", "workers", "a second", "median ms", "99th percentile ms"], rows), flush=True)


def kill() -> None:
    """Kill all processes of the site at random during writes, with one worker and two, on each database.

    Every acknowledged write is there once, the others at most once, and none by half.
    """
    state, rows = prepared(), []
    for kind in ("SQLite", "PostgreSQL"):
        for workers in (1, 2):
            with database(kind) as address:
                acknowledged, kills = killed_during_writes(address, workers, state)
                rows.append([kind, str(workers), str(kills), str(len(acknowledged)), *found_of(address, acknowledged)])
                print(rows[-1], file=sys.stderr, flush=True)
    columns = ["database", "workers", "kills", "acknowledged", "requests kept", "lost", "doubled", "half"]
    print(table(columns, rows), flush=True)


def killed_during_writes(address: str, workers: int, state: Path) -> tuple[list[int], int]:
    """Write until enough is acknowledged, the site killed every few seconds; return what was, and the kills."""
    acknowledged: list[int] = []
    sent = kills = 0
    while len(acknowledged) < ACKNOWLEDGED:
        process = start(address, workers, state)
        killer = threading.Timer(random.uniform(2, 20), stop, (process, signal.SIGKILL))
        killer.start()
        first = sent

        def write(number: int, first: int = first) -> None:
            nonlocal sent
            sent = max(sent, first + number + 1)
            try:
                if post("/solidaire/demande", request_of(first + number)) == 303:
                    acknowledged.append(first + number)
            except (OSError, http.client.HTTPException):
                raise SystemExit from None

        together(write, 1_000_000)
        killer.join()
        kills += 1
    return acknowledged, kills


def found_of(address: str, acknowledged: list[int]) -> list[str]:
    """Return how many requests there are, and how many are lost, doubled, or without all that belongs to them."""
    store = Store(address)
    with store.reading() as tx:
        kept = dict(tx.execute(select(contacts.c.telephone, func.count()).group_by(contacts.c.telephone)).all())
        asked = set(tx.scalars(select(requests.c.rider)))
        told = set(tx.scalars(select(contacts.c.person)))
        count = tx.scalar(select(func.count()).select_from(requests)) or 0
    store.close()
    lost = [number for number in acknowledged if f"07{number:08d}" not in kept]
    doubled = sum(1 for number in kept.values() if number > 1) + count - len(asked)
    return [str(count), str(len(lost)), str(doubled), str(len(asked ^ told))]


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["searches", "bookings", "kill"]
    for part in chosen:
        print(json.dumps({"part": part}), file=sys.stderr)
        {"searches": lambda: measured(search, 1000), "bookings": lambda: measured(booking, 600), "kill": kill}[part]()
