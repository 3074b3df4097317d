"""A conversation on the telephone: who rings, what they ask for, what they are promised, that they were answered."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from data.calls import CALLBACK, DONE, add_call, close_call, close_calls_of, find_call, open_calls, reopen_call
from data.consents import consented, consents_of, require_consent
from data.journal import note
from data.outbox import queue_message, told_lately
from data.people import add_person, household_of, persons_with_telephone, read_contact, remembered_wishes, set_wishes
from data.ride_records import requests_of
from data.store import Transaction
from desks.journal import looked_at
from desks.rides.desk import RideDesk
from desks.telephone.inbound import due_from
from mobility.consent import MESSAGE_CONSENT
from mobility.errors import MobilityError
from mobility.people import RIDER, Newcomer, Person
from mobility.rides import ABILITIES, NO_INTERNET, RideRequest
from mobility.telephone import dialled, telephone_in
from mobility.ways import Question

LAST = 3
"""Former trips that can be asked for again in one key."""
NEW = "new"
"""Of the people of a number: someone who is not known yet."""
PROPOSE, UNMET, WAIT = "propose", "unmet", "wait"
"""What becomes of a request at once: a driver is asked, the need is noted without an answer, it waits."""


@dataclass(frozen=True)
class Caller:
    """Who is on the telephone, as far as known."""

    telephone: str
    person: Person | None = None
    name: str = ""
    last: tuple[RideRequest, ...] = ()
    coming: tuple[RideRequest, ...] = ()
    wishes: frozenset[str] = frozenset()
    """What is remembered of them."""
    takes_messages: bool = False
    household: tuple[tuple[Person, str], ...] = ()
    """The people of the number with their names, where it is not said yet which of them it is."""
    chosen: str = ""
    """Who of the household it is: an identifier, or :data:`NEW`."""


@dataclass(frozen=True)
class Agreed:
    """What was agreed on a request.

    ``newcomer`` is who asks where they are not known yet; ``wishes`` what is to be remembered of them (None: nothing
    was said of it); ``until`` the last day of what comes back each week; ``choice`` the answer that is proposed.
    """

    outcome: str
    newcomer: Newcomer | None = None
    wishes: Collection[str] | None = None
    until: date | None = None
    again: bool = False
    choice: int = 0


def recognise(desk: RideDesk, text: str, *, now: datetime, who: str, chosen: str = "") -> Caller:
    """Return who has a number; that they were looked at stands in the journal.

    A landline may be several people's: without ``chosen`` it is not said who of them it is.
    """
    number = telephone_in(text) or dialled(text)
    if not number:
        return Caller("")
    with desk.store.writing() as tx:
        household = household_of(tx, number)
        if not household or chosen == NEW:
            return Caller(telephone_in(text), chosen=chosen)
        known = next((person for person, _ in household if person.id == chosen), None)
        if known is None and len(household) > 1:
            looked_at(tx, who, "contact-seen", [person.id for person, _ in household], now=now)
            return Caller(number, household=tuple(household))
        known = known or household[0][0]
        asked = requests_of(tx, known.id)
        looked_at(tx, who, "contact-seen", [known.id], now=now)
        contact = read_contact(tx, known.id)
        whom = desk.store.scope.structure
        wishes = remembered_wishes(tx, known.id, now=now, whom=whom)
        takes_messages = consented(tx, known.id, MESSAGE_CONSENT, now=now, whom=whom)
    ways: dict[tuple[str, str], RideRequest] = {}
    for made in asked:
        ways.setdefault((made.origin.id, made.destination.id), made)
    coming = [made for made in asked if made.day >= now.date() and made.state not in {"cancelled", "done"}]
    return Caller(
        number, known, contact.name, tuple(ways.values())[:LAST], tuple(sorted(coming, key=lambda r: r.day)), wishes,
        takes_messages, chosen=known.id,
    )  # fmt: skip


def completed(desk: RideDesk, caller: Caller, stated: RideRequest, *, wishes_told: bool) -> RideRequest:
    """Return a request with what is known of who asks; what is remembered holds until they tell their wishes."""
    wishes = stated.wishes if wishes_told else stated.wishes | caller.wishes & set(ABILITIES)
    by_telephone = stated.by_telephone or (not wishes_told and NO_INTERNET in caller.wishes)
    # Who works for several structures, or for all, takes a request down for the one that knows the person.
    known_to = caller.person.structure if caller.person else ""
    structure = known_to or desk.store.scope.structure
    return replace(stated, wishes=wishes, by_telephone=by_telephone, structure=structure)


def question_of(caller: Caller, asked: RideRequest) -> Question:
    """Return a request as a question for every way, a driver's or not."""
    # What a driver must be able to do is stated with the ride; what else is remembered holds for every way.
    return Question(
        asked.origin, (asked.destination,), asked.day, asked.arrive_by, asked.depart_after, asked.back_after,
        asked.wishes | caller.wishes - set(ABILITIES), "", asked.errand, asked.companions,
    )  # fmt: skip


