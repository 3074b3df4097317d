"""Give the options of an aggregate calendar their weeks, weekdays and buses, by CP-SAT.

The crew days that were chosen hold pairs of stops: each is laid on one day of its slot, so that the visits of a stop
fall on the same weekday and on weeks evenly spread. That is a small program whatever the size of the territory. Where
no such laying exists, stops may change partners; where that fails too, some may be left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobility.bus_calendar import BusCalendar, Visit
from mobility.problem import CalendarProblem
from tours.coverage import Floats
from tours.crew_days import CrewTable, bus_kinds
from tours.slots import Grid, Option
from tours.solvers import cp_model

Day = tuple[int, int]


@dataclass(frozen=True)
class CrewDay:
    """One day of one crew, not laid yet: its slot, the kind of bus, and a stop (index) or None in each session."""

    slot: int
    kind: int
    stops: tuple[int | None, ...]


@dataclass(frozen=True)
class Chosen:
    """What is to be laid: options of a grid, and the crew days that serve them."""

    grid: Grid
    options: tuple[Option, ...]
    days: tuple[CrewDay, ...]


def chosen_days(grid: Grid, crews: CrewTable, counts: Floats) -> tuple[CrewDay, ...]:
    """Return the crew days of a table, each as often as it is driven."""
    days = []
    for line in np.flatnonzero(counts).tolist():
        slot = int(crews.slot[line])
        stops = [None if stop < 0 else stop for stop in crews.stops[line].tolist()]
        named = tuple(stops[: len(grid.slots[slot].sessions)])
        days += [CrewDay(slot, int(crews.kind[line]), named)] * int(counts[line])
    return tuple(days)


def label_calendar(
    problem: CalendarProblem, chosen: Chosen, *, limit: float, worth: Sequence[float] | None = None,
    metres: Sequence[float] | None = None,
) -> BusCalendar | None:  # fmt: skip
    """Lay the chosen crew days on the days of the cycle; None where no laying was found.

    Every place of an option obeys closures and bans already; locks and the calendar in force are added here. With
    ``worth``, one for each option, options may be left out, those worth least together. With ``metres``, one for each
    crew day, these are what crews may do, on any day, with the fewest metres in all.
    """
    model = cp_model.CpModel()
    placed = _add_places(model, chosen, required=worth is None)
    laid, driven = _add_days(model, problem, chosen, placed, once=metres is None, whole=worth is None)
    _add_position_rules(model, problem, chosen.options, placed)
    if worth is not None:
        _add_floors(model, problem, chosen.options, placed)
        scale = 1e6 / max(max(worth, default=1.0), 1e-9)
        model.maximize(sum(round(1 + scale * worth[index]) * literal for (index, _), literal in placed.items()))
    if metres is not None:
        model.minimize(sum(round(metres[number]) * literal for number, literal in driven))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return BusCalendar(tuple(_visits(problem, chosen, [key for key, literal in laid.items() if solver.value(literal)])))


Places = dict[tuple[int, tuple[tuple[int, ...], int]], "cp_model.IntVar"]


def _add_places(model: cp_model.CpModel, chosen: Chosen, *, required: bool) -> Places:
    placed: Places = {}
    for index, option in enumerate(chosen.options):
        for place in option.places:
            placed[index, place] = model.new_bool_var("")
        literals = [placed[index, place] for place in option.places]
        (model.add_exactly_one if required else model.add_at_most_one)(literals)
    return placed


def _add_days(
    model: cp_model.CpModel, problem: CalendarProblem, chosen: Chosen, placed: Places, *, once: bool, whole: bool
) -> tuple[dict[tuple[int, int, Day], cp_model.IntVar], list[tuple[int, cp_model.IntVar]]]:
    """Lay each crew day, ``once`` or on any days, ``whole`` or with a stop left out.

    Return, by (crew day, session of its day, day), whether it serves its stop there, and each (crew day, driven).
    """
    here: dict[tuple[Day, int, str], list[cp_model.IntVar]] = defaultdict(list)
    for (index, (weeks, weekday)), literal in placed.items():
        option = chosen.options[index]
        for week in weeks:
            here[(week, weekday), option.stop, option.session].append(literal)
    serving: dict[tuple[Day, int, str], list[cp_model.IntVar]] = defaultdict(list)
    buses: dict[tuple[Day, int], list[cp_model.IntVar]] = defaultdict(list)
    laid: dict[tuple[int, int, Day], cp_model.IntVar] = {}
    driven: list[tuple[int, cp_model.IntVar]] = []
    for number, crew in enumerate(chosen.days):
        slot = chosen.grid.slots[crew.slot]
        literals = []
        for day in slot.days:
            named = [(p, s, slot.sessions[p].name) for p, s in enumerate(crew.stops) if s is not None]
            if whole and not all((day, stop, name) in here for _, stop, name in named):
                continue
            literal = model.new_bool_var("")
            literals.append(literal)
            buses[day, crew.kind].append(literal)
            for position, stop, name in named:
                serves = literal
                if not whole:
                    serves = model.new_bool_var("")
                    model.add_implication(serves, literal)
                laid[number, position, day] = serves
                serving[day, stop, name].append(serves)
        if once:
            (model.add_exactly_one if whole else model.add_at_most_one)(literals)
        driven += [(number, literal) for literal in literals]
    for key in here.keys() | serving.keys():
        model.add(sum(serving[key]) == sum(here[key]))
    sizes = [len(kind) for kind in bus_kinds(problem.buses)]
    for (_, kind), literals in buses.items():
        if len(literals) > sizes[kind]:
            model.add(sum(literals) <= sizes[kind])
    return laid, driven


def _add_position_rules(
    model: cp_model.CpModel, problem: CalendarProblem, options: Sequence[Option], placed: Places
) -> None:
    rules = problem.rules
    named = {position.stop for position in (*rules.locks, *rules.in_force)}
    kept: list[tuple[cp_model.IntVar, int]] = []
    locked: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for (index, (weeks, weekday)), literal in placed.items():
        option = options[index]
        if problem.stops[option.stop].id not in named:
            continue
        visits = [(problem.stops[option.stop].id, week, weekday, option.session) for week in weeks]
        for number, lock in enumerate(rules.locks):
            if any(lock.matches(*visit) for visit in visits):
                locked[number].append(literal)
        kept.append((literal, sum(any(old.matches(*visit) for visit in visits) for old in rules.in_force)))
    for number in range(len(rules.locks)):
        model.add_bool_or(locked[number])
    if rules.max_changes is not None:
        total = sum(count * literal for literal, count in kept)
        model.add(total >= len(rules.in_force) - rules.max_changes)


def _add_floors(model: cp_model.CpModel, problem: CalendarProblem, options: Sequence[Option], placed: Places) -> None:
    there: dict[str, list[cp_model.LinearExpr]] = defaultdict(list)
    for (index, _), literal in placed.items():
        there[problem.stops[options[index].stop].area].append(options[index].visits * literal)
    for area in problem.floored_areas():
        model.add(sum(there[area]) >= problem.rules.area_floor)


def _visits(problem: CalendarProblem, chosen: Chosen, laid: Sequence[tuple[int, int, Day]]) -> list[Visit]:
    """Hand the crew days of each day to the buses of their kind, in order."""
    kinds = bus_kinds(problem.buses)
    free: dict[tuple[Day, int], list[str]] = {}
    bus_of: dict[tuple[int, Day], str] = {}
    visits = []
    for number, position, day in laid:
        crew = chosen.days[number]
        stop = crew.stops[position]
        if stop is None:
            continue
        if (number, day) not in bus_of:
            buses = free.setdefault((day, crew.kind), [bus.id for bus in kinds[crew.kind]])
            bus_of[number, day] = buses.pop(0)
        session = problem.session_on(day[1], chosen.grid.slots[crew.slot].sessions[position].name)
        arrival, departure = session.opens - problem.crew.set_up, session.closes + problem.crew.pack_up
        visits.append(
            Visit(*day, session.name, bus_of[number, day], problem.stops[stop].id, arrival, departure)
        )  # fmt: skip
    return visits
