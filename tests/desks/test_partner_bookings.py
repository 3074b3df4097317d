"""Bookings of other platforms: request, passenger and booking land together, or not at all."""

import threading
from dataclasses import replace

import pytest

from data.partner_bookings import PartnerBooking, find_booking
from data.people import all_persons
from data.ride_records import requests_on
from desks.rides.standard import take_booking
from mobility.errors import MobilityError
from mobility.rides import CONFIRMED, PROPOSED, UNMET, WAITING, RideRequest
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, TOMORROW, place

BOOKING = PartnerBooking("6f1d3c0e-7f4f-4f0d-9d55-0d6a8a3f8c11", "voisin", "", {"price": {}}, "WAITING_CONFIRMATION")
STATES = [WAITING, PROPOSED, CONFIRMED, UNMET]


@pytest.fixture
def asked(desk, people):
    people.volunteer("Lherm")
    ground = desk.ground
    return RideRequest("", "", TOMORROW, place(ground, "Lherm"), place(ground, "Cahors"), depart_after=9 * HOUR)


def test_two_bookings_of_one_identifier_at_once_are_one(desk, asked):
    start, ended = threading.Barrier(2), []

    def book() -> None:
        start.wait()
        try:
            take_booking(desk, BOOKING, asked, "Passager de voisin", now=NOW)
            ended.append("taken")
        except MobilityError as error:
            ended.append(error.code)

    threads = [threading.Thread(target=book) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["booking-exists", "taken"]
    with desk.store.reading() as tx:
        (request,) = requests_on(tx, [TOMORROW], STATES)
        assert [person.alias for person in all_persons(tx)].count("Passager de voisin") == 1
        assert find_booking(tx, BOOKING.id, "voisin").request == request.id


def test_a_booking_that_cannot_be_taken_leaves_nothing(desk, asked):
    with pytest.raises(MobilityError):
        take_booking(desk, BOOKING, replace(asked, day=NOW.date().replace(year=2020)), "Passager de voisin", now=NOW)
    with desk.store.reading() as tx:
        assert find_booking(tx, BOOKING.id, "voisin") is None
        assert not [person for person in all_persons(tx) if person.alias == "Passager de voisin"]


def test_another_platform_does_not_see_it(desk, asked):
    take_booking(desk, BOOKING, asked, "Passager de voisin", now=NOW)
    with desk.store.reading() as tx:
        assert find_booking(tx, BOOKING.id, "autre") is None
