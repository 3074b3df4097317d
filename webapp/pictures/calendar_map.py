"""What the maps of the site show, in French."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from desks.ground import Ground
from maps.layers import MapContent, RoundLine, StopMark
from mobility.bus_calendar import BusCalendar, Visit
from mobility.need import Need
from mobility.places import Point
from mobility.problem import CalendarProblem
from webapp.pictures.commune_map import ROAD_ATTRIBUTION, commune_map, counter_marks
from webapp.words.french import (
    duration_words,
    joined,
    number_words,
    often_words,
    percent_words,
    session_word,
    time_words,
    week_words,
    weekday_word,
)

COVERAGE_LIMITS = (0.001, 0.25, 0.5, 0.75)
"""Covered shares from which an area rises one level."""


def _level(value: float, limits: Sequence[float]) -> int:
    return sum(value >= limit for limit in limits)


def stop_numbers(calendar: BusCalendar) -> dict[str, int]:
    """Number the visited stops in the order of the cycle: the same numbers on map, list and road book."""
    ordered = sorted(calendar.visits, key=lambda v: (v.weekday, v.arrival, v.week, v.bus))
    return {stop: n + 1 for n, stop in enumerate(dict.fromkeys(visit.stop for visit in ordered))}


def when_words(visits: Sequence[Visit], problem: CalendarProblem) -> str:
    """Write "mardi matin, une semaine sur deux" for the visits of one stop."""
    by_time: dict[tuple[int, str], list[int]] = defaultdict(list)
    for visit in sorted(visits, key=lambda v: (v.weekday, v.arrival)):
        by_time[visit.weekday, visit.session].append(visit.week)
    parts = []
    for (weekday, session), weeks in by_time.items():
        often = often_words(weeks, problem.cycle_weeks)
        parts.append(f"{weekday_word(weekday)} {session_word(session)}, {often}")
    return joined(parts, "puis")


def stop_marks(calendar: BusCalendar, problem: CalendarProblem) -> list[StopMark]:
    """Return the visited stops with their numbers and times."""
    numbers = stop_numbers(calendar)
    marks = []
    for stop_id, number in numbers.items():
        if stop_id in problem.stops_by_id:
            stop = problem.stops_by_id[stop_id]
            title = f"{number}. {stop.place.name} : {when_words(calendar.at(stop_id), problem)}"
            marks.append(StopMark(stop.place.point, str(number), title, f"/communes/{stop.commune}"))
    return marks


def _crew_lines(ground: Ground, calendar: BusCalendar, problem: CalendarProblem) -> list[RoundLine]:
    days: dict[tuple[int, int, str], list[Visit]] = defaultdict(list)
    for visit in calendar.visits:
        days[visit.week, visit.weekday, visit.bus].append(visit)
    lines = []
    for (week, weekday, bus), visits in sorted(days.items(), key=lambda item: (item[0][1], item[0][0], item[0][2])):
        depot = problem.buses_by_id[bus].depot
        ordered = sorted(visits, key=lambda v: v.arrival)
        places = [depot, *(problem.stops_by_id[v.stop].place for v in ordered), depot]
        points: list[Point] = []
        for a, b in itertools.pairwise(places):
            points += ground.roads.path(a, b, "bus").points
        names = joined([problem.stops_by_id[v.stop].place.name for v in ordered], "puis")
        title = f"{weekday_word(weekday)}, {week_words(week, problem.cycle_weeks)} : {names}"
        lines.append(RoundLine(tuple(points), title, weekday - 1))
    return lines


def calendar_map(ground: Ground, calendar: BusCalendar, problem: CalendarProblem) -> MapContent:
    """Return the map of the calendar: numbered stops and the crews' rounds."""
    visited = {problem.stops_by_id[v.stop].commune for v in calendar.visits}
    texts = {
        c.insee: f"{c.name} : {number_words(c.population)} habitants"
        + (" (le bus y passe)" if c.insee in visited else " (pôle)" if c.insee in ground.territory.poles else "")
        for c in ground.territory.communes
    }
    names = [f"{n} {problem.stops_by_id[stop].place.name}" for stop, n in stop_numbers(calendar).items()]
    return commune_map(
        ground,
        "Carte du calendrier du bus",
        f"Carte des {len(names)} arrêts du bus : {joined(names)}. La liste à côté dit la même chose.",
        levels=dict.fromkeys(visited, 2),
        labels={insee: ground.territory.by_insee[insee].name for insee in ground.territory.poles},
        texts=texts,
        attribution=ROAD_ATTRIBUTION,
        stops=stop_marks(calendar, problem),
        lines=_crew_lines(ground, calendar, problem),
        points=counter_marks(ground),
        legend=((2, "commune où le bus s'arrête"), (0, "autre commune")),
    )


