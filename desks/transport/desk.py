"""The desk of transport: what is published, brought up to date, and the journeys of the days asked for, kept ready."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock

from desks.ground import Ground
from desks.kept import Kept
from desks.transport.in_use import FeedsInUse
from desks.transport.journey_planner import FeedInUse, JourneyPlanner
from desks.transport.publication import Publication, publication_stamp
from mobility.clock import HOUR
from mobility.door_legs import Volunteer
from mobility.errors import MobilityError

PLANNERS = 7
"""Days whose timetable is kept ready."""
NOON = 12 * HOUR
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TransportDesk:
    """Published feeds and journeys. ``last_published`` is what went out last, which may be out of date.

    ``volunteers`` returns the drivers whom a journey may begin or end with.
    """

    ground: Ground
    feeds: FeedsInUse
    last_published: Publication
    volunteers: Callable[[], tuple[Volunteer, ...]]
    clock: Callable[[], datetime]
    _publication: Kept[Publication] = field(default_factory=Kept, repr=False)
    _ready: Kept[None] = field(default_factory=Kept, repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False)
    _planners: dict[date, Kept[JourneyPlanner]] = field(default_factory=dict, repr=False)

    def publication(self) -> Publication:
        """Return what goes out, brought up to date where a feed has changed."""
        now = self.clock()

        def make() -> Publication:
            with suppress(OSError):
                # A disk that takes nothing keeps no page from being shown.
                self.last_published.mend_ids()
            if self.last_published.stamp != publication_stamp(self.feeds.feeds, self.feeds.all()):
                try:
                    self.last_published.publish(now)
                except MobilityError:
                    _log.exception("the feeds cannot be published")
            return self.last_published

        return self._publication.get((self.feeds.stamp, now.date()), make)

    def planner(self, day: date) -> JourneyPlanner:
        """Return the planner of a day; the last few days asked for are kept ready."""
        volunteers = self.volunteers()

        def make() -> JourneyPlanner:
            known = self.feeds.feeds
            used = [FeedInUse(feed.name, feed.tables, tuple(known.telephones(feed))) for feed in self.feeds.all()]
            return JourneyPlanner(self.ground, used, day, self.feeds.on_demand(), volunteers)

        # The day asked for goes to the end: what was asked for longest ago is let go first.
        with self._turn:
            kept = self._planners.pop(day) if day in self._planners else Kept[JourneyPlanner]()
            self._planners[day] = kept
            for old in list(self._planners)[:-PLANNERS]:
                del self._planners[old]
        return kept.get((self.feeds.stamp, volunteers), make)

    def get_ready(self, now: datetime) -> dict[str, int]:
        """Search the timetable of a day once for each version of the feeds, so that no visitor waits for it to be read.

        What a new installation compiles is compiled here too: half a minute of work.
        """
        day, places, made = self.clock().date(), self.ground.places, 0

        def make() -> None:
            nonlocal made
            planner = self.planner(day)
            planner.departing(places[0], places[-1], NOON, now=now)
            planner.arriving(places[0], places[-1], NOON, now=now)
            made = 1

        if self.feeds.all() and len(places) > 1:
            self._ready.get((self.feeds.stamp, day), make)
        return {"timetables made ready": made}
