"""The messages of rides: who is told what. Facts are queued; they come into words, handed in, when they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from data.consents import consented
from data.outbox import contact_known, messages_of, queue_message, queue_structure_message
from data.people import find_person, is_example, read_contact, remembered_wishes
from data.ride_matches import add_link, find_match, matches_of, state_of_match
from data.ride_records import state_of_request
from data.store import Transaction
from data.structures import find_structure
from mobility.clock import clock_time
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT
from mobility.messages import HIDDEN, LINK, OTHERS, SAID, SENT, SHOWN, TO_CALL, Message, Text, purpose_of
from mobility.rides import (
    CONFIRMED,
    LIVE,
    NO_INTERNET,
    PROPOSED,
    UNMET,
    WAITING,
    Match,
    MatchedRide,
    RideRequest,
    TimedRide,
)
from mobility.scope import COORDINATION

PURPOSES = ("proposal", "confirmed", "over", "cancelled", "reminder", "reply", "way", "partner", "alone")
"""What is told about rides."""
_HAS_GONE = (SENT, SHOWN, SAID)
STANDS_WHILE = {"proposal": PROPOSED, "confirmed": CONFIRMED, "reminder": CONFIRMED}
"""The state in which a match must still be for a message about it to go."""


@dataclass(frozen=True)
class RideFacts:
    """What messages about a ride tell of it; names nobody."""

    day: date
    origin: str
    destination: str
    people: int = 1
    wishes: tuple[str, ...] = ()
    rides: tuple[TimedRide, ...] = ()

    @classmethod
    def of(cls, request: RideRequest, rides: Sequence[MatchedRide] = ()) -> "RideFacts":
        """Return the facts of a request and of (some of) its rides."""
        timed = tuple(TimedRide(r.half, int(r.pickup), int(r.dropoff), float(r.metres)) for r in rides)
        return cls(
            request.day, request.origin.name, request.destination.name, 1 + request.companions,
            tuple(sorted(request.wishes)), timed,
        )  # fmt: skip

    def document(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        return {**vars(self), "day": self.day.isoformat()}

    @classmethod
    def read(cls, document: dict[str, Any]) -> "RideFacts":
        """Return the facts from plain values."""
        rides = tuple(TimedRide(*ride) for ride in document["rides"])
        return cls(**{
            **document, "day": date.fromisoformat(document["day"]), "wishes": tuple(document["wishes"]), "rides": rides,
        })  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Whom a proposal asks: a driver or the rider, of how many drivers, and whether they said yes to it already."""

    drives: bool
    drivers: int = 1
    agreed: bool = False


class Words(Protocol):
    """What turns the facts of a message into words."""

    def aloud(self) -> "Words":
        """Return what writes the same to be read out on the telephone."""

    def proposal(self, ride: RideFacts, secret: str, asked: Asked, *, before: datetime | None) -> Text:
        """Ask one side for a yes or no, by a private link, before a local time."""

    def confirmed(self, ride: RideFacts, telephones: Sequence[str]) -> Text:
        """Tell one side that all said yes; ``telephones`` are those of the others who consented."""

    def over(self, ride: RideFacts, *, cancelled: bool, searching: bool) -> Text:
        """Tell someone that a proposal or a ride will not be."""

    def reminder(self, ride: RideFacts) -> Text:
        """Remind one side, the day before."""

    def which(self) -> Text:
        """Ask which of several proposals an answer was meant for."""

    def of_partner(self, sender: str, partner: str, text: str) -> Text:
        """Carry what someone of another platform wrote."""

    def way(self, text: str) -> Text:
        """Send a way that was explained."""

    def alone(self, request: str, day: date) -> Text:
        """Tell a structure that nobody can drive for a request any more; names nobody, nor any place."""


