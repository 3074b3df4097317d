"""Dial-a-ride: proven optima on public instances, beside OR-Tools routing.

`python -m benchmarks.darp FILE… [--json] [--limit SECONDS] [--routing SECONDS]`.

Without files, all those of the shared folder, compared with the best-known values.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.measure import SHARED, table
from cli.standard_output import keep_standard_output
from mobility.dial_a_ride import DialARideProblem
from tours.dial_a_ride import solve_rides
from tours.ride_judge import judge_rides


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


SCALE = 1000
"""OR-Tools routing counts in whole numbers: thousandths of a unit."""


def by_routing(problem: DialARideProblem, seconds: float) -> float | None:
    """Solve by OR-Tools routing with guided local search; None where it finds no plan that serves everyone.

    Each request may be left out at a price far above any plan, so that the search has somewhere to begin.
    """
    n, size = problem.requests, 2 * problem.requests + 1
    manager = pywrapcp.RoutingIndexManager(size, problem.vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    cost = np.round(problem.cost * SCALE).astype(int)
    # Rounded down: a window that is met to the thousandth must not be missed by rounding.
    drive = np.floor((problem.travel + problem.service[:, None]) * SCALE).astype(int)
    node = manager.IndexToNode
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(lambda a, b: int(cost[node(a), node(b)])))
    horizon = int(max(problem.closes) * SCALE) + SCALE
    timed = routing.RegisterTransitCallback(lambda a, b: int(drive[node(a), node(b)]))
    routing.AddDimension(timed, horizon, horizon, False, "time")
    loads = routing.RegisterUnaryTransitCallback(lambda a: int(problem.load[node(a)]))
    routing.AddDimension(loads, 0, problem.capacity, True, "load")
    time_of, solver = routing.GetDimensionOrDie("time"), routing.solver()
    for location in range(1, size):
        time_of.CumulVar(manager.NodeToIndex(location)).SetRange(
            int(problem.opens[location] * SCALE), int(problem.closes[location] * SCALE)
        )
    for vehicle in range(problem.vehicles):
        time_of.SetSpanUpperBoundForVehicle(int(problem.longest_route * SCALE), vehicle)
    for request in range(1, n + 1):
        up, down = manager.NodeToIndex(request), manager.NodeToIndex(request + n)
        routing.AddPickupAndDelivery(up, down)
        solver.Add(routing.VehicleVar(up) == routing.VehicleVar(down))
        ride = int((problem.longest_ride + problem.service[request]) * SCALE)
        solver.Add(time_of.CumulVar(up) <= time_of.CumulVar(down))
        solver.Add(time_of.CumulVar(down) <= time_of.CumulVar(up) + ride)
        for index in (up, down):
            routing.AddDisjunction([index], int(cost.sum()))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    found = routing.SolveWithParameters(parameters)
    if not found or found.ObjectiveValue() >= int(cost.sum()):
        return None
    return float(found.ObjectiveValue()) / SCALE


def main() -> None:
    """Solve, and print JSON or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--limit", type=float, default=120.0)
    parser.add_argument("--routing", type=float, default=0.0, help="seconds given to OR-Tools routing beside it")
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
        started, worked = time.perf_counter(), time.process_time()
        problem = read_instance(path)
        plan = solve_rides(problem, limit=options.limit)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        assert judge_rides(plan, problem) == []
        peer = by_routing(problem, options.routing) if options.routing else None
        beside = {"routing": "no plan" if peer is None else round(peer, 2)} if options.routing else {}
        results.append({
            "file": path.name, "objective": round(plan.cost, 4), "bound": round(plan.bound, 4), "proven": plan.proven,
            "seconds": round(seconds, 2), "processor": round(processor, 2), "best_known": known.get(path.stem),
            **beside,
        })  # fmt: skip
        if not options.json:
            print(results[-1], flush=True)
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print(table(list(results[0]), [list(result.values()) for result in results]))


if __name__ == "__main__":
    main()
