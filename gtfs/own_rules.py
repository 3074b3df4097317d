"""Rules that no validator knows, since they need the country around the feed: its communes, roads, trains, words."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_tables import FeedTables
from gtfs.timetable import Timetable, build_timetable, stop_points
from mobility.issues import ERROR, INFO, WARNING, Issue, IssueGroup
from mobility.places import Place, Point, great_circle
from mobility.territory import folded
from mobility.travel import WALK_SPEED

FAR_FROM_ROAD = 100.0
"""Metres from a stop to the nearest road from which its point must be wrong."""
AT_THE_STATION = 400.0
"""Metres between a bus stop and a train's stop from which one changes there."""
LONGEST_WAIT = 1800
"""Seconds waited at a station at most for a line to count as meeting a train."""
RAIL_TYPES = {"2"} | {str(code) for code in range(100, 118)}
_SAYS_NOTHING = re.compile(
    r"(arret|stop|poteau|quai|point|halte|ligne|terminus|a definir|inconnu|sans nom|test|nouvel arret)?\s*[a-z]?\d*"
)
SAMPLES = 50


@dataclass(frozen=True)
class Surroundings:
    """What the rules ask of the country: the commune at a point ("" outside), and metres from points to a road.

    ``road_metres`` is None where no road network is known; the rule that needs it is then not applied.
    """

    commune_at: Callable[[Point], str]
    road_metres: Callable[[Sequence[Place]], Sequence[float]] | None = None


def own_issues(
    feed: FeedTables, around: Surroundings, *, before: FeedTables | None = None, rail: Sequence[FeedTables] = ()
) -> list[IssueGroup]:
    """Apply every rule to a feed. ``before`` is its last version; ``rail`` the feeds with trains that it may meet."""
    groups = [
        _meaningless_names(feed),
        _far_from_road(feed, around),
        _left_out(feed),
        _communes_lost(feed, before, around) if before else None,
        _trains_missed(feed, before, rail) if before else None,
    ]
    return [group for group in groups if group]


def _group(code: str, severity: str, issues: Sequence[Issue]) -> IssueGroup | None:
    return IssueGroup(code, severity, len(issues), tuple(issues[:SAMPLES])) if issues else None


def _meaningless_names(feed: FeedTables) -> IssueGroup | None:
    stops = feed["stops.txt"]
    kinds = feed.column("stops.txt", "location_type")
    issues = [
        Issue("stops.txt", line, "stop_name", str(name), str(stop), point)
        for line, (stop, name, kind, point) in enumerate(
            zip(stops["stop_id"], stops["stop_name"], kinds, stop_points(feed), strict=True), start=2
        )
        if kind in {"", "0", "1"} and says_nothing(str(name), str(stop))
    ]
    return _group("meaningless_stop_name", WARNING, issues)


def says_nothing(name: str, identifier: str) -> bool:
    """Tell whether a stop's name helps nobody: a number, a code, "Arrêt 12"."""
    plain = folded(name)
    return name == identifier or bool(_SAYS_NOTHING.fullmatch(plain))


def _far_from_road(feed: FeedTables, around: Surroundings) -> IssueGroup | None:
    if around.road_metres is None:
        return None
    stops = feed["stops.txt"]
    kinds = feed.column("stops.txt", "location_type").tolist()
    found = [
        (line, Place(str(stop), str(name), point))
        for line, (stop, name, kind, point) in enumerate(
            zip(stops["stop_id"], stops["stop_name"], kinds, stop_points(feed), strict=True), start=2
        )
        if kind in {"", "0"} and point and around.commune_at(point)
    ]
    metres = around.road_metres([place for _, place in found]) if found else []
    issues = [
        Issue("stops.txt", line, "stop_lat", f"{distance:.0f} m", place.name, place.point)
        for (line, place), distance in zip(found, metres, strict=True)
        if distance > FAR_FROM_ROAD
    ]
    return _group("stop_far_from_road", WARNING, issues)