@dataclass(frozen=True)
class RideMessages:
    """Puts the messages of rides into the outbox, in the transaction of what they tell, and later into words."""

    words: Words = field(repr=False)
    zone: ZoneInfo

    def text(self, tx: Transaction, message: Message, now: datetime) -> Text:
        """Put a message into words; without what is its reader's alone, its link leads nowhere, no number is told."""
        facts, secret = message.facts, message.facts.get(LINK, HIDDEN)
        words = self.words.aloud() if message.state == TO_CALL else self.words
        if "written" in facts:
            # Kept in words by an earlier version.
            subject, text = facts["written"]
            return Text(subject, text.replace(f"/t/{HIDDEN}", f"/t/{secret}"))
        if message.purpose == "reply":
            return words.which()
        if message.purpose == "partner":
            return words.of_partner(*(_word(facts, name) for name in ("sender", "partner", "text")))
        if message.purpose == "way":
            return words.way(_word(facts, "text"))
        if message.purpose == "alone":
            return words.alone(_word(facts, "request"), date.fromisoformat(facts["day"]))
        ride = RideFacts.read(facts["ride"])
        if message.purpose == "proposal":
            before = message.before and message.before.astimezone(self.zone)
            asked = Asked(bool(facts["drives"]), int(facts.get("drivers", 1)), bool(facts.get("agreed")))
            return words.proposal(ride, secret, asked, before=before)
        if message.purpose == "confirmed":
            return words.confirmed(ride, _numbers(tx, message, now))
        if message.purpose == "reminder":
            return words.reminder(ride)
        if message.purpose in {"over", "cancelled"}:
            searching = facts["searching"] and (message.state in _HAS_GONE or _searched(tx, message))
            return words.over(ride, cancelled=message.purpose == "cancelled", searching=searching)
        raise LookupError(message.purpose)

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether a message should still go: its reader takes messages, and what it tells still holds."""
        if message.purpose == "alone":
            reached = find_structure(tx, message.to_structure).mail
            return bool(reached) and state_of_request(tx, _word(message.facts, "request")) == UNMET
        state = STANDS_WHILE.get(message.purpose)
        if state and state_of_match(tx, message.match) != state:
            return False
        if message.purpose == "proposal" and message.state == TO_CALL and _answered(tx, message):
            return False
        if message.purpose in {"over", "cancelled"} and _drives_still(tx, message):
            return False
        # A reminder says "tomorrow".
        dated = message.purpose == "reminder" and "ride" in message.facts
        return not (dated and RideFacts.read(message.facts["ride"]).day <= now.date())

    def wanted(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether its reader takes messages of who sends it."""
        if message.to_structure:
            # It said itself where it is to be told.
            return True
        sender = _word(message.facts, "partner") if message.purpose == "partner" else message.structure
        return consented(tx, message.person, MESSAGE_CONSENT, now=now, whom=sender)

    def sealed(self, tx: Transaction, message: Message, now: datetime) -> Message:  # noqa: ARG002
        """Return a message that is about to go: a proposal gets the secret of its private link, good until its day.

        That another way is looked for is told where it still is.
        """
        if message.purpose == "over" and message.facts.get("searching"):
            return replace(message, facts={**message.facts, "searching": _searched(tx, message)})
        if message.purpose != "proposal" or LINK in message.facts or "written" in message.facts:
            return message
        secret = add_link(tx, find_match(tx, message.match), message.person)
        return replace(message, facts={**message.facts, LINK: secret})

    def queue_proposal(
        self, tx: Transaction, match: Match, request: RideRequest, person: str, *, now: datetime, agreed: bool = False
    ) -> None:
        """Ask one side of a match for a yes or no; who ``agreed`` already reads what to, and how to take it back."""
        own = _own(match, person)
        drivers = len({ride.driver for ride in match.rides})
        facts = {**_ride(request, own or match.rides), "drives": bool(own), "drivers": drivers, "agreed": agreed}
        _queue(
            tx, person, "proposal", facts, match=match.id, now=now, before=match.expires, request=request,
            answered=agreed,
        )  # fmt: skip

    def queue_confirmed(self, tx: Transaction, match: Match, request: RideRequest, *, now: datetime) -> None:
        """Tell every side that all said yes, with each other's number where they consent when it is sent."""
        drivers, before = list(dict.fromkeys(ride.driver for ride in match.rides)), self._begins(match)
        for driver in drivers:
            facts = {**_ride(request, _own(match, driver)), OTHERS: [request.rider]}
            _queue(tx, driver, "confirmed", facts, match=match.id, now=now, before=before)
        facts = {**_ride(request, match.rides), OTHERS: drivers}
        _queue(tx, request.rider, "confirmed", facts, match=match.id, now=now, before=before, request=request)

    def queue_over(
        self, tx: Transaction, match: Match, request: RideRequest, people: list[str], *, purpose: str, now: datetime,
        searching: bool = False,
    ) -> None:  # fmt: skip
        """Tell some people that a proposal ("over") or a ride ("cancelled") will not be.

        The rider is told once for a request that one is ``searching`` for another way.
        """
        for person in people:
            first = searching and person == request.rider and not _told_of_search(tx, request)
            facts = {**_ride(request), "searching": first}
            before = self._begins(match)
            _queue(tx, person, purpose, facts, match=match.id, now=now, before=before, request=request)

    def queue_reminder(self, tx: Transaction, match: Match, request: RideRequest, *, now: datetime) -> None:
        """Remind every side, the day before: it goes as soon as a message may arrive, that evening at the latest."""
        midnight = clock_time(match.day, 0, self.zone)
        for person in dict.fromkeys([*(ride.driver for ride in match.rides), request.rider]):
            facts = _ride(request, _own(match, person) or match.rides)
            _queue(tx, person, "reminder", facts, match=match.id, now=now, before=midnight, request=request)

    def queue_which(self, tx: Transaction, person: str, *, now: datetime) -> None:
        """Ask a person which of several proposals their answer was meant for."""
        _queue(tx, person, "reply", {}, match="", now=now)

    def queue_alone(self, tx: Transaction, request: RideRequest, *, now: datetime) -> None:
        """Tell the structure of a request that nobody can drive any more: in a mail, where it declared one.

        What belongs to no structure is told to those who coordinate all of them.
        """
        told = find_structure(tx, request.structure or COORDINATION)
        before = clock_time(request.day, request.hour, self.zone)
        if told.mail and before > now and not is_example(tx, request.rider):
            facts = {"request": request.id, "day": request.day.isoformat()}
            queue_structure_message(
                tx, told.name, "alone", facts, seen_by=request.structure, now=now, before=before
            )  # fmt: skip

    def _begins(self, match: Match) -> datetime:
        """Return when the first pick-up of a match is."""
        return clock_time(match.day, min(ride.pickup for ride in match.rides), self.zone)


