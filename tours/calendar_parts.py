"""A large territory in parts: what each bus is for is decided for the whole, then each part is searched by itself.

The relaxation of the fewest metres that keep nearly all of the need, and the weakest area as high as can be, says what
a person served is worth in each area, and which buses drive to which stops. Buses that drive to the same country are a
part. Part after part is searched for what its stops are worth, less what is driven, beside what the others serve
already; then the parts are cut elsewhere, and searched again while time is left. Nothing is proven here: bounds are
those of the whole.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mobility.bus_calendar import BusCalendar, Visit
from mobility.errors import MobilityError
from mobility.problem import Bus, CalendarProblem
from mobility.travel import Progress, TravelTimes
from tours.calendar_plan import Plan, bus_homes, planned_homes
from tours.coverage import Bools, Floats, Ints
from tours.crew_days import CrewTable, bus_kinds, crew_table
from tours.crew_driving import CrewDriving
from tours.laying import Laying, driven_metres
from tours.slots import Grid, aggregate_grid, exact_grid

CUTS = (0.5, 0.35)
"""Where the buses are cut apart, turn by turn: what lies at a border in one turn lies inside in another."""
_LEAST = 0.1
"""Seconds that must be left for a part to be searched."""
_MOST = 2.0
"""Times its share of a turn that a part may take."""
CLOSE = 2e-4
"""Relative gap at which the search of a part ends."""


class PartsSearch:
    """The search of a large territory, part after part, until ``reserve`` seconds before the deadline."""

    def __init__(self, crews: CrewDriving, grid: Grid, plan: Plan, reserve: float, progress: Progress) -> None:
        self.crews, self.grid, self.plan, self.reserve, self.progress = crews, grid, plan, reserve, progress
        self.problem = crews.problem
        self.number_of = {stop.id: number for number, stop in enumerate(self.problem.stops)}
        self.visits: dict[str, tuple[Visit, ...]] = {bus.id: () for bus in self.problem.buses}

    def calendar(self) -> BusCalendar:
        """Return the best calendar found; rules that ask for visits may be broken where time ran out."""
        point = np.array([(stop.place.point.lon, stop.place.point.lat) for stop in self.problem.stops])
        homes, counts = planned_homes(self.crews, self.plan, point)
        for turn, share in enumerate(CUTS):
            parts = homes.together(share)
            # At first a stop is left to the part that the plan sends there most; then to whoever comes first.
            planned = np.array([counts[part].sum(axis=0) for part in parts])
            # What parts leave of their time goes to the next ones, but not all of it to the last.
            most = _MOST * self.crews.left(self.reserve) / (len(parts) * (len(CUTS) - turn))
            for number, part in enumerate(parts):
                left = self.crews.left(self.reserve)
                if left <= _LEAST:
                    break
                self.progress("distance", 0.2 + 0.6 * (turn + number / len(parts)) / len(CUTS))
                mine = np.ones(len(point), dtype=bool)
                if counts.any():
                    mine = (planned[number] >= planned.max(axis=0)) & (planned[number] > 1e-9)
                buses = [bus for home in part.tolist() for bus in homes.buses[home]]
                self._improve(buses, mine, min(most, left / (len(parts) * (len(CUTS) - turn) - number)))
            visited = [self._numbers(self.visits[bus.id]) for bus in self.problem.buses]
            homes = bus_homes(self.problem.buses, visited, point)
            counts = np.zeros((len(homes.buses), len(point)))
        return BusCalendar(tuple(visit for visits in self.visits.values() for visit in visits))

    def _numbers(self, visits: Sequence[Visit]) -> Ints:
        return np.array([self.number_of[visit.stop] for visit in visits], dtype=np.int64)

    def _improve(self, buses: Sequence[Bus], mine: Bools, limit: float) -> None:
        """Search one part beside what the other buses visit; keep what is better than its visits so far."""
        names = {bus.id for bus in buses}
        former = [visit for bus in buses for visit in self.visits[bus.id]]
        others = [visit for bus, visits in self.visits.items() if bus not in names for visit in visits]
        taken = np.bincount(self._numbers(others), minlength=len(self.problem.stops))
        worth = np.array([self.problem.coverage.worth(count) for count in range(taken.max() + 1)])[taken]
        table = worth_a_look(self.crews, self.grid, self.plan, buses, np.flatnonzero(mine & (taken == 0)))
        stops = np.unique(np.concatenate([table.stops[table.stops >= 0], self._numbers(former)]))
        if not len(stops):
            return
        part = Part(self.crews, self.plan, buses, stops, self._floors(others, stops), limit)
        found = part.best(table, self.crews.cover.served(worth))
        if found is not None and part.profit(found) > part.profit(former):
            self.visits.update({bus.id: tuple(v for v in found if v.bus == bus.id) for bus in buses})

    def _floors(self, others: Sequence[Visit], stops: Ints) -> list[str]:
        """Return the areas whose floor is for this part to hold: it has stops there, and the others do not."""
        areas = [self.problem.stops_by_id[visit.stop].area for visit in others]
        here = {self.problem.stops[stop].area for stop in stops.tolist()}
        floor = self.problem.rules.area_floor
        return [area for area in self.problem.floored_areas() if area in here and areas.count(area) < floor]


def asked_for(problem: CalendarProblem, calendar: BusCalendar) -> bool:
    """Tell whether a calendar holds the visits that locks and floors ask for."""
    where = [(visit.stop, visit.week, visit.weekday, visit.session) for visit in calendar.visits]
    areas = Counter(problem.stops_by_id[visit.stop].area for visit in calendar.visits)
    locks = all(any(lock.matches(*position) for position in where) for lock in problem.rules.locks)
    return locks and all(areas[area] >= problem.rules.area_floor for area in problem.floored_areas())


def worth_a_look(crews: CrewDriving, grid: Grid, plan: Plan, buses: Sequence[Bus], stops: Ints) -> CrewTable:
    """Return what crews of these buses can do at these stops that falls little short of what the plan pays.

    Its kinds are those of these buses.
    """
    kinds = [kind[0] for kind in bus_kinds(buses)]
    table = crew_table(crews.problem, kinds, [slot.sessions for slot in grid.slots], stops)
    number_of = {bus.id: number for number, kind in enumerate(crews.kinds) for bus in kind}
    whole = np.array([number_of[bus.id] for bus in kinds])
    return table.where(plan.prices.short(replace(table, kind=whole[table.kind])) <= plan.window)


class Part:
    """Some buses and stops (indices) of a problem as one of its own, with its need weighed by area."""

    def __init__(
        self, whole: CrewDriving, plan: Plan, buses: Sequence[Bus], stops: Ints, floors: Sequence[str], limit: float
    ) -> None:
        problem, cover = whole.problem, whole.cover
        self.stops, self.limit = stops, limit
        self.groups = np.unique(cover.group[np.isin(cover.stop, stops)])
        top = float(plan.weights.max())
        self.scale = plan.weights[cover.area[self.groups]] / top
        kept = [problem.stops[stop] for stop in stops.tolist()]
        names = [stop.id for stop in kept]
        groups = [problem.groups[group] for group in self.groups.tolist()]
        there = [*dict.fromkeys(bus.depot.id for bus in buses), *names]
        rules = replace(
            problem.rules, floored_areas=tuple(floors), in_force=(), max_changes=None,
            locks=tuple(lock for lock in problem.rules.locks if lock.stop in set(names)),
        )  # fmt: skip
        self.problem: CalendarProblem = replace(
            problem, buses=tuple(buses), stops=tuple(kept), rules=rules,
            groups=tuple(replace(g, need=g.need * s) for g, s in zip(groups, self.scale.tolist(), strict=True)),
            drive=_cut(problem.drive, there, there), access=_cut(problem.access, [g.id for g in groups], names),
        )  # fmt: skip
        self.rate = 1 / top
        self.crews = CrewDriving(self.problem, min(whole.deadline, time.monotonic() + 2 * limit), CLOSE)

    def best(self, table: CrewTable, covered: Floats) -> tuple[Visit, ...] | None:
        """Return the best visits found with some crew days, beside the need of each group that others cover.

        None where none were found or laid.
        """
        crews = self.crews
        crews.cover = replace(crews.cover, base=covered[self.groups] * self.scale)
        exact = exact_grid(self.problem)
        grid = aggregate_grid(exact)
        there = np.searchsorted(self.stops, table.stops)
        crews.whole = replace(table, stops=np.where(table.stops >= 0, there, -1))
        model = crews.model(grid)
        model.rate = self.rate
        try:
            answer = model.maximise("profit", limit=self.limit, gap=CLOSE)
        except MobilityError as error:
            if error.code != "no-time":
                raise
            return None
        if answer is None:
            return None
        laying = Laying(crews, exact)
        calendars = (calendar for calendar in laying.calendars(model, answer) if calendar is not None)
        calendar = next(calendars, None) or laying.left_out(model, answer)
        return None if calendar is None else calendar.visits

    def profit(self, visits: Sequence[Visit]) -> float:
        """Return the need that visits and others cover, weighed by area, less what is driven."""
        counts = Counter(visit.stop for visit in visits)
        worth = np.array([self.problem.coverage.worth(counts[stop.id]) for stop in self.problem.stops])
        metres = driven_metres(BusCalendar(tuple(visits)), self.problem)
        return float(self.crews.cover.served(worth).sum()) - self.rate * metres


def _cut(times: TravelTimes, origins: Sequence[str], destinations: Sequence[str]) -> TravelTimes:
    """Return the travel between some places of a table."""
    rows = {place: number for number, place in enumerate(times.origins)}
    columns = {place: number for number, place in enumerate(times.destinations)}
    where = np.ix_([rows[place] for place in origins], [columns[place] for place in destinations])
    return TravelTimes(
        tuple(origins), tuple(destinations), times.seconds[where], times.metres[where], times.estimated[where]
    )
