"""A stop so far from any road that its point must be wrong."""

from gtfs.rules.facts import Facts, group_of
from gtfs.timetable import stop_points
from mobility.issues import WARNING, Issue, IssueGroup
from mobility.places import Place

FAR_FROM_ROAD = 100.0
"""Metres from a stop to the nearest road from which its point must be wrong."""


def stop_far_from_road(facts: Facts) -> IssueGroup | None:
    """Find the territory's stops that are far from a road; without a road network, none."""
    if facts.around.road_metres is None:
        return None
    stops = facts.feed["stops.txt"]
    kinds = facts.feed.column("stops.txt", "location_type").tolist()
    found = [
        (line, Place(str(stop), str(name), point))
        for line, (stop, name, kind, point) in enumerate(
            zip(stops["stop_id"], stops["stop_name"], kinds, stop_points(facts.feed), strict=True), start=2
        )
        if kind in {"", "0"} and point and facts.around.commune_at(point)
    ]
    metres = facts.around.road_metres([place for _, place in found]) if found else []
    issues = [
        Issue("stops.txt", line, "stop_lat", f"{distance:.0f} m", place.name, place.point)
        for (line, place), distance in zip(found, metres, strict=True)
        if distance > FAR_FROM_ROAD
    ]
    return group_of("stop_far_from_road", WARNING, issues)
