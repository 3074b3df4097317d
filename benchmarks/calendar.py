"""The calendar beside CP-SAT and OR-Tools routing: value, proof, seconds. `python -m benchmarks.calendar`.

The embedded territory with one and three buses and locks, the prices of all unserved communes, the communes of the
whole Lot, and generated territories up to 5,000 communes. Every calendar, ours or a peer's, is valued by the same
judge. Seconds are those of the processor: the clock tells what else the machine did.
"""

import argparse
import csv
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2, routing_parameters_pb2
from ortools.sat.python import cp_model

from benchmarks.measure import SHARED, table
from desks.settings import read_settings
from mobility.bus_calendar import BusCalendar, Judgement, Visit
from mobility.bus_service import make_calendar
from mobility.places import Place, Point
from mobility.problem import (
    Bus,
    CalendarProblem,
    CalendarRules,
    Coverage,
    CrewRules,
    Position,
    ResidentGroup,
    Session,
    Stop,
)
from mobility.travel import TravelTimes
from tours.calendar_model import whole_model
from tours.calendar_solver import solve_calendar
from tours.crew_days import crew_table
from tours.judge import judge_calendar
from tours.slots import aggregate_grid, exact_grid
from tours.what_if import forced_prices
from webapp.opening import open_house


def generated(communes: int, buses: int, depots: int = 1, seed: int = 1) -> CalendarProblem:
    """A territory of villages spread like the real one's (63 in 50 km by 50); one depot stands in the middle."""
    rng = np.random.default_rng(seed)
    side = 50.0 * np.sqrt(communes / 63)
    xy = rng.uniform(0, side, (communes, 2))
    homes = np.full((1, 2), side / 2)
    if depots > 1:
        homes = xy[np.random.default_rng(seed + 1).choice(communes, depots, replace=False)]
    area = [f"area-{int(3 * x // side)}{int(3 * y // side)}" for x, y in xy]
    return _territory(xy, homes, area, buses, rng)


