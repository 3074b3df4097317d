"""The crew's road book: each day of the cycle with its times and drives, and the map."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from maps.layers import MapContent
from maps.svg_map import draw_svg
from mobility.bus_calendar import BusCalendar, Visit
from mobility.dates import DatedVisit
from mobility.places import Place
from mobility.problem import CalendarProblem, CrewRules, Stop
from mobility.travel import Roads
from webapp.exports.typeset import typeset
from webapp.words.french import (
    capital,
    dates_words,
    day_words,
    duration_words,
    kilometres_words,
    session_word,
    time_words,
    week_words,
    weekday_word,
)

DATES = 6
"""Coming days told of each crew day."""


def write_road_book(
    calendar: BusCalendar, problem: CalendarProblem, dates: Sequence[DatedVisit], roads: Roads, drawing: MapContent, *,
    title: str, printed: date, attribution: str,
) -> bytes:  # fmt: skip
    """Return the road book as a tagged PDF; ``dates`` are the visits to come, in their order."""
    days: dict[tuple[int, int, str], list[Visit]] = defaultdict(list)
    for visit in calendar.visits:
        days[visit.week, visit.weekday, visit.bus].append(visit)
    several = len(problem.buses) > 1
    values = {
        "territory": title,
        "printed": day_words(printed, year=True),
        "attribution": attribution,
        "map_words": drawing.summary,
        "days": [
            {
                "title": capital(f"{weekday_word(weekday)}, {week_words(week, problem.cycle_weeks)}")
                + (f", {bus}" if several else ""),
                "dates": dates_words(_days(dates, visits)),
                "lines": _lines(sorted(visits, key=lambda v: v.arrival), problem, roads),
            }
            for (week, weekday, bus), visits in sorted(days.items())
        ],
    }
    return typeset("road_book.typ", values, {"map.svg": draw_svg(drawing).encode()})


def _days(dates: Sequence[DatedVisit], visits: Sequence[Visit]) -> list[date]:
    """Return the next days of a crew day: a week of the cycle is known by its dates, not by its name."""
    days = {dated.day for dated in dates if dated.visit in visits and not dated.moved_from}
    return sorted(days)[:DATES]


def _lines(visits: list[Visit], problem: CalendarProblem, roads: Roads) -> list[dict[str, str]]:
    """Return the lines of one crew day: clock, what is done, details."""
    crew = problem.crew
    depot = problem.buses_by_id[visits[0].bus].depot
    places = [depot, *(problem.stops_by_id[v.stop].place for v in visits), depot]
    drives = [_drive(a, b, problem, roads) for a, b in itertools.pairwise(places)]
    leave = visits[0].arrival - crew.margin - drives[0][0]
    lines = [_line(leave - crew.preparation, "Prise de service, préparation", depot.name)]
    lines.append(_line(leave, f"Départ vers {places[1].name}", drives[0][1]))
    for number, visit in enumerate(visits):
        stop, session = problem.stops_by_id[visit.stop], problem.sessions_by_key[visit.weekday, visit.session]
        lines.append(_line(visit.arrival, f"Arrivée et installation, {stop.place.name}", stop_words(stop)))
        lines.append(_line(session.opens, f"Ouverture au public ({session_word(session.name)})", ""))
        lines.append(_line(session.closes, "Fermeture, rangement", ""))
        last = number == len(visits) - 1
        if last:
            lines.append(_line(visit.departure, "Retour au dépôt", drives[-1][1]))
            back = visit.departure + drives[-1][0] + crew.margin
            lines.append(_line(back, "Arrivée au dépôt", f"fin de service à {time_words(back + crew.closing)}"))
        else:
            lines.append(_between(visit, visits[number + 1], drives[number + 1], crew, places[number + 2].name))
    return lines


def stop_words(stop: Stop) -> str:
    """Write what the crew should know of a stop."""
    known = {True: "toilettes", False: "pas de toilettes"}
    parts = [stop.spot, known.get(stop.toilets, "") if stop.toilets is not None else "", stop.contact]
    return ", ".join(filter(None, parts)) + ("" if stop.checked else " (à vérifier sur place)")


def _between(visit: Visit, following: Visit, drive: tuple[float, str], crew: CrewRules, towards: str) -> dict[str, str]:
    pause = following.arrival - visit.departure - drive[0] - crew.margin
    return _line(visit.departure, f"Repas ({duration_words(pause)}) et route vers {towards}", drive[1])


def _drive(origin: Place, destination: Place, problem: CalendarProblem, roads: Roads) -> tuple[float, str]:
    seconds = problem.drive.seconds_between(origin.id, destination.id)
    metres = problem.drive.metres_between(origin.id, destination.id)
    names = [name for name, length in roads.path(origin, destination, "bus").roads if name and length >= 500]
    by = " par " + ", ".join(dict.fromkeys(part for name in names for part in name.split(" / "))) if names else ""
    return seconds, f"{kilometres_words(metres)}, {duration_words(seconds)}{by}"


def _line(clock: float, what: str, details: str) -> dict[str, str]:
    return {"clock": time_words(clock), "what": what, "details": details}
