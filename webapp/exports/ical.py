"""Visits as iCalendar: explicit dates, stable identifiers, the time zone written out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mobility.dates import DatedVisit
from mobility.late import late
from mobility.problem import CalendarProblem
from webapp.words.french import at_place, day_words

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = late("icalendar")

ZONE = ZoneInfo("Europe/Paris")


def write_ical(
    visits: Iterable[DatedVisit],
    problem: CalendarProblem,
    *,
    name: str,
    public_url: str,
    telephone: str,
    stamp: datetime,
) -> bytes:
    """Return a VCALENDAR. ``stamp`` is when the plan was made: the same plan gives the same bytes.

    An event's UID is made of the territory, the day it would usually have, the session, the bus and the stop, so that
    a calendar published again updates the events it has already put into people's calendars.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//mobility//{problem.territory}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(ZONE))
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for dated in visits:
        calendar.add_component(_event(dated, problem, public_url, telephone, stamp))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(
    dated: DatedVisit, problem: CalendarProblem, public_url: str, telephone: str, stamp: datetime
) -> icalendar.Event:
    visit = dated.visit
    stop = problem.stops_by_id[visit.stop]
    session = problem.sessions_by_key[visit.weekday, visit.session]
    usual = dated.moved_from or dated.day
    event = icalendar.Event()
    event.add("uid", f"{usual:%Y%m%d}-{visit.session}-{visit.bus}-{visit.stop}@{problem.territory}.bus")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", datetime.combine(dated.day, _clock(session.opens), ZONE))
    event.add("dtend", datetime.combine(dated.day, _clock(session.closes), ZONE))
    event.add("summary", f"Bus des services publics {at_place(stop.place.name)}")
    event.add("location", ", ".join(filter(None, (stop.spot, stop.place.name))))
    event.add("geo", (stop.place.point.lat, stop.place.point.lon))
    url = f"{public_url}/communes/{stop.commune}"
    event.add("url", url)
    words = ["Deux agents vous aident dans toutes vos démarches, gratuitement et sans rendez-vous."]
    if dated.moved_from:
        words.append(f"Passage déplacé du {day_words(dated.moved_from)} ({dated.reason}).")
    if telephone:
        words.append(f"Renseignements : {telephone}.")
    event.add("description", "\n".join([*words, url]))
    return event


def _clock(seconds: int) -> time:
    return time(seconds // 3600, seconds % 3600 // 60)
