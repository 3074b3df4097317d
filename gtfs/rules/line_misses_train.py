"""A line that met a train at a station in the last version, and meets none there now."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_tables import FeedTables
from gtfs.line_calls import line_calls
from gtfs.rules.facts import Facts, group_of
from gtfs.timetable import build_timetable
from mobility.issues import INFO, WARNING, Issue, IssueGroup
from mobility.places import Point, great_circle
from mobility.travel import WALK_SPEED

AT_THE_STATION = 400.0
"""Metres between a bus stop and a train's stop from which one changes there."""
LONGEST_WAIT = 1800
"""Seconds waited at a station at most for a line to count as meeting a train."""


def line_misses_train(facts: Facts) -> IssueGroup | None:
    """Compare, on a typical working day, which lines met a train at which station; without a version before, none.

    Where no other feed with trains is known, the trains may simply be in one that we do not have: it is told softly.
    """
    if facts.before is None:
        return None
    then = _meetings(facts.before, [facts.before, *facts.rail])
    now = _meetings(facts.feed, [facts.feed, *facts.rail])
    issues = [
        Issue("stop_times.txt", None, "", station, line, point)
        for (line, station), (count, point) in sorted(then.items())
        if count and not now.get((line, station), (0, point))[0]
    ]
    return group_of("line_misses_train", WARNING if facts.rail else INFO, issues)


def _meetings(feed: FeedTables, trains: Sequence[FeedTables]) -> dict[tuple[str, str], tuple[int, Point]]:
    """Count, for each bus line and station, the arrivals that meet a train's departure and the other way round."""
    stations = [
        calls
        for source in trains
        for calls in line_calls(source, build_timetable(source, typical_day(source, DAY_TYPES["weekday"])))
        if calls.by_rail
    ]
    own = build_timetable(feed, typical_day(feed, DAY_TYPES["weekday"]))
    found: dict[tuple[str, str], tuple[int, Point]] = {}
    for bus in line_calls(feed, own):
        if bus.by_rail:
            continue
        for train in stations:
            metres = great_circle(bus.point, train.point)
            if metres <= AT_THE_STATION:
                walk = metres / WALK_SPEED
                met = _waits(bus.arrivals + walk, train.departures) + _waits(train.arrivals + walk, bus.departures)
                count, _ = found.get((bus.line, train.stop_name), (0, train.point))
                found[bus.line, train.stop_name] = (count + met, train.point)
    return found


def _waits(ready: NDArray[np.floating[Any]], departures: NDArray[np.int64]) -> int:
    """Count the moments after which a departure comes within the longest wait."""
    if not len(departures):
        return 0
    later = np.sort(departures)
    index = np.searchsorted(later, ready)
    known = index < len(later)
    return int((later[index[known]] - ready[known] <= LONGEST_WAIT).sum())
