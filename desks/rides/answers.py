"""What becomes of proposals: answers by private link, expiry, the next best, cancellation, reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.consents import consents_of
from data.journal import SYSTEM, note
from data.outbox import find_message, move_message
from data.people import seen
from data.ride_matches import (
    add_refusal,
    find_match,
    finish,
    link_of,
    live_matches_of,
    matches_between,
    matches_of,
    overdue,
    record_answer,
    release,
    set_reminded,
    to_remind,
)
from data.ride_records import find_request, set_request_state
from data.store import Transaction
from data.unmet_needs import forget_unmet
from desks.people import file
from desks.rides.desk import RideDesk
from mobility.consent import Consent
from mobility.errors import MobilityError
from mobility.messages import SAID, SHOWN, TO_CALL
from mobility.rides import CANCELLED, CONFIRMED, DONE, EXPIRED, LIVE, REFUSED, WAITING, Match, RideRequest

ERASED, BY_MENU = "erased", "menu"
"""Why a ride is cancelled, where nobody typed a reason: its person is erased, or said so in the spoken menu."""
CODES = (ERASED, BY_MENU)
BY_CALL = "call"
"""Who cancels in the spoken menu, in the journal: whoever holds the telephone, which may be several people's."""


@dataclass(frozen=True)
class Proposal:
    """What a private link shows: the match, the request, whose side the link is, and what this side agrees to today."""

    match: Match
    request: RideRequest
    person: str
    agreed: tuple[Consent, ...]

    @property
    def is_driver(self) -> bool:
        """Tell whether the link is a driver's."""
        return any(ride.driver == self.person for ride in self.match.rides)

    @property
    def answer(self) -> str:
        """Return what this side said already ("" for nothing)."""
        own = [ride.answer for ride in self.match.rides if ride.driver == self.person]
        return own[0] if own else self.match.rider_answer


def read_proposal(desk: RideDesk, secret: str, *, now: datetime) -> Proposal:
    """Return what a private link leads to, as long as it is good."""
    with desk.store.reading() as tx:
        match, person = link_of(tx, secret, now=now)
        agreed = tuple(told for told in consents_of(tx, person) if told.holds(desk.today(now), told.whom))
        return Proposal(match, find_request(tx, match.request), person, agreed)


def answer(desk: RideDesk, secret: str, *, yes: bool, now: datetime) -> Proposal:
    """Take an answer by private link. A no frees the seats at once, and the next best is proposed."""
    with desk.store.reading() as tx:
        match, person = link_of(tx, secret, now=now)
    answer_for(desk, match.id, person, yes=yes, now=now, who=person)
    return read_proposal(desk, secret, now=now)


def take_back(desk: RideDesk, secret: str, *, now: datetime) -> Proposal:
    """Take back a yes by private link: the others are told, and a rider whom a driver leaves gets the next best.

    Taken back again, nothing more is done.
    """
    told = read_proposal(desk, secret, now=now)
    if told.match.state == CANCELLED:
        return told
    if told.match.state != CONFIRMED or told.match.day < desk.today(now):
        raise MobilityError("proposal-over", "this proposal is over", field="link")
    if told.is_driver:
        cancel_match(desk, told.match.id, driver=told.person, now=now, who=told.person)
    else:
        cancel_request(desk, told.request.id, now=now, who=told.person)
    return read_proposal(desk, secret, now=now)


def withdraw_consent(desk: RideDesk, secret: str, consent: str, *, now: datetime) -> None:
    """Take back by private link what its person agreed to, as an agent would; what is not theirs stays as it is."""
    told = read_proposal(desk, secret, now=now)
    file.take_back(desk.store, told.person, consent, now=now, who=told.person)


def answer_for(desk: RideDesk, match: str, person: str, *, yes: bool, now: datetime, who: str) -> None:
    """Write down the answer of one side of a match, who may have given it to the desk by telephone."""
    with desk.store.writing() as tx:
        left = write_answer(tx, desk, match, person, yes=yes, now=now, who=who)
    propose_again(desk, left, now=now)


