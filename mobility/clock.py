"""Times of day as seconds after midnight, and the words for weekdays."""

import re

from mobility.errors import MobilityError

HOUR = 3600
MINUTE = 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Weekday names; the ISO number of a weekday is its index here plus one."""

_CLOCK = re.compile(r"^(\d{1,2})[:hH](\d{2})?$")


def parse_clock(text: str, *, field: str = "") -> int:
    """Read "9:15", "09:15" or "9h15" as seconds after midnight."""
    match = _CLOCK.match(text.strip())
    if match:
        hours, minutes = int(match[1]), int(match[2] or 0)
        if hours < 24 and minutes < 60:
            return hours * HOUR + minutes * MINUTE
    raise MobilityError("bad-clock", f"'{text}' is not a time of day; write it as 09:15", field=field, value=text)


def format_clock(seconds: float) -> str:
    """Write seconds after midnight as "09:15", rounded to the nearest minute."""
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_weekday(text: str, *, field: str = "") -> int:
    """Read "tuesday" or "2" as the ISO weekday number (Monday is 1)."""
    word = text.strip().lower()
    if word in WEEKDAYS:
        return WEEKDAYS.index(word) + 1
    if word.isdigit() and 1 <= int(word) <= 7:
        return int(word)
    raise MobilityError(
        "bad-weekday", f"'{text}' is not a weekday; use one of {', '.join(WEEKDAYS)}", field=field, value=text
    )
