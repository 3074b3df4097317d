"""Typical days: the date of a feed that stands for its school-time Tuesdays, its Saturdays, its Sundays."""

from collections import Counter
from datetime import date, timedelta

from gtfs.feed_tables import FeedTables, feed_date
from gtfs.stop_search import service_span
from mobility.clock import WEEKDAYS
from mobility.errors import MobilityError

DAY_TYPES = {"weekday": 2, "saturday": 6, "sunday": 7}
"""ISO weekday that stands for each type: a Tuesday for working days, as surveys of mobility do."""
LONGEST_SPAN = 800
"""Days of a feed that are looked at."""


def active_services(feed: FeedTables) -> dict[date, frozenset[str]]:
    """Return the services that run on each day of a feed's span."""
    first, last = service_span(feed)
    last = min(last, first + timedelta(days=LONGEST_SPAN))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    running: dict[date, set[str]] = {day: set() for day in days}
    if "calendar.txt" in feed:
        for row in feed["calendar.txt"].to_dict("records"):
            for day in days:
                text = f"{day:%Y%m%d}"
                if row["start_date"] <= text <= row["end_date"] and row.get(WEEKDAYS[day.weekday()]) == "1":
                    running[day].add(row["service_id"])
    if "calendar_dates.txt" in feed:
        rows = feed["calendar_dates.txt"]
        for service, text, kind in zip(rows["service_id"], rows["date"], rows["exception_type"], strict=True):
            exception = feed_date(text)
            if exception in running:
                (running[exception].add if kind == "1" else running[exception].discard)(service)
    return {day: frozenset(services) for day, services in running.items()}


def typical_day(feed: FeedTables, weekday: int) -> date:
    """Return the day of an ISO weekday that looks most like the others of its kind.

    Among the days with trips, the number of trips shared by most of them wins, the earlier day where two are alike.
    """
    per_service = Counter(feed["trips.txt"]["service_id"])
    counts = {
        day: sum(per_service[service] for service in services)
        for day, services in active_services(feed).items()
        if day.isoweekday() == weekday
    }
    served = {day: trips for day, trips in counts.items() if trips}
    if not served:
        known = next(iter(counts), None)
        if known is None:
            raise MobilityError(
                "no-service", "the calendars of the feed hold no such day", field=f"{feed.name}/calendar.txt"
            )
        return known
    # Days that differ by a few trips are of one kind: a whole feed hardly ever repeats a count exactly.
    kinds = Counter(round(trips, -len(str(trips)) + 2) for trips in served.values())
    usual = max(kinds, key=lambda kind: (kinds[kind], kind))
    return min(day for day, trips in served.items() if round(trips, -len(str(trips)) + 2) == usual)


def day_served(feed: FeedTables, day: date) -> tuple[date, bool]:
    """Return the day of a feed that tells what runs on a day, and whether it only stands in for it.

    Outside of a feed's span, its typical day of the same weekday does.
    """
    first, last = service_span(feed)
    return (day, False) if first <= day <= last else (typical_day(feed, day.isoweekday()), True)
