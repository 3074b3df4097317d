"""The next visits of the bus near a commune."""

from datetime import datetime

from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar, DatedVisit
from mobility.problem import Stop

SHOWN = 3


def nearest_stops(
    plan: Plan, dates: DatedCalendar, insee: str, now: datetime
) -> list[tuple[Stop, float, DatedVisit | None]]:
    """Return the three visited stops nearest by car to a commune, with the seconds to drive and the next visit."""
    times = plan.problem.access
    if insee not in times.origins:
        return []
    stops = [plan.problem.stops_by_id[stop] for stop in plan.solution.calendar.stops()]
    found = [(stop, times.seconds_between(insee, stop.id)) for stop in stops if stop.commune != insee]
    found.sort(key=lambda row: row[1])
    return [
        (stop, seconds, next(iter(dates.coming(plan.problem, now, [stop.id])), None)) for stop, seconds in found[:SHOWN]
    ]
