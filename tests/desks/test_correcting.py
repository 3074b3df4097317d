"""A request put right: what is proposed or promised stays where it still fits, and of two agents one is told."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from data.journal import journal_of
from data.outbox import messages_of
from data.ride_matches import add_refusal, all_refusals, matches_of
from data.ride_records import find_request
from desks.outbox.following import follow
from desks.rides.answers import answer_for
from desks.rides.correcting import Correction, correct_request, stamp_of
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, place


@pytest.fixture
def asked(desk, people):
    """A request of tomorrow for ten, which a volunteer may drive."""
    people.volunteer("Labastide-Marnhac")
    return people.asks("Lherm", "Cahors", companions=1)


def now_of(desk, asked):
    with desk.store.reading() as tx:
        return find_request(tx, asked.id)


def correct(desk, asked, *, saw="", sure=False, **changes):
    stated = replace(now_of(desk, asked), **changes)
    return correct_request(desk, asked.id, stated, saw=saw or stamp_of(asked), sure=sure, now=NOW, who="agent")


def told(desk, purpose):
    with desk.store.reading() as tx:
        return [message.person for message in messages_of(tx) if message.purpose == purpose]


def proposed(desk, asked, *, confirmed=False):
    match = desk.propose_best(asked.id, now=NOW, who="agent", rider_agrees=True)
    if confirmed:
        answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="agent")
    return match


def test_what_was_mistyped_is_put_right_and_written_down(desk, asked):
    desk.leave_unmet(asked.id, now=NOW, who="agent")
    with desk.store.writing() as tx:
        add_refusal(tx, asked.id, asked.rider)
    other = place(desk.ground, "Labastide-Marnhac")
    correct(desk, asked, arrive_by=None, depart_after=9 * HOUR, origin=other, companions=0)
    after = now_of(desk, asked)
    assert (after.depart_after, after.origin, after.companions, after.state) == (9 * HOUR, other, 0, "waiting")
    assert (after.rider, after.destination, after.day) == (asked.rider, asked.destination, asked.day)
    with desk.store.reading() as tx:
        assert not all_refusals(tx, [asked.id])
        entry = journal_of(tx, [asked.id])[0]
    assert (entry["act"], entry["why"], entry["who"]) == ("request-corrected", "companions origin when", "agent")
    correct(desk, after, companions=0)
    with desk.store.reading() as tx:
        assert journal_of(tx, [asked.id])[0] == entry, "nothing changed, nothing is written down"


def test_what_a_correction_ends_is_told_and_its_messages_wait_no_more(desk, asked):
    match = proposed(desk, asked)
    driver = match.rides[0].driver

    def waiting():
        found = follow(desk.store, desk.messages, links=False, now=NOW, who="agent")
        return sorted(one.message.purpose for one in found.waiting if one.message.person == driver)

    assert waiting() == ["proposal"]
    assert correct(desk, asked, companions=0) == Correction(("companions",))
    assert correct(desk, now_of(desk, asked), arrive_by=18 * HOUR) == Correction(("when",), "proposed")
    assert waiting() == ["over"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_still_fits_is_kept(desk, asked, confirmed):
    match = proposed(desk, asked, confirmed=confirmed)
    correct(desk, asked, arrive_by=asked.arrive_by - 600, companions=0, errand="health")
    with desk.store.reading() as tx:
        (kept,) = matches_of(tx, asked.id)
    assert (kept.id, kept.state) == (match.id, "confirmed" if confirmed else "proposed")
    after = now_of(desk, asked)
    assert (after.state, after.errand) == (kept.state, "health")
    assert told(desk, "over") == told(desk, "cancelled") == []


@pytest.mark.parametrize(
    "change",
    [{"arrive_by": 12 * HOUR}, {"companions": 2}, {"back_after": 15 * HOUR}, {"wishes": frozenset({"wheelchair"})}],
)
def test_a_proposal_that_no_longer_fits_is_withdrawn_and_its_driver_told(desk, asked, change):
    match = proposed(desk, asked)
    correct(desk, asked, **change)
    with desk.store.reading() as tx:
        assert [known.state for known in matches_of(tx, asked.id)] == ["cancelled"]
    assert now_of(desk, asked).state == "waiting"
    assert told(desk, "over") == [match.rides[0].driver]


def test_a_promised_ride_is_broken_by_who_says_so_alone(desk, asked):
    match, later = proposed(desk, asked, confirmed=True), asked.day + timedelta(days=1)
    with pytest.raises(MobilityError) as error:
        correct(desk, asked, day=later)
    assert error.value.code == "ride-promised"
    assert now_of(desk, asked) == replace(asked, state="confirmed")
    correct(desk, asked, day=later, sure=True)
    assert (now_of(desk, asked).day, now_of(desk, asked).state) == (later, "waiting")
    assert told(desk, "cancelled") == [match.rides[0].driver]
    assert desk.propose_best(asked.id, now=NOW, who="agent").day == later


def test_of_two_agents_at_once_one_is_told(desk, asked):
    start, ends = threading.Barrier(2), []

    def agent(hour):
        start.wait()
        try:
            correct(desk, asked, arrive_by=hour * HOUR)
            ends.append("done")
        except MobilityError as error:
            ends.append(error.code)

    agents = [threading.Thread(target=agent, args=(hour,)) for hour in (11, 12)]
    for one in agents:
        one.start()
    for one in agents:
        one.join(20)
    assert sorted(ends) == ["done", "request-changed"]
    assert now_of(desk, asked).arrive_by in {11 * HOUR, 12 * HOUR}


def test_no_answer_to_what_was_asked_before_is_proposed(desk, asked):
    options, state = desk.options(asked.id, now=NOW)
    correct(desk, asked, arrive_by=12 * HOUR)
    with pytest.raises(MobilityError) as error, desk.store.writing() as tx:
        desk.hold(tx, state, options[0], now=NOW, who="agent")
    assert error.value.code == "seat-taken"


def test_what_is_over_is_not_changed(desk, asked):
    late = NOW + timedelta(days=3)
    stated = replace(asked, companions=0)
    with pytest.raises(MobilityError) as error:
        correct_request(desk, asked.id, stated, saw=stamp_of(asked), sure=False, now=late, who="agent")
    assert error.value.code == "request-over"
