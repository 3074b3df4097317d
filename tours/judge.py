"""The judge: what any calendar is worth and which rules it breaks, recomputed from the problem alone.

It shares no code with the optimiser, so that each catches the other's mistakes. It knows any number of sessions a
day, where the optimiser stops at two.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from mobility.bus_calendar import AreaScore, BrokenRule, BusCalendar, Judgement, Visit
from mobility.problem import CalendarProblem


def judge_calendar(calendar: BusCalendar, problem: CalendarProblem) -> Judgement:
    """Recompute the value of a calendar and name every rule it breaks.

    Visits to stops, sessions or buses that the problem does not know are named and left out of the value.
    """
    broken = list(_unknown(calendar, problem))
    known = [v for v in calendar.visits if _is_known(v, problem)]
    broken += _double_use(known)
    distance, driving, day_trouble = _crew_days(known, problem)
    broken += day_trouble
    broken += _closures(known, problem)
    broken += _frequency(known, problem)
    broken += _regularity(known, problem)
    broken += _planner_rules(known, problem)
    served = _served(known, problem)
    areas = _areas(known, served, problem)
    broken += [
        BrokenRule("area-floor", {"area": a.area, "visits": a.visits, "floor": problem.rules.area_floor})
        for a in areas
        if a.area in problem.floored_areas() and a.visits < problem.rules.area_floor
    ]
    return Judgement(
        need=sum(area.covered for area in areas),
        total_need=problem.total_need,
        weakest=min((area.share for area in areas if area.need > 0), default=1.0),
        distance=distance,
        driving=driving,
        areas=areas,
        served=served,
        broken=tuple(broken),
        estimated=bool(problem.drive.estimated.any() or problem.access.estimated.any()),
    )


def _is_known(visit: Visit, problem: CalendarProblem) -> bool:
    return (
        visit.stop in problem.stops_by_id
        and visit.bus in problem.buses_by_id
        and (visit.weekday, visit.session) in problem.sessions_by_key
        and 1 <= visit.week <= problem.cycle_weeks
    )


def _unknown(calendar: BusCalendar, problem: CalendarProblem) -> Iterator[BrokenRule]:
    for visit in calendar.visits:
        if visit.stop not in problem.stops_by_id:
            yield BrokenRule("not-a-candidate", {"stop": visit.stop}, (visit.id,))
        if visit.bus not in problem.buses_by_id:
            yield BrokenRule("unknown-bus", {"bus": visit.bus}, (visit.id,))
        if not 1 <= visit.week <= problem.cycle_weeks:
            yield BrokenRule("unknown-week", {"week": visit.week}, (visit.id,))
        session = problem.sessions_by_key.get((visit.weekday, visit.session))
        if session is None:
            yield BrokenRule("no-such-session", {"weekday": visit.weekday, "session": visit.session}, (visit.id,))
        elif (visit.week, visit.weekday, visit.session) in problem.rules.skipped:
            where = {"stop": visit.stop, "week": visit.week, "weekday": visit.weekday, "session": visit.session}
            yield BrokenRule("skipped-session", where, (visit.id,))
        elif visit.arrival > session.opens or visit.departure < session.closes:
            yield BrokenRule("public-hours", {"session": str(session)}, (visit.id,))


def _double_use(visits: list[Visit]) -> list[BrokenRule]:
    by_slot = defaultdict(list)
    by_place = defaultdict(list)
    for visit in visits:
        by_slot[visit.week, visit.weekday, visit.session, visit.bus].append(visit)
        by_place[visit.week, visit.weekday, visit.session, visit.stop].append(visit)
    broken = [
        BrokenRule("bus-in-two-places", {"bus": slot[3], "stops": [v.stop for v in group]}, _ids(group))
        for slot, group in by_slot.items()
        if len(group) > 1
    ]
    broken += [
        BrokenRule("two-buses-at-once", {"stop": place[3], "week": place[0]}, _ids(group))
        for place, group in by_place.items()
        if len(group) > 1
    ]
    return broken


def _ids(visits: list[Visit]) -> tuple[str, ...]:
    return tuple(visit.id for visit in visits)


def _crew_days(visits: list[Visit], problem: CalendarProblem) -> tuple[float, float, list[BrokenRule]]:
    """Walk through each crew's day; return metres, seconds driven and the broken rules."""
    days = defaultdict(list)
    for visit in visits:
        days[visit.week, visit.weekday, visit.bus].append(visit)
    distance = driving = 0.0
    broken: list[BrokenRule] = []
    crew, drive = problem.crew, problem.drive
    for (_, weekday, bus_id), group in days.items():
        bus = problem.buses_by_id[bus_id]
        group.sort(key=lambda v: problem.sessions_by_key[weekday, v.session].opens)
        way = [bus.depot.id, *(visit.stop for visit in group), bus.depot.id]
        legs = [(drive.seconds_between(a, b), drive.metres_between(a, b)) for a, b in itertools.pairwise(way)]
        if not all(np.isfinite(seconds) for seconds, _ in legs):
            broken.append(BrokenRule("no-road", {"bus": bus_id, "stops": way[1:-1]}, _ids(group)))
            continue
        distance += sum(metres for _, metres in legs)
        driving += sum(seconds for seconds, _ in legs)
        sessions = [problem.sessions_by_key[weekday, v.session] for v in group]
        start = sessions[0].opens - crew.set_up - crew.margin - legs[0][0] - crew.preparation
        end = sessions[-1].closes + crew.pack_up + legs[-1][0] + crew.margin + crew.closing
        if start < bus.crew_start - 1e-6:
            broken.append(BrokenRule("crew-starts-early", {"start": start, "limit": bus.crew_start}, _ids(group)))
        if end > bus.crew_end + 1e-6:
            broken.append(BrokenRule("crew-ends-late", {"end": end, "limit": bus.crew_end}, _ids(group)))
        if end - start > bus.longest_day + 1e-6:
            broken.append(BrokenRule("crew-day-long", {"length": end - start, "limit": bus.longest_day}, _ids(group)))
        for (first, second), leg, pair in zip(
            itertools.pairwise(sessions), legs[1:-1], itertools.pairwise(group), strict=True
        ):
            needed = crew.pack_up + leg[0] + crew.margin + crew.lunch + crew.set_up
            between = second.opens - first.closes
            if needed > between + 1e-6:
                broken.append(BrokenRule("lunch-too-short", {"needed": needed, "between": between}, _ids(list(pair))))
    return distance, driving, broken


