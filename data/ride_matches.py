"""Matches in the store: seats held at once or not at all, answers, private links, refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from data.ride_records import find_request, set_request_state
from data.ride_schema import driver_days, links, matched_rides, matches, offers, refusals, requests
from data.store import digest, instant, new_id, new_secret
from mobility.errors import MobilityError
from mobility.rides import (
    CONFIRMED,
    LIVE,
    PROPOSED,
    REFUSED,
    UNMET,
    WAITING,
    Match,
    MatchedRide,
    RideRequest,
)

LOAD_SPEED = 50 / 3.6
"""Metres a second at which the metres driven for others become the driver's load: the usual speed of rural roads."""

# Put together once: each search asks these.
_ON_DAYS = (
    select(matches)
    .where(
        matches.c.day.in_(bindparam("days", expanding=True)), matches.c.state.in_(bindparam("states", expanding=True))
    )
    .order_by(matches.c.created, matches.c.id)
)  # fmt: skip
_DRIVEN = (
    select(matched_rides.c.driver, func.sum(matched_rides.c.share))
    .join(matches, matches.c.id == matched_rides.c.match)
    .where(
        matches.c.day.between(bindparam("first"), bindparam("last")), matches.c.state.in_([CONFIRMED, "done"])
    )
    .group_by(matched_rides.c.driver)
)  # fmt: skip

Versions = Mapping[tuple[str, date], int]


def versions_of(tx: Connection, days: Sequence[date]) -> dict[tuple[str, date], int]:
    """Return the version of each offer's day; what is not there is 0."""
    rows = tx.execute(select(driver_days).where(driver_days.c.day.in_(list(days))))
    return {(row.offer, row.day): row.version for row in rows}


def _take(tx: Connection, offer: str, day: date, expected: int) -> None:
    """Raise the version of an offer's day, unless someone else did since it was read."""
    if expected == 0:
        try:
            with tx.begin_nested():
                tx.execute(insert(driver_days).values(offer=offer, day=day, version=1))
        except IntegrityError:
            raise _taken() from None
        return
    done = tx.execute(
        update(driver_days)
        .where(driver_days.c.offer == offer, driver_days.c.day == day, driver_days.c.version == expected)
        .values(version=expected + 1)
    )
    if done.rowcount != 1:
        raise _taken()


def _taken() -> MobilityError:
    return MobilityError("seat-taken", "someone else was given this place in the meantime; look again", field="match")


def require_same_people(tx: Connection, request: RideRequest, rides: Sequence[MatchedRide]) -> None:
    """Raise "seat-taken" where a request or an offer is someone else's since it was read: two files became one."""
    rider = tx.execute(select(requests.c.rider).where(requests.c.id == request.id)).scalar()
    asked = select(offers.c.id, offers.c.driver).where(offers.c.id.in_([ride.offer for ride in rides]))
    drivers = {row.id: row.driver for row in tx.execute(asked)}
    if rider != request.rider or any(drivers.get(ride.offer) != ride.driver for ride in rides):
        raise _taken()


def propose(
    tx: Connection, request: RideRequest, rides: Sequence[MatchedRide], *, versions: Versions, now: datetime,
    expires: datetime, participation: float,
) -> Match:  # fmt: skip
    """Hold the seats of a match.

    Raises "seat-taken" where an offer's day changed since ``versions`` were read, or the request was put right.
    """
    for offer in sorted({ride.offer for ride in rides}):
        _take(tx, offer, request.day, versions.get((offer, request.day), 0))
    current = find_request(tx, request.id, lock=True)
    if replace(current, state=request.state) != request:
        raise _taken()
    if current.state not in {WAITING, UNMET}:
        raise MobilityError("already-matched", "this request has an answer already", field="request", value=request.id)
    match = Match(new_id(), request.id, request.day, PROPOSED, tuple(rides), now, expires, participation=participation)
    try:
        with tx.begin_nested():
            tx.execute(
                insert(matches).values(
                    id=match.id, request=request.id, day=request.day, state=PROPOSED, created=now.astimezone(UTC),
                    expires=expires.astimezone(UTC), participation=participation, live=1,
                )
            )  # fmt: skip
    except IntegrityError:
        raise MobilityError(
            "already-matched", "this request has an answer already", field="request", value=request.id
        ) from None
    for ride in rides:
        tx.execute(insert(matched_rides).values(match=match.id, **asdict(replace(ride, answer=""))))
    set_request_state(tx, request.id, PROPOSED)
    return match


