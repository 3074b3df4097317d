"""The map of a feed: its stops, and the places of its issues."""

from pathlib import Path

from desks.ground import Ground
from desks.transport.feed_report import FeedReport
from gtfs.feed_tables import read_feed_tables
from gtfs.timetable import stop_points
from maps.layers import MapContent, StopMark
from webapp.pictures.commune_map import commune_map
from webapp.words.feeds import notice_words

MOST_MARKS = 1500
"""Stops drawn at most: the page must stay light."""


def feed_map(ground: Ground, path: Path, title: str, report: FeedReport | None) -> MapContent:
    """Return the map: a ring for each stop, a square for each issue that has a place."""
    feed = read_feed_tables(path)
    called = set(feed["stop_times.txt"]["stop_id"])
    stops = {
        (point.lon, point.lat): StopMark(point, "", str(name), hollow=True)
        for stop, name, point in zip(feed["stops.txt"]["stop_id"], feed["stops.txt"]["stop_name"], stop_points(feed),
                                     strict=True)
        if point and (stop in called or not called)
    }  # fmt: skip
    issues = {
        (issue.point.lon, issue.point.lat, group.code): StopMark(issue.point, "!", notice_words(group.code).title)
        for group in (report.groups if report else ())
        for issue in group.samples
        if issue.point
    }
    return commune_map(
        ground, f"Arrêts : {title}",
        f"Carte des {len(stops)} arrêts de l'offre « {title} », et de {len(issues)} anomalies situées. "
        "La liste sous la carte dit la même chose.",
        stops=list(stops.values())[:MOST_MARKS], points=list(issues.values()),
    )  # fmt: skip
