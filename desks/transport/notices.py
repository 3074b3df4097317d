"""What people must know of the lines: hours that are over, or soon will be."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from data.feed_sketches import FeedSketch, read_sketch, write_sketch
from desks.transport.feeds import KeptFeed
from desks.transport.in_use import FeedsInUse
from mobility.notices import CALM, HOURS_END, OLD_HOURS, Notice
from mobility.places import Point

SOON = timedelta(days=14)
"""How long before is told that the hours of a feed end."""
_METHOD = 1
"""Version of what a kept sketch holds and how it is made."""


def feed_notices(in_use: FeedsInUse, commune_at: Callable[[Point], str], now: datetime) -> list[Notice]:
    """Return the notices of the feeds in use, for the communes where they have stops."""
    found = []
    for feed in in_use.all():
        sketch = _sketch(feed, in_use, commune_at)
        last, communes = sketch.last, sketch.communes
        over = datetime.combine(last + timedelta(days=1), time(), now.tzinfo or UTC).astimezone(UTC)
        if over - SOON > now:
            continue
        facts = {"last": last, "operators": list(sketch.telephones)}
        name, ended = f"hours-{feed.name}-{last:%Y%m%d}", over <= now
        found.append(
            Notice(f"{name}-over", OLD_HOURS, CALM, over, None, over, communes, facts=facts)
            if ended
            else Notice(name, HOURS_END, CALM, over, over, over - SOON, communes, facts=facts)
        )
    return [notice for notice in found if notice.communes]


def _sketch(feed: KeptFeed, in_use: FeedsInUse, commune_at: Callable[[Point], str]) -> FeedSketch:
    """Return what is asked of a feed: read from its tables once a version and territory."""
    stamp = f"{_METHOD}/{in_use.feeds.territory_folder.id}/{feed.version.sha256}"
    kept = read_sketch(feed.folder, stamp)
    if kept is None:
        telephones = tuple((str(name), str(number)) for name, number in in_use.feeds.telephones(feed))
        kept = FeedSketch(feed.span[1], _communes(feed, commune_at), telephones)
        write_sketch(feed.folder, stamp, kept)
    return kept


def _communes(feed: KeptFeed, commune_at: Callable[[Point], str]) -> frozenset[str]:
    if "stops.txt" not in feed.tables.tables:
        return frozenset()
    lons, lats = (feed.tables.column("stops.txt", f"stop_{axis}") for axis in ("lon", "lat"))
    points = {(round(float(lon), 4), round(float(lat), 4)) for lon, lat in zip(lons, lats, strict=True) if lon and lat}
    return frozenset(commune for point in sorted(points) if (commune := commune_at(Point(*point))))