def answer_message(desk: RideDesk, message: str, *, yes: bool, now: datetime, who: str) -> None:
    """Write down that a proposal was said on the telephone, and the answer to it, as its private link would take it.

    What they answered by themselves while the list was open stays: the first answer holds.
    """
    with desk.store.writing() as tx:
        facts = find_message(tx, message).for_others().facts
        known = move_message(tx, message, {TO_CALL, SHOWN}, state=SAID, settled=now, facts=dict(facts))
        if known.purpose != "proposal":
            raise MobilityError("no-answer-asked", "this message asks for no answer", field="message", value=message)
        match = find_match(tx, known.match, lock=True)
        if all([ride.answer for ride in match.rides if ride.driver == known.person] or [match.rider_answer]):
            raise MobilityError("answered-before", "this person has answered already", field="message", value=message)
        note(tx, who, "message-said", about=known.person, now=now)
        left = write_answer(tx, desk, known.match, known.person, yes=yes, now=now, who=who)
    propose_again(desk, left, now=now)


def write_answer(
    tx: Transaction, desk: RideDesk, match: str, person: str, *, yes: bool, now: datetime, who: str
) -> list[str]:
    """Write an answer down in a transaction that does more; return the requests left for :func:`propose_again`.

    The same answer given again is no second one.
    """
    before = find_match(tx, match, lock=True)
    after = record_answer(tx, match, person, yes=yes, now=now)
    if after == before and (yes or after.state == REFUSED):
        return []
    request = find_request(tx, after.request)
    note(tx, who, "said-yes" if yes else "said-no", about=match, now=now)
    seen(tx, person, now)
    if yes and after.state == CONFIRMED and before.state != CONFIRMED:
        desk.messages.queue_confirmed(tx, after, request, now=now)
        forget_unmet(tx, request.id)
    if yes:
        return []
    rider_said = person == request.rider
    for driver in {ride.driver for ride in after.rides} if rider_said else {person}:
        add_refusal(tx, request.id, driver)
    release(tx, match, REFUSED, reason="rider" if rider_said else "driver")
    others = [p for p in {request.rider, *(r.driver for r in after.rides)} if p != person]
    searching = not desk.is_too_late(request, now=now)
    desk.messages.queue_over(tx, after, request, others, purpose="over", searching=searching, now=now)
    return [request.id]


def propose_again(desk: RideDesk, requests: Sequence[str], *, now: datetime) -> None:
    """Propose the next best for requests that were left without an answer."""
    for request in requests:
        desk.propose_best(request, now=now, who=SYSTEM, left=True)


def expire(desk: RideDesk, *, now: datetime) -> list[str]:
    """End the proposals whose time is over and propose the next best; return the requests concerned.

    Drivers who did not answer are not asked again for this request. Where all of them said yes and the rider alone is
    silent, nobody else is asked: the request waits for an agent, while another answer could come in time.
    """
    with desk.store.reading() as tx:
        late = overdue(tx, now)
    moved = []
    for match in late:
        with desk.store.writing() as tx:
            current = find_match(tx, match.id, lock=True)
            if not release(tx, match.id, EXPIRED, reason="no answer"):
                continue
            request = find_request(tx, match.request)
            silent = {ride.driver for ride in current.rides if ride.answer != "yes"}
            for driver in silent:
                add_refusal(tx, request.id, driver)
            note(tx, SYSTEM, "expired", about=match.id, now=now)
            people = [p for p in {request.rider, *(r.driver for r in current.rides)} if p not in silent]
            too_late = desk.is_too_late(request, now=now)
            searching = bool(silent) and not too_late
            desk.messages.queue_over(tx, current, request, people, purpose="over", searching=searching, now=now)
        moved.append(request.id)
        if silent or too_late:
            desk.propose_best(request.id, now=now, who=SYSTEM, left=True)
    return moved


