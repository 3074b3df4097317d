"""The rides' desk: states the problem of a day from the store, answers at once, holds seats."""

import copy
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.journal import note
from data.people import find_person, seen
from data.ride_matches import (
    all_refusals,
    loads_since,
    matches_of,
    matches_on,
    propose,
    record_answer,
    require_same_people,
    versions_of,
)
from data.ride_records import (
    active_offers,
    add_request,
    find_offer,
    find_request,
    offers_stamp,
    requests_on,
    same_request,
    set_request_state,
)
from data.ride_scope import everything
from data.store import Store, Transaction
from data.territory_hours import DeskHours
from data.unmet_needs import is_told, record_unmet
from desks.ground import Ground
from desks.kept import Kept
from desks.rides.day_state import DayState, explained, held_routes
from desks.rides.messages import RideMessages, was_asked_of
from desks.rides.options import Looked, Option, ToldOption, told_options, told_rides, who_agreed, yes_that_stand
from desks.rides.unmet import unmet_need
from mobility.clock import clock_time, later
from mobility.errors import MobilityError
from mobility.ride_day import SHARED_TRIP, RideDays, ride_id, shares, state_rides
from mobility.ride_matching import DOWN, UP, Packing, Placement, Route
from mobility.ride_rules import TransportRules, broken_rules, eligible, is_volunteer_transport, participation
from mobility.rides import (
    CONFIRMED,
    PROPOSED,
    UNMET,
    WAITING,
    Match,
    MatchedRide,
    RideOffer,
    RideRequest,
)
from mobility.scope import Scope
from mobility.travel_cache import TravelCache
from tours.ride_insertion import best_answers
from tours.ride_reasons import NO_ROAD, NOT_ELIGIBLE, OUT_OF_TIME, WhyNot, change_document

LOAD_DAYS = 28
"""Days over which the load of volunteers is shared fairly."""
OPTIONS = 3
TO_ASK_ANOTHER = timedelta(hours=2)
"""Between the latest answer and the first pick-up: another driver can still be asked."""
TRIES = 3
"""Times that an answer is looked for again when someone else was faster."""


