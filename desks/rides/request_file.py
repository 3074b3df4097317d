"""A request as an agent opens it: who asks, what was answered, what could be, and who did what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.journal import journal_of
from data.people import aliases_of, find_person, names_of, read_contact, remembered_wishes
from data.ride_matches import all_refusals, matches_of
from data.ride_records import find_request
from data.unmet_needs import is_told
from desks.journal import looked_at
from desks.rides.asked_in_vain import AskedInVain
from desks.rides.desk import RideDesk
from desks.rides.options import Option
from mobility.people import Contact, Person
from mobility.rides import LIVE, NO_INTERNET, UNMET, WAITING, Match, RideRequest
from tours.ride_reasons import WhyNot


@dataclass(frozen=True)
class RequestFile:
    """A request with all that the desk knows of it.

    ``live`` are the proposals that hold their seats, ``aliases`` and ``numbers`` those of drivers by their codes;
    ``names`` are those of everyone in it, as their files have them: for agents, never to be read aloud;
    ``why`` says why an open request has no options.
    """

    asked: RideRequest
    rider: Person
    contact: Contact
    live: list[Match]
    aliases: dict[str, str]
    names: dict[str, str]
    numbers: dict[str, str]
    acts: list[dict[str, Any]]
    options: list[Option]
    why: WhyNot | None
    to_tell: bool
    """Whether nobody can drive, and nobody noted that the rider knows it."""
    asked_in_vain: AskedInVain
    by_telephone: bool
    """Whether the rider is told everything by telephone: said with this request, or remembered."""

    @property
    def is_open(self) -> bool:
        """Tell whether the request still waits for an answer."""
        return self.asked.state in {WAITING, UNMET}


def list_seen(desk: RideDesk, people: Iterable[str], *, now: datetime, who: str) -> None:
    """Write down that someone saw a list of requests: of each who asks, or drives, in it."""
    shown = list(people)
    if shown:
        with desk.store.writing() as tx:
            looked_at(tx, who, "requests-seen", shown, now=now)


def see_candidates(
    desk: RideDesk, drivers: Iterable[str], *, now: datetime, who: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the aliases and the names of drivers who could say yes; that their names were seen is written down."""
    found = sorted(set(drivers))
    if not found:
        return {}, {}
    with desk.store.writing() as tx:
        looked_at(tx, who, "candidates-seen", found, now=now)
        return aliases_of(tx, found), names_of(tx, found)


def open_file(desk: RideDesk, request: str, *, now: datetime, who: str) -> RequestFile:
    """Open a request's file; who was seen in it stands in the journal.

    They are its rider, the drivers whose numbers it shows, and those who could drive.
    """
    with desk.store.writing() as tx:
        asked = find_request(tx, request)
        rider, contact = find_person(tx, asked.rider), read_contact(tx, asked.rider)
        history = matches_of(tx, request)
        live = [match for match in history if match.state in LIVE]
        drivers = {ride.driver for match in live for ride in match.rides}
        looked_at(tx, who, "contact-seen", [request, *sorted(drivers)], now=now)
        numbers = {driver: read_contact(tx, driver).telephone for driver in drivers}
        aliases, names = aliases_of(tx, drivers), names_of(tx, {asked.rider, *drivers})
        acts = [
            {**entry, "at": entry["at"].astimezone(desk.zone)}
            for entry in journal_of(tx, [request, *(match.id for match in history)])
        ]
        in_vain = {driver for _, driver in all_refusals(tx, [request])}
        asked_in_vain = AskedInVain.of(in_vain, history)
        remembered = remembered_wishes(tx, rider.id, now=now, whom=rider.structure)
        by_telephone = asked.by_telephone or NO_INTERNET in remembered
        to_tell = asked.state == UNMET and not is_told(tx, request)
    waits = asked.state in {WAITING, UNMET} and asked.day >= now.date()
    options = desk.options(request, now=now)[0] if waits else []
    could = {ride.driver for option in options for ride in option.rides} - drivers
    more, named = see_candidates(desk, could, now=now, who=who)
    why = desk.why_not(request, now=now) if waits and not options else None
    return RequestFile(
        asked, rider, contact, live, aliases | more, names | named, numbers, acts, options, why, to_tell,
        asked_in_vain, by_telephone,
    )  # fmt: skip
