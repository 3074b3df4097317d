"""The calendar as a mixed-integer program: options of stops, crew days, and groups assigned to their best stop.

For a grid of slots the variables are: ``y`` (binary), an option is taken; ``x``, how many crews do a crew day in a
slot; ``z`` (0 to 1), a resident group uses a stop visited so many times. With ``y`` fixed and one kind of bus, ``x``
is a transportation polytope, so it needs no integrality; with several kinds it is integer. Without crew days the
program counts half-days alone: a relaxation that is small, and nearly always whole by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobility.problem import CalendarProblem, Position
from mobility.travel import Watch, no_watch
from tours.calendar_checker import HalfDay
from tours.coverage import CoverTable, Floats, Ints, cover_table
from tours.crew_days import CrewPrices, CrewTable, bus_kinds, crew_table
from tours.program import Entry, Priced, Program
from tours.slots import Grid, Option
from tours.solver_log import reader

KILOMETRE = 1000.0
WHOLE = 1e4
"""The need of all in the program: far above the solver's tolerances, so that the smallest group is still seen."""
SLACK = 1e-9
"""Share of the whole that is left to an objective already reached: rounding, and nothing else."""


@dataclass(frozen=True)
class Answer:
    """The best solution found for one objective.

    ``value`` is recomputed from the options ``taken`` (indices), except for metres; ``crews`` tells how often each line
    of the crew table is driven; ``values`` holds what the solver said of each variable.
    """

    value: float
    bound: float
    taken: tuple[int, ...]
    crews: Floats
    values: Floats


