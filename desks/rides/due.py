"""What of the rides is due: answers waited for, requests without a driver, whom nobody can drive, today's rides."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from data.people import names_of
from data.ride_matches import matches_between, matches_on
from data.ride_records import find_request, requests_on, untold_requests
from data.store import Transaction
from desks.day.due import Due, Visitor
from desks.rides.desk import RideDesk
from mobility.accounts import AGENT
from mobility.clock import DAY, HOUR, clock_time
from mobility.rides import CONFIRMED, PROPOSED, WAITING, Match, RideRequest
from mobility.working_hours import WorkingHours

AHEAD = 7
"""Days ahead for which a driver is looked for already."""
ALONE = 3
"""Requests of a later day that are told one by one; more of them are one thing to do."""
EVENING = 17 * HOUR
"""By then, on the desk's last day of work before, one should know who drives, where its hours are not told: the person
is told, and arranges the day."""
SEARCH, TELL = ("request", "requests"), ("unmet", "unmets")
"""What is due of requests without a driver, one alone or many: to look for one; where nobody can, to say so."""
LAST = 2 * HOUR
"""Before the hour of a ride asked for on its own day: no driver can be found later than that."""


def rides_due(desk: RideDesk, now: datetime, visitor: Visitor) -> Iterator[Due]:
    """Return what waits for an agent: proposals by when they end, requests by when someone must be found, rides."""
    if AGENT not in visitor.roles:
        return
    own = desk.within(visitor.scope)
    today = own.today(now)
    with own.store.reading() as tx:
        for match in matches_between(tx, today, date.max, [PROPOSED]):
            yield _proposal(tx, own, match, now)
        for day in _looked_at(desk.hours.of(visitor.scope.structure), today):
            yield from _without_driver(tx, own, requests_on(tx, [day], [WAITING]), now, SEARCH)
        for _, asked in groupby(untold_requests(tx, today), key=lambda one: one.day):
            yield from _without_driver(tx, own, list(asked), now, TELL)
        for match in matches_on(tx, [today], [CONFIRMED]):
            yield _ride(tx, own, match)


def _looked_at(hours: WorkingHours, today: date) -> Iterator[date]:
    """Return the days for which a driver is looked for: those ahead, and all before which nobody works again."""
    day = today
    while (day - today).days <= AHEAD or (hours.last_day_before(day) or day) <= today:
        yield day
        day += timedelta(days=1)


def _proposal(tx: Transaction, desk: RideDesk, match: Match, now: datetime) -> Due:
    asked = find_request(tx, match.request)
    silent = dict.fromkeys(ride.driver for ride in match.rides if not ride.answer)
    if not match.rider_answer:
        silent[asked.rider] = None
    names = names_of(tx, [asked.rider, *silent])
    begins = clock_time(match.day, min(ride.pickup for ride in match.rides), desk.zone)
    over = begins <= now
    return Due(
        "proposal", begins if over else match.expires, asked.id, asked.rider, names[asked.rider],
        late=match.expires < now and not over, begins=begins, others=tuple(silent),
        facts={"asked": asked, "silent": [names[person] for person in silent], "over": over},
    )  # fmt: skip


def _without_driver(
    tx: Transaction, desk: RideDesk, asked: Sequence[RideRequest], now: datetime, what: tuple[str, str]
) -> Iterator[Due]:
    """Return the requests of one day: each alone, or as one thing where many of a later day want the same."""
    one, many = what
    if len(asked) > ALONE and asked[0].day > desk.today(now):
        at = min(driver_wanted_by(desk, each, now) for each in asked)
        told = {"day": asked[0].day, "count": len(asked), "first": [each.origin.name for each in asked[:ALONE]]}
        begins = min(_begins(desk, each) for each in asked)
        yield Due(many, at, asked[0].day.isoformat(), late=at < now, begins=begins, facts=told)
        return
    names = names_of(tx, (each.rider for each in asked))
    for each in asked:
        at, begins = driver_wanted_by(desk, each, now), _begins(desk, each)
        # Of what has begun nothing can be done any more: it comes after what can, at its own hour.
        over = begins <= now
        yield Due(
            one, begins if over else at, each.id, each.rider, names[each.rider], late=at < now and not over,
            begins=begins, facts={"asked": each, "over": over},
        )  # fmt: skip


def driver_wanted_by(desk: RideDesk, asked: RideRequest, now: datetime) -> datetime:
    """Return by when a driver must be found: before work ends on the last day of it, or shortly before a ride of today.

    The days and hours of work are those of the request's structure.
    """
    if asked.day > desk.today(now):
        hours = desk.hours.of(asked.structure)
        worked = hours.last_day_before(asked.day)
        closes = hours.on(worked)[-1].closes if worked else DAY
        return clock_time(worked or asked.day - timedelta(days=1), closes if closes < DAY else EVENING, desk.zone)
    return clock_time(asked.day, asked.hour - LAST, desk.zone)


def _begins(desk: RideDesk, asked: RideRequest) -> datetime:
    return clock_time(asked.day, asked.hour, desk.zone)


def _ride(tx: Transaction, desk: RideDesk, match: Match) -> Due:
    asked = find_request(tx, match.request)
    pickup = min(ride.pickup for ride in match.rides)
    drivers = dict.fromkeys(ride.driver for ride in match.rides)
    names = names_of(tx, [asked.rider, *drivers])
    return Due(
        "ride", clock_time(match.day, pickup, desk.zone), asked.id, asked.rider,
        names[asked.rider], others=tuple(drivers),
        facts={"asked": asked, "drivers": [names[driver] for driver in drivers]},
    )  # fmt: skip