def add_link(tx: Connection, match: Match, person: str) -> str:
    """Return the secret of a new private link by which a person answers a match, or takes a yes back until its day."""
    secret = new_secret()
    after = datetime.combine(match.day, datetime.min.time(), UTC) + timedelta(days=2)
    tx.execute(insert(links).values(digest=digest(secret), match=match.id, person=person, expires=after))
    return secret


def link_of(tx: Connection, secret: str, *, now: datetime) -> tuple[Match, str]:
    """Return the match and the person of a private link that is still good."""
    row = tx.execute(select(links).where(links.c.digest == digest(secret))).first()
    if row is None or instant(row.expires) <= now:
        raise MobilityError("no-such-link", "this link is not known, or is over", field="link")
    return find_match(tx, row.match), row.person


def find_match(tx: Connection, match: str, *, lock: bool = False) -> Match:
    """Return a match; ``lock`` keeps it from others until the transaction ends."""
    query = select(matches).where(matches.c.id == match)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise MobilityError("no-such-match", f"no match '{match}'", field="match", value=match)
    return _matches(tx, [row])[0]


def state_of_match(tx: Connection, match: str) -> str:
    """Return the state of a match; "" where it was forgotten."""
    return tx.execute(select(matches.c.state).where(matches.c.id == match)).scalar() or ""


def matches_on(tx: Connection, days: Sequence[date], states: Sequence[str] = LIVE) -> list[Match]:
    """Return the matches of some days in some states."""
    return _matches(tx, list(tx.execute(_ON_DAYS, {"days": list(days), "states": list(states)})))


def matches_between(tx: Connection, first: date, last: date, states: Sequence[str]) -> list[Match]:
    """Return the matches of a span of days in some states."""
    query = select(matches).where(matches.c.day.between(first, last), matches.c.state.in_(list(states)))
    return _matches(tx, list(tx.execute(query.order_by(matches.c.day, matches.c.id))))


def matches_of(tx: Connection, request: str) -> list[Match]:
    """Return every match that a request was given, the newest first."""
    query = select(matches).where(matches.c.request == request).order_by(matches.c.created.desc(), matches.c.id)
    return _matches(tx, list(tx.execute(query)))


def overdue(tx: Connection, now: datetime) -> list[Match]:
    """Return the proposals whose time is over."""
    query = select(matches).where(matches.c.state == PROPOSED, matches.c.expires <= now.astimezone(UTC))
    return _matches(tx, list(tx.execute(query.order_by(matches.c.expires))))


def to_remind(tx: Connection, day: date) -> list[Match]:
    """Return the confirmed matches of a day whose people have not been reminded."""
    query = select(matches).where(matches.c.state == CONFIRMED, matches.c.day == day, ~matches.c.reminded)
    return _matches(tx, list(tx.execute(query.order_by(matches.c.id))))


def set_reminded(tx: Connection, match: str) -> bool:
    """Mark the people of a match as reminded; False where someone else just did."""
    done = tx.execute(update(matches).where(matches.c.id == match, ~matches.c.reminded).values(reminded=True))
    return done.rowcount == 1