def _closures(visits: list[Visit], problem: CalendarProblem) -> list[BrokenRule]:
    return [
        BrokenRule("stop-closed", {"stop": v.stop, "weekday": v.weekday, "session": v.session}, (v.id,))
        for v in visits
        if (v.weekday, v.session) in problem.stops_by_id[v.stop].closed
    ]


def _by_stop(visits: list[Visit]) -> dict[str, list[Visit]]:
    groups = defaultdict(list)
    for visit in visits:
        groups[visit.stop].append(visit)
    return groups


def _frequency(visits: list[Visit], problem: CalendarProblem) -> list[BrokenRule]:
    limit = problem.rules.max_visits
    return [
        BrokenRule("too-many-visits", {"stop": stop, "visits": len(group), "limit": limit}, _ids(group))
        for stop, group in _by_stop(visits).items()
        if len(group) > limit
    ]


def _regularity(visits: list[Visit], problem: CalendarProblem) -> list[BrokenRule]:
    """Several visits a cycle must share weekday and session and be spread evenly over the weeks."""
    broken = []
    for stop, group in _by_stop(visits).items():
        if len({(v.weekday, v.session) for v in group}) > 1:
            broken.append(BrokenRule("irregular-day", {"stop": stop}, _ids(group)))
        weeks = sorted(v.week for v in group)
        gaps = {
            (after - before) % problem.cycle_weeks or problem.cycle_weeks
            for before, after in zip(weeks, weeks[1:] + weeks[:1], strict=True)
        }
        if len(gaps) > 1 or len(set(weeks)) < len(weeks):
            broken.append(BrokenRule("irregular-weeks", {"stop": stop, "weeks": weeks}, _ids(group)))
    return broken


def _planner_rules(visits: list[Visit], problem: CalendarProblem) -> list[BrokenRule]:
    rules = problem.rules
    where = [(v, (v.stop, v.week, v.weekday, v.session)) for v in visits]
    broken = [
        BrokenRule("lock", {"position": str(lock), "stop": lock.stop})
        for lock in rules.locks
        if not any(lock.matches(*position) for _, position in where)
    ]
    broken += [
        BrokenRule("ban", {"position": str(ban), "stop": ban.stop}, (visit.id,))
        for ban in rules.bans
        for visit, position in where
        if ban.matches(*position)
    ]
    if rules.max_changes is not None:
        lost = sum(not any(old.matches(*position) for _, position in where) for old in rules.in_force)
        if lost > rules.max_changes:
            broken.append(BrokenRule("too-many-changes", {"changes": lost, "limit": rules.max_changes}))
    return broken


def _served(visits: list[Visit], problem: CalendarProblem) -> dict[str, tuple[float, str]]:
    """Return for each group its covered share and the stop it uses: the best one, alone."""
    worth = {stop: problem.coverage.worth(count) for stop, count in Counter(v.stop for v in visits).items()}
    served = {}
    for group in problem.groups:
        best = (0.0, "")
        for stop in sorted(worth):
            share = problem.coverage.share(problem.access.seconds_between(group.id, stop)) * worth[stop]
            if share > best[0] + 1e-12:
                best = (share, stop)
        served[group.id] = best
    return served


def _areas(
    visits: list[Visit], served: dict[str, tuple[float, str]], problem: CalendarProblem
) -> tuple[AreaScore, ...]:
    need: dict[str, float] = defaultdict(float)
    covered: dict[str, float] = defaultdict(float)
    for group in problem.groups:
        need[group.area] += group.need
        covered[group.area] += group.need * served[group.id][0]
    count = Counter(problem.stops_by_id[v.stop].area for v in visits)
    return tuple(AreaScore(area, need[area], covered[area], count[area]) for area in sorted(need))
