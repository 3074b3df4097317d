"""What of published lines is due: hours that are over or soon will be, and feeds that could not be fetched again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from desks.day.due import Due, Visitor
from desks.transport.in_use import FeedsInUse
from desks.transport.notices import SOON, ends_after
from desks.transport.sketches import sketch_of
from mobility.accounts import PLANNER
from mobility.places import Point


def feeds_due(
    in_use: FeedsInUse, commune_at: Callable[[Point], str], now: datetime, visitor: Visitor
) -> Iterator[Due]:  # fmt: skip
    """Return, to planners, the feeds of which a newer version is wanted, and those that nobody could fetch since."""
    if PLANNER not in visitor.roles:
        return
    for feed in in_use.all():
        last = sketch_of(feed, in_use, commune_at).last
        over = ends_after(last, now.tzinfo or UTC)
        if over <= now:
            yield Due("feed-over", None, feed.name, shown=feed.name, facts={"last": last})
        elif over - SOON <= now:
            yield Due("feed-ends", over, feed.name, shown=feed.name, facts={"last": last})
        if since := feed.folder.failing_since():
            yield Due("feed-failed", None, feed.name, shown=feed.name, facts={"since": since})
