"""The two complete validators that need no Java, on the same feeds. `python -m benchmarks.validators`.

gtfs-analyzer is no dependency of the project: install it first (`pip install gtfs-analyzer`).
"""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import gtfs_analyzer
import gtfs_guru

from benchmarks.measure import SHARED, table

FEEDS = {
    "Cairns": "cairns_gtfs.zip", "TER, Lot": "sncf-ter-20250122_lot-subset.zip",
    "national TER": "sncf-ter-20250122_export-ter-gtfs-last.zip",
}  # fmt: skip


def guru(path: Path) -> tuple[int, int, int]:
    """Return errors, warnings, and kinds of notices."""
    result = gtfs_guru.validate(str(path), date="2025-02-01")
    return result.error_count, result.warning_count, len({notice.code for notice in result.notices})


def analyzer(path: Path) -> tuple[int, int, int]:
    """Return the notices of high and of medium severity, and kinds of notices."""
    notices = gtfs_analyzer.validate_gtfs(str(path))["notices"]
    counts = Counter(notice["severity"] for notice in notices)
    return counts["HIGH"], counts["MEDIUM"], len({notice["rule_id"] for notice in notices})


def main() -> None:
    """Measure and print the table."""
    works: list[tuple[str, Callable[[Path], tuple[int, int, int]]]] = [("gtfs-guru", guru), ("gtfs-analyzer", analyzer)]
    rows = []
    for name, file in FEEDS.items():
        for validator, work in works:
            work(SHARED / "gtfs" / file)
            started = time.perf_counter()
            errors, warnings, kinds = work(SHARED / "gtfs" / file)
            rows.append([name, validator, f"{time.perf_counter() - started:.2f}", errors, warnings, kinds])
    print(table(["feed", "validator", "s", "errors (high)", "warnings (medium)", "kinds"], rows))


if __name__ == "__main__":
    main()
