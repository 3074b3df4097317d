"""When each line calls at each stop of a day, whichever its trips and patterns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gtfs.feed_tables import FeedTables
from gtfs.timetable import Timetable
from mobility.places import Point

RAIL_TYPES = {"2"} | {str(code) for code in range(100, 118)}
"""The route types of trains, those of the extended list too."""


@dataclass(frozen=True)
class LineCalls:
    """A line at a stop on a day: seconds after the day's start at which one may get off, and get on."""

    line: str
    stop_name: str
    point: Point
    arrivals: NDArray[np.int64]
    departures: NDArray[np.int64]
    route_type: str

    @property
    def by_rail(self) -> bool:
        """Tell whether the line is a train's."""
        return self.route_type in RAIL_TYPES


def line_calls(feed: FeedTables, timetable: Timetable) -> list[LineCalls]:
    """Return the calls of each line at each stop of a day; stops without a point are left out."""
    trips = dict(zip(feed["trips.txt"]["trip_id"], feed["trips.txt"]["route_id"], strict=True))
    types = dict(zip(feed["routes.txt"]["route_id"], feed["routes.txt"]["route_type"], strict=True))
    calls: dict[tuple[str, int], tuple[list[int], list[int], str]] = {}
    for pattern in range(len(timetable.first_stop) - 1):
        base, end = int(timetable.first_stop[pattern]), int(timetable.first_stop[pattern + 1])
        for number in range(int(timetable.first_trip[pattern]), int(timetable.first_trip[pattern + 1])):
            row = int(timetable.first_time[pattern]) + (number - int(timetable.first_trip[pattern])) * (end - base)
            route = trips[timetable.trip_ids[number]]
            for position in range(end - base):
                stop = int(timetable.pattern_stops[base + position])
                arrivals, departures, _ = calls.setdefault(
                    (timetable.trip_lines[number] or str(route), stop), ([], [], str(types.get(route, "")))
                )
                if timetable.alights[base + position]:
                    arrivals.append(int(timetable.arrivals[row + position]))
                if timetable.boards[base + position]:
                    departures.append(int(timetable.departures[row + position]))
    return [
        LineCalls(
            line, timetable.stop_names[stop], point, np.array(arrivals, dtype=np.int64),
            np.array(departures, dtype=np.int64), route_type,
        )
        for (line, stop), (arrivals, departures, route_type) in calls.items()
        if (point := timetable.points[stop]) is not None
    ]  # fmt: skip
