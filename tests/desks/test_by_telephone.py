"""Who has no internet is told everything by telephone, and who said yes there is not asked again."""

import pytest

from data.outbox import messages_of
from data.people import set_wishes
from data.ride_records import find_request
from desks.rides.answers import answer_for, cancel_match, remind
from mobility.consent import CONSENTS, MEMORY_CONSENT
from mobility.messages import QUEUED, TO_CALL
from mobility.people import DRIVER, RIDER
from mobility.rides import NO_INTERNET
from tests.conftest import NOW


def states(desk, person):
    """Where the messages to a person stand, by their purpose."""
    with desk.store.reading() as tx:
        return {message.purpose: message.state for message in messages_of(tx, person=person)}


def agreed(desk, request, *, on_the_telephone):
    match = desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=on_the_telephone)
    for person in {request.rider, *(ride.driver for ride in match.rides)}:
        answer_for(desk, match.id, person, yes=True, now=NOW, who="desk")
    remind(desk, now=NOW)
    return match


@pytest.mark.parametrize("how", ["with the request", "remembered"])
def test_all_that_a_rider_without_internet_is_told_is_a_call_to_make(desk, people, how):
    driver = people.volunteer("Labastide-Marnhac").driver
    # Without consent to memory the box holds for this request alone.
    consents = CONSENTS if how == "remembered" else tuple(one for one in CONSENTS if one != MEMORY_CONSENT)
    rider = people.person(RIDER, "Lherm", consents=consents)
    with desk.store.writing() as tx:
        set_wishes(tx, rider, [NO_INTERNET], now=NOW)
    request = people.asks("Lherm", "Cahors", rider=rider, by_telephone=how == "with the request")
    with desk.store.reading() as tx:
        assert find_request(tx, request.id).by_telephone == (how == "with the request")
    match = agreed(desk, request, on_the_telephone=False)
    cancel_match(desk, match.id, driver=driver, now=NOW, who="desk")
    told = ("proposal", "confirmed", "reminder", "cancelled")
    assert states(desk, rider) == dict.fromkeys(told, TO_CALL)
    assert states(desk, driver) == dict.fromkeys(told[:3], QUEUED)


def test_a_driver_without_internet_is_called_too(desk, people):
    driver = people.person(DRIVER, "Labastide-Marnhac")
    people.volunteer("Labastide-Marnhac", person=driver)
    with desk.store.writing() as tx:
        set_wishes(tx, driver, [NO_INTERNET], now=NOW)
    agreed(desk, people.asks("Lherm", "Cahors"), on_the_telephone=False)
    assert set(states(desk, driver).values()) == {TO_CALL}


@pytest.mark.parametrize("by_telephone", [True, False])
def test_who_said_yes_on_the_telephone_is_not_asked_again(desk, people, by_telephone):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors", by_telephone=by_telephone)
    desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
    with desk.store.reading() as tx:
        found = messages_of(tx, person=request.rider)
        texts = [desk.messages.text(tx, message, NOW).text for message in found]
    assert len(found) == (0 if by_telephone else 1)
    assert not any("convient" in words for words in texts)
    assert all(words.startswith("Vous avez dit oui pour un trajet") for words in texts)
