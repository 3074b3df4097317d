"""A request put right after it was taken down: what is proposed or promised stays where it still fits."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from data.journal import note
from data.people import find_person, seen
from data.ride_matches import find_match, forget_refusals, matches_of, release
from data.ride_records import find_offer, find_request, rewrite_request
from data.ride_scope import everything
from data.store import Transaction
from data.unmet_needs import forget_unmet
from desks.rides.desk import RideDesk
from desks.rides.standard import correct_booking
from mobility.errors import MobilityError
from mobility.ride_day import RideDays, still_fits
from mobility.ride_rules import eligible
from mobility.rides import CANCELLED, CONFIRMED, LIVE, PROPOSED, UNMET, WAITING, Match, RideRequest

OPEN = (WAITING, UNMET, PROPOSED, CONFIRMED)
"""States in which a request may still be put right."""
PARTS = {
    "day": ("day",), "origin": ("origin",), "destination": ("destination",),
    "when": ("arrive_by", "depart_after", "back_after"), "companions": ("companions",), "wishes": ("wishes",),
    "errand": ("errand",),
}  # fmt: skip
"""What may be put right, as the journal names it."""
SIGNS = 12
"""Signs of the stamp of one part."""
ANOTHER_RIDE = {"day", "origin", "destination", "when"}
"""What makes it another ride: who said no to the former one may drive this one."""


@dataclass(frozen=True)
class Correction:
    """What came of a correction: the parts that changed (as :data:`PARTS` names them), and what it put an end to.

    ``ended`` is the state of the match that no longer fitted (proposed, confirmed), "" where none was lost.
    """

    parts: tuple[str, ...] = ()
    ended: str = ""


def stamp_of(asked: RideRequest) -> str:
    """Return what changes whenever a request is put right: whoever corrects it says what they saw."""
    return "".join(_stamps(asked).values())


def told_anew(stated: RideRequest, saw: str) -> set[str]:
    """Return the parts of a statement that are others than those that a stamp was made of: somebody wrote them."""
    return {
        part for number, (part, stamp) in enumerate(_stamps(stated).items()) if saw[number * SIGNS :][:SIGNS] != stamp
    }


def _stamps(asked: RideRequest) -> dict[str, str]:
    """Return a stamp of each part of a request."""
    # A set tells its members in any order.
    told = {
        part: sorted(asked.wishes) if part == "wishes" else [getattr(asked, name) for name in names]
        for part, names in PARTS.items()
    }
    return {part: hashlib.sha256(repr(values).encode()).hexdigest()[:SIGNS] for part, values in told.items()}


def correct_request(
    desk: RideDesk, request: str, stated: RideRequest, *, saw: str, sure: bool, now: datetime, who: str
) -> Correction:
    """Put a request right, as it is stated now; whose it is and by what right they ride stays.

    ``saw`` is the stamp of what was corrected: raises "request-changed" where someone else was faster. A proposal that
    no longer fits is withdrawn and its drivers told; a promised ride only where ``sure`` ("ride-promised" otherwise).
    """
    with desk.store.writing() as tx:
        known = find_request(tx, request)
        if stamp_of(known) != saw:
            raise _changed(request)
        after = replace(known, **{name: getattr(stated, name) for names in PARTS.values() for name in names})
        parts = {part for part, names in PARTS.items() if any(getattr(known, n) != getattr(after, n) for n in names)}
        if not parts:
            return Correction()
        if known.state not in OPEN or known.day < desk.today(now):
            raise MobilityError("request-over", "this request is over", field="request", value=request)
        if after.day < desk.today(now):
            raise MobilityError("day-over", f"{after.day} is over", field="day", value=after.day.isoformat())
        kept = _keep_or_withdraw(tx, desk, known, after, sure=sure, now=now)
        # Others who answer or propose lock in this order too: the match, its drivers' days, the request last.
        if replace(find_request(tx, request, lock=True), state=known.state) != known:
            raise _changed(request)
        rewrite_request(tx, replace(after, state=known.state if kept else WAITING))
        correct_booking(tx, desk, after, parts)
        forget_unmet(tx, request)
        if parts & ANOTHER_RIDE:
            forget_refusals(tx, request)
        seen(tx, known.rider, now)
        note(tx, who, "request-corrected", about=request, why=" ".join(sorted(parts)), now=now)
    ended = known.state if known.state in LIVE and not kept else ""
    return Correction(tuple(sorted(parts)), ended)


def _changed(request: str) -> MobilityError:
    return MobilityError("request-changed", "someone else has changed this request", field="request", value=request)


def _keep_or_withdraw(
    tx: Transaction, desk: RideDesk, known: RideRequest, after: RideRequest, *, sure: bool, now: datetime
) -> bool:
    """Tell whether a live match is kept; one that no longer fits is released, and its drivers told."""
    live = [find_match(tx, match.id, lock=True) for match in matches_of(tx, known.id) if match.state in LIVE]
    live = [match for match in live if match.state in LIVE]
    if bool(live) != (known.state in LIVE):
        # It was answered or proposed between the two readings.
        raise _changed(known.id)
    if not live:
        return False
    (match,) = live
    if _fits(tx, desk, known, after, match):
        return True
    if match.state == CONFIRMED and not sure:
        raise MobilityError("ride-promised", "a driver has promised this ride", field="request", value=known.id)
    release(tx, match.id, CANCELLED, reason="corrected", request_state=WAITING)
    drivers = list(dict.fromkeys(ride.driver for ride in match.rides))
    purpose = "cancelled" if match.state == CONFIRMED else "over"
    desk.messages.queue_over(tx, match, known, drivers, purpose=purpose, now=now)
    return False


def _fits(tx: Transaction, desk: RideDesk, known: RideRequest, after: RideRequest, match: Match) -> bool:
    """Tell whether what is held for a request still serves it as it is put right."""
    with everything(tx):
        offers = tuple(find_offer(tx, ride.offer) for ride in match.rides)
    may_ride = eligible(after, find_person(tx, after.rider).commune, desk.ground.territory)
    stated = RideDays(
        (after.day,), offers, (after,), (match,), ineligible=frozenset() if may_ride else frozenset({after.id}),
        longest_journey=desk.rules.on(after.day).longest_journey,
    )  # fmt: skip
    return still_fits(stated, known, desk.travel.times)