def cancel_request(desk: RideDesk, request: str, *, now: datetime, who: str, reason: str = "") -> None:
    """Withdraw a request: its seats are free again, and the drivers are told."""
    with desk.store.writing() as tx:
        withdraw_request(tx, desk, request, now=now, who=who, reason=reason)


def withdraw_request(
    tx: Transaction, desk: RideDesk, request: str, *, now: datetime, who: str, reason: str = ""
) -> None:
    """Withdraw a request in a transaction that does more."""
    asked = find_request(tx, request)
    for match in matches_of(tx, request):
        if match.state in LIVE and release(tx, match.id, CANCELLED, reason=reason, request_state=CANCELLED):
            people = [*dict.fromkeys(ride.driver for ride in match.rides)]
            desk.messages.queue_over(tx, match, asked, people, purpose="cancelled", now=now)
    set_request_state(tx, request, CANCELLED)
    forget_unmet(tx, request)
    note(tx, who, "cancelled", about=request, why=reason if reason in CODES else "", now=now)


def cancel_match(desk: RideDesk, match: str, *, driver: str, now: datetime, who: str, reason: str = "") -> None:
    """Take back what a driver had promised: the rider is told, and the next best is proposed."""
    with desk.store.writing() as tx:
        left = leave_match(tx, desk, match, driver=driver, now=now, who=who, reason=reason)
    propose_again(desk, left, now=now)


def leave_match(
    tx: Transaction, desk: RideDesk, match: str, *, driver: str, now: datetime, who: str, reason: str = ""
) -> list[str]:
    """Take a driver's promise back in a transaction that does more; return what :func:`propose_again` is for."""
    known = find_match(tx, match, lock=True)
    if known.state == CANCELLED:
        return []
    if known.state not in LIVE:
        raise MobilityError("proposal-over", "this proposal is over", field="match")
    request = find_request(tx, known.request)
    add_refusal(tx, request.id, driver)
    release(tx, match, CANCELLED, reason=reason, request_state=WAITING)
    people = [p for p in {request.rider, *(r.driver for r in known.rides)} if p != driver]
    desk.messages.queue_over(tx, known, request, people, purpose="cancelled", now=now)
    note(tx, who, "cancelled", about=match, why=reason if reason in CODES else "", now=now)
    return [request.id]


def cancel_all_of(tx: Transaction, desk: RideDesk, person: str, *, now: datetime, who: str) -> list[str]:
    """Cancel every ride in which a person still has a part, before they are erased in the same transaction.

    Returns the requests of others, for :func:`propose_again`.
    """
    left: list[str] = []
    for match in live_matches_of(tx, person):
        known = find_match(tx, match)
        if find_request(tx, known.request).rider == person:
            withdraw_request(tx, desk, known.request, now=now, who=who, reason=ERASED)
        else:
            left += leave_match(tx, desk, match, driver=person, now=now, who=who, reason=ERASED)
    return left


def remind(desk: RideDesk, *, now: datetime) -> int:
    """Queue the reminders of tomorrow's rides, each once; return how many rides."""
    tomorrow = desk.today(now) + timedelta(days=1)
    with desk.store.reading() as tx:
        coming = to_remind(tx, tomorrow)
    count = 0
    for match in coming:
        with desk.store.writing() as tx:
            current = find_match(tx, match.id, lock=True)
            if current.state == CONFIRMED and set_reminded(tx, match.id):
                desk.messages.queue_reminder(tx, current, find_request(tx, match.request), now=now)
                note(tx, SYSTEM, "reminded", about=match.id, now=now)
                count += 1
    return count


def close_days(desk: RideDesk, *, now: datetime) -> int:
    """Mark the confirmed rides of past days as done; return how many."""
    yesterday = desk.today(now) - timedelta(days=1)
    with desk.store.writing() as tx:
        over = matches_between(tx, date(2000, 1, 1), yesterday, [CONFIRMED])
        for match in over:
            finish(tx, match.id, DONE)
            note(tx, SYSTEM, "done", about=match.id, now=now)
    return len(over)
