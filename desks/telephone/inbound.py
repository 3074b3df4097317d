"""What comes in by telephone: calls are listed to be called back, short messages are understood or read by a person.

No message ever opens a request: a yes or no answers the one proposal that waits for it, thanks are thanked with
silence, and everything else waits for an agent.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date, datetime, timedelta

from data.calls import CALL, DONE, OPEN, SMS, add_call, knows_call
from data.holidays import public_holidays
from data.personal_data import live_matches_of, set_consents
from data.ride_journal import note
from data.ride_matches import find_match
from data.ride_records import find_request, person_with_telephone
from data.store import Transaction
from desks.rides.answers import SYSTEM, answer_for
from desks.rides.desk import RideDesk
from mobility.errors import MobilityError
from mobility.rides import MESSAGE_CONSENT, PROPOSED, Match, Person
from mobility.telephone import NO, OTHER, STOP, THANKS, YES, dialled, meaning, working_deadline

FRESH = timedelta(minutes=10)
"""A signed message older than this is refused: someone may have kept it to send it again."""


def signature_of(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of what a provider sends: HMAC-SHA256 over its time, a dot and its body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, stamp: str, body: bytes, signature: str, *, now: datetime) -> bool:
    """Tell whether a message was signed with our secret, lately."""
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= FRESH.total_seconds()
    return fresh and hmac.compare_digest(signature_of(secret, stamp, body).encode(), signature.encode())


def due_from(now: datetime) -> datetime:
    """Return by when someone who rings now must be called back."""
    holidays = public_holidays(now.date(), now.date() + timedelta(days=30))
    closed: Callable[[date], bool] = holidays.__contains__
    return working_deadline(now, closed)


def take_call(desk: RideDesk, outside: str, number: str, *, now: datetime) -> str:
    """List a call to be called back; told twice, it counts once."""
    telephone = dialled(number)
    with desk.store.writing() as tx:
        known = person_with_telephone(tx, telephone)
        add_call(
            tx, CALL, telephone, now=now, outside=outside, person=known.id if known else "",
            due=due_from(now.astimezone(desk.zone)),
        )  # fmt: skip
    return "listed"


def take_sms(desk: RideDesk, outside: str, number: str, text: str, *, now: datetime) -> str:
    """Understand a short message, or keep it for an agent; return what became of it."""
    telephone, said = dialled(number), meaning(text)
    with desk.store.writing() as tx:
        if knows_call(tx, outside):
            return "known"
        known = person_with_telephone(tx, telephone)
        waiting = _waiting(tx, known, now) if known else []
        if said in {THANKS, STOP} and known:
            add_call(tx, SMS, telephone, now=now, outside=outside, person=known.id, text=text, state=DONE)
            if said == STOP:
                set_consents(tx, known.id, {MESSAGE_CONSENT: False}, now=now, by="person")
                note(tx, SYSTEM, "messages-stopped", about=known.id, now=now)
            return said
        if said == THANKS:
            return said
        if said in {YES, NO} and known and len(waiting) == 1:
            add_call(tx, SMS, telephone, now=now, outside=outside, person=known.id, text=text, state=DONE)
        else:
            add_call(
                tx, SMS, telephone, now=now, outside=outside, person=known.id if known else "", text=text, state=OPEN,
                due=due_from(now.astimezone(desk.zone)),
            )  # fmt: skip
            if known and said in {YES, NO} and waiting:
                desk.messages.queue_which(tx, known.id, len(waiting), now=now)
            return "several" if waiting and said in {YES, NO} else OTHER
    try:
        answer_for(desk, waiting[0].id, known.id, yes=said == YES, now=now, who=known.id)
    except MobilityError as error:
        # Someone was faster, or the proposal has just ended: the desk tells the person.
        with desk.store.writing() as tx:
            add_call(
                tx, SMS, telephone, now=now, outside=f"{outside}#late", person=known.id, text=text,
                due=due_from(now.astimezone(desk.zone)),
            )  # fmt: skip
        return error.code
    return said


def _waiting(tx: Transaction, person: Person, now: datetime) -> list[Match]:
    """Return the proposals that still wait for a person's answer."""
    found = []
    for identifier in live_matches_of(tx, person.id):
        match = find_match(tx, identifier)
        own = [ride.answer for ride in match.rides if ride.driver == person.id]
        rider = find_request(tx, match.request).rider == person.id
        silent = any(not answer for answer in own) or (rider and not match.rider_answer)
        if match.state == PROPOSED and match.expires > now and silent:
            found.append(match)
    return found