def the_lot(buses: int = 5) -> CalendarProblem:
    """The 312 communes of the Lot on straight roads, one bus at each of five towns, need drawn like that of others."""
    with (SHARED / "communes" / "communes_46_points_checked.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    xy = np.array([(float(row["lon"]) * 79.4, float(row["lat"]) * 111.2) for row in rows])
    towns = [number for number, row in enumerate(rows) if row["insee"] in {"46042", "46102", "46127", "46309", "46128"}]
    return _territory(xy, xy[towns], [row["epci_nom"] for row in rows], buses, np.random.default_rng(1))


def _point(x: float, y: float) -> Point:
    return Point(0.001 * x, 40 + 0.001 * y)


def _territory(
    xy: NDArray[np.float64], homes: NDArray[np.float64], area: list[str], buses: int, rng: np.random.Generator
) -> CalendarProblem:
    """State villages and depots (kilometres) with straight roads at 45 km/h x 1.3 and need far from the counters."""
    communes, depots = len(xy), len(homes)
    points = np.vstack([homes, xy])
    km = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1)) * 1.3
    seconds = (km / 45 * 3600).astype(np.float32)
    metres = (km * 1000).astype(np.float32)
    places = [Place(f"c{n}", f"Commune {n}", _point(x, y)) for n, (x, y) in enumerate(xy)]
    sleeps = [Place(f"depot-{n}", f"Depot {n}", _point(x, y)) for n, (x, y) in enumerate(homes)]
    counters = rng.choice(communes, communes // 12, replace=False)
    to_counter = seconds[depots:, depots:][:, counters].min(1) / 60
    need = rng.lognormal(5.3, 1.0, communes) * np.clip((to_counter - 8) / 12, 0, 1)
    straight = np.zeros(seconds.shape, dtype=bool)
    ids = (*(place.id for place in sleeps), *(place.id for place in places))
    halves = {"morning": (33_300, 45_000), "afternoon": (50_400, 62_100)}
    weekly = [(2, "morning"), (2, "afternoon"), (3, "afternoon"), (4, "afternoon"), (5, "morning"), (5, "afternoon")]
    return CalendarProblem(
        territory="generated",
        cycle_weeks=2,
        buses=tuple(
            Bus(f"bus-{n}", sleeps[n % depots], crew_start=6 * 3600, crew_end=21 * 3600, longest_day=14 * 3600)
            for n in range(buses)
        ),
        sessions=tuple(Session(day, name, *halves[name]) for day, name in weekly),
        crew=CrewRules(),
        stops=tuple(Stop(place, place.id, a) for place, a in zip(places, area, strict=True)),
        groups=tuple(ResidentGroup(p, p.id, a, float(n), float(n)) for p, a, n in zip(places, area, need, strict=True)),
        drive=TravelTimes(ids, ids, seconds, metres, straight),
        access=TravelTimes(
            ids[depots:], ids[depots:], *(part[depots:, depots:].copy() for part in (seconds, metres, straight))
        ),
        coverage=Coverage(),
        rules=CalendarRules(area_floor=1),
    )  # fmt: skip


def cp_sat(problem: CalendarProblem, seconds: float) -> tuple[BusCalendar, float, bool]:
    """The first objective by CP-SAT on the exact grid; return the calendar, the bound and whether it is proven."""
    grid = exact_grid(problem)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in grid.options]
    for stop in range(len(problem.stops)):
        model.add_at_most_one([v for o, v in zip(grid.options, taken, strict=True) if o.stop == stop])
    users: dict[tuple[int, int, str], list[cp_model.IntVar]] = {}
    for option, variable in zip(grid.options, taken, strict=True):
        for slot, _ in option.uses:
            users.setdefault((slot, option.stop, option.session), []).append(variable)
    crews = []
    for number, slot in enumerate(grid.slots):
        served: dict[tuple[int, str], list[cp_model.IntVar]] = {}
        here = []
        for stops in crew_table(problem, problem.buses[:1], [slot.sessions]).stops.tolist():
            count = model.new_bool_var("")
            here.append(count)
            crews.append((slot, stops, count))
            for stop, session in zip(stops, slot.sessions, strict=False):
                if stop >= 0:
                    served.setdefault((stop, session.name), []).append(count)
        model.add(sum(here) <= len(problem.buses))
        for (slot_number, stop, name), literals in users.items():
            if slot_number == number:
                model.add(sum(served.get((stop, name), [])) == sum(literals))
    worths = []
    for group in problem.groups:
        uses = []
        for index, stop in enumerate(problem.stops):
            share = problem.coverage.share(problem.access.seconds_between(group.id, stop.id))
            for visits in (1, 2):
                worth = round(1000 * group.need * share * problem.coverage.worth(visits))
                if worth > 0:
                    use = model.new_bool_var("")
                    model.add(
                        use
                        <= sum(
                            v for o, v in zip(grid.options, taken, strict=True) if (o.stop, o.visits) == (index, visits)
                        )
                    )
                    uses.append(use)
                    worths.append(worth * use)
        model.add_at_most_one(uses)
    for area in problem.floored_areas():
        there = [o.visits * v for o, v in zip(grid.options, taken, strict=True) if problem.stops[o.stop].area == area]
        model.add(sum(there) >= problem.rules.area_floor)
    model.maximize(sum(worths))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    rows = []
    for slot, stops, count in crews:
        if solver.value(count):
            (week, weekday), *_ = slot.days
            for stop, session in zip(stops, slot.sessions, strict=False):
                if stop >= 0:
                    rows.append((week, weekday, session.name, problem.buses[0].id, problem.stops[stop].id))
    return make_calendar(rows, problem), solver.best_objective_bound / 1000, status == cp_model.OPTIMAL


def at_the_margin(problem: CalendarProblem, seconds: float, rounds: int = 3) -> BusCalendar:
    """The best calendar of OR-Tools routing in some rounds: prizes are re-made by what each stop adds to the last."""
    prizes = {group.id: group.need for group in problem.groups}
    best, most = BusCalendar(()), -1.0
    for _ in range(rounds):
        calendar = routing(problem, seconds / rounds, prizes)
        judged = judge_calendar(calendar, problem)
        if judged.need > most:
            best, most = calendar, judged.need
        for stop in problem.stops:
            without = {group: served for group, served in judged.served.items() if served[1] != stop.id}
            prizes[stop.id] = sum(
                group.need * max(0.0, 0.75 * problem.coverage.share(problem.access.seconds_between(group.id, stop.id))
                                 - without.get(group.id, (0.0, ""))[0])
                for group in problem.groups
            )  # fmt: skip
    return best


