"""How well a place is served by lines: departures within a walk, and classes after the Swiss method.

The classes follow the "ÖV-Güteklassen" of the Swiss Federal Office for Spatial Development (ARE, 2022): a stop's
category comes from the mean interval between 6:00 and 20:00 in one direction and from the mode, the class from the
category and the distance. Villages with two buses a day get none of them: hence the project's own rural scale.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_tables import FeedTables
from gtfs.line_calls import line_calls
from gtfs.timetable import build_timetable
from mobility.places import Point, great_circle

FROM, UNTIL = 6 * 3600, 20 * 3600
INTERVALS = (5, 10, 20, 40, 60)
"""Minutes: bounds of the interval bands."""
RAIL_CATEGORY = (1, 2, 3, 4, 5)
BUS_CATEGORY = (2, 3, 4, 5, 0)
"""Category (1 best, 0 none) by interval band, for railway lines and for buses."""
DISTANCES = (300, 500, 750, 1000)
CLASS_BY_CATEGORY = {1: "AABC", 2: "ABCD", 3: "BCD-", 4: "CD--", 5: "D---"}
"""Class by distance band for each category."""
NO_CLASS = "-"
WALKED = 1000.0
"""Metres (straight) within which departures count for a place."""


@dataclass(frozen=True)
class ServedStop:
    """A stop on a typical working day: departures of the day, and its category."""

    name: str
    point: Point
    departures: int
    category: int


def served_stops(feeds: Sequence[FeedTables]) -> list[ServedStop]:
    """Return the stops with departures between 6:00 and 20:00 on a typical Tuesday."""
    counts: dict[tuple[str, Point], dict[str, int]] = defaultdict(lambda: {"rail": 0, "bus": 0})
    for feed in feeds:
        timetable = build_timetable(feed, typical_day(feed, DAY_TYPES["weekday"]))
        for calls in line_calls(feed, timetable):
            within = int(((calls.departures >= FROM) & (calls.departures < UNTIL)).sum())
            counts[calls.stop_name, calls.point]["rail" if calls.by_rail else "bus"] += within
    return [
        ServedStop(name, point, modes["rail"] + modes["bus"], _category(modes))
        for (name, point), modes in counts.items()
        if modes["rail"] + modes["bus"]
    ]


def _category(modes: dict[str, int]) -> int:
    found = []
    for mode, table in (("rail", RAIL_CATEGORY), ("bus", BUS_CATEGORY)):
        if modes[mode]:
            # Half of the departures leave in one direction.
            interval = (UNTIL - FROM) / 60 / (modes[mode] / 2)
            band = next((n for n, bound in enumerate(INTERVALS) if interval < bound), None)
            if band is not None and table[band]:
                found.append(table[band])
    return min(found, default=0)


def place_supply(point: Point, stops: Sequence[ServedStop]) -> tuple[int, str]:
    """Return the departures of a working day within a walk of a place, and its Swiss class ("-" for none)."""
    departures, best = 0, NO_CLASS
    for stop in stops:
        metres = great_circle(point, stop.point)
        if metres <= WALKED:
            departures += stop.departures
            if stop.category:
                band = next(n for n, bound in enumerate(DISTANCES) if metres <= bound)
                letter = CLASS_BY_CATEGORY[stop.category][band]
                best = min(best, letter, key="ABCD-".index)
    return departures, best