def _matches(tx: Connection, rows: Sequence[Row[Any]]) -> list[Match]:
    if not rows:
        return []
    found: dict[str, list[MatchedRide]] = {row.id: [] for row in rows}
    # Out comes before back.
    query = select(matched_rides).where(matched_rides.c.match.in_(list(found))).order_by(matched_rides.c.half.desc())
    for ride in tx.execute(query):
        found[ride.match].append(
            MatchedRide(
                ride.half, ride.offer, ride.driver, ride.pickup, ride.dropoff, ride.metres, ride.share, ride.answer
            )
        )
    return [
        Match(
            row.id, row.request, row.day, row.state, tuple(found[row.id]), instant(row.created), instant(row.expires),
            row.rider_answer, row.participation, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def record_answer(tx: Connection, match: str, person: str, *, yes: bool, now: datetime) -> Match:
    """Write down an answer; the match is confirmed once all said yes. A second equal answer changes nothing.

    A no is written by :func:`release`. Raises where the proposal is over or the person has no part in it.
    """
    known = find_match(tx, match, lock=True)
    rider = tx.execute(select(requests.c.rider).where(requests.c.id == known.request)).scalar()
    if person != rider and person not in {ride.driver for ride in known.rides}:
        raise MobilityError("not-your-match", "this proposal is for someone else", field="link")
    if known.state == (CONFIRMED if yes else REFUSED):
        return known
    if known.state != PROPOSED or now >= known.expires:
        raise MobilityError("proposal-over", "this proposal is over", field="link")
    if not yes:
        return known
    if person == rider:
        tx.execute(update(matches).where(matches.c.id == match).values(rider_answer="yes"))
    tx.execute(
        update(matched_rides)
        .where(matched_rides.c.match == match, matched_rides.c.driver == person)
        .values(answer="yes")
    )
    after = find_match(tx, match)
    if after.agreed:
        tx.execute(update(matches).where(matches.c.id == match).values(state=CONFIRMED))
        set_request_state(tx, known.request, CONFIRMED)
    return find_match(tx, match)


def release(tx: Connection, match: str, state: str, *, reason: str = "", request_state: str = WAITING) -> bool:
    """End a match: its seats are free again. Returns False where it had ended already."""
    known = find_match(tx, match, lock=True)
    if known.state not in LIVE:
        return False
    for offer in sorted({ride.offer for ride in known.rides}):
        tx.execute(
            update(driver_days)
            .where(driver_days.c.offer == offer, driver_days.c.day == known.day)
            .values(version=driver_days.c.version + 1)
        )
    tx.execute(update(matches).where(matches.c.id == match).values(state=state, reason=reason, live=None))
    set_request_state(tx, known.request, request_state)
    return True


def finish(tx: Connection, match: str, state: str) -> None:
    """Close a confirmed match once its day is over ("done")."""
    known = find_match(tx, match, lock=True)
    if known.state == CONFIRMED:
        tx.execute(update(matches).where(matches.c.id == match).values(state=state, live=None))
        set_request_state(tx, known.request, state)


def add_refusal(tx: Connection, request: str, driver: str) -> None:
    """Remember that a driver is not to be asked again for a request."""
    known = select(refusals).where(refusals.c.request == request, refusals.c.driver == driver)
    if tx.execute(known).first() is None:
        tx.execute(insert(refusals).values(request=request, driver=driver))


def forget_refusals(tx: Connection, request: str) -> None:
    """Let the drivers who said no be asked again for a request: it is for another ride now."""
    tx.execute(delete(refusals).where(refusals.c.request == request))


def all_refusals(tx: Connection, wanted: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return the pairs (request, driver) that are not to be proposed again."""
    rows = tx.execute(select(refusals).where(refusals.c.request.in_(list(wanted))))
    return frozenset((row.request, row.driver) for row in rows)


def loads_since(tx: Connection, first: date, last: date) -> dict[str, float]:
    """Return the seconds driven for others by each driver in a span of days."""
    driven = tx.execute(_DRIVEN, {"first": first, "last": last})
    return {driver: float(metres) / LOAD_SPEED for driver, metres in driven}


def live_matches_of(tx: Connection, person: str) -> list[str]:
    """Return the matches, still held, in which a person rides or drives."""
    riding = select(matches.c.id).join(requests, requests.c.id == matches.c.request).where(requests.c.rider == person)
    driving = select(matched_rides.c.match).where(matched_rides.c.driver == person)
    query = select(matches.c.id).where(
        matches.c.state.in_(LIVE), or_(matches.c.id.in_(riding), matches.c.id.in_(driving))
    )
    return [row.id for row in tx.execute(query)]
