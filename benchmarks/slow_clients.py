"""The site behind each server while clients send half a request and wait: how long `/health` and a search take then.

`python -m benchmarks.slow_clients [SERVER…]`, in the environment of the project; the servers that are not installed are
left out. All traffic stays on this machine.
"""

import importlib.util
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import prepared, search_address
from benchmarks.measure import ROOT, table

HALVES = {
    "no request": b"",
    "half a head": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /solidaire/demande HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nnom=",
}
SLOW = 1000
PATIENCE = 10
"""Seconds after which an answer counts as none."""
PORT = 8766
APPLICATION = "benchmarks.slow_clients"


SERVERS = {
    "the program": ("waitress", "cli serve --no-prepare --port PORT"),
    "waitress": ("waitress", "waitress --listen 127.0.0.1:PORT --threads 8 --call APP:site"),
    "waitress, 5,000 connections": (
        "waitress",
        "waitress --listen 127.0.0.1:PORT --threads 8 --connection-limit 5000 --asyncore-use-poll --call APP:site",
    ),
    "gunicorn gthread": ("gunicorn", "gunicorn -b 127.0.0.1:PORT -w 1 -k gthread --threads 8 APP:site()"),
    "gunicorn gevent": ("gevent", "gunicorn -b 127.0.0.1:PORT -w 1 -k gevent --worker-connections 5000 APP:site()"),
    "cheroot": ("cheroot", "cheroot --bind 127.0.0.1:PORT --threads 8 APP:made"),
    "granian": (
        "granian",
        "granian --interface wsgi --host 127.0.0.1 --port PORT --blocking-threads 8 --factory APP:site",
    ),
    "uvicorn with a2wsgi": ("a2wsgi", "uvicorn --host 127.0.0.1 --port PORT --factory APP:asgi_site"),
}
"""What each needs to be installed, and its command."""


def site() -> Any:
    """Return the site as the program makes it."""
    from desks.settings import read_settings
    from webapp.app import create_app

    return create_app(read_settings())


def asgi_site() -> Any:
    """Return the site for a server of ASGI."""
    from a2wsgi import WSGIMiddleware

    return WSGIMiddleware(site(), workers=8)


def __getattr__(name: str) -> Any:
    """Make the site for servers that take no factory."""
    if name == "made":
        return site()
    raise AttributeError(name)


@contextmanager
def running(command: str, state: Path) -> Iterator[int]:
    """Start a server; give its process's number once it answers."""
    words = command.replace("PORT", str(PORT)).replace("APP", APPLICATION).split()
    environment = {**os.environ, "MOBILITY_STATE": str(state)}
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        begun = time.perf_counter()
        while asked("/health") > PATIENCE and time.perf_counter() < begun + 60:
            time.sleep(0.1)
        # The first search of a process waits for its libraries, longer than a visitor's.
        for _ in range(5):
            asked(search_address(0))
        yield process.pid
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def asked(path: str) -> float:
    """Return the seconds that an answer took; infinite where none came in time."""
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=PATIENCE) as answer:
            answer.read()
    except OSError:
        return float("inf")
    return time.perf_counter() - begun


def worst(times: int, path: Callable[[int], str]) -> str:
    """Return the longest of several answers, one after the other; the first that does not come ends the tries."""
    longest = 0.0
    for number in range(times):
        longest = max(longest, asked(path(number)))
        if longest > PATIENCE:
            return f"none in {PATIENCE} s"
    return f"{longest:.2f}"


def half_sent(half: bytes, count: int) -> list[socket.socket]:
    """Open connections that send half of a request; one that is refused is left out."""
    opened = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(1)
        try:
            connection.connect(("127.0.0.1", PORT))
            connection.sendall(half)
        except OSError:
            connection.close()
            continue
        opened.append(connection)
    return opened


def measured(name: str, state: Path) -> list[list[str]]:
    """Return the rows of a server."""
    rows = []
    for kind, half in HALVES.items():
        with running(SERVERS[name][1], state):
            before = worst(10, search_address)
            waiting = half_sent(half, SLOW)
            time.sleep(1)
            rows.append([name, kind, before, worst(20, lambda _: "/health"), worst(10, search_address)])
            for connection in waiting:
                connection.close()
    return rows


def main() -> None:
    """Measure the servers that are named, or all that are installed."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    state, rows = prepared(), []
    for name in sys.argv[1:] or [name for name, (needs, _) in SERVERS.items() if importlib.util.find_spec(needs)]:
        rows += measured(name, state)
        print(rows[-len(HALVES) :], file=sys.stderr, flush=True)
    print(table(["server", f"{SLOW} sent", "search alone (s)", "/health (s)", "search (s)"], rows))


if __name__ == "__main__":
    main()