class CalendarModel:
    """The program of one problem on one grid, maximised or minimised one objective after the other.

    ``kinds`` tells how many buses of each kind there are; ``crews`` what they can do on the grid, or None to count
    half-days alone.
    """

    def __init__(
        self, problem: CalendarProblem, grid: Grid, kinds: Sequence[int], crews: CrewTable,
        cover: CoverTable | None = None, *, driven: bool = True, whole: bool = False,
    ) -> None:  # fmt: skip
        self.problem, self.grid, self.kinds = problem, grid, kinds
        self.cover = cover or cover_table(problem)
        self.program = Program()
        self.rate = 0.0
        self._kept_at: dict[str, int] = {}
        self._options = _OptionArrays(grid)
        self._y = self.program.add(len(grid.options), integer=True)
        stops, where = np.unique(self._options.stop, return_inverse=True)
        self.program.rows([(where, self._y, 1.0)], len(stops), most=1.0)
        self.crews: CrewTable | None = None
        self._x = np.zeros(0, dtype=np.int64)
        if not driven:
            self._count_half_days(crews)
        else:
            self._add_crew_days(crews, whole=whole)
        self._add_coverage()
        self._add_rules()

    def _count_half_days(self, crews: CrewTable) -> None:
        """Bound the visits of each session of a slot by the days of the buses that could hold them.

        A visit that has no partner in the other session of its day takes the whole day: so it counts in both.
        """
        uses = self._options
        days = np.array([len(slot.days) for slot in self.grid.slots])
        shape = (len(days), 2, len(self.problem.stops))
        alone, paired = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        both = (crews.stops >= 0).all(axis=1)
        for side in (0, 1):
            there = crews.stops[:, side] >= 0
            alone[crews.slot[there], side, crews.stops[there, side]] = True
            paired[crews.slot[both], side, crews.stops[both, side]] = True
        where = (uses.slot, uses.position, uses.stop[uses.option])
        whole = ~paired[where]
        rows = uses.slot * 2 + uses.position
        entries: list[Entry] = [(rows, self._y[uses.option], uses.count)]
        self._rows_at = self.program.height
        entries.append(((rows ^ 1)[whole], self._y[uses.option[whole]], uses.count[whole]))
        self.program.rows(entries, 2 * len(days), most=np.repeat(sum(self.kinds) * days.astype(float), 2))
        never = ~alone[where]
        self.program.row(self._y[uses.option[never]], np.ones(never.sum()), most=0.0)

    def _add_crew_days(self, crews: CrewTable, *, whole: bool) -> None:
        """Tie options to crew days, within the number of buses."""
        uses, most = self._options, len(self.problem.stops)

        def key(slot: Ints, position: Ints | int, stop: Ints) -> Ints:
            return np.asarray((slot * 2 + position) * (most + 1) + stop + 1)

        asked, use_row = np.unique(key(uses.slot, uses.position, uses.stop[uses.option]), return_inverse=True)
        sides = [key(crews.slot, side, crews.stops[:, side]) for side in (0, 1)]
        # A crew day is driven only where both its stops are asked for; an empty half asks for nothing.
        possible = np.ones(len(crews), dtype=bool)
        for side, keys in enumerate(sides):
            possible &= (crews.stops[:, side] < 0) | np.isin(keys, asked)
        self.crews = crews = crews.where(possible)
        days = np.array([len(slot.days) for slot in self.grid.slots])
        capacity = days[:, None] * np.array(self.kinds)[None, :]
        self._x = self.program.add(
            len(crews), upper=capacity[crews.slot, crews.kind], integer=whole or len(self.kinds) > 1
        )  # fmt: skip
        self._asked, self._rows_at = asked, self.program.height
        rows = crews.slot * len(self.kinds) + crews.kind
        self.program.rows([(rows, self._x, 1.0)], capacity.size, most=capacity.ravel().astype(float))
        entries: list[Entry] = [(use_row, self._y[uses.option], -uses.count.astype(float))]
        for side, keys in enumerate(sides):
            there = crews.stops[:, side] >= 0
            entries.append((np.searchsorted(asked, keys[possible][there]), self._x[there], np.ones(there.sum())))
        self.program.rows(entries, len(asked), least=0.0, most=0.0)

    def _add_coverage(self) -> None:
        """Assign each group in need to at most one visited stop, and the weakest area's share below every area's."""
        cover, options, worth = self.cover, self._options, self.problem.coverage.worth
        none = np.zeros(0, dtype=np.int64)
        group, values, use, stop, times = [none], [np.zeros(0)], [none], [none], [none]
        for visits in np.unique(options.visits).tolist():
            offered = np.unique(options.stop[options.visits == visits])
            lines = np.flatnonzero(np.isin(cover.stop, offered))
            z = self.program.add(len(lines))
            row_of = np.full(len(self.problem.stops), -1)
            row_of[offered] = np.arange(len(offered))
            chosen = np.flatnonzero(options.visits == visits)
            by_stop = np.argsort(options.stop[chosen], kind="stable")
            begins = np.searchsorted(options.stop[chosen][by_stop], cover.stop[lines])
            ends = np.searchsorted(options.stop[chosen][by_stop], cover.stop[lines], side="right")
            many = ends - begins
            row = np.repeat(np.arange(len(lines)), many)
            within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(begins, many)
            entries: list[Entry] = [(np.arange(len(lines)), z, 1.0), (row, self._y[chosen[by_stop][within]], -1.0)]
            self.program.rows(entries, len(lines), most=0.0)
            group.append(cover.group[lines])
            values.append(np.maximum(0.0, cover.worth[lines] * worth(visits) - cover.base[cover.group[lines]]))
            use.append(z)
            stop.append(cover.stop[lines])
            times.append(np.full(len(lines), visits))
        self._z, self._worth = np.concatenate(use), np.concatenate(values)
        self._z_group, self._z_stop, self._z_visits = (np.concatenate(part) for part in (group, stop, times))
        groups, where = np.unique(self._z_group, return_inverse=True)
        self._groups_at = self.program.height
        self.program.rows([(where, self._z, 1.0)], len(groups), most=1.0)
        area = cover.area[self._z_group]
        self._scale = WHOLE / max(float(cover.area_need.sum()), 1e-12)
        self._w = self.program.add(1)
        areas = np.arange(len(cover.areas))
        self._shares_at = self.program.height
        share = self._worth / cover.area_need[area]
        shares: list[Entry] = [(areas, np.broadcast_to(self._w, areas.shape), 1.0), (area, self._z, -share)]
        self.program.rows(shares, len(areas), most=0.0)

    def _add_rules(self) -> None:
        rules, options = self.problem.rules, self._options
        for lock in rules.locks:
            chosen = [i for i in self._at(lock.stop) if any(_any(lock, visits) for visits in self._positions(i))]
            self._at_least(chosen, np.ones(len(chosen)), 1)
        area_of = np.array([stop.area for stop in self.problem.stops])
        for area in self.problem.floored_areas():
            there = np.flatnonzero(area_of[options.stop] == area)
            self._at_least(there, options.visits[there], rules.area_floor)
        if rules.max_changes is not None:
            kept = np.array([self._kept(i) for i in range(len(self.grid.options))], dtype=float)
            there = np.flatnonzero(kept)
            self._at_least(there, kept[there], len(rules.in_force) - rules.max_changes)

    def _at(self, stop: str) -> list[int]:
        """Return the options of a stop."""
        return [i for i, option in enumerate(self.grid.options) if self.problem.stops[option.stop].id == stop]

    def _positions(self, option: int) -> list[list[tuple[str, int, int, str]]]:
        chosen = self.grid.options[option]
        return list(chosen.positions(self.problem.stops[chosen.stop].id))

    def _kept(self, option: int) -> int:
        """Return how many visits of the calendar in force an option can keep."""
        old = [
            p for p in self.problem.rules.in_force if p.stop == self.problem.stops[self.grid.options[option].stop].id
        ]
        if not old:
            return 0
        return max(sum(_any(position, visits) for position in old) for visits in self._positions(option))

    def _at_least(self, options: Sequence[int] | Ints, times: Floats | Ints, floor: int) -> None:
        self.program.row(self._y[np.asarray(options, dtype=np.int64)], times, least=float(floor))

    def covered(self, taken: Sequence[int]) -> Floats:
        """Return the need that the options cover in each area, in persons."""
        worth = np.zeros(len(self.problem.stops))
        for option in taken:
            worth[self.grid.options[option].stop] = self.problem.coverage.worth(self.grid.options[option].visits)
        return self.cover.covered(worth)

    def maximise(
        self, objective: str, *, limit: float, gap: float, watch: Watch = no_watch, start: Floats | None = None
    ) -> Answer | None:
        """Find the best value of an objective ("need", "weakest", "distance"); None where no calendar exists.

        Any other objective ("nothing") asks only whether there is a calendar.
        ``limit`` is in seconds, ``gap`` the relative gap at which the search may stop. Distances come back in metres.
        ``watch`` is told the value and the bound as they move.
        """
        variables, costs, unit = self._objective(objective)
        log = None if watch is no_watch else reader(objective, watch, unit)
        found = self.program.solve(
            variables, costs, maximise=objective != "distance", limit=limit, gap=gap, start=start, log=log
        )
        if found is None:
            return None
        taken = tuple(np.flatnonzero(found.values[self._y] > 0.5).tolist())
        value = found.value * unit
        if objective in {"need", "weakest"}:
            # The solver's tolerances times a heavy weight may be worth a whole village: what counts is what is reached.
            value = self.value(objective, taken)
        bound = found.bound * unit
        most = {"need": float(self.cover.area_need.sum()), "weakest": 1.0}.get(objective, np.inf)
        bound = max(0.0, min(bound, value)) if objective == "distance" else max(min(bound, most), value)
        return Answer(value, bound, taken, found.values[self._x], found.values)

    def relaxed(self, objective: str, limit: float, *, inside: bool = False) -> Priced | None:
        """Solve without integrality, by the interior where asked; None where there is no calendar."""
        variables, costs, _ = self._objective(objective)
        return self.program.relaxed(variables, costs, maximise=objective != "distance", limit=limit, inside=inside)

    def most(self, objective: str, limit: float) -> float | None:
        """Return what the relaxation proves of an objective, in its unit; None where there is no calendar."""
        priced = self.relaxed(objective, limit, inside=True)
        return None if priced is None else priced.bound * self._objective(objective)[2]

    def losses(self, priced: Priced) -> Floats:
        """Return what each option loses beside the prices of the need (below 0), in persons."""
        return np.asarray(np.minimum(priced.reduced[self._y], 0.0) / self._scale)

    def ceilings(self, objective: str, priced: Priced) -> Floats:
        """Return, for each option, what no calendar that takes it can be above, on need or the weakest area.

        That is the bound of the relaxation, less what its duals say that the option costs.
        """
        unit = self._objective(objective)[2]
        return np.asarray((priced.bound + np.minimum(priced.reduced[self._y], 0.0)) * unit + SLACK * WHOLE * unit)

    def need_prices(self, priced: Priced) -> tuple[dict[HalfDay, float], dict[str, float]]:
        """Return the prices of half-days, by their kind, and of groups, in persons, that bound the need."""
        half_days = {}
        for number, slot in enumerate(self.grid.slots):
            kind = tuple((session.name, session.opens, session.closes) for session in slot.sessions)
            for position, session in enumerate(slot.sessions):
                half_days[kind, session.name] = priced.duals[self._rows_at + 2 * number + position] / self._scale
        asked = np.unique(self._z_group).tolist()
        paid = priced.duals[self._groups_at : self._groups_at + len(asked)] / self._scale
        return half_days, {self.problem.groups[g].id: price for g, price in zip(asked, paid.tolist(), strict=True)}

    def driven(self, priced: Priced) -> Floats:
        """Return how often the relaxation drives each crew day."""
        return np.zeros(len(self._x)) if priced.values is None else priced.values[self._x]

    def weights(self, priced: Priced) -> Floats:
        """Return what the fewest metres pay for each more person served, by area: a metre where it costs nothing."""
        begin = self._shares_at
        paid = np.maximum(0.0, -priced.duals[begin : begin + len(self.cover.areas)]) / self.cover.area_need
        paid += max(0.0, priced.duals[self._kept_at["need"]]) * self._scale
        return np.asarray(np.maximum(1.0, paid * KILOMETRE))

    def start(self, options: Sequence[Option], crews: CrewTable, counts: Floats) -> Floats:
        """Return the values of every variable that stand for a known calendar of this program."""
        values = np.zeros(self.program.size)
        values[self._y[list(self.numbers(options))]] = 1.0
        if self.crews is not None:
            lines = {key: line for line, key in enumerate(self.crews.keys())}
            for key, count in zip(crews.where(counts > 0.5).keys(), counts[counts > 0.5], strict=True):
                values[self._x[lines[key]]] = count
        visits = np.zeros(len(self.problem.stops), dtype=np.int64)
        for option in options:
            visits[option.stop] = option.visits
        open_now = visits[self._z_stop] == self._z_visits
        order = np.lexsort((-self._worth * open_now, self._z_group))
        first = order[np.r_[True, np.diff(self._z_group[order]) > 0]] if len(order) else order
        values[self._z[first]] = open_now[first]
        covered = np.bincount(
            self.cover.area[self._z_group[first]], (self._worth * open_now)[first], len(self.cover.areas)
        )
        values[self._w] = min(1.0, (covered / self.cover.area_need).min(initial=1.0))
        return values

    def numbers(self, options: Sequence[Option]) -> tuple[int, ...]:
        """Return the numbers of options here."""
        number_of = {option: number for number, option in enumerate(self.grid.options)}
        return tuple(number_of[option] for option in options)

    def answer(self, values: Floats) -> Answer:
        """Return a known calendar as an answer that proves nothing."""
        taken = tuple(np.flatnonzero(values[self._y] > 0.5).tolist())
        return Answer(0.0, np.inf, taken, values[self._x], values)

    def crew_prices(self, priced: Priced) -> CrewPrices:
        """Return what the relaxation of the fewest metres pays for stops and buses."""
        shape = (len(self.grid.slots), len(self.kinds))
        begin = self._rows_at + shape[0] * shape[1]
        buses = np.maximum(0.0, -priced.duals[self._rows_at : begin]).reshape(shape)
        stops = np.zeros((shape[0], 2, len(self.problem.stops)))
        most = len(self.problem.stops) + 1
        place, stop = np.divmod(self._asked, most)
        stops[place // 2, place % 2, stop - 1] = priced.duals[begin : begin + len(self._asked)]
        return CrewPrices(stops * KILOMETRE, buses * KILOMETRE)

    def least_metres(self, prices: CrewPrices, limit: float) -> float:
        """Return metres that no calendar of this program drives less than, at prices that pay no crew day too much.

        Each visit is paid its price, and the buses theirs: crew days together cost at least the difference (Lagrange).
        What the visits are paid at least is bounded by duals in turn: fractions of visits are enough.
        """
        uses = self._options
        paid = prices.stops[uses.slot, uses.position, uses.stop[uses.option]] * uses.count / KILOMETRE
        costs = np.bincount(uses.option, paid, len(self.grid.options))
        found = self.program.relaxed(self._y, costs, maximise=False, limit=limit, inside=True)
        days = np.array([len(slot.days) for slot in self.grid.slots])
        buses = float((prices.buses * days[:, None] * np.array(self.kinds)).sum())
        return 0.0 if found is None else max(0.0, found.bound * KILOMETRE - buses)

    def value(self, objective: str, taken: Sequence[int]) -> float:
        """Return the need that the options cover, in persons, or the share of the weakest area."""
        covered = self.covered(taken)
        if objective == "need":
            return float(covered.sum())
        return float((covered / self.cover.area_need).min(initial=1.0))

    def _objective(self, objective: str) -> tuple[Ints, Floats, float]:
        """Return the variables that count, what each counts for, and the unit of that."""
        if objective == "need":
            return self._z, self._worth * self._scale, 1 / self._scale
        if objective == "weakest":
            return self._w, np.full(1, WHOLE), 1 / WHOLE
        if objective == "distance" and self.crews is not None:
            return self._x, self.crews.metres / KILOMETRE, KILOMETRE
        if objective == "profit" and self.crews is not None:
            costs = np.concatenate([self._worth, -self.crews.metres * self.rate]) * self._scale
            return np.concatenate([self._z, self._x]), costs, 1 / self._scale
        return self._w[:0], np.zeros(0), 1.0

    def require(self, options: Sequence[Option]) -> None:
        """Ask that each of these stops is visited as often as its option says, in any session."""
        for option in options:
            same = np.flatnonzero((self._options.stop == option.stop) & (self._options.visits == option.visits))
            self._at_least(same, np.ones(len(same)), 1)

    def keep(self, objective: str, value: float) -> None:
        """Forbid calendars worse than ``value`` on an objective (at least for need and weakest, at most for metres)."""
        variables, costs, unit = self._objective(objective)
        self._kept_at[objective] = self.program.height
        if objective == "distance":
            self.program.row(variables, costs, most=value / unit * (1 + SLACK))
        else:
            self.program.row(variables, costs, least=value / unit - WHOLE * SLACK)

    def forbid(self, taken: Sequence[int]) -> None:
        """Forbid every calendar that takes all of these options."""
        self.program.row(self._y[list(taken)], np.ones(len(taken)), most=len(taken) - 1.0)


def whole_model(problem: CalendarProblem, grid: Grid) -> CalendarModel:
    """Return the whole program of a problem on a grid, with everything that its crews can do."""
    kinds = bus_kinds(problem.buses)
    crews = crew_table(problem, [kind[0] for kind in kinds], [slot.sessions for slot in grid.slots])
    return CalendarModel(problem, grid, [len(kind) for kind in kinds], crews)


def _any(position: Position, visits: Sequence[tuple[str, int, int, str]]) -> bool:
    return any(position.matches(*visit) for visit in visits)


class _OptionArrays:
    """Stops and visits of the options, and what they use: option, slot, session of the slot, visits there."""

    def __init__(self, grid: Grid) -> None:
        options: Sequence[Option] = grid.options
        place = [{session.name: number for number, session in enumerate(slot.sessions)} for slot in grid.slots]
        self.stop = np.array([option.stop for option in options], dtype=np.int64)
        self.visits = np.array([option.visits for option in options], dtype=np.int64)
        used = [
            (number, slot, place[slot][option.session], count)
            for number, option in enumerate(options)
            for slot, count in option.uses
        ]
        self.option, self.slot, self.position, self.count = np.array(used, dtype=np.int64).reshape(-1, 4).T
