"""The bus's visits as data.inclusion services (schema v1): a counter that comes, with its hours and its stop."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mobility.bus_calendar import BusCalendar
from mobility.clock import OSM_WEEKDAYS, format_clock
from mobility.problem import CalendarProblem
from webapp.pictures.calendar_map import when_words
from webapp.words.french import at_place, hours_words, joined

SOURCE = "bus-services-publics"
_TOPICS = (
    "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
    "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
    "numerique--acceder-a-des-services-en-ligne",
)


def inclusion_document(
    calendar: BusCalendar, problem: CalendarProblem, settings: Mapping[str, Any], names: Mapping[str, str], *,
    address: str, day: date, parity: bool,
) -> str:  # fmt: skip
    """Return the bus as a structure and each visited stop as a service, as JSON.

    ``settings`` are those of the territory (title, telephone, mail), ``names`` the communes' names by INSEE code;
    ``parity`` tells that the weeks of the cycle are the odd and even ones of the year.
    """
    identifier = f"{SOURCE}--{problem.territory}"
    structure = {
        "source": SOURCE, "id": identifier, "nom": f"Bus des services publics, {settings['title']}",
        "date_maj": day.isoformat(), "telephone": settings.get("telephone"), "courriel": settings.get("mail"),
        "site_web": f"{address}/",
        "description": "Un bus aménagé en bureau, avec deux agents, qui s'arrête une demi-journée dans les villages "
        "éloignés des guichets pour aider aux démarches.",
    }  # fmt: skip
    services = [
        _service(stop, calendar, problem, settings, names, identifier, address, day, parity=parity)
        for stop in calendar.stops()
    ]
    return json.dumps({"structures": [structure], "services": services}, ensure_ascii=False, indent=1) + "\n"


def _service(
    stop_id: str, calendar: BusCalendar, problem: CalendarProblem, settings: Mapping[str, Any],
    names: Mapping[str, str], structure: str, address: str, day: date, *, parity: bool,
) -> dict[str, Any]:  # fmt: skip
    stop = problem.stops_by_id[stop_id]
    visits = calendar.at(stop_id)
    hours = {(v.week, v.weekday, v.session): problem.sessions_by_key[v.weekday, v.session] for v in visits}
    when = when_words(visits, problem)
    spans = joined(sorted({hours_words(s.opens, s.closes) for s in hours.values()}))
    return {
        "source": SOURCE,
        "structure_id": structure,
        "id": f"{SOURCE}--{problem.territory}-{stop_id}",
        "nom": f"Bus des services publics {at_place(stop.place.name)}"[:150],
        "description": f"Le bus des services publics s'arrête {at_place(stop.place.name)}, "
        f"{stop.spot or 'au bourg'} : {when} ({spans}). Deux agents accueillent sans "
        "rendez-vous et aident gratuitement à toutes les démarches "
        "administratives : impôts, allocations, santé, retraite, emploi, papiers, démarches en ligne. Les dates "
        "exactes, jours fériés compris, sont sur la page de la commune.",
        "date_maj": day.isoformat(),
        "frais": "gratuit",
        "publics": ["tous-publics"],
        "modes_accueil": ["en-presentiel"],
        "modes_mobilisation": ["se-presenter", "telephoner"] if settings.get("telephone") else ["se-presenter"],
        "mobilisable_par": ["usagers", "professionnels"],
        "thematiques": list(_TOPICS),
        "horaires_accueil": osm_hours(calendar, stop_id, problem, parity=parity),
        "telephone": settings.get("telephone"),
        "courriel": settings.get("mail"),
        "lien_source": f"{address}/communes/{stop.commune}",
        "adresse": stop.spot or None,
        "commune": names.get(stop.commune),
        "code_insee": stop.commune,
        "longitude": stop.place.point.lon,
        "latitude": stop.place.point.lat,
    }


def osm_hours(calendar: BusCalendar, stop_id: str, problem: CalendarProblem, *, parity: bool) -> str | None:
    """Return a stop's hours as OSM's opening_hours, by even and odd ISO weeks.

    None for cycles that ISO weeks cannot tell: those of more than two, and those that alternate whatever the year
    (not ``parity``).
    """
    if problem.cycle_weeks > 2 or (problem.cycle_weeks == 2 and not parity):
        return None
    parts = []
    for visit in sorted(calendar.at(stop_id), key=lambda v: (v.weekday, v.arrival, v.week)):
        session = problem.sessions_by_key[visit.weekday, visit.session]
        hours = f"{OSM_WEEKDAYS[visit.weekday - 1]} {format_clock(session.opens)}-{format_clock(session.closes)}"
        twin = {v.week for v in calendar.at(stop_id) if (v.weekday, v.session) == (visit.weekday, visit.session)}
        if problem.cycle_weeks == 1 or len(twin) == 2:
            parts.append(hours)
        else:
            weeks = "week 01-53/2" if visit.week == 1 else "week 02-52/2"
            parts.append(f"{weeks} {hours}")
    return "; ".join(dict.fromkeys(parts))
