"""Dial-a-ride: proven optima on public instances. `python -m benchmarks.darp FILE… [--json] [--limit SECONDS]`.

Without files, all those of the shared folder, compared with the best-known values.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import SHARED, table
from mobility.dial_a_ride import DialARideProblem
from tours.dial_a_ride import solve_rides
from webapp.cli.output import keep_standard_output


def read_instance(path: Path) -> DialARideProblem:
    """Read a file in the format of Cordeau and Laporte."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    vehicles, _, longest_route, capacity, longest_ride = (float(value) for value in lines[0])
    rows = np.array([[float(value) for value in line] for line in lines[1:]])
    rows = rows[: 2 * ((len(rows) - 1) // 2) + 1]
    points = rows[:, 1:3]
    travel = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return DialARideProblem(
        int(vehicles), int(capacity), longest_ride, longest_route, rows[:, 3], rows[:, 4].astype(np.int64), rows[:, 5],
        rows[:, 6], travel, travel,
    )  # fmt: skip


def main() -> None:
    """Solve, and print JSON or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--limit", type=float, default=120.0)
    options = parser.parse_args()
    keep_standard_output()
    folder = SHARED.parent / "bench" / "darp"
    files = options.files or sorted(folder.glob("a*.txt"))
    known: dict[str, float] = {}
    if (folder / "best_known.csv").exists():
        with (folder / "best_known.csv").open(encoding="utf-8") as file:
            known = {row[0]: float(row[1]) for row in list(csv.reader(file))[1:]}
    results = []
    for path in files:
        started = time.perf_counter()
        plan = solve_rides(read_instance(path), limit=options.limit)
        results.append({
            "file": path.name, "objective": round(plan.cost, 4), "bound": round(plan.bound, 4), "proven": plan.proven,
            "seconds": round(time.perf_counter() - started, 2), "best_known": known.get(path.stem),
        })  # fmt: skip
        if not options.json:
            print(results[-1], flush=True)
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print(table(list(results[0]), [list(result.values()) for result in results]))


if __name__ == "__main__":
    main()
