"""Proposals that lapse: what is asked anew can be answered in time, nobody is told twice, a yes that stands is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.outbox import messages_of
from data.ride_matches import all_refusals, matches_of, overdue
from data.ride_records import find_request
from data.unmet_needs import unmet_between
from desks.outbox.carriers import Local
from desks.outbox.sending import OVERTAKEN, send_due
from desks.rides.answers import answer_for, expire, propose_again, write_answer
from desks.rides.batch import propose_batch, run_batch
from desks.rides.correcting import correct_request, stamp_of
from mobility.errors import MobilityError
from mobility.rides import CONFIRMED, EXPIRED, PROPOSED, UNMET, WAITING
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, post_of

LATER = TOMORROW + timedelta(days=6)
MINUTE = timedelta(minutes=1)


def known(desk, request):
    """The state of a request, and its matches, the newest first."""
    with desk.store.reading() as tx:
        return find_request(tx, request).state, matches_of(tx, request)


def told(desk, person, purpose, *, gone=False):
    """What a person was or will be told, the newest first; those alone that went."""
    with desk.store.reading() as tx:
        found = messages_of(tx, person=person, purpose=purpose)
        return [
            desk.messages.text(tx, message, NOW).text.replace("\xa0", " ")
            for message in found if not gone or message.state == "shown"
        ]  # fmt: skip


@pytest.mark.parametrize("passed", [MINUTE, timedelta(hours=5), timedelta(days=2)])
def test_nobody_is_asked_who_could_not_answer_in_time(desk, people, passed):
    people.volunteer("Labastide-Marnhac")
    people.volunteer("Mercuès")
    asked = people.asks("Labastide-Marnhac", "Cahors")
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    now = match.expires + passed
    assert expire(desk, now=now) == [asked.id]
    state, (ended,) = known(desk, asked.id)
    assert (state, ended.state) == (UNMET, EXPIRED)
    with desk.store.reading() as tx:
        assert [need.reason for need in unmet_between(tx, TOMORROW, TOMORROW)] == ["out-of-time"]
        assert overdue(tx, now) == []
    assert not any("Nous cherchons" in words for words in told(desk, asked.rider, "over"))
    assert expire(desk, now=now + MINUTE) == []


def test_no_door_makes_a_proposal_that_nobody_can_answer(desk, people):
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors", 11.5, day=NOW.date())
    options, state = desk.options(asked.id, now=NOW.replace(hour=6))
    assert len(options) == 1
    assert desk.options(asked.id, now=NOW)[0] == []
    assert desk.look(asked, commune="46171", now=NOW).reason == "out-of-time"
    with pytest.raises(MobilityError) as error, desk.store.writing() as tx:
        desk.hold(tx, state, options[0], now=NOW, who="desk")
    assert error.value.code == "too-late-to-ask"
    result = run_batch(desk, [NOW.date()], now=NOW)
    assert (result.options, [why.reason for why in result.unserved]) == ((), ["out-of-time"])
    # What was in time when it was found may be too late when it is accepted.
    early = run_batch(desk, [NOW.date()], now=NOW.replace(hour=6))
    assert len(early.options) == 1
    assert propose_batch(desk, early, now=NOW, who="desk") == ([], [asked.id])
    assert desk.propose_best(asked.id, now=NOW, who="desk", rider_agrees=True) is None
    assert known(desk, asked.id) == (UNMET, [])


def test_that_one_searches_is_told_once(desk, people):
    for village in ("Labastide-Marnhac", "Mercuès", "Pradines"):
        people.volunteer(village)
    asked = people.asks("Labastide-Marnhac", "Cahors", 17, day=LATER)
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    for _ in range(2):
        expire(desk, now=match.expires + MINUTE)
        match = known(desk, asked.id)[1][0]
    assert len(known(desk, asked.id)[1]) == 3
    words = told(desk, asked.rider, "over")
    assert (len(words), sum("Nous cherchons" in one for one in words)) == (2, 1)


def test_that_one_searches_is_not_told_once_nobody_can_drive(desk, people):
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Labastide-Marnhac", "Cahors", 17, day=LATER)
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    expire(desk, now=match.expires + MINUTE)
    assert known(desk, asked.id)[0] == UNMET
    send_due(desk.store, post_of(desk, Local()), now=match.expires + MINUTE)
    (words,) = told(desk, asked.rider, "over", gone=True)
    assert "n'a pas abouti" in words
    assert "Nous cherchons" not in words


def there_and_back(desk, people):
    """A request whose way back one of two may drive; its first driver said yes."""
    there = people.volunteer("Lherm", 8, 11)
    people.volunteer("Lherm", 14, 19)
    people.volunteer("Catus", 14, 19)
    asked = people.asks("Lherm", "Cahors", 10, 16, day=LATER)
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    back = next(ride.driver for ride in match.rides if ride.driver != there.driver)
    answer_for(desk, match.id, there.driver, yes=True, now=NOW, who="desk")
    return asked, match, there.driver, back


@pytest.mark.parametrize("how", ["silence", "no"])
def test_the_yes_of_who_drives_the_same_again_stands(desk, people, how):
    asked, match, there, back = there_and_back(desk, people)
    assert "Nous demandons aux conducteurs." in told(desk, asked.rider, "proposal")[0]
    now = match.expires + MINUTE if how == "silence" else NOW + MINUTE
    if how == "silence":
        expire(desk, now=now)
    else:
        answer_for(desk, match.id, back, yes=False, now=now, who="desk")
    state, (again, _) = known(desk, asked.id)
    assert (state, again.state) == (PROPOSED, PROPOSED)
    assert {ride.driver: ride.answer for ride in again.rides}[there] == "yes"
    assert back not in {ride.driver for ride in again.rides}
    # They read what they said yes to; that their ride is over does not go.
    assert told(desk, there, "proposal")[0].startswith("Vous avez dit oui pour conduire une personne")
    send_due(desk.store, post_of(desk, Local()), now=now)
    with desk.store.reading() as tx:
        assert [message.trouble for message in messages_of(tx, person=there, purpose="over")] == [OVERTAKEN]
    for person in {asked.rider, *(ride.driver for ride in again.rides)} - {there}:
        answer_for(desk, again.id, person, yes=True, now=now, who="desk")
    assert known(desk, asked.id)[0] == CONFIRMED


def test_a_silent_rider_makes_no_refusal_of_a_yes(desk, people):
    people.volunteer("Mercuès")
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Labastide-Marnhac", "Cahors", 17, day=LATER)
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="desk")
    expire(desk, now=match.expires + MINUTE)
    assert (known(desk, asked.id)[0], len(known(desk, asked.id)[1])) == (WAITING, 1)
    with desk.store.reading() as tx:
        assert all_refusals(tx, [asked.id]) == frozenset()
    assert not any("Nous cherchons" in words for words in told(desk, asked.rider, "over"))


@pytest.mark.parametrize("change", [{"day": LATER + timedelta(days=2)}, {"arrive_by": 16 * 3600.0}])
def test_who_said_yes_to_another_ride_is_told_that_the_first_is_cancelled(desk, people, change):
    driver = people.volunteer("Labastide-Marnhac").driver
    asked = people.asks("Lherm", "Cahors", 10, day=LATER)
    match = desk.propose_best(asked.id, now=NOW, who="desk", rider_agrees=True)
    answer_for(desk, match.id, driver, yes=True, now=NOW, who="desk")
    now = NOW + MINUTE
    with desk.store.reading() as tx:
        before = find_request(tx, asked.id)
    correct_request(desk, asked.id, replace(before, **change), saw=stamp_of(before), sure=True, now=now, who="agent")
    again = desk.propose_best(asked.id, now=now, who="desk", rider_agrees=True)
    answer_for(desk, again.id, driver, yes=True, now=now, who="desk")
    send_due(desk.store, post_of(desk, Local()), now=now)
    with desk.store.reading() as tx:
        assert [message.state for message in messages_of(tx, person=driver, purpose="cancelled")] == ["shown"]


def test_no_yes_stands_for_a_request_that_was_put_right_meanwhile(desk, people):
    asked, match, _, back = there_and_back(desk, people)
    with desk.store.writing() as tx:
        left = write_answer(tx, desk, match.id, back, yes=False, now=NOW, who="desk")
    with desk.store.reading() as tx:
        before = find_request(tx, asked.id)
    correct_request(
        desk, asked.id, replace(before, companions=1), saw=stamp_of(before), sure=True, now=NOW, who="agent"
    )
    propose_again(desk, left, now=NOW + MINUTE)
    _, (again, *_) = known(desk, asked.id)
    assert again.id != match.id
    assert {ride.answer for ride in again.rides} == {""}
