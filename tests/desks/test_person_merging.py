"""Two files become one while rides are looked for: offers are read again, and what was found before is not held."""

import pytest

from data.merges import merges_of
from data.ride_matches import matches_of
from desks.people.merging import UNDOABLE, known_as, look, merge, undo
from desks.rides.batch import propose_batch, run_batch
from mobility.errors import MobilityError
from mobility.people import DRIVER, RIDER
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW


def drivers_of(desk):
    with desk.store.reading() as tx:
        return {offer.driver for offer in desk.offers(tx)}


def test_a_driver_who_becomes_another_is_proposed_under_the_file_that_stayed(desk, people):
    offer = people.volunteer("Lherm")
    request = people.asks("Lherm", "Cahors", 10)
    kept = people.person(DRIVER, "Lherm")
    assert drivers_of(desk) == {offer.driver}
    told = look(desk.store, kept, offer.driver, now=NOW, who="test")
    assert (told.follows["offers"], told.until) == (1, NOW + UNDOABLE)
    options, state = desk.options(request.id, now=NOW)
    batch = run_batch(desk, [TOMORROW], now=NOW)
    made = merge(desk.store, kept, offer.driver, now=NOW, who="test")
    assert drivers_of(desk) == {kept}
    assert known_as(desk.store, offer.driver) == kept
    with pytest.raises(MobilityError, match="in the meantime"), desk.store.writing() as tx:
        desk.hold(tx, state, options[0], now=NOW, who="test")
    assert propose_batch(desk, batch, now=NOW, who="test") == ([], [request.id])
    match = desk.propose_best(request.id, now=NOW, who="test")
    assert {ride.driver for ride in match.rides} == {kept}
    assert undo(desk.store, kept, made, now=NOW, who="test") == offer.driver
    assert drivers_of(desk) == {offer.driver}
    with desk.store.reading() as tx:
        assert {ride.driver for ride in matches_of(tx, request.id)[0].rides} == {kept}, "proposed since: it stays"
        assert merges_of(tx, kept, now=NOW) == []


def test_nobody_is_proposed_to_drive_themselves(desk, people):
    offer = people.volunteer("Lherm")
    rider = people.person(RIDER, "Lherm")
    request = people.asks("Lherm", "Cahors", 10, rider=rider)
    assert desk.options(request.id, now=NOW)[0]
    merge(desk.store, rider, offer.driver, now=NOW, who="test")
    assert desk.options(request.id, now=NOW)[0] == []
