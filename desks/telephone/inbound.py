"""What comes in by telephone: calls are listed to be called back, short messages are understood or read by a person.

No message ever opens a request: a yes or no answers the one proposal that waits for it, thanks are thanked with
silence, and everything else waits for an agent.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from data.calls import CALL, DONE, OPEN, SMS, add_call, knows_call, open_calls
from data.consents import withdraw_consent
from data.journal import SYSTEM, note
from data.people import household_of, persons_with_telephone
from data.ride_matches import find_match, live_matches_of
from data.ride_records import find_request
from data.store import Transaction
from desks.rides.answers import propose_again, write_answer
from desks.rides.desk import RideDesk
from mobility.consent import MESSAGE_CONSENT
from mobility.errors import MobilityError
from mobility.modules import RIDES
from mobility.people import Person
from mobility.rides import PROPOSED, Match
from mobility.telephone import CALL_BACK_HOURS, NO, OTHER, STOP, THANKS, YES, dialled, meaning

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


def due_from(desk: RideDesk, now: datetime, structure: str) -> datetime:
    """Return by when someone who rings now must be called back, by a structure ("": by any)."""
    return desk.hours.of(structure).after(now, hours=CALL_BACK_HOURS)


def take_call(desk: RideDesk, outside: str | None, number: str, *, now: datetime, structure: str = "") -> str:
    """List a call to be called back, for a structure or for who knows the number; told twice, it counts once.

    One that its provider gives no name (``outside``) counts once for as long as its number waits to be called back.
    """
    telephone = dialled(number)
    with desk.store.writing("calls") as tx:
        if outside is None and any(call.telephone == telephone and call.due for call in open_calls(tx)):
            return "listed"
        household = household_of(tx, telephone)
        add_call(
            tx, CALL, telephone, now=now, outside=outside, person=_only(household),
            due=due_from(desk, now, structure or _known_to(household)), structure=structure,
        )  # fmt: skip
    return "listed"


def take_sms(desk: RideDesk, outside: str, number: str, text: str, *, now: datetime, structure: str = "") -> str:
    """Understand a short message, or keep it for an agent (of a structure); return what became of it."""
    telephone, said = dialled(number), meaning(text)
    with desk.store.writing("calls") as tx:
        if knows_call(tx, outside):
            return "known"
        known = persons_with_telephone(tx, telephone)
        # Where the territory leaves rides out, their proposals rest: a yes or no is for an agent to read.
        asked = known if desk.ground.modules.has(RIDES) else ()
        waiting = [pair for person in asked for pair in _waiting(tx, person, now)]
        person = waiting[0][1].id if waiting else _only(household_of(tx, telephone))

        def keep(tx: Transaction, state: str) -> None:
            answers = structure or _known_to(household_of(tx, telephone))
            due = due_from(desk, now, answers) if state == OPEN else None
            add_call(
                tx, SMS, telephone, now=now, outside=outside, person=person, text=text, state=state, due=due,
                structure=structure,
            )  # fmt: skip

        if said in {THANKS, STOP} and known:
            keep(tx, DONE)
            for one in known if said == STOP else ():
                withdraw_consent(tx, one.id, MESSAGE_CONSENT, now=now)
                note(tx, SYSTEM, "messages-stopped", about=one.id, now=now)
            return said
        if said == THANKS:
            return said
        if said not in {YES, NO} or len(waiting) != 1:
            keep(tx, OPEN)
            if said in {YES, NO} and waiting:
                desk.messages.queue_which(tx, waiting[0][1].id, now=now)
                return "several"
            return OTHER
        match = waiting[0][0].id
    try:
        with desk.store.writing("calls") as tx:
            # The message and its answer land together: told a second time, a message is not taken again.
            if knows_call(tx, outside):
                return "known"
            keep(tx, DONE)
            left = write_answer(tx, desk, match, person, yes=said == YES, now=now, who=person)
    except MobilityError as error:
        # Someone was faster, or the proposal has just ended: the desk tells the person.
        with desk.store.writing("calls") as tx:
            keep(tx, OPEN)
        return error.code
    propose_again(desk, left, now=now)
    return said


def _only(household: Sequence[tuple[Person, str]]) -> str:
    """Return who has a number ("" where nobody does, or several people: then nobody knows which of them it was)."""
    return household[0][0].id if len(household) == 1 else ""


def _known_to(household: Sequence[tuple[Person, str]]) -> str:
    """Return the structure that knows the people of a number ("" for none, or several: then any may answer)."""
    known = {person.structure for person, _ in household}
    return known.pop() if len(known) == 1 else ""


def _waiting(tx: Transaction, person: Person, now: datetime) -> list[tuple[Match, Person]]:
    """Return the proposals that still wait for a person's answer, beside the person."""
    found = []
    for identifier in live_matches_of(tx, person.id):
        match = find_match(tx, identifier)
        own = [ride.answer for ride in match.rides if ride.driver == person.id]
        rider = find_request(tx, match.request).rider == person.id
        silent = any(not answer for answer in own) or (rider and not match.rider_answer)
        if match.state == PROPOSED and match.expires > now and silent:
            found.append((match, person))
    return found