def routing(problem: CalendarProblem, seconds: float, prizes: Mapping[str, float]) -> BusCalendar:
    """A calendar by OR-Tools routing: crew days are vehicles within the crew's hours, stops are optional for a prize.

    The router knows neither shared coverage nor regular days: each stop is offered once, in any session, and what it
    proposes is judged like any other calendar.
    """
    days = [(w, d) for w in range(1, problem.cycle_weeks + 1) for d in sorted({s.weekday for s in problem.sessions})]
    slots = [(index, name) for index in range(len(problem.stops)) for name in ("morning", "afternoon")]
    manager = pywrapcp.RoutingIndexManager(len(slots) + 1, len(days) * len(problem.buses), 0)
    router = pywrapcp.RoutingModel(manager)
    crew, drive = problem.crew, problem.drive
    depot = problem.buses[0].depot.id
    ids = [depot, *(problem.stops[index].id for index, _ in slots)]
    hours = {s.name: (s.opens, s.closes) for s in problem.sessions}

    def metres(a: int, b: int) -> int:
        return round(drive.metres_between(ids[manager.IndexToNode(a)], ids[manager.IndexToNode(b)]))

    def elapsed(a: int, b: int) -> int:
        first, second = manager.IndexToNode(a), manager.IndexToNode(b)
        stay = 0
        if first:
            opens, closes = hours[slots[first - 1][1]]
            stay = closes - opens + crew.pack_up + (crew.lunch if second else 0)
        return (
            round(drive.seconds_between(ids[first], ids[second])) + crew.margin + stay + (crew.set_up if second else 0)
        )

    router.SetArcCostEvaluatorOfAllVehicles(router.RegisterTransitCallback(metres))
    router.AddDimension(router.RegisterTransitCallback(elapsed), 24 * 3600, 24 * 3600, False, "time")
    clock = router.GetDimensionOrDie("time")
    for node, (_, name) in enumerate(slots, start=1):
        clock.CumulVar(manager.NodeToIndex(node)).SetValue(hours[name][0])
    for vehicle in range(len(days) * len(problem.buses)):
        bus = problem.buses[vehicle // len(days)]
        leaves, is_back = bus.crew_start + crew.preparation, bus.crew_end - crew.closing
        clock.CumulVar(router.Start(vehicle)).SetMin(leaves)
        clock.CumulVar(router.End(vehicle)).SetMax(is_back)
        clock.SetSpanUpperBoundForVehicle(bus.longest_day - crew.preparation - crew.closing, vehicle)
        weekday = days[vehicle % len(days)][1]
        offered = {s.name for s in problem.sessions if s.weekday == weekday}
        for node, (index, name) in enumerate(slots, start=1):
            if name not in offered or (weekday, name) in problem.stops[index].closed:
                router.VehicleVar(manager.NodeToIndex(node)).RemoveValue(vehicle)
    for index, stop in enumerate(problem.stops):
        pair = [manager.NodeToIndex(2 * index + 1), manager.NodeToIndex(2 * index + 2)]
        # A metre weighs a millionth of a person, so that need comes first.
        router.AddDisjunction(pair, round(1e6 * prizes.get(stop.id, 0.0)) + 1)
    found = router.SolveWithParameters(guided_search(seconds))
    visits: list[Visit] = []
    for vehicle in range(len(days) * len(problem.buses) if found is not None else 0):
        bus = problem.buses[vehicle // len(days)].id
        for node in _driven(router, manager, found, vehicle):
            stop, name = slots[node - 1]
            opens, closes = hours[name]
            at = (opens - crew.set_up, closes + crew.pack_up)
            visits.append(Visit(*days[vehicle % len(days)], name, bus, problem.stops[stop].id, *at))
    return BusCalendar(tuple(visits))


def _driven(
    router: pywrapcp.RoutingModel, manager: pywrapcp.RoutingIndexManager, found: pywrapcp.Assignment, vehicle: int
) -> Iterator[int]:
    """Yield the nodes that a vehicle visits, in order, its depot left out."""
    index = found.Value(router.NextVar(router.Start(vehicle)))
    while not router.IsEnd(index):
        yield manager.IndexToNode(index)
        index = found.Value(router.NextVar(index))


def guided_search(seconds: float) -> routing_parameters_pb2.RoutingSearchParameters:
    """The router's parameters: the cheapest insertion first, then guided local search for some seconds."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(round(seconds))
    return parameters


def peers(name: str, problem: CalendarProblem, ours: float, seconds: float) -> list[list[str]]:
    """Return the rows of the peers: CP-SAT with the exact program, the router with prizes re-made at the margin."""
    rows = []
    if len(problem.stops) < 100:
        started, begun = time.monotonic(), time.process_time()
        calendar, bound, proven = cp_sat(problem, seconds)
        value = judge_calendar(calendar, problem)
        state = "proven" if proven else f"gap {abs(bound - value.need) / bound:.1%}"
        rows.append(_row(name, "CP-SAT, exact grid, need alone", value, f"{bound:.1f}", state, started, begun))
    started, begun = time.monotonic(), time.process_time()
    value = judge_calendar(at_the_margin(problem, seconds), problem)
    rows.append(_row(name, "OR-Tools routing", value, "-", f"{1 - value.need / ours:.1%} below ours", started, begun))
    return rows


def _row(case: str, by: str, value: Judgement, bound: str, state: str, started: float, begun: float) -> list[str]:
    broken = f"{len(value.broken)} broken" if value.broken else "none broken"
    spent, passed = f"{time.process_time() - begun:.1f}", f"{time.monotonic() - started:.1f}"
    return [case, by, f"{value.need:.1f}", bound, state, spent, passed, broken]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-seconds", type=float, default=60.0, help="time given to each peer (default: 60)")
    parser.add_argument("--largest", type=int, default=1000, help="communes of the largest case (default: 1000)")
    arguments = parser.parse_args()
    base = open_house(read_settings()).planning.problem()
    bus = base.buses[0]
    three = tuple(replace(bus, id=f"bus-{n}") for n in range(1, 4))
    locks = (Position("46095", None, 4, "afternoon"), Position("46320", 1, 3, "afternoon"))
    locked = base.with_rules(locks=locks)
    cases = {
        "63 communes, 1 bus": (lambda: base, 0.0, 60.0),
        "63 communes, 1 bus, 2 locks": (lambda: locked, 0.0, 60.0),
        "63 communes, 3 buses, 2 locks": (lambda: replace(locked, buses=three), 0.0, 60.0),
        "the Lot's 312 communes, 5 buses, 5 depots": (the_lot, 0.0, 60.0),
        "500 communes, 10 buses": (lambda: generated(500, 10), 0.0, 60.0),
        "1,000 communes, 20 buses": (lambda: generated(1000, 20), 0.005, 60.0),
        "1,000 communes, 20 buses, 16 depots": (lambda: generated(1000, 20, 16), 0.005, 60.0),
        "5,000 communes, 100 buses, 83 depots": (lambda: generated(5000, 100, 83), 0.005, 300.0),
    }
    rows = []
    for name, (stated, gap, limit) in cases.items():
        problem = stated()
        if len(problem.stops) > arguments.largest:
            continue
        begun = time.process_time()
        solution = solve_calendar(problem, limit=limit, gap=gap)
        spent = time.process_time() - begun
        judged = judge_calendar(solution.calendar, problem)
        gaps = ", ".join(f"{stage.objective} {stage.gap:.2%}" for stage in solution.stages)
        state = "proven optimal" if solution.proven else f"gaps: {gaps}"
        first = solution.stages[0]
        rows.append([
            name, "ours", f"{judged.need:.1f}", f"{first.bound:.1f}", state, f"{spent:.1f}",
            f"{solution.seconds:.1f}", f"{len(judged.broken)} broken" if judged.broken else "none broken",
        ])  # fmt: skip
        if not problem.rules.locks and len(problem.stops) < 600 and len({b.depot for b in problem.buses}) == 1:
            rows += peers(name, problem, judged.need, arguments.peer_seconds)
    heads = ["case", "by", "need covered", "bound", "proof", "processor s", "clock s", "rules"]
    print(table(heads, rows), end="\n\n")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB", flush=True)
    exact = exact_grid(base)
    for name, grid in (("aggregate", aggregate_grid(exact)), ("exact", exact)):
        started = time.process_time()
        answer = whole_model(base, grid).maximise("need", limit=120.0, gap=0.0)
        value = answer.value if answer else 0.0
        print(f"63 communes, need alone, {name} grid: {value:.1f} in {time.process_time() - started:.2f} s")
    solution = solve_calendar(base)
    started = time.process_time()
    prices = forced_prices(base, solution.calendar)
    proven = sum(price.proven for price in prices)
    print(f"prices of the {len(prices)} unserved communes: {time.process_time() - started:.1f} s, {proven} proven")


if __name__ == "__main__":
    main()
