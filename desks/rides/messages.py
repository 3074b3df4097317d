"""The messages of rides: who is told what; the words are handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from data.outbox import contact_known, queue_message
from data.ride_records import find_person, read_contact
from data.store import Transaction
from mobility.rides import CONTACT_CONSENT, MESSAGE_CONSENT, Match, MatchedRide, RideRequest


class Text(NamedTuple):
    """A message in words."""

    subject: str
    text: str


class Words(Protocol):
    """What turns the facts of a message into words."""

    def proposal(self, request: RideRequest, rides: Sequence[MatchedRide], secret: str, *, drives: bool) -> Text:
        """Ask one side for a yes or no, by a private link."""

    def confirmed(self, request: RideRequest, rides: Sequence[MatchedRide], telephones: Sequence[str]) -> Text:
        """Tell one side that all said yes."""

    def over(self, request: RideRequest, *, cancelled: bool, searching: bool) -> Text:
        """Tell someone that a proposal or a ride will not be."""

    def reminder(self, request: RideRequest, rides: Sequence[MatchedRide]) -> Text:
        """Remind one side, the day before."""

    def which(self) -> Text:
        """Ask which of several proposals an answer was meant for."""


@dataclass(frozen=True)
class RideMessages:
    """Puts the messages of rides into the outbox, in the transaction of what they tell."""

    words: Words

    def queue_proposal(
        self, tx: Transaction, match: Match, request: RideRequest, person: str, secret: str, *, now: datetime
    ) -> None:
        """Ask one side of a match for a yes or no."""
        own = _own(match, person)
        told = self.words.proposal(request, own or match.rides, secret, drives=bool(own))
        _queue(tx, person, "proposal", told, match=match.id, now=now)

    def queue_confirmed(self, tx: Transaction, match: Match, request: RideRequest, *, now: datetime) -> None:
        """Tell every side that all said yes, with each other's number where they consented."""
        drivers = list(dict.fromkeys(ride.driver for ride in match.rides))
        for driver in drivers:
            told = self.words.confirmed(request, _own(match, driver), _numbers(tx, [request.rider]))
            _queue(tx, driver, "confirmed", told, match=match.id, now=now)
        told = self.words.confirmed(request, match.rides, _numbers(tx, drivers))
        _queue(tx, request.rider, "confirmed", told, match=match.id, now=now)

    def queue_over(
        self, tx: Transaction, match: Match, request: RideRequest, people: list[str], *, purpose: str, now: datetime
    ) -> None:
        """Tell some people that a proposal ("over") or a ride ("cancelled") will not be."""
        for person in people:
            searching = person == request.rider and purpose == "over"
            told = self.words.over(request, cancelled=purpose == "cancelled", searching=searching)
            _queue(tx, person, purpose, told, match=match.id, now=now)

    def queue_reminder(self, tx: Transaction, match: Match, request: RideRequest, *, now: datetime) -> None:
        """Remind every side, the day before."""
        for person in dict.fromkeys([*(ride.driver for ride in match.rides), request.rider]):
            told = self.words.reminder(request, _own(match, person) or match.rides)
            _queue(tx, person, "reminder", told, match=match.id, now=now)

    def queue_which(self, tx: Transaction, person: str, *, now: datetime) -> None:
        """Ask a person which of several proposals their answer was meant for."""
        _queue(tx, person, "reply", self.words.which(), match="", now=now)


def _own(match: Match, person: str) -> tuple[MatchedRide, ...]:
    return tuple(ride for ride in match.rides if ride.driver == person)


def _numbers(tx: Transaction, people: Sequence[str]) -> list[str]:
    """Return the numbers of those who agreed that the others get them."""
    agreed = [person for person in people if CONTACT_CONSENT in find_person(tx, person).consents]
    return [number for person in agreed if (number := read_contact(tx, person).telephone)]


def _queue(tx: Transaction, person: str, purpose: str, told: Text, *, match: str, now: datetime) -> None:
    # Who did not agree to messages, or left no way to be reached, is called by the desk: its list says so.
    if MESSAGE_CONSENT in find_person(tx, person).consents and contact_known(tx, person):
        queue_message(tx, person, purpose, told.subject, told.text, match=match, now=now)
