"""The site over a long time, and beside its own long work: memory, and searches while a calendar is sought.

`python -m benchmarks.endurance` (both), or `memory`, `beside`.
"""

import http.cookiejar
import re
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from benchmarks import load
from benchmarks.load import database, example, get, prepared, search_address, start, stop
from benchmarks.measure import table

REQUESTS, EACH = 20_000, 4_000
PAGES = ("/", "/solidaire", "/dates", "/communes", "/donnees", "/health")
SEARCHES, TOGETHER = 500, 50


def visit(number: int) -> None:
    """One request of a mixture: every other one is a search, of three hundred in all."""
    get(search_address(number % 600) if number % 2 else PAGES[number // 2 % len(PAGES)])


def memory() -> None:
    """Tell the memory of the process as requests go by."""
    state, rows = prepared(), []
    with database("SQLite") as address:
        example(address, state)
        process = start(address, 1, state)
        try:
            for done in range(0, REQUESTS + 1, EACH):
                if done:
                    load.together(lambda number, first=done - EACH: visit(first + number), EACH)
                status = Path(f"/proc/{process.pid}/status").read_text()
                kilobytes = int(status.partition("VmRSS:")[2].split()[0])
                rows.append([f"{done:,}", f"{kilobytes / 1024:.0f}"])
                print(rows[-1], file=sys.stderr, flush=True)
        finally:
            stop(process)
    print(table(["requests", "memory (MiB)"], rows), flush=True)


@contextmanager
def sought(word: str) -> Iterator[None]:
    """Have calendars sought one after the other, as from the form "Préparer"."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    site, ended = f"http://127.0.0.1:{load.PORT}", threading.Event()
    opener.open(f"{site}/ouvrir/{word}", timeout=60).read()

    def seek() -> str:
        form = opener.open(f"{site}/preparer", timeout=60).read().decode()
        values = re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="number"[^>]*value="([^"]*)"', form)
        sent = urllib.request.Request(f"{site}/preparer", urlencode(values).encode(), {"Origin": site})
        found: str = opener.open(sent, timeout=60).url
        return found

    def go_on() -> None:
        while not ended.is_set():
            address = seek()
            while not ended.wait(0.5) and "travaux" in opener.open(address, timeout=60).url:
                continue

    seeking = threading.Thread(target=go_on)
    seeking.start()
    yield
    ended.set()
    seeking.join()


def beside() -> None:
    """Tell how long searches take, fifty at once, alone and beside the search of a calendar."""
    state, rows = prepared(), []
    load.AT_ONCE = TOGETHER
    for workers in (1, 2):
        with database("SQLite") as address:
            example(address, state)
            with tempfile.NamedTemporaryFile("w+") as told:
                process = start(address, workers, state, told)
                # The word is printed before the site answers.
                word = re.findall(r"/ouvrir/([\w-]+)", Path(told.name).read_text())[0]
            load.together(load.search, 2 * SEARCHES)
            for kind in ("alone", "beside a calendar"):
                if kind == "alone":
                    seconds, whole = load.together(load.search, SEARCHES)
                else:
                    with sought(word):
                        seconds, whole = load.together(load.search, SEARCHES)
                ms = np.array(seconds) * 1000
                told = [f"{SEARCHES / whole:.0f}", f"{np.median(ms):.0f}", f"{np.percentile(ms, 99):.0f}"]
                rows.append([str(workers), kind, *told])
                print(rows[-1], file=sys.stderr, flush=True)
            stop(process)
    print(table(["workers", "searches", "a second", "median ms", "99th percentile ms"], rows), flush=True)


if __name__ == "__main__":
    for part in sys.argv[1:] or ["memory", "beside"]:
        {"memory": memory, "beside": beside}[part]()
