"""Dial-a-ride: proven optima on public instances. `python -m benchmarks.darp FILE… [--json] [--limit SECONDS]`.

Without files, all those of the shared folder, compared with the best-known values and with OR-Tools routing.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

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


def routing_cost(problem: DialARideProblem, seconds: float) -> float | None:
    """Return the cost that OR-Tools routing finds in some seconds (None where it finds no plan)."""
    n, scale = problem.requests, 1000
    manager = pywrapcp.RoutingIndexManager(2 * n + 1, problem.vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    travel = np.round(problem.travel * scale).astype(int)
    service = np.round(problem.service * scale).astype(int)

    def drive(a: int, b: int) -> int:
        return int(travel[manager.IndexToNode(a), manager.IndexToNode(b)])

    def last(a: int, b: int) -> int:
        return drive(a, b) + int(service[manager.IndexToNode(a)])

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(drive))
    horizon = int(problem.closes.max() * scale)
    routing.AddDimension(routing.RegisterTransitCallback(last), horizon, horizon, False, "time")
    load = routing.RegisterUnaryTransitCallback(lambda a: int(problem.load[manager.IndexToNode(a)]))
    routing.AddDimension(load, 0, problem.capacity, True, "load")
    times = routing.GetDimensionOrDie("time")
    solver = routing.solver()
    for i in range(1, 2 * n + 1):
        opens, closes = (int(values[i] * scale) for values in (problem.opens, problem.closes))
        times.CumulVar(manager.NodeToIndex(i)).SetRange(opens, closes)
    for i in range(1, n + 1):
        up, down = manager.NodeToIndex(i), manager.NodeToIndex(i + n)
        routing.AddPickupAndDelivery(up, down)
        solver.Add(routing.VehicleVar(up) == routing.VehicleVar(down))
        ride = int(problem.longest_ride * scale) + int(service[i])
        solver.Add(times.CumulVar(down) - times.CumulVar(up) <= ride)
        solver.Add(times.CumulVar(up) <= times.CumulVar(down))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    found = routing.SolveWithParameters(parameters)
    return round(found.ObjectiveValue() / scale, 2) if found else None


def main() -> None:
    """Solve, and print JSON or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--limit", type=float, default=120.0)
    parser.add_argument("--peer", type=float, default=0.0, help="Seconds given to OR-Tools routing, beside ours.")
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
        if options.peer:
            results[-1]["routing"] = routing_cost(read_instance(path), options.peer)
        if not options.json:
            print(results[-1], flush=True)
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print(table(list(results[0]), [list(result.values()) for result in results]))


if __name__ == "__main__":
    main()
