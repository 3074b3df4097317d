"""Days and times of day as people write them, and the words for weekdays."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mobility.errors import MobilityError

ZONE = ZoneInfo("Europe/Paris")
"""What clocks of the territories show: those of metropolitan France."""
DAY = 86_400
HOUR = 3600
MINUTE = 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Weekday names; the ISO number of a weekday is its index here plus one."""
OSM_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""Weekdays in hours as OpenStreetMap writes them ("Mo 09:00-12:00"), in the same order."""
_NAMED_WEEKS = {"a": 1, "odd": 1, "impaire": 1, "b": 2, "even": 2, "paire": 2}
"""The weeks of a two-week cycle, by their letters or the ISO parity that they usually have: week 1 is odd."""
_WEEK = re.compile(r"(?:(?:weeks?|semaines?|sem\.?) )?(?:0*([0-9]{1,4})|([a-z]+?)s?)")

YEARS = range(2000, 2101)
"""Years in which people plan; beyond them a day was mistyped, and sums of days would leave the calendar."""

_CLOCK = re.compile(r"^(\d{1,2})\s?[:hH]\s?(\d{2})?$")


def parse_clock(text: str, *, field: str = "") -> int:
    """Read "9:15", "09:15", "9h15" or "9 h 15" as seconds after midnight."""
    match = _CLOCK.match(text.strip())
    if match:
        hours, minutes = int(match[1]), int(match[2] or 0)
        if hours < 24 and minutes < 60:
            return hours * HOUR + minutes * MINUTE
    raise MobilityError("bad-clock", f"'{text}' is not a time of day; write it as 09:15", field=field, value=text)


def clock_time(day: date, seconds: float, zone: tzinfo) -> datetime:
    """Return the instant at which clocks show so many seconds after midnight, on a day."""
    # Hours added to a local time move its hands: on the days when clocks change too.
    return datetime.combine(day, time(), zone) + timedelta(seconds=seconds)


def later(at: datetime, passed: timedelta) -> datetime:
    """Return the instant when so much time has passed, also in the night when clocks show an hour twice."""
    return (at.astimezone(UTC) + passed).astimezone(at.tzinfo)


def parse_day(value: object, *, field: str = "", years: range = YEARS) -> date:
    """Read a day as "2026-12-08"; a date that a file holds is taken as it is.

    Raises :class:`MobilityError` (with the field and the value): "bad-date" for anything else, "far-day" for a day
    outside ``years``.
    """
    text = str(value).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None:
        raise MobilityError("bad-date", f"'{text}' is not a date; write it as 2026-12-08", field=field, value=text)
    if day.year not in years:
        raise MobilityError("far-day", f"'{text}' is too far away", field=field, value=text)
    return day


def format_clock(seconds: float) -> str:
    """Write seconds after midnight as "09:15", rounded to the nearest minute."""
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_week(text: str, *, field: str = "") -> int:
    """Read "1", "A", "even" or "semaine impaire" as a week of the cycle."""
    found = _WEEK.fullmatch(" ".join(text.lower().split()))
    week = found and (int(found[1]) if found[1] else _NAMED_WEEKS.get(found[2]))
    if not week:
        raise MobilityError(
            "bad-week", f"'{text}' is not a week; use A, B, odd, even or a number", field=field, value=text
        )  # fmt: skip
    return week


def parse_weekdays(text: str, *, field: str = "") -> frozenset[int]:
    """Read "12345" as ISO weekdays."""
    if not text or not set(text) <= set("1234567"):
        raise MobilityError("bad-weekday", f"'{text}' is not a set of weekdays like 12345", field=field, value=text)
    return frozenset(int(day) for day in text)


def parse_weekday(text: str, *, field: str = "") -> int:
    """Read "tuesday" or "2" as the ISO weekday number (Monday is 1)."""
    word = text.strip().lower()
    if word in WEEKDAYS:
        return WEEKDAYS.index(word) + 1
    if len(word) == 1 and word in "1234567":
        return int(word)
    raise MobilityError(
        "bad-weekday", f"'{text}' is not a weekday; use one of {', '.join(WEEKDAYS)}", field=field, value=text
    )
