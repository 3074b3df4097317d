"""Dated events as iCalendar (RFC 5545): explicit dates, names that last, changes counted, the time zone written out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mobility.agenda import CANCELLED, Event
from mobility.clock import ZONE
from mobility.late import late
from webapp.words.french import at_place, day_words
from webapp.words.typography import bound

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = late("icalendar")

CHANGES_OF_CLOCKS = (("DAYLIGHT", "CEST", 1, 2, 3), ("STANDARD", "CET", 2, 1, 10))
"""Since 1996: the kind of time that begins, its name, the hours before and after UTC's, the month of its last Sunday.

Clocks change at one o'clock of UTC. One rule each: some agendas read the first date of a list alone.
"""


def write_ical(events: Iterable[Event], *, territory: str, name: str, public_url: str, telephone: str) -> bytes:
    """Return a VCALENDAR: the same events give the same bytes.

    An event keeps its UID and its SEQUENCE grows where something that matters has changed, so that agendas that took
    it in change it too; one that no longer takes place is told as cancelled.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//mobility//{territory}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", bound(name))
    calendar.add("x-wr-timezone", str(ZONE))
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(_time_zone())
    for event in events:
        calendar.add_component(_event(event, public_url, telephone))
    content: bytes = calendar.to_ical()
    return content


def _time_zone() -> icalendar.Timezone:
    zone = icalendar.Timezone()
    zone.add("tzid", str(ZONE))
    for kind, name, before, after, month in CHANGES_OF_CLOCKS:
        change = icalendar.TimezoneDaylight() if kind == "DAYLIGHT" else icalendar.TimezoneStandard()
        change.add("tzname", name)
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        last_sunday = {3: 31, 10: 27}[month]
        change.add("dtstart", datetime(1996, month, last_sunday, 1 + before))  # noqa: DTZ001
        change.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        zone.add_component(change)
    return zone


def _event(told: Event, public_url: str, telephone: str) -> icalendar.Event:
    cancelled = told.status == CANCELLED
    event = icalendar.Event()
    event.add("uid", told.uid)
    event.add("sequence", told.sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("dtstamp", told.changed.astimezone(UTC))
    event.add("last-modified", told.changed.astimezone(UTC))
    event.add("dtstart", told.starts.astimezone(ZONE))
    event.add("dtend", told.ends.astimezone(ZONE))
    title = f"Bus des services publics {at_place(told.place.name)}"
    event.add("summary", bound(f"Annulé : {title}" if cancelled else title))
    event.add("location", ", ".join(filter(None, (told.spot, told.place.name))))
    event.add("geo", (told.place.point.lat, told.place.point.lon))
    url = f"{public_url}/communes/{told.commune}"
    event.add("url", url)
    event.add("description", "\n".join([*map(bound, _words(told, telephone)), url]))
    return event


def _words(told: Event, telephone: str) -> list[str]:
    if told.status == CANCELLED:
        words = ["Ce passage n'a pas lieu. Les autres dates sont sur le site."]
    else:
        words = ["Deux agents vous aident dans toutes vos démarches, gratuitement et sans rendez-vous."]
        if told.moved_from:
            words.append(f"Passage déplacé du {day_words(told.moved_from)} ({told.reason}).")
    return [*words, f"Renseignements : {telephone}."] if telephone else words