def _ride(request: RideRequest, rides: Sequence[MatchedRide] = ()) -> dict[str, Any]:
    return {"ride": RideFacts.of(request, rides).document()}


def _word(facts: Mapping[str, Any], name: str) -> str:
    """Return a fact that is a text: nothing else is looked up in the store, or told."""
    if isinstance(word := facts[name], str):
        return word
    raise TypeError(name)


def _own(match: Match, person: str) -> tuple[MatchedRide, ...]:
    return tuple(ride for ride in match.rides if ride.driver == person)


def _told_of_search(tx: Transaction, request: RideRequest) -> bool:
    """Tell whether the rider of a request was told before that another way is looked for."""
    known = {match.id for match in matches_of(tx, request.id)}
    told = messages_of(tx, person=request.rider, purpose="over")
    return any(message.match in known and message.facts.get("searching") for message in told)


def _searched(tx: Transaction, message: Message) -> bool:
    """Tell whether another way is still looked for, of a match that is over."""
    if not state_of_match(tx, message.match):
        return False
    return state_of_request(tx, find_match(tx, message.match).request) in {WAITING, PROPOSED}


def was_asked_of(tx: Transaction, match: Match, driver: str, request: RideRequest) -> bool:
    """Tell whether a driver of a match was asked of just what its request says now: where, for how many, what for."""
    told = messages_of(tx, person=driver, purpose="proposal")
    facts = next((one.facts for one in told if one.match == match.id and "ride" in one.facts), None)
    return facts is not None and replace(RideFacts.read(facts["ride"]), rides=()) == RideFacts.of(request)


def _drives_still(tx: Transaction, message: Message) -> bool:
    """Tell whether a driver to whom it would be told that a match is over said yes to the very same in the next one."""
    if not state_of_match(tx, message.match):
        return False
    over = find_match(tx, message.match)
    lost = {_as_told(over, ride) for ride in over.rides if ride.driver == message.person}
    live = [match for match in matches_of(tx, over.request) if match.state in LIVE]
    said = {
        _as_told(match, ride)
        for match in live for ride in match.rides if ride.driver == message.person and ride.answer == "yes"
    }  # fmt: skip
    return bool(lost) and lost <= said


def _as_told(match: Match, ride: MatchedRide) -> tuple[date, str, float, float]:
    """Return what a driver knows of a ride: its day, which way, and its hours."""
    return match.day, ride.half, ride.pickup, ride.dropoff


def _answered(tx: Transaction, message: Message) -> bool:
    """Tell whether the one who is asked has answered already: nobody need call them."""
    match = find_match(tx, message.match)
    own = [ride.answer for ride in match.rides if ride.driver == message.person]
    return all(own) if own else bool(match.rider_answer)


def _numbers(tx: Transaction, message: Message, now: datetime) -> list[str]:
    """Return the numbers of those who agree, now, that the others get them; who was erased has none."""
    whom = find_person(tx, message.person).structure
    others = message.facts.get(OTHERS, ())
    agreed = [person for person in map(str, others) if consented(tx, person, CONTACT_CONSENT, now=now, whom=whom)]
    return [number for person in agreed if (number := read_contact(tx, person).telephone)]


def _queue(
    tx: Transaction, person: str, purpose: str, facts: dict[str, Any], *, match: str, now: datetime,
    before: datetime | None = None, request: RideRequest | None = None, answered: bool = False,
) -> None:  # fmt: skip
    """Put a message to a person into the outbox; who ``answered`` before reads it, and need not be called for it."""
    # Who did not agree to messages is told what they must know by telephone: the desk's list says so. Who has no
    # internet is told all of it there.
    sender, necessary = find_person(tx, person).structure, purpose_of(purpose).necessary
    takes = consented(tx, person, MESSAGE_CONSENT, now=now, whom=sender)
    asked_so = request is not None and request.by_telephone and request.rider == person
    only_called = asked_so or NO_INTERNET in remembered_wishes(tx, person, now=now, whom=sender)
    called = (only_called or (not takes and necessary)) and bool(read_contact(tx, person).telephone)
    if called and answered:
        return
    if called or (takes and contact_known(tx, person)):
        queue_message(tx, person, purpose, facts, match=match, now=now, before=before, by_call=called)