def _left_out(feed: FeedTables) -> IssueGroup | None:
    timetable = build_timetable(feed, typical_day(feed, DAY_TYPES["weekday"]))
    lines = {trip: line for line, trip in reversed(list(enumerate(feed["trips.txt"]["trip_id"], start=2)))}
    issues = [
        Issue("trips.txt", lines.get(trip), "", reason, trip)
        for trip, reason in timetable.left_out.items()
        if reason != "one-stop"
    ]
    return _group("trip_left_out", ERROR, issues)


def served_communes(feed: FeedTables, around: Surroundings) -> dict[str, list[str]]:
    """Return the communes where a vehicle stops, with the names of the stops."""
    stops = feed["stops.txt"]
    called = set(feed["stop_times.txt"]["stop_id"])
    communes: dict[str, list[str]] = defaultdict(list)
    for stop, name, point in zip(stops["stop_id"], stops["stop_name"], stop_points(feed), strict=True):
        if stop in called and point and (commune := around.commune_at(point)):
            communes[commune].append(str(name))
    return communes


def _communes_lost(feed: FeedTables, before: FeedTables, around: Surroundings) -> IssueGroup | None:
    then, now = served_communes(before, around), served_communes(feed, around)
    issues = [
        Issue("stops.txt", None, "", ", ".join(sorted(set(names))), commune=commune)
        for commune, names in sorted(then.items())
        if commune not in now
    ]
    return _group("commune_lost", ERROR, issues)


def _trains_missed(feed: FeedTables, before: FeedTables, rail: Sequence[FeedTables]) -> IssueGroup | None:
    """Compare, on a typical working day, which lines met a train at which station."""
    then = _meetings(before, [before, *rail])
    now = _meetings(feed, [feed, *rail])
    issues = [
        Issue("stop_times.txt", None, "", station, line, point)
        for (line, station), (count, point) in sorted(then.items())
        if count and not now.get((line, station), (0, point))[0]
    ]
    return _group("line_misses_train", WARNING if rail else INFO, issues)


def _meetings(feed: FeedTables, trains: Sequence[FeedTables]) -> dict[tuple[str, str], tuple[int, Point]]:
    """Count, for each bus line and station, the arrivals that meet a train's departure and the other way round."""
    stations: list[tuple[str, Point, NDArray[np.int64], NDArray[np.int64]]] = []
    for source in trains:
        timetable = build_timetable(source, typical_day(source, DAY_TYPES["weekday"]))
        for name, point, arrivals, departures, line_type, _ in line_calls(source, timetable):
            if line_type in RAIL_TYPES:
                stations.append((name, point, arrivals, departures))
    own = build_timetable(feed, typical_day(feed, DAY_TYPES["weekday"]))
    found: dict[tuple[str, str], tuple[int, Point]] = {}
    for _, point, arrivals, departures, line_type, line in line_calls(feed, own):
        if line_type in RAIL_TYPES:
            continue
        for station, there, train_arrivals, train_departures in stations:
            metres = great_circle(point, there)
            if metres <= AT_THE_STATION:
                walk = metres / WALK_SPEED
                met = _waits(arrivals + walk, train_departures) + _waits(train_arrivals + walk, departures)
                count, _ = found.get((line, station), (0, there))
                found[line, station] = (count + met, there)
    return found


def _waits(ready: NDArray[np.floating[Any]], departures: NDArray[np.int64]) -> int:
    """Count the moments after which a departure comes within the longest wait."""
    if not len(departures):
        return 0
    later = np.sort(departures)
    index = np.searchsorted(later, ready)
    known = index < len(later)
    return int((later[index[known]] - ready[known] <= LONGEST_WAIT).sum())


def line_calls(
    feed: FeedTables, timetable: Timetable
) -> list[tuple[str, Point, NDArray[np.int64], NDArray[np.int64], str, str]]:
    """Return, for each line and stop of a day: name, point, arrivals, departures, route type, line."""
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
        (timetable.stop_names[stop], point, np.array(arrivals, dtype=np.int64), np.array(departures, dtype=np.int64),
         line_type, line)
        for (line, stop), (arrivals, departures, line_type) in calls.items()
        if (point := timetable.points[stop]) is not None
    ]  # fmt: skip