def stops_content(ground: Ground, visited: Collection[str] = ()) -> MapContent:
    """Return the map of every possible stop, each a link named by its stop; those visited are drawn full."""
    marks = [
        StopMark(stop.place.point, "", stop.place.name, f"#arret-{stop.id}", hollow=stop.id not in visited)
        for stop in ground.stops
    ]
    words = "Les arrêts possibles, qui sont aussi dans les listes du formulaire."
    return commune_map(ground, "Arrêts possibles", words, stops=marks)


def commune_coverage(
    served: Mapping[str, tuple[float, str]], problem: CalendarProblem
) -> dict[str, tuple[float, float]]:
    """Return for each commune its need and the part covered, in persons."""
    totals: dict[str, tuple[float, float]] = {}
    for group in problem.groups:
        need, covered = totals.get(group.commune, (0.0, 0.0))
        totals[group.commune] = (need + group.need, covered + group.need * served[group.id][0])
    return totals


def coverage_map(
    ground: Ground,
    calendar: BusCalendar,
    served: Mapping[str, tuple[float, str]],
    problem: CalendarProblem,
    title: str,
) -> MapContent:
    """Return the map of the covered share of each commune's need."""
    totals = commune_coverage(served, problem)
    shares = {insee: covered / need for insee, (need, covered) in totals.items() if need > 0}
    texts = {
        c.insee: f"{c.name} : {percent_words(shares[c.insee])} du besoin couvert"
        if c.insee in shares
        else f"{c.name} : pas de besoin compté"
        for c in ground.territory.communes
    }
    need = sum(total for total, _ in totals.values())
    covered = sum(part for _, part in totals.values())
    return commune_map(
        ground, title,
        f"{title} : {percent_words(covered / need if need else 1)} du besoin couvert. "
        "Le tableau à côté donne chaque commune.",
        levels={insee: _level(share, COVERAGE_LIMITS) for insee, share in shares.items()},
        labels={insee: f"{share * 100:.0f}" for insee, share in shares.items()},
        texts=texts,
        stops=[
            StopMark(mark.point, "", mark.title, mark.href, hollow=True) for mark in stop_marks(calendar, problem)
        ],
        legend=(
            (0, "rien, ou pas de besoin"), (1, "moins de 25 %"), (2, "25 à 50 %"), (3, "50 à 75 %"),
            (4, "75 % et plus"),
        ),
    )  # fmt: skip


def need_map(ground: Ground, needs: Sequence[Need]) -> MapContent:
    """Return the map of the need of each commune, in persons."""
    totals: dict[str, float] = defaultdict(float)
    for need in needs:
        totals[need.settlement.commune] += need.value
    top = max(totals.values(), default=1.0) or 1.0
    limits = (0.5, top * 0.15, top * 0.35, top * 0.6)
    texts = {
        need.settlement.commune: f"{need.settlement.place.name} : "
        f"besoin {number_words(totals[need.settlement.commune])} ; "
        f"vulnérabilité {number_words(need.vulnerability, 2)}, "
        f"éloignement {number_words(need.remoteness, 2)} "
        f"(guichet à {duration_words(need.counter_seconds)}), transports {number_words(need.transit, 2)}"
        for need in needs
        if need.settlement.id == need.settlement.commune
    }
    ranked = sorted(ground.territory.communes, key=lambda c: -totals[c.insee])[:3]
    bands = [number_words(limit) for limit in limits]
    return commune_map(
        ground, "Carte du besoin",
        f"Le besoin est le plus grand {joined(['à ' + c.name for c in ranked])}. "
        "Le tableau à côté donne chaque commune.",
        levels={insee: _level(value, limits) for insee, value in totals.items()},
        labels={insee: number_words(value) for insee, value in totals.items() if value >= 0.5},
        texts=texts,
        points=counter_marks(ground),
        legend=(
            (0, "aucun besoin compté"), (1, f"moins de {bands[1]}"), (2, f"{bands[1]} à {bands[2]}"),
            (3, f"{bands[2]} à {bands[3]}"), (4, f"plus de {bands[3]}"),
        ),
    )  # fmt: skip


def visit_lines(calendar: BusCalendar, problem: CalendarProblem) -> list[dict[str, str]]:
    """Return the list that says the same as the map of the calendar."""
    numbers = stop_numbers(calendar)
    lines = []
    for stop_id, number in numbers.items():
        stop = problem.stops_by_id[stop_id]
        first = calendar.at(stop_id)[0]
        session = problem.sessions_by_key[first.weekday, first.session]
        lines.append({
            "number": str(number),
            "name": stop.place.name,
            "commune": stop.commune,
            "spot": stop.spot,
            "when": when_words(calendar.at(stop_id), problem),
            "hours": f"{time_words(session.opens)} – {time_words(session.closes)}",
        })  # fmt: skip
    return lines
