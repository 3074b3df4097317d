"""What people must know of the lines: hours that are over, or soon will be."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from desks.transport.feeds import KeptFeed
from desks.transport.in_use import FeedsInUse
from mobility.notices import CALM, HOURS_END, OLD_HOURS, Notice
from mobility.places import Point

SOON = timedelta(days=14)
"""How long before is told that the hours of a feed end."""


def feed_notices(in_use: FeedsInUse, commune_at: Callable[[Point], str], now: datetime) -> list[Notice]:
    """Return the notices of the feeds in use, for the communes where they have stops."""
    found = []
    for feed in in_use.all():
        last = feed.span[1]
        over = datetime.combine(last + timedelta(days=1), time(), now.tzinfo or UTC).astimezone(UTC)
        if over - SOON > now:
            continue
        communes = _communes(feed, commune_at)
        facts = {"last": last, "operators": in_use.feeds.telephones(feed)}
        name, ended = f"hours-{feed.name}-{last:%Y%m%d}", over <= now
        found.append(
            Notice(f"{name}-over", OLD_HOURS, CALM, over, None, over, communes, facts=facts)
            if ended
            else Notice(name, HOURS_END, CALM, over, over, over - SOON, communes, facts=facts)
        )
    return [notice for notice in found if notice.communes]


def _communes(feed: KeptFeed, commune_at: Callable[[Point], str]) -> frozenset[str]:
    if "stops.txt" not in feed.tables.tables:
        return frozenset()
    lons, lats = (feed.tables.column("stops.txt", f"stop_{axis}") for axis in ("lon", "lat"))
    points = {(round(float(lon), 4), round(float(lat), 4)) for lon, lat in zip(lons, lats, strict=True) if lon and lat}
    return frozenset(commune for point in sorted(points) if (commune := commune_at(Point(*point))))
