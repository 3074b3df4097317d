"""The valley in which the rules' small feeds run, and how they are read."""

from pathlib import Path

from gtfs.feed_tables import FeedTables, read_feed_tables
from gtfs.rules.facts import Surroundings
from mobility.places import Point


def commune_at(point: Point) -> str:
    """Two communes, west and east of 1.5; nothing north of 44.55."""
    return "" if point.lat > 44.55 else "west" if point.lon < 1.5 else "east"


AROUND = Surroundings(commune_at)


def feed_beside(test: str, name: str = "feed") -> FeedTables:
    """Read a feed from the folder of a test (its ``__file__``)."""
    return read_feed_tables(Path(test).parent / name)
