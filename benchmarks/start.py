"""How long a help takes, and a second start until its first page: wall clock and processor, each in a new process."""

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.measure import ROOT, table

RUNS = 5
COMMAND = [sys.executable, "-c", "from cli.main import run; run()"]
HELPS = (("--help",), ("calendar", "--help"), ("calendar", "plan", "--help"))


def processor() -> float:
    """Return the seconds of processor that ended children have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def helped(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Return wall clock and processor seconds of a help."""
    before, started = processor(), time.perf_counter()
    subprocess.run([*COMMAND, *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started, processor() - before


def served(state: Path) -> tuple[float, float]:
    """Return wall clock and processor seconds from the start of a server to the end of its first page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MOBILITY_STATE": str(state)}
    started = time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=600) as answer:
                    answer.read()
                break
            except OSError:
                if server.poll() is not None:
                    raise RuntimeError(f"the server ended with {server.returncode}") from None
                time.sleep(0.01)
        wall = time.perf_counter() - started
        user, system = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return wall, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Print the table of ``benchmarks/README.md``."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        state = Path(os.environ.get("MOBILITY_STATE", folder))
        print(f"the first start took {served(state)[0]:.0f} s", file=sys.stderr)
        cases = [(f"`mobility {' '.join(arguments)}`", lambda a=arguments: helped(a)) for arguments in HELPS]
        cases.append(("second start, first page", lambda: served(state)))
        for name, work in cases:
            work()
            wall, cpu = zip(*(work() for _ in range(RUNS)), strict=True)
            rows.append((name, f"{statistics.median(wall):.2f}", f"{statistics.median(cpu):.2f}"))
    print(table(("what", "wall clock (s)", "processor (s)"), rows))


if __name__ == "__main__":
    main()
