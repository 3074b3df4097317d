"""What the pages share: the workspace, the current plan and its study, the clock."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app

from data.everyday import read_services
from data.gap_files import ACCESS, parse_study, study_document
from data.ride_records import active_offers, offers_stamp
from desks.access.gaps import stamp_of, study_gaps
from desks.accounts.proconnect import IdentityServer
from desks.calendar.season import dated
from desks.calendar.study import STUDY
from desks.jobs import Jobs
from desks.rides.desk import RideDesk
from desks.rides.example import has_example
from desks.rides.open_lines import real_offers, volunteers_of
from desks.rides.partners import ask_partners
from desks.rides.place_search import feed_places, place_index
from desks.transport.feeds import Feeds, KeptFeed
from desks.transport.journey_planner import FeedInUse, JourneyPlanner
from desks.transport.publication import Publication, publication_stamp
from desks.workspace import CURRENT_PLAN, Workspace, open_workspace
from mobility.access import ServicePoint
from mobility.bus_calendar import Plan
from mobility.dates import DatedCalendar
from mobility.door_legs import Volunteer
from mobility.errors import MobilityError
from mobility.gaps import GapStudy
from mobility.place_index import PlaceIndex
from mobility.rides import RideRequest
from mobility.transport import OnDemandService
from webapp.wiring import open_desk

PLANNERS = 7
"""Days whose timetable is kept ready."""
_log = logging.getLogger(__name__)


@dataclass
class Site:
    """The state behind the pages; the plan is read again when its file changes."""

    workspace: Workspace
    clock: Callable[[], datetime]
    jobs: Jobs = field(init=False)
    nicknames: int = 0
    """How often the desk changed the local names of places since the start."""
    has_accounts: bool = False
    """True once an account was seen: from then on everyone signs in."""
    _cached: dict[str, tuple[object, Any]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    in_turn: threading.Lock = field(default_factory=threading.Lock)
    """Held while a question is answered: threads of one process that compute at once only hinder each other."""

    def once(self, name: str, stamp: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` makes, made again only where ``stamp`` has changed."""
        known = self._cached.get(name)
        if known is None or known[0] != stamp:
            # Two visitors who come first must not both do the work.
            with self._lock:
                known = self._cached.get(name)
                if known is None or known[0] != stamp:
                    known = (stamp, make())
                    self._cached[name] = known
        return known[1]

    @property
    def stamp(self) -> float | None:
        """Return what changes with the current plan: when it was written, in nanoseconds."""
        return self.workspace.store.stamp(CURRENT_PLAN)

    def plan(self) -> Plan:
        """Return the current plan; without one, an error that says to make one."""
        plan: Plan | None = self.once("plan", self.stamp, self.workspace.saved_plan)
        if plan is None:
            raise MobilityError("no-plan", "there is no calendar yet", field="plan")
        return plan

    def study(self) -> dict[str, Any]:
        """Return the study of the current plan (empty where there is none)."""
        store = self.workspace.store
        study: dict[str, Any] = self.once("study", store.stamp(STUDY), lambda: json.loads(store.text(STUDY) or "{}"))
        return study

    def feeds(self) -> list[KeptFeed]:
        """Return the feeds in use."""
        feeds: list[KeptFeed] = self.once("feeds", self._feeds_stamp(), Feeds(self.workspace).all)
        return feeds

    def _feeds_stamp(self) -> tuple[object, ...]:
        """Return what changes when a feed comes, goes or changes."""
        root = Feeds(self.workspace).root
        indices = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(root.glob("*/versions.json")))
        return indices, tuple(str(path) for path in sorted(root.glob("*/*.zip")))

    def on_demand(self) -> list[OnDemandService]:
        """Return the on-demand services known."""
        found: list[OnDemandService] = self.once("on-demand", self._feeds_stamp(), Feeds(self.workspace).on_demand)
        return found

    def credits(self) -> list[str]:
        """Return whom to credit for the feeds in use, with their licences."""

        def make() -> list[str]:
            told = [Feeds(self.workspace).credit(feed.name) for feed in self.feeds()]
            return list(dict.fromkeys(f"{who} ({licence})" if licence else who for who, _, licence in told if who))

        credited: list[str] = self.once("credits", self._feeds_stamp(), make)
        return credited

    def expired_feeds(self) -> list[tuple[KeptFeed, list[tuple[str, str]]]]:
        """Return the feeds in use whose days are over, with whom to call about each."""
        feeds = Feeds(self.workspace)
        return [(feed, feeds.telephones(feed)) for feed in self.feeds() if feed.expired(self.today())]

    def gaps(self) -> GapStudy:
        """Return the study of the gaps, made again where the plan, a feed or a file has changed."""
        plan = self.once("plan", self.stamp, self.workspace.saved_plan)

        def make() -> GapStudy:
            feeds = self.feeds()
            kept = parse_study(self.workspace.store.text(ACCESS) or "")
            if kept and kept.stamp == stamp_of(self.workspace, feeds, plan):
                return kept
            study = study_gaps(self.workspace, feeds, self.on_demand(), self.today(), plan=plan)
            self.workspace.store.save(ACCESS, study_document(study))
            return study

        study: GapStudy = self.once("gaps", (self.stamp, self._feeds_stamp()), make)
        return study

    def reopen(self) -> None:
        """Wire the workspace anew, after its roads have changed."""
        self.workspace = open_workspace(self.workspace.settings)

    def today(self) -> date:
        """Return the day."""
        return self.clock().date()

    def dated(self) -> DatedCalendar:
        """Return the dates of the current plan."""
        stamp = (self.stamp, self.workspace.store.stamp("season"), self.today())
        calendar: DatedCalendar = self.once("dated", stamp, lambda: dated(self.workspace, self.plan(), self.today()))
        return calendar

    def publication(self) -> Publication:
        """Return what goes out, brought up to date where a feed has changed."""

        def make() -> Publication:
            publication = Publication(Feeds(self.workspace), self.workspace.settings.public_url)
            if publication.stamp != publication_stamp(self.feeds()):
                try:
                    publication.publish(self.today())
                except MobilityError:
                    _log.exception("the feeds cannot be published")
            return publication

        published: Publication = self.once("publication", (self._feeds_stamp(), self.today()), make)
        return published

    def planner(self, day: date) -> JourneyPlanner:
        """Return the planner of a day; the last few days asked for are kept ready."""

        def make() -> JourneyPlanner:
            feeds = Feeds(self.workspace)
            used = [FeedInUse(feed.name, feed.tables, tuple(feeds.telephones(feed))) for feed in self.feeds()]
            return JourneyPlanner(self.workspace, used, day, self.on_demand(), volunteers)

        store = self.rides().store

        def offered() -> tuple[Volunteer, ...]:
            with store.reading() as tx:
                return tuple(volunteers_of(active_offers(tx)))

        with store.reading() as tx:
            stamp = offers_stamp(tx)
        volunteers: tuple[Volunteer, ...] = self.once("offered", stamp, offered)
        planner: JourneyPlanner = self.once(f"planner {day}", (self._feeds_stamp(), volunteers), make)
        known = [name for name in self._cached if name.startswith("planner ")]
        for old in known[:-PLANNERS]:
            self._cached.pop(old, None)
        return planner

    def rides(self) -> RideDesk:
        """Return the rides' desk."""
        desk: RideDesk = self.once("rides", None, lambda: open_desk(self.workspace))
        return desk

    def identity_server(self) -> IdentityServer | None:
        """Return the server by which people sign in, if the settings name one."""
        settings = self.workspace.settings
        server: IdentityServer = self.once("identity", settings.oidc_issuer, lambda: IdentityServer(settings))
        return server if settings.oidc_issuer else None

    def volunteers(self) -> list[Volunteer]:
        """Return the volunteers in force, the example's left out."""
        return volunteers_of(real_offers(self.rides()))

    def unmet(self) -> dict[str, int]:
        """Return how many people of each commune lately asked for a ride that nobody could give."""
        return self.workspace.unmet()

    def places(self) -> PlaceIndex:
        """Return the places of every search field; nicknames that the desk adds are in at once."""
        index: PlaceIndex = self.once(
            "places", (self.nicknames, self._feeds_stamp()),
            lambda: place_index(self.workspace, self.rides().store, feed_places(self.feeds())),
        )  # fmt: skip
        return index

    def services(self) -> list[ServicePoint]:
        """Return the services of daily life that people go to."""
        workspace = self.workspace
        found: list[ServicePoint] = self.once(
            "services", workspace.files_stamp, lambda: read_services(workspace.folder, workspace.territory)
        )
        return found

    def has_example_rides(self) -> bool:
        """Tell whether the rides shown are the example's."""
        return has_example(self.rides())

    def partner_trips(self, asked: RideRequest) -> tuple[dict[str, object], ...]:
        """Return other platforms' trips for a request (none where no platform is named in the settings)."""
        return tuple(ask_partners(self.workspace.settings.partners, asked))

    def communes(self) -> dict[str, str]:
        """Return the names of the communes by INSEE code."""
        return {commune.insee: commune.name for commune in self.workspace.territory.communes}

    def names(self) -> dict[str, str]:
        """Return the names of stops, settlements and areas by their codes."""
        return {
            **{area.siren: area.name for area in self.workspace.territory.areas},
            **{s.id: s.place.name for s in self.workspace.territory.settlements},
            **{stop.id: stop.place.name for stop in self.workspace.stops},
        }


def site() -> Site:
    """Return the site of the application that answers."""
    found: Site = current_app.extensions["site"]
    return found
