"""The calendar as CSV and GeoJSON."""

import json
from collections.abc import Iterable
from typing import Any

from data.csv_tables import handed_out
from data.plan_files import visit_document
from mobility.bus_calendar import BusCalendar
from mobility.clock import format_clock
from mobility.dates import DatedVisit
from mobility.problem import CalendarProblem

CYCLE_COLUMNS = (
    "week", "weekday", "session", "stop", "bus", "commune", "place", "spot", "opens", "closes", "arrival", "departure",
    "lon", "lat",
)  # fmt: skip
DATE_COLUMNS = ("date", "opens", "closes", "commune", "stop", "place", "spot", "bus", "moved_from", "reason",
                "school_holiday")  # fmt: skip


def write_cycle_csv(calendar: BusCalendar, problem: CalendarProblem) -> str:
    """Return the cycle as CSV; ``mobility calendar judge`` reads it back."""
    rows = []
    for visit in calendar.visits:
        point = problem.stops_by_id[visit.stop].place.point
        document = visit_document(visit, problem) | {"lon": point.lon, "lat": point.lat}
        rows.append([document[column] for column in CYCLE_COLUMNS])
    return handed_out(CYCLE_COLUMNS, rows)


def write_dates_csv(visits: Iterable[DatedVisit], problem: CalendarProblem) -> str:
    """Return the dated visits of a season as CSV."""
    rows = []
    for dated in visits:
        stop = problem.stops_by_id[dated.visit.stop]
        session = dated.session(problem)
        rows.append([
            dated.day.isoformat(), format_clock(session.opens), format_clock(session.closes), stop.commune, stop.id,
            stop.place.name, stop.spot, dated.visit.bus, dated.moved_from.isoformat() if dated.moved_from else "",
            dated.reason, dated.school_holiday,
        ])  # fmt: skip
    return handed_out(DATE_COLUMNS, rows)


def write_geojson(
    calendar: BusCalendar, problem: CalendarProblem, visits: Iterable[DatedVisit], attribution: str
) -> str:
    """Return the visited stops as GeoJSON points (WGS 84), each with its visits and its dates."""
    dates: dict[str, list[str]] = {}
    for dated in visits:
        dates.setdefault(dated.visit.stop, []).append(dated.day.isoformat())
    features: list[dict[str, Any]] = []
    for stop_id in calendar.stops():
        stop = problem.stops_by_id[stop_id]
        features.append({
            "type": "Feature",
            "id": stop_id,
            "geometry": {"type": "Point", "coordinates": [stop.place.point.lon, stop.place.point.lat]},
            "properties": {
                "commune": stop.commune,
                "place": stop.place.name,
                "spot": stop.spot,
                "visits": [visit_document(visit, problem) for visit in calendar.at(stop_id)],
                "dates": dates.get(stop_id, []),
            },
        })  # fmt: skip
    document = {"type": "FeatureCollection", "attribution": attribution, "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
