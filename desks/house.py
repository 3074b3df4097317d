"""The desks of one territory, wired once for each door: the site or the command line."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from threading import Lock

from data.plan_store import PlanStore
from data.private_files import private_folder
from data.restoring import settle_restore
from data.store import Store
from data.unmet_needs import unmet_people
from desks.access.desk import AccessDesk, CounterDays
from desks.accounts.joining import bind_identities
from desks.calendar.due import drafts_due, visits_due
from desks.calendar.in_force import CalendarInForce
from desks.calendar.planning import COUNTER_ERRANDS, Planning
from desks.calendar.roads import forget_sent_roads
from desks.calendar.scenarios import Scenarios
from desks.chores import Chore
from desks.day.day import Day
from desks.day.search import Search
from desks.ground import Ground
from desks.imports.due import lists_due
from desks.journal import seal_key
from desks.notices import LineNotice, NoticeDesk, notices_due
from desks.outbox.carriers import carriers_of
from desks.outbox.due import messages_due
from desks.outbox.sending import Post, send_messages
from desks.outbox.wording import Wording
from desks.people.finding import persons_found
from desks.people.retention import Retention, end_over
from desks.released import Released
from desks.rides.chores import ride_chores
from desks.rides.desk import RideDesk
from desks.rides.due import rides_due
from desks.rides.finding import places_found, requests_found
from desks.rides.open_lines import OfferedVolunteers
from desks.rides.place_search import Places
from desks.rides.public_offers import PublicRides
from desks.settings import Settings
from desks.stamps import plan_stamp
from desks.telephone.due import calls_due
from desks.transport.desk import TransportDesk
from desks.transport.due import feeds_due
from desks.transport.feeds import Feeds
from desks.transport.in_use import FeedsInUse
from desks.transport.publication import Publication
from desks.ways.search import WaysDesk
from mobility.accounts import AGENT
from mobility.disclosure import UNMET, Period, closed_months
from mobility.messages import SmsCap, purposes_off
from mobility.modules import RIDES, TRANSPORT
from mobility.rides import ERRANDS

UNMET_PARTS = {COUNTER_ERRANDS: (COUNTER_ERRANDS,), "others": tuple(set(ERRANDS) - {COUNTER_ERRANDS})}
"""The errands whose unmet needs are told apart: those that the bus answers, and the others. No need is of both."""


@dataclass
class House:
    """The desks of a territory; each is opened when first asked for.

    ``clock`` gives the present; ``open_rides`` wires the rides' desk with the words of its messages, ``join_wording``
    joins those of all desks.
    """

    settings: Settings
    ground: Ground
    clock: Callable[[], datetime]
    open_rides: Callable[[Settings, Ground, Store], RideDesk]
    join_wording: Callable[[Settings, RideDesk], Wording]
    turn: Lock = field(default_factory=Lock, repr=False)
    """Held while a question is answered: threads of one process that compute at once only hinder each other."""

    def today(self) -> date:
        """Return the day."""
        return self.clock().date()

    @cached_property
    def plans(self) -> PlanStore:
        """Return where this territory's plans are kept."""
        return PlanStore(self.settings.state / self.ground.folder.id)

    @cached_property
    def store(self) -> Store:
        """Return the database, its tables brought up to date, and a restore that was cut short settled."""
        url = self.settings.database_url
        if url.startswith("sqlite:///"):
            private_folder(Path(url.removeprefix("sqlite:///")).parent)
        store = Store(url, seal_key=seal_key(self.settings))
        settle_restore(store, self.plans.folder)
        bind_identities(store, self.settings)
        return store

    @cached_property
    def feeds(self) -> FeedsInUse:
        """Return the feeds in use."""
        feeds = Feeds(
            self.settings.state / "feeds", self.ground.folder, self.ground.territory, self.clock,
            self.settings.inner_hosts,
        )  # fmt: skip
        return FeedsInUse(feeds, left_out=not self.ground.modules.has(TRANSPORT))

    @cached_property
    def planning(self) -> Planning:
        """Return what plans the bus."""
        days = CounterDays(self.ground, self.feeds, self.plans, self.today)
        return Planning(
            self.ground, self.plans, days.days, self.unmet,
            lambda unmet: plan_stamp(self.ground, self.feeds.all(), unmet),
        )  # fmt: skip

    @cached_property
    def calendar(self) -> CalendarInForce:
        """Return the calendar in force."""
        return CalendarInForce(self.planning, lambda: self.store, self.clock)

    @cached_property
    def scenarios(self) -> Scenarios:
        """Return the planner's scenarios."""
        return Scenarios(self.store, self.ground.folder.id, self.clock)

    @cached_property
    def access(self) -> AccessDesk:
        """Return the desk of access without a car."""
        return AccessDesk(self.ground, self.feeds, self.plans, self.calendar.saved, self.today)

    @cached_property
    def last_published(self) -> Publication:
        """Return what goes out, as it was last published."""
        root = self.settings.state / self.ground.folder.id / "published"
        return Publication(self.feeds.feeds, self.ground, root, self.settings.public_url)

    @cached_property
    def transport(self) -> TransportDesk:
        """Return the desk of lines and journeys."""
        drivers = OfferedVolunteers(self.store).volunteers if self.ground.modules.has(RIDES) else tuple
        return TransportDesk(self.ground, self.feeds, self.last_published, drivers, self.clock)

    @cached_property
    def rides(self) -> RideDesk:
        """Return the desk of solidarity rides."""
        return self.open_rides(self.settings, self.ground, self.store)

    @cached_property
    def post(self) -> Post:
        """Return how messages go out; raises where a setting names no server."""
        told = self.settings
        carriers = carriers_of(told.smtp, told.mail_from, told.sms_webhook, told.sms_secret)
        cap = SmsCap(told.sms_per_day, told.sms_per_month)
        return Post(carriers, self.wording, self.rides.hours.messages, cap, self.messages_off)

    @property
    def messages_off(self) -> frozenset[str]:
        """Return the purposes of messages whose subject the territory leaves out."""
        return purposes_off(self.ground.modules)

    @cached_property
    def wording(self) -> Wording:
        """Return what puts the messages of every desk into words."""
        return self.join_wording(self.settings, self.rides)

    @cached_property
    def notices(self) -> NoticeDesk:
        """Return what people must know."""
        return NoticeDesk(self.ground, self.calendar, self.feeds, lambda: self.store, self.clock)

    @cached_property
    def places(self) -> Places:
        """Return the places of every search field, by the names that everybody may look for."""
        return Places(self.ground, self.store, self.feeds)

    @cached_property
    def desk_places(self) -> Places:
        """Return the places as the desk finds them: by its own names for them as well."""
        return Places(self.ground, self.store, self.feeds, of_desk=True)

    def places_for(self, roles: Collection[str]) -> Places:
        """Return the places as someone of some roles may find them."""
        return self.desk_places if AGENT in roles else self.places

    @cached_property
    def ways(self) -> WaysDesk:
        """Return what answers how to get somewhere."""
        return WaysDesk(self.ground, self.transport.planner, self.rides, self.calendar)

    @cached_property
    def day(self) -> Day:
        """Return what asks every desk what is due; each is opened when it is asked."""
        rides = {"rides": lambda now, visitor: rides_due(self.rides, now, visitor)}
        return Day({
            "telephone": lambda now, visitor: calls_due(self.rides, now, visitor),
            **(rides if self.ground.modules.has(RIDES) else {}),
            "messages": lambda now, visitor: messages_due(
                self.store, self.wording, now, visitor, off=self.messages_off
            ),
            "bus": lambda now, visitor: visits_due(self.calendar, now, visitor),
            "lists": lambda now, visitor: lists_due(self.store, self.ground.modules, now, visitor),
            "feeds": lambda now, visitor: feeds_due(self.feeds, self.ground.communes.at, now, visitor),
            "notices": lambda now, visitor: notices_due(self.notices, now, visitor),
            "drafts": lambda _, visitor: drafts_due(self.calendar, self.scenarios, visitor),
        })  # fmt: skip

    @cached_property
    def chores(self) -> Mapping[str, Chore]:
        """Return what time brings to each desk, in the order in which it is done."""
        retention = Retention(self.store, self.settings.retention_days)
        rides = {"rides": lambda now: ride_chores(self.rides, now)}
        return {
            "consents": lambda now: end_over(self.store, now=now),
            **(rides if self.ground.modules.has(RIDES) else {}),
            "messages": lambda now: send_messages(self.store, self.post, now=now),
            "retention": retention.daily,
            "roads": lambda now: forget_sent_roads(self.settings, self.ground.folder.id, now),
        }

    @cached_property
    def released(self) -> Released:
        """Return what was told of people, period by period."""
        return Released(self.plans, self.today)

    @cached_property
    def search(self) -> Search:
        """Return what asks every desk what it knows under some words."""
        rides = {"requests": lambda text, now, visitor: requests_found(self.rides, text, now, visitor)}
        return Search({
            "persons": lambda text, now, visitor: persons_found(self.store, text, now, visitor),
            **(rides if self.ground.modules.has(RIDES) else {}),
            "places": lambda text, _, visitor: places_found(self.places_for(visitor.roles), text),
        })  # fmt: skip

    @cached_property
    def public_rides(self) -> PublicRides:
        """Return what everybody may see of rides."""
        return PublicRides(self.rides, self.released)

    def unmet(self, errand: str = "") -> dict[str, int]:
        """Return how many people of each commune at least asked in vain for a ride (to a counter) in a year.

        All is the sum of what is told of the parts, never a figure of its own: it would tell what few asked for.
        These are the figures that may be told, also where they weigh in the need: that is published to the digit. A
        territory without a database has nobody who asked: none is made for it.
        """
        if not self._has_store:
            return {}
        told = self.released.now(UNMET, self._unmet)
        parts = [told.get(part, {}) for part in ((errand,) if errand else UNMET_PARTS)]
        return {insee: sum(part.get(insee, 0) for part in parts) for insee in sorted({*chain(*parts)})}

    def line_notices(self, day: date) -> list[LineNotice]:
        """Return what is to be known on a day of the lines that journeys may take; no database is made for it."""
        return self.notices.of_lines(day) if self._has_store else []

    @property
    def _has_store(self) -> bool:
        return bool(self.settings.database) or self.settings.rides_file.exists()

    def _unmet(self, period: Period) -> dict[str, dict[str, int]]:
        first, after = closed_months(period.first)
        with self.store.reading() as tx:
            found = {part: unmet_people(tx, first, after, errands) for part, errands in UNMET_PARTS.items()}
        return {
            part: {insee: told for insee, asked in communes.items() if (told := UNMET.shown(*asked))}
            for part, communes in found.items()
        }