def take_request(
    desk: RideDesk, caller: Caller, asked: RideRequest, agreed: Agreed, *, call: str, now: datetime, who: str
) -> RideRequest:
    """Take a caller's request down and do what was agreed on it; ``call`` and what else they waited for is over.

    Person, request and the end of the call land together. What was agreed follows: until then, the request waits.
    """
    if caller.household:
        raise MobilityError("which-person", "this number is several people's: say whose request it is", field="person")
    with desk.store.writing("people") as tx:
        rider = _rider(tx, desk, caller, agreed, now, who)
        if agreed.wishes is not None:
            set_wishes(tx, rider, agreed.wishes, now=now, whom=desk.store.scope.structure)
        asked = replace(asked, rider=rider)
        if agreed.until and agreed.until > asked.day:
            made = desk.take_down_weekly(tx, asked, agreed.until, every=1, now=now, who=who, again=agreed.again)[0]
        else:
            made = desk.take_down(tx, asked, now=now, who=who, again=agreed.again)
        # A call that only others know by now is theirs to close.
        with suppress(MobilityError):
            close_call(tx, call, agent=who)
        close_calls_of(tx, caller.telephone, agent=who)
    if agreed.outcome == PROPOSE:
        desk.propose_best(made.id, now=now, who=who, choice=agreed.choice, rider_agrees=True)
    elif agreed.outcome == UNMET:
        # Who is on the telephone hears it.
        desk.leave_unmet(made.id, now=now, who=who, said=True)
    return made


def _rider(tx: Transaction, desk: RideDesk, caller: Caller, agreed: Agreed, now: datetime, who: str) -> str:
    """Return who asks, kept if new; a driver who asks for a ride is a rider of the structure besides."""
    known = caller.person
    if known and known.kind == RIDER:
        return known.id
    if known:
        held = tuple(consent for consent in consents_of(tx, known.id) if consent.holds(now.date(), consent.whom))
        told = Newcomer(replace(known, id="", kind=RIDER), read_contact(tx, known.id), held)
    elif agreed.newcomer:
        told = agreed.newcomer
    else:
        raise ValueError("who asks must be known or told of")
    own = replace(told, person=replace(told.person, structure=desk.store.scope.structure))
    if same := _kept_since(tx, own, caller):
        return same.id
    added = add_person(tx, own, now=now, by=who)
    note(tx, who, "person-added", about=added.id, now=now)
    return added.id


def _kept_since(tx: Transaction, newcomer: Newcomer, caller: Caller) -> Person | None:
    """Return the rider of this very number and name who was not known yet: what is sent twice brings one person."""
    name = newcomer.contact.name
    if not name and caller.chosen == NEW:
        return None
    known = persons_with_telephone(tx, newcomer.contact.telephone, RIDER)
    return next((person for person in known if read_contact(tx, person.id).name == name), None)


def promise_call(desk: RideDesk, caller: Caller, why: str, *, now: datetime, who: str) -> datetime:
    """Promise to call someone back within the working hours of who promises; return until when.

    As long as nobody called, the same promise made again is the one that was made.
    """
    structure, person = desk.store.scope.structure, caller.person.id if caller.person else ""
    due = due_from(desk, now, structure)
    stated = CALLBACK, caller.telephone, person, why, structure
    with desk.store.writing("calls") as tx:
        for call in open_calls(tx):
            if call.due and (call.kind, call.telephone, call.person, call.text, call.structure) == stated:
                return call.due
        made = add_call(
            tx, CALLBACK, caller.telephone, now=now, person=person, text=why, due=due, structure=structure
        )  # fmt: skip
        note(tx, who, "call-promised", about=person or made.id, now=now)
    return due


def send_way(desk: RideDesk, person: Person, text: str, *, now: datetime, who: str) -> None:
    """Send a way to whom it was told; sent again at once, it goes once."""
    with desk.store.writing("messages") as tx:
        require_consent(tx, person.id, MESSAGE_CONSENT, now=now, whom=desk.store.scope.structure)
        if told_lately(tx, person.id, "way", {"text": text}, now=now):
            return
        queue_message(tx, person.id, "way", {"text": text}, structure=desk.store.scope.structure, now=now)
        note(tx, who, "message-sent", about=person.id, now=now)


def calls_seen(desk: RideDesk, shown: Sequence[str], *, now: datetime, who: str) -> None:
    """Write down that someone saw who is in what is due: the persons, or the calls of numbers that nobody knows."""
    with desk.store.writing() as tx:
        looked_at(tx, who, "calls-seen", shown, now=now)


def close_waiting(desk: RideDesk, call: str, *, now: datetime, who: str) -> None:
    """Write down that someone on the list was answered."""
    with desk.store.writing() as tx:
        about = find_call(tx, call).person or call
        close_call(tx, call, agent=who)
        note(tx, who, "called-back", about=about, now=now)


def is_closed(desk: RideDesk, call: str) -> bool:
    """Tell whether a call is known, and was answered."""
    with desk.store.reading() as tx, suppress(MobilityError):
        return find_call(tx, call).state == DONE
    return False


def reopen_waiting(desk: RideDesk, call: str, *, now: datetime, who: str) -> None:
    """Put someone back on the list who was said to be answered by mistake."""
    with desk.store.writing() as tx:
        reopen_call(tx, call)
        note(tx, who, "call-reopened", about=find_call(tx, call).person or call, now=now)
