"""Give the options of an aggregate calendar their weeks, weekdays, buses and partners, by CP-SAT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mobility.bus_calendar import BusCalendar, Visit
from mobility.problem import Bus, CalendarProblem
from tours.calendar_model import bus_kinds
from tours.crew_days import CrewDay, crew_days
from tours.slots import Option
from tours.solvers import cp_model

Day = tuple[int, int]


def label_calendar(problem: CalendarProblem, options: Sequence[Option], *, limit: float) -> BusCalendar | None:
    """Place the options on the days of the cycle with the fewest metres; None where no placing was found.

    Every place of an option obeys closures and bans already; locks and the calendar in force are added here.
    """
    model = cp_model.CpModel()
    placed: dict[tuple[int, tuple[tuple[int, ...], int]], cp_model.IntVar] = {}
    users: dict[tuple[Day, int, str], list[cp_model.IntVar]] = defaultdict(list)
    for index, option in enumerate(options):
        for place in option.places:
            literal = placed[index, place] = model.new_bool_var("")
            weeks, weekday = place
            for week in weeks:
                users[(week, weekday), option.stop, option.session].append(literal)
        model.add_exactly_one([placed[index, place] for place in option.places])
    _add_position_rules(model, problem, options, placed)
    kinds = bus_kinds(problem.buses)
    crews, metres = _add_crews(model, problem, kinds, users)
    model.minimize(cp_model.LinearExpr.weighted_sum(*metres))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    done = [(day, kind, crew, solver.value(count)) for day, kind, crew, count in crews]
    return BusCalendar(tuple(_visits(problem, kinds, done)))


def _add_position_rules(
    model: cp_model.CpModel,
    problem: CalendarProblem,
    options: Sequence[Option],
    placed: dict[tuple[int, tuple[tuple[int, ...], int]], cp_model.IntVar],
) -> None:
    rules = problem.rules
    kept: list[tuple[cp_model.IntVar, int]] = []
    locked: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for (index, (weeks, weekday)), literal in placed.items():
        option = options[index]
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


def _add_crews(
    model: cp_model.CpModel,
    problem: CalendarProblem,
    kinds: list[list[Bus]],
    users: dict[tuple[Day, int, str], list[cp_model.IntVar]],
) -> tuple[list[tuple[Day, int, CrewDay, cp_model.IntVar]], tuple[list[cp_model.IntVar], list[int]]]:
    """Tie the placed options of each day to crew days; return those, and the metres they cost."""
    crews: list[tuple[Day, int, CrewDay, cp_model.IntVar]] = []
    variables: list[cp_model.IntVar] = []
    metres: list[int] = []
    possible: dict[tuple[int, object], list[CrewDay]] = {}
    for day in sorted({day for day, _, _ in users}):
        week, weekday = day
        sessions = tuple(
            s for s in problem.day_sessions(weekday) if (week, weekday, s.name) not in problem.rules.skipped
        )
        served: dict[tuple[int, str], list[cp_model.IntVar]] = defaultdict(list)
        for kind, buses in enumerate(kinds):
            hours = tuple((s.opens, s.closes) for s in sessions)
            if (kind, hours) not in possible:
                possible[kind, hours] = crew_days(problem, buses[0], sessions)
            here = []
            for crew in possible[kind, hours]:
                named = [(s, session.name) for s, session in zip(crew.stops, sessions, strict=True) if s is not None]
                if all((day, stop, name) in users for stop, name in named):
                    count = model.new_int_var(0, 1, "")
                    crews.append((day, kind, crew, count))
                    here.append(count)
                    variables.append(count)
                    metres.append(round(crew.metres))
                    for key in named:
                        served[key].append(count)
            model.add(sum(here) <= len(buses))
        for (used_day, stop, name), literals in users.items():
            if used_day == day:
                model.add(sum(served[stop, name]) == sum(literals))
    return crews, (variables, metres)


def _visits(
    problem: CalendarProblem, kinds: list[list[Bus]], crews: list[tuple[Day, int, CrewDay, int]]
) -> list[Visit]:
    free = {(day, kind): [bus.id for bus in kinds[kind]] for day, kind, _, _ in crews}
    visits = []
    for (week, weekday), kind, crew, count in crews:
        if not count:
            continue
        bus = free[(week, weekday), kind].pop(0)
        sessions = [s for s in problem.day_sessions(weekday) if (week, weekday, s.name) not in problem.rules.skipped]
        for stop, session in zip(crew.stops, sessions, strict=True):
            if stop is not None:
                arrival = session.opens - problem.crew.set_up
                departure = session.closes + problem.crew.pack_up
                stop_id = problem.stops[stop].id
                visits.append(Visit(week, weekday, session.name, bus, stop_id, arrival, departure))
    return visits
