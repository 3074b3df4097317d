"""The calendar as a mixed-integer program: options of stops, crew days, and groups assigned to their best stop.

For a grid of slots the variables are: ``y`` (binary), an option is taken; ``x``, how many crews do a crew day in a
slot; ``z`` (0 to 1), a resident group uses a stop visited so many times. With ``y`` fixed and one kind of bus, ``x``
is a transportation polytope, so it needs no integrality; with several kinds it is integer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mobility.errors import MobilityError
from mobility.problem import Bus, CalendarProblem
from mobility.travel import Watch, no_watch
from tours.crew_days import crew_days
from tours.slots import Grid, Option
from tours.solver_log import reader
from tours.solvers import mathopt, solved

KILOMETRE = 1000.0


@dataclass(frozen=True)
class Answer:
    """The best solution found for one objective. ``taken`` are the indices of the options chosen."""

    value: float
    bound: float
    taken: tuple[int, ...]


class CalendarModel:
    """The program of one problem on one grid, maximised or minimised one objective after the other.

    ``kinds`` are the buses grouped by depot and crew hours: buses of one kind are interchangeable.
    """

    def __init__(self, problem: CalendarProblem, grid: Grid) -> None:
        self.problem = problem
        self.grid = grid
        self._model = mathopt.Model()
        self._kinds = bus_kinds(problem.buses)
        self._taken = [self._model.add_binary_variable() for _ in grid.options]
        self._by_stop: dict[int, list[int]] = defaultdict(list)
        for index, option in enumerate(grid.options):
            self._by_stop[option.stop].append(index)
        for indices in self._by_stop.values():
            self._model.add_linear_constraint(mathopt.fast_sum([self._taken[i] for i in indices]) <= 1)
        self.distance = self._add_crew_days()
        self.covered = self._add_coverage()
        self.weakest = self._add_weakest()
        self._add_rules()

    def _add_crew_days(self) -> mathopt.LinearExpression:
        """Tie options to crew days, within the number of buses; return the kilometres driven."""
        users: dict[tuple[int, int, str], list[mathopt.LinearTerm]] = defaultdict(list)
        for option, variable in zip(self.grid.options, self._taken, strict=True):
            for used, visits in option.uses:
                users[used, option.stop, option.session].append(visits * variable)
        metres: list[mathopt.LinearTerm] = []
        for slot_index, slot in enumerate(self.grid.slots):
            served: dict[tuple[int, str], list[mathopt.Variable]] = defaultdict(list)
            for kind in self._kinds:
                capacity = len(kind) * len(slot.days)
                crews = []
                for day in crew_days(self.problem, kind[0], slot.sessions):
                    named = list(zip(day.stops, slot.sessions, strict=True))
                    if any(s is not None and (slot_index, s, session.name) not in users for s, session in named):
                        continue
                    crew = self._model.add_variable(lb=0, ub=capacity, is_integer=len(self._kinds) > 1)
                    crews.append(crew)
                    metres.append(day.metres / KILOMETRE * crew)
                    for stop, session in named:
                        if stop is not None:
                            served[stop, session.name].append(crew)
                if crews:
                    self._model.add_linear_constraint(mathopt.fast_sum(crews) <= capacity)
            for (slot_used, stop, session_name), terms in users.items():
                if slot_used == slot_index:
                    crews_there = mathopt.fast_sum(served[stop, session_name])
                    self._model.add_linear_constraint(crews_there == mathopt.fast_sum(terms))
        return mathopt.fast_sum(metres)

    def _add_coverage(self) -> dict[str, mathopt.LinearExpression]:
        """Assign each group in need to at most one visited stop; return the need covered in each area."""
        problem, coverage = self.problem, self.problem.coverage
        visited: dict[tuple[int, int], mathopt.LinearExpression] = {}
        for stop, indices in self._by_stop.items():
            for visits in {self.grid.options[i].visits for i in indices}:
                chosen = [self._taken[i] for i in indices if self.grid.options[i].visits == visits]
                visited[stop, visits] = mathopt.fast_sum(chosen)
        covered: dict[str, list[mathopt.LinearTerm]] = defaultdict(list)
        for group in problem.groups:
            if group.need <= 0:
                continue
            uses = []
            for (stop, visits), expression in visited.items():
                seconds = problem.access.seconds_between(group.id, problem.stops[stop].id)
                worth = group.need * coverage.share(seconds) * coverage.worth(visits)
                if worth > 0:
                    use = self._model.add_variable(lb=0, ub=1)
                    self._model.add_linear_constraint(use <= expression)
                    covered[group.area].append(worth * use)
                    uses.append(use)
            if len(uses) > 1:
                self._model.add_linear_constraint(mathopt.fast_sum(uses) <= 1)
        return {area: mathopt.fast_sum(covered[area]) for area in problem.areas_in_need()}

    def _add_weakest(self) -> mathopt.Variable:
        """Return the covered share of the weakest area (a variable below all of them)."""
        need: dict[str, float] = defaultdict(float)
        for group in self.problem.groups:
            need[group.area] += group.need
        weakest = self._model.add_variable(lb=0, ub=1)
        for area, covered in self.covered.items():
            self._model.add_linear_constraint(need[area] * weakest <= covered)
        return weakest

    def _add_rules(self) -> None:
        rules, stops = self.problem.rules, self.problem.stops
        for lock in rules.locks:
            chosen = [
                self._taken[index]
                for index, option in enumerate(self.grid.options)
                if any(
                    any(lock.matches(*visit) for visit in visits) for visits in option.positions(stops[option.stop].id)
                )
            ]
            self._at_least(chosen, 1)
        for area in self.problem.floored_areas():
            there = [
                option.visits * variable
                for option, variable in zip(self.grid.options, self._taken, strict=True)
                if stops[option.stop].area == area
            ]
            self._at_least(there, rules.area_floor)
        if rules.max_changes is not None:
            kept = [
                self._kept(option) * variable
                for option, variable in zip(self.grid.options, self._taken, strict=True)
                if self._kept(option)
            ]
            self._at_least(kept, len(rules.in_force) - rules.max_changes)

    def _kept(self, option: Option) -> int:
        """Return how many visits of the calendar in force an option can keep."""
        stop = self.problem.stops[option.stop].id
        return max(
            sum(any(old.matches(*visit) for visit in visits) for old in self.problem.rules.in_force)
            for visits in option.positions(stop)
        )

    def _at_least(self, terms: Sequence[mathopt.LinearTerm | mathopt.Variable], floor: int) -> None:
        # MathOpt refuses a constraint without variables, so a hopeless rule is written with a variable fixed at 0.
        if not terms:
            terms = [self._model.add_variable(lb=0, ub=0)]
        self._model.add_linear_constraint(mathopt.fast_sum(terms) >= floor)

    @property
    def need(self) -> mathopt.LinearExpression:
        """Return the need covered, in persons."""
        return mathopt.fast_sum(list(self.covered.values()))

    def maximise(self, objective: str, *, limit: float, gap: float, watch: Watch = no_watch) -> Answer | None:
        """Find the best value of an objective ("need", "weakest", "distance"); None where no calendar exists.

        Any other objective ("nothing") asks only whether there is a calendar.
        ``limit`` is in seconds, ``gap`` the relative gap at which the search may stop. Distances come back in metres.
        ``watch`` is told the value and the bound as they move.
        """
        if objective == "distance":
            self._model.minimize(self.distance)
        elif objective in {"need", "weakest"}:
            self._model.maximize(self.need if objective == "need" else self.weakest)
        else:
            self._model.maximize(0.0)
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=limit), relative_gap_tolerance=gap)
        scale = KILOMETRE if objective == "distance" else 1.0
        log = None if watch is no_watch else reader(objective, watch, scale)
        result = solved(self._model, mathopt.SolverType.HIGHS, params=parameters, msg_cb=log)
        reasons = mathopt.TerminationReason
        if result.termination.reason in {reasons.INFEASIBLE, reasons.INFEASIBLE_OR_UNBOUNDED}:
            return None
        if result.termination.reason not in {reasons.OPTIMAL, reasons.FEASIBLE}:
            raise MobilityError(
                "no-time",
                f"no calendar was found in {limit:.0f} s; give the search more time",
                field="limit",
                limit=limit,
            )
        taken = [i for i, v in enumerate(self._taken) if result.variable_values(v) > 0.5]
        bound = result.termination.objective_bounds.dual_bound
        return Answer(result.objective_value() * scale, bound * scale, tuple(taken))

    def keep(self, objective: str, value: float) -> None:
        """Forbid calendars worse than ``value`` on an objective (at least for need and weakest, at most for metres)."""
        if objective == "distance":
            self._model.add_linear_constraint(self.distance <= value / KILOMETRE)
        else:
            expression = self.need if objective == "need" else self.weakest
            self._model.add_linear_constraint(expression >= value)

    def forbid(self, taken: Sequence[int]) -> None:
        """Forbid every calendar that takes all of these options."""
        chosen = [self._taken[i] for i in taken]
        self._model.add_linear_constraint(mathopt.fast_sum(chosen) <= len(chosen) - 1)


def bus_kinds(buses: Sequence[Bus]) -> list[list[Bus]]:
    """Group the buses that only their name tells apart."""
    kinds: dict[tuple[object, ...], list[Bus]] = defaultdict(list)
    for bus in buses:
        kinds[bus.depot, bus.crew_start, bus.crew_end, bus.longest_day].append(bus)
    return list(kinds.values())
