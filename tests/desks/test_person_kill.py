"""The process killed between any two writes of an act that writes a person: nobody is left half written."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from data.calls import add_call, open_calls
from data.outbox import messages_of
from data.partner_bookings import PartnerBooking
from data.people import all_persons
from data.plan_store import PlanStore
from data.ride_matches import matches_of
from data.ride_records import active_offers, find_request
from data.schema import all_tables, metadata
from data.store import Store
from desks.imports.desk import take_file
from desks.imports.reading import Reader
from desks.people.rights import correct
from desks.rides.desk import RideDesk
from desks.rides.people import ask_for_oneself, erase, take_offer
from desks.rides.standard import take_booking
from desks.telephone.conversation import PROPOSE, Agreed, Caller, take_request
from desks.telephone.inbound import take_sms
from mobility.consent import CONSENTS, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.rides import VOLUNTEER, RideOffer, RideRequest
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, TOMORROW, place, places_of
from tests.killed import killed_at
from webapp.words.rides import alias_words

NEW = Newcomer(
    Person("", RIDER, "Nouvelle", "46112"), Contact("Nouvelle", "0639100001"), tuple(Consent(what) for what in CONSENTS)
)
BOOKING = PartnerBooking("6f1d3c0e-7f4f-4f0d-9d55-0d6a8a3f8c11", "voisin", "", {"price": {}}, "WAITING_CONFIRMATION")
LIST = "name;telephone;from;to;day;arrive_by\nUne;0639100001;Lherm;Cahors;2026-12-01;10:00\n"


def asked(desk: RideDesk) -> RideRequest:
    ground = desk.ground
    return RideRequest("", "", TOMORROW, place(ground, "Lherm"), place(ground, "Cahors"), arrive_by=10 * HOUR)


def on_the_telephone(desk):
    """A newcomer rings, asks and is answered: person, wishes, request and the end of the call."""
    agreed = Agreed(PROPOSE, NEW, {"little-walking"})
    with desk.store.reading() as tx:
        call = open_calls(tx)[0].id
    return take_request(desk, Caller("0639100001"), asked(desk), agreed, call=call, now=NOW, who="desk")


def on_the_page(desk):
    ask_for_oneself(desk, asked(desk), NEW, now=NOW)


def by_a_partner(desk):
    take_booking(desk, BOOKING, asked(desk), "Passager de voisin", now=NOW)


def by_a_list(desk, plans):
    reader = Reader(desk, places_of(desk), plans, NOW, "desk", lambda: None, alias_words)
    assert take_file(reader, "requests", "liste.csv", LIST.encode()).taken == 1


def an_offer(desk):
    home = place(desk.ground, "Lherm")
    offer = RideOffer("", "", VOLUNTEER, home, home, 8 * HOUR, 18 * HOUR, frozenset({1, 2}), reach=200_000.0)
    take_offer(desk, offer, replace(NEW, person=replace(NEW.person, kind=DRIVER)), now=NOW, who="desk")


def counts(store: Store) -> dict[str, int]:
    """How many records each table holds."""
    with store.reading() as tx:
        return {table.name: len(tx.execute(select(table)).all()) for table in all_tables()}


def assert_whole(desk: RideDesk, *, asks: bool) -> bool:
    """Tell whether the newcomer is there, once all that came with them is found."""
    found = counts(desk.store)
    with desk.store.reading() as tx:
        riders = set(tx.execute(select(metadata.tables["requests"].c.rider)).scalars())
        drivers = {offer.driver for offer in active_offers(tx)}
        new = [person for person in all_persons(tx) if person.id not in drivers or not asks]
        waiting = open_calls(tx)
    assert found["contacts"] == found["persons"]
    if asks:
        assert {person.id for person in new} == riders
        assert bool(new) != bool(waiting) or not found["calls"]
        assert found["partner_bookings"] in {0, len(new)}
    else:
        assert {person.id for person in new} == drivers
    return bool(new)


def walk(installation, desk, act, *, asks=True, steps=60):
    """Kill an act before each of its writes in turn, until it goes through."""
    there = False
    for step in range(1, steps):
        was_killed = killed_at(installation, desk, act, step)
        there = assert_whole(desk, asks=asks)
        if not was_killed:
            assert there
            return step
        if there:
            # Killed after the person landed: the same act once more would be a double.
            return step
    raise AssertionError("it never went through")


def test_who_rings_is_kept_with_the_request_or_not_at_all(installation, desk, people):
    people.volunteer("Labastide-Marnhac")
    with desk.store.writing() as tx:
        add_call(tx, "call", "0639100001", now=NOW)
    assert walk(installation, desk, on_the_telephone) > 8


@pytest.mark.prove
def test_who_asks_on_the_page_is_kept_with_the_request_or_not_at_all(installation, desk):
    assert walk(installation, desk, on_the_page) > 4


@pytest.mark.prove
def test_whom_a_partner_books_for_is_kept_with_the_booking_or_not_at_all(installation, desk, people):
    people.volunteer("Labastide-Marnhac")
    assert walk(installation, desk, by_a_partner) > 5


@pytest.mark.prove
def test_a_list_is_kept_whole_or_not_at_all(installation, desk, tmp_path):
    assert walk(installation, desk, lambda own: by_a_list(own, PlanStore(tmp_path))) > 4


@pytest.mark.prove
def test_a_driver_is_kept_with_the_offer_or_not_at_all(installation, desk):
    assert walk(installation, desk, an_offer, asks=False) > 3


@pytest.mark.prove
def test_a_correction_lands_whole_or_not_at_all(installation, desk, people):
    rider = people.person(RIDER, "Lherm")
    told = {"alias": "Autre", "name": "Autre", "telephone": "0565000000", "address": "2 rue du Port"}
    seen = set()
    contacts = metadata.tables["contacts"]
    for step in range(1, 20):
        was_killed = killed_at(
            installation, desk,
            lambda own: correct(own.store, own.ground.territory, rider, told, now=NOW, who="desk"), step,
        )  # fmt: skip
        with desk.store.reading() as tx:
            row = tx.execute(select(contacts).where(contacts.c.person == rider)).one()
            alias = next(person.alias for person in all_persons(tx) if person.id == rider)
        seen.add((alias, row.name, row.telephone, row.address))
        if not was_killed:
            break
    assert seen == {("rider 1", "Nom 1", "0600000001", ""), ("Autre", "Autre", "0565000000", "2 rue du Port")}


def test_an_erasure_lands_whole_or_not_at_all(installation, desk, people):
    """A rider with a ride agreed: cancelled, told to the driver, and erased, all at once."""
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
    before = counts(desk.store)
    for step in range(1, 60):
        was_killed = killed_at(installation, desk, lambda own: erase(own, request.rider, now=NOW, who="desk"), step)
        with desk.store.reading() as tx:
            people_left = {person.id for person in all_persons(tx)}
            told = [m for m in messages_of(tx, person=driver) if m.purpose == "cancelled"]
        if was_killed and request.rider in people_left:
            assert counts(desk.store) == before
            with desk.store.reading() as tx:
                assert find_request(tx, request.id).state == "proposed"
                assert [m.state for m in matches_of(tx, request.id)] == [match.state]
            continue
        assert people_left == {driver}
        assert len(told) == 1
        assert step > 8
        return
    raise AssertionError("it never went through")


@pytest.mark.prove
def test_a_short_message_and_its_answer_land_together(installation, desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    for step in range(1, 40):
        was_killed = killed_at(installation, desk, lambda own: take_sms(own, "m1", "0600000002", "oui", now=NOW), step)
        with desk.store.reading() as tx:
            (match,) = matches_of(tx, request.id)
        taken = counts(desk.store)["calls"]
        assert taken == (match.rider_answer == "yes")
        if not was_killed:
            assert taken == 1
            return
    raise AssertionError("it never went through")
