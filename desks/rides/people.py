"""Riders and drivers as the desk comes to know them, and how they are forgotten."""

from dataclasses import replace
from datetime import datetime

from data.ride_records import add_person, person_with_telephone
from desks.rides.desk import RideDesk
from mobility.rides import Contact, Person, RideRequest


def ask_for_oneself(desk: RideDesk, asked: RideRequest, person: Person, contact: Contact, *, now: datetime) -> None:
    """Take down what someone asks for themselves.

    A number that is known already is not told so: the request goes to its person, and the desk calls back.
    """
    with desk.store.writing() as tx:
        known = person_with_telephone(tx, contact.telephone)
        rider = known or add_person(tx, person, contact, now=now, by="person")
    desk.ask(replace(asked, rider=rider.id), now=now, who="person")
