"""Riders and drivers: how the desk comes to know them and what they offer, and how one is erased with their rides."""

from dataclasses import replace
from datetime import datetime

from data.journal import note
from data.people import add_person, find_person, person_called, persons_with_telephone
from data.personal import erase_person
from data.ride_records import add_offer, find_offer, withdraw_offer
from data.ride_scope import everything
from desks.rides.answers import cancel_all_of, propose_again
from desks.rides.desk import RideDesk
from mobility.errors import MobilityError
from mobility.people import DRIVER, Newcomer
from mobility.rides import RideOffer, RideRequest


def ask_for_oneself(desk: RideDesk, asked: RideRequest, newcomer: Newcomer, *, now: datetime) -> None:
    """Take down what someone asks for themselves.

    A number that is known already is not told so: the request goes to who of its household is called so, or to one
    more of that household, and the desk calls back.
    """
    with desk.store.writing("people") as tx:
        rider = person_called(tx, newcomer.contact.telephone, newcomer.contact.name)
        if rider is None:
            # Those who know the household come to know one more of it, and nobody else does.
            others = persons_with_telephone(tx, newcomer.contact.telephone)
            structure = next((other.structure for other in others), "")
            newcomer = replace(newcomer, person=replace(newcomer.person, structure=structure))
            rider = add_person(tx, newcomer, now=now, by="person")
        desk.take_down(tx, replace(asked, rider=rider.id), now=now, who="person")


def take_offer(desk: RideDesk, draft: RideOffer, newcomer: Newcomer, *, now: datetime, who: str) -> RideOffer:
    """Take down what a driver offers; the driver is kept where no driver of their name has their number."""
    with desk.store.writing("people") as tx:
        known = person_called(tx, newcomer.contact.telephone, newcomer.contact.name, DRIVER)
        driver = known or add_person(tx, newcomer, now=now, by=who)
        made = add_offer(tx, replace(draft, driver=driver.id), now=now)
        note(tx, who, "offer-added", about=made.id, now=now)
    return made


def offer_of(desk: RideDesk, person: str, draft: RideOffer, *, now: datetime, who: str) -> RideOffer:
    """Take down what someone whose file is open offers."""
    with desk.store.writing() as tx:
        made = add_offer(tx, replace(draft, driver=find_person(tx, person).id), now=now)
        note(tx, who, "offer-added", about=made.id, now=now)
    return made


def withdraw(desk: RideDesk, person: str, offer: str, *, now: datetime, who: str) -> None:
    """Withdraw an offer of a person: what is promised stays promised."""
    with desk.store.writing() as tx:
        if find_offer(tx, offer).driver != person:
            raise MobilityError("no-such-offer", f"no offer '{offer}' of this person", field="offer", value=offer)
        withdraw_offer(tx, offer)
        note(tx, who, "offer-withdrawn", about=offer, now=now)


def erase(desk: RideDesk, person: str, *, now: datetime, who: str) -> None:
    """Erase a person with all that is theirs; rides still agreed are cancelled first, and the others told."""
    with desk.store.writing("people") as tx:
        structure = find_person(tx, person).structure
        # Whoever may see a driver may have them erased, and so takes back what they promised to any structure.
        with everything(tx):
            left = cancel_all_of(tx, desk, person, now=now, who=who)
        erase_person(tx, person)
        note(tx, who, "person-erased", about=person, structure=structure, now=now)
    propose_again(desk, left, now=now)