@dataclass
class RideDesk:
    """Everything the desk does, on one store. ``hours`` are those of who answers, ``address`` the site's.

    ``answer_hours`` is how long one has to answer, in working hours.
    """

    ground: Ground
    store: Store
    rules: TransportRules
    travel: TravelCache
    messages: RideMessages
    hours: DeskHours
    address: str
    answer_hours: float = 24.0
    _offers: Kept[Sequence[RideOffer]] = field(default_factory=Kept, init=False, repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the territory."""
        return self.hours.desk.zone

    def within(self, scope: Scope) -> "RideDesk":
        """Return the same desk for a scope: it sees and changes that scope's own records only."""
        own = copy.copy(self)
        own.store = self.store.within(scope)
        return own

    def today(self, now: datetime) -> date:
        """Return the day of an instant, in the territory."""
        return now.astimezone(self.zone).date()

    def ask(self, request: RideRequest, *, now: datetime, who: str) -> RideRequest:
        """Take down a request. Raises where the rider has one like it already."""
        with self.store.writing("people") as tx:
            return self.take_down(tx, request, now=now, who=who)

    def take_down(
        self, tx: Transaction, request: RideRequest, *, now: datetime, who: str, again: bool = False
    ) -> RideRequest:
        """Take down a request in a transaction that does more, and whose turn it is among "people".

        Raises where the rider has one like it already, unless ``again`` says that is meant.
        """
        find_person(tx, request.rider)
        if request.day < self.today(now):
            raise MobilityError("day-over", f"{request.day} is over", field="day", value=request.day.isoformat())
        double = same_request(tx, request)
        if double and not again:
            raise MobilityError(
                "double-request", "this person already asks to go there that day", field="day", value=double.id
            )
        made = add_request(tx, replace(request, state=WAITING), now=now)
        seen(tx, request.rider, now)
        note(tx, who, "request-taken", about=made.id, now=now)
        return made

    def take_down_weekly(
        self, tx: Transaction, request: RideRequest, until: date, *, every: int, now: datetime, who: str,
        again: bool = False,
    ) -> list[RideRequest]:  # fmt: skip
        """Take down a request that comes back every so many weeks, as one request for each day: all of them or none."""
        days = [request.day + timedelta(weeks=every * i) for i in range((until - request.day).days // (7 * every) + 1)]
        series = request.series or f"s-{request.rider}-{request.day:%Y%m%d}"
        asked = [replace(request, day=day, series=series) for day in days[:60]]
        return [self.take_down(tx, one, now=now, who=who, again=again) for one in asked]

    def offers(self, tx: Transaction) -> Sequence[RideOffer]:
        """Return the offers that hold, read again where one has come or gone."""
        return self._offers.get(offers_stamp(tx), lambda: active_offers(tx))

    def state(
        self, tx: Transaction, days: Sequence[date], states: Sequence[str] = (WAITING,), *, extra: Sequence[str] = (),
        looked: tuple[RideRequest, str] | None = None,
    ) -> DayState:  # fmt: skip
        """Read some days: offers, one's own requests in some states, and whatever is promised to anyone.

        ``looked`` adds a request that is not kept, with the commune where its rider lives.
        """
        waiting = requests_on(tx, days, states) if states else []
        named = {request: find_request(tx, request) for request in extra}
        # Drivers are shared: what they promised to another structure holds its seats and times too.
        with everything(tx):
            return self._stated(tx, days, waiting, named, looked)

    def _stated(
        self, tx: Transaction, days: Sequence[date], waiting: Sequence[RideRequest], named: dict[str, RideRequest],
        looked: tuple[RideRequest, str] | None,
    ) -> DayState:  # fmt: skip
        matches = matches_on(tx, days)
        promised = {match.request for match in matches}
        # Where nothing is promised, as on most days to come, there is nothing to read of it.
        held = requests_on(tx, days, [PROPOSED, CONFIRMED]) if matches else []
        found = {r.id: r for r in waiting} | {r.id: r for r in held if r.id in promised}
        requests = {r.id: r for r in sorted(found.values(), key=lambda r: (r.day, r.id))} | named
        offers = {offer.id: offer for offer in self.offers(tx) if any(offer.runs(day) for day in days)}
        for match in matches:
            for ride in match.rides:
                # A withdrawn offer still drives what it promised.
                if ride.offer not in offers:
                    offers[ride.offer] = find_offer(tx, ride.offer)
        rules = self.rules.on(min(days))
        territory = self.ground.territory
        lives = {r.id: find_person(tx, r.rider).commune for r in requests.values()}
        drivers = {offer.driver for offer in offers.values()}
        # Nobody drives themselves, who asks and offers.
        refused = frozenset((r.id, r.rider) for r in requests.values() if r.rider in drivers)
        refused |= all_refusals(tx, list(requests)) if requests else frozenset()
        if looked:
            requests[looked[0].id], lives[looked[0].id] = looked
        stated = RideDays(
            tuple(days), tuple(offers.values()), tuple(requests.values()), tuple(matches),
            refused, loads_since(tx, min(days) - timedelta(days=LOAD_DAYS), max(days)),
            frozenset(r.id for r in requests.values() if not eligible(r, lives[r.id], territory)),
            rules.longest_journey,
        )  # fmt: skip
        day = state_rides(stated, self.travel.times)
        # Who only looks holds nothing, and needs no version.
        return DayState(day, held_routes(day), {} if looked else versions_of(tx, days), requests)

    def options(self, request: str, *, now: datetime, count: int = OPTIONS) -> tuple[list[Option], DayState]:
        """Return the best few answers for a request beside what is promised, with the state they rest on.

        What nobody could answer in time any more is none of them.
        """
        with self.store.reading() as tx:
            asked = find_request(tx, request)
            state = self.state(tx, [asked.day], (), extra=[request])
        return self._in_time(self._best(state, asked, count), now), state

    def _best(self, state: DayState, asked: RideRequest, count: int) -> list[Option]:
        if ride_id(asked.id, asked.halves[0]) not in state.day.problem.rides_by_id:
            return []
        found = best_answers(state.day.problem, state.held, asked.id, count=count)
        return [self._option(state, asked, placement) for placement in found]

    def _in_time(self, options: Sequence[Option], now: datetime) -> list[Option]:
        return [option for option in options if self.may_await(option.request, option.rides, now=now)]

    def look(self, asked: RideRequest, *, commune: str, now: datetime) -> Looked:
        """Return what everybody may be told of the answers to a request that nobody made yet: nothing is written.

        How far, how late or how taken drivers are is no reason that is told: it tells where they are.
        """
        options, state = self._asked(asked, commune, now)
        if options:
            return Looked(self.told(asked, options), "")
        if self.is_too_late(asked, now=now):
            return Looked([], OUT_OF_TIME)
        ride = state.day.problem.rides_by_id.get(ride_id("asked", asked.halves[0]))
        if ride is None:
            return Looked([], NO_ROAD)
        return Looked([], NOT_ELIGIBLE if SHARED_TRIP in ride.wishes else "")

    def told(self, asked: RideRequest, options: Sequence[Option]) -> list[ToldOption]:
        """Return what everybody may be told of answers."""
        return told_options(asked, options, self.travel.times, self.rules.on(asked.day))

    def offered(self, asked: RideRequest, *, commune: str, now: datetime) -> list[Option]:
        """Return the best answers to a request that nobody made yet, for the desk alone: they tell of drivers."""
        return self._asked(asked, commune, now)[0]

    def _asked(self, asked: RideRequest, commune: str, now: datetime) -> tuple[list[Option], DayState]:
        made = replace(asked, id="asked")
        with self.store.reading() as tx:
            state = self.state(tx, [asked.day], (), looked=(made, commune))
        return self._in_time(self._best(state, made, OPTIONS), now), state

    def _option(self, state: DayState, request: RideRequest, placement: Placement) -> Option:
        rides = self._matched(state, request, placement.routes)
        shared = all(not is_volunteer_transport(state.day.shifts[route.shift][0]) for route in placement.routes)
        offers = {offer.id: offer for offer, _ in state.day.shifts.values()}
        volunteered = [ride.share for ride in rides if is_volunteer_transport(offers[ride.offer])]
        euros = participation(sum(volunteered), self.rules.on(request.day))
        return Option(request, rides, placement.added_metres, placement.added_seconds, euros, shared)

    def option_of(self, state: DayState, packing: Packing, request: RideRequest) -> Option:
        """Return the answer that a packing gives to a request."""
        routes = [r for r in packing.routes if any(ride_id(request.id, h) in r.rides for h in request.halves)]
        own = [state.day.problem.rides_by_id[ride_id(request.id, half)] for half in request.halves]
        travel = state.day.problem.travel
        metres = sum(travel.metres_between(ride.origin, ride.destination) for ride in own)
        seconds = sum(travel.seconds_between(ride.origin, ride.destination) for ride in own)
        return self._option(state, request, Placement(request.id, tuple(routes), metres, seconds))

    def _matched(self, state: DayState, request: RideRequest, routes: Sequence[Route]) -> tuple[MatchedRide, ...]:
        problem, made = state.day.problem, []
        for half in request.halves:
            wanted = ride_id(request.id, half)
            route = next(route for route in routes if wanted in route.rides)
            offer, _ = state.day.shifts[route.shift]
            own = {
                ride: problem.travel.metres_between(
                    problem.rides_by_id[ride].origin, problem.rides_by_id[ride].destination
                )
                for ride in route.rides
            }
            times = {stop.kind: stop.time for stop in route.stops if stop.ride == wanted}
            whole = route.metres if is_volunteer_transport(offer) else sum(own.values())
            made.append(
                MatchedRide(
                    half, offer.id, offer.driver, state.day.clock(times[UP]), state.day.clock(times[DOWN]), own[wanted],
                    shares(own, whole)[wanted],
                )
            )  # fmt: skip
        return tuple(made)

    def hold(
        self, tx: Transaction, state: DayState, option: Option, *, now: datetime, who: str,
        agreed: Collection[str] = (),
    ) -> Match:  # fmt: skip
        """Hold the seats of an answer, and queue the messages that ask the driver and tell the rider.

        Who ``agreed`` to it already is not asked. The law is checked once more on the very records that are written.
        Raises "seat-taken" where someone else was faster, "too-late-to-ask" where nobody could answer in time.
        """
        if not self.may_await(option.request, option.rides, now=now):
            raise MobilityError("too-late-to-ask", "nobody could answer in time any more", field="request")
        offers = {offer.id: offer for offer, _ in state.day.shifts.values()}
        request = option.request
        require_same_people(tx, request, option.rides)
        rider = find_person(tx, request.rider)
        for ride in option.rides:
            broken = broken_rules(
                offers[ride.offer], 1 + request.companions, ride.metres, option.participation,
                sum(r.share for r in option.rides), self.rules.on(request.day),
                eligible=eligible(request, rider.commune, self.ground.territory),
            )  # fmt: skip
            if broken:
                raise MobilityError(
                    "against-the-law", f"the law on volunteer transport forbids it ({', '.join(broken)})",
                    field="request", value=", ".join(broken),
                )  # fmt: skip
        match = propose(
            tx, request, option.rides, versions=state.versions, now=now,
            expires=self.answered_by(request, option.rides, now=now), participation=option.participation,
        )  # fmt: skip
        note(tx, who, "match-proposed", about=match.id, now=now)
        for person in dict.fromkeys([*(ride.driver for ride in option.rides), request.rider]):
            self.messages.queue_proposal(tx, match, request, person, now=now, agreed=person in agreed)
            if person in agreed:
                match = record_answer(tx, match.id, person, yes=True, now=now)
        return match

    def may_await(self, request: RideRequest, rides: Sequence[MatchedRide], *, now: datetime) -> bool:
        """Tell whether there is still time for everyone to answer a proposal."""
        return self.answered_by(request, rides, now=now).timestamp() > now.timestamp()

    def is_too_late(self, asked: RideRequest, *, now: datetime) -> bool:
        """Tell whether nobody could be asked any more who would be there at the hour that is asked for."""
        return later(clock_time(asked.day, asked.hour, self.zone), -TO_ASK_ANOTHER).timestamp() <= now.timestamp()

    def answered_by(self, request: RideRequest, rides: Sequence[MatchedRide], *, now: datetime) -> datetime:
        """Return by when everyone must have answered: in its structure's hours, and in time to ask another driver."""
        latest = later(clock_time(request.day, min(ride.pickup for ride in rides), self.zone), -TO_ASK_ANOTHER)
        return self.hours.answered_by(request.structure, now, hours=self.answer_hours, latest=latest)

    def propose_best(
        self, request: str, *, now: datetime, who: str, choice: int = 0, rider_agrees: bool = False,
        left: bool = False,
    ) -> Match | None:  # fmt: skip
        """Hold the best answer for a request (or another of its options); None where nobody can drive.

        ``rider_agrees`` writes the rider's yes down at once: they said it on the telephone, or by their own platform.
        Where someone else takes the seat first, the next best is looked for. ``left`` says that a match has just ended:
        the yes of a driver who would drive the same again stands, and where nobody else can drive, the structure of
        the request is told.
        """
        with self.store.reading() as tx:
            asked = find_request(tx, request)
            ended = matches_of(tx, request) if left else []
            kept = frozenset(yes for yes in yes_that_stand(ended) if was_asked_of(tx, ended[0], yes[2], asked))
        for _ in range(0 if self.is_too_late(asked, now=now) else TRIES):
            options, state = self.options(request, now=now, count=max(choice + 1, OPTIONS))
            options.sort(key=lambda option: -len(kept & set(told_rides(option.rides))))
            if len(options) <= choice:
                break
            rider = options[choice].request.rider
            # Put right meanwhile, it is another request: nobody has said yes to it.
            agreed = who_agreed(options[choice].rides, kept) if options[choice].request == asked else set()
            with if_still_free(), self.store.writing() as tx:
                return self.hold(
                    tx, state, options[choice], now=now, who=who, agreed=agreed | ({rider} if rider_agrees else set())
                )  # fmt: skip
        self.leave_unmet(request, now=now, who=who, left=left)
        return None

    def why_not(self, request: str, *, now: datetime) -> WhyNot:
        """Return why a request has no answer, and the smallest change that would give it one."""
        with self.store.reading() as tx:
            asked = find_request(tx, request)
            state = self.state(tx, [asked.day], (), extra=[request])
        found = self._best(state, asked, OPTIONS)
        if self.is_too_late(asked, now=now) or (found and not self._in_time(found, now)):
            return WhyNot(request, OUT_OF_TIME, None)
        return explained(state, Packing(state.held, (), 0, 0.0), request)

    def leave_unmet(
        self, request: str, *, now: datetime, who: str, why: WhyNot | None = None, left: bool = False,
        said: bool = False,
    ) -> WhyNot:  # fmt: skip
        """Record a need that nobody can meet, with the reason; its structure is told where a driver just ``left``.

        ``said`` says that its rider hears it at this moment; who knew it already need not be told once more.
        """
        why = why or self.why_not(request, now=now)
        with self.store.writing() as tx:
            asked = find_request(tx, request, lock=True)
            if asked.state in {WAITING, UNMET}:
                need = unmet_need(self.ground, asked, why.reason, change_document(why.change))
                knows = said or (asked.state == UNMET and is_told(tx, request))
                record_unmet(tx, need, now=now, told=knows)
                set_request_state(tx, request, UNMET)
                if left and asked.state == WAITING:
                    self.messages.queue_alone(tx, asked, now=now)
                note(tx, who, "need-unmet", about=request, why=why.reason, now=now)
        return why


@contextmanager
def if_still_free() -> Iterator[None]:
    """Go on where someone else was faster to take a seat; let every other error through."""
    try:
        yield
    except MobilityError as error:
        if error.code != "seat-taken":
            raise
