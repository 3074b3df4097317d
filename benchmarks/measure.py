"""Time and memory of a piece of work, in a process of its own; the folder of real data; tables for README.md."""

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("MOBILITY_SHARED", ROOT.parent / "shared")) / "data"


def _child(queue: Any, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    result = work(*arguments)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queue.put((seconds, (peak - before) / 1024, result))


def apart(work: Callable[..., Any], *arguments: Any) -> tuple[float, float, Any]:
    """Run work in a fresh process; return seconds, mebibytes of memory that it added at its peak, and its result."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_child, args=(queue, work, arguments))
    process.start()
    answer: tuple[float, float, Any] = queue.get(timeout=900)
    process.join()
    return answer


def median_of(times: int, work: Callable[[], Any]) -> float:
    """Return the median seconds of several runs, the first left out (it may compile)."""
    work()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(str(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)
