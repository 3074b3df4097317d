"""What people must know of the lines: hours that are over, or soon will be."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from desks.transport.in_use import FeedsInUse
from desks.transport.sketches import sketch_of
from mobility.notices import CALM, HOURS_END, OLD_HOURS, Notice
from mobility.places import Point

SOON = timedelta(days=14)
"""How long before is told that the hours of a feed end."""


def ends_after(last: date, zone: tzinfo) -> datetime:
    """Return when hours are over whose last day is told."""
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def feed_notices(in_use: FeedsInUse, commune_at: Callable[[Point], str], now: datetime) -> list[Notice]:
    """Return the notices of the feeds in use, for the communes where they have stops."""
    found = []
    for feed in in_use.all():
        sketch = sketch_of(feed, in_use, commune_at)
        last, communes = sketch.last, sketch.communes
        over = ends_after(last, now.tzinfo or UTC)
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
