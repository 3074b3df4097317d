"""What pages ask of every feed at once: read from its tables once a version and territory, then kept beside it."""

from collections.abc import Callable
from functools import cache

from data.feed_sketches import FeedSketch, read_sketch, write_sketch
from desks.transport.feeds import KeptFeed
from desks.transport.in_use import FeedsInUse
from gtfs.served_lines import served_lines
from gtfs.timetable import stop_points
from mobility.places import Point

_METHOD = 2
"""Version of what a kept sketch holds and how it is made."""


def sketch_of(feed: KeptFeed, in_use: FeedsInUse, commune_at: Callable[[Point], str]) -> FeedSketch:
    """Return the sketch of a feed; ``commune_at`` tells the commune of a point ("" outside)."""
    stamp = f"{_METHOD}/{in_use.feeds.territory_folder.id}/{feed.version.sha256}"
    kept = read_sketch(feed.folder, stamp)
    if kept is None:
        telephones = tuple((str(name), str(number)) for name, number in in_use.feeds.telephones(feed))
        stops = _communes(feed, commune_at)
        communes = frozenset(filter(None, stops.values()))
        kept = FeedSketch(feed.span[1], communes, telephones, served_lines(feed.name, feed.tables, stops))
        write_sketch(feed.folder, stamp, kept)
    return kept


def _communes(feed: KeptFeed, commune_at: Callable[[Point], str]) -> dict[str, str]:
    """Return the commune of each stop of a feed ("" outside of all)."""
    # Platforms of one place share it: to look a point up is what takes time.
    near = cache(lambda lon, lat: commune_at(Point(lon, lat)))
    points = zip(feed.tables["stops.txt"]["stop_id"], stop_points(feed.tables), strict=True)
    return {str(stop): near(round(p.lon, 4), round(p.lat, 4)) if p else "" for stop, p in points}
