"""The process killed between any two writes: every act has landed whole, or not at all."""

import pytest

from data.outbox import messages_of
from data.ride_matches import add_link, find_match, matches_of
from data.ride_records import find_request
from data.store import Store
from desks.rides.answers import answer
from tests.conftest import NOW
from tests.killed import killed_at


def whole(store: Store, request: str) -> str:
    """The state of a request, once all its records are found to agree."""
    with store.reading() as tx:
        asked = find_request(tx, request)
        matches = matches_of(tx, request)
        messages = messages_of(tx)
    live = [match for match in matches if match.state in {"proposed", "confirmed"}]
    assert len(live) == (asked.state in {"proposed", "confirmed"})
    assert all(match.rides for match in matches)
    if asked.state == "proposed":
        assert len([m for m in messages if m.purpose == "proposal"]) == 2
    if asked.state == "confirmed":
        assert live[0].agreed
        assert len([m for m in messages if m.purpose == "confirmed"]) == 2
    return asked.state


@pytest.mark.prove
def test_a_proposal_lands_whole_or_not_at_all(installation, desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    for step in range(1, 40):
        was_killed = killed_at(installation, desk, lambda own: own.propose_best(request.id, now=NOW, who="desk"), step)
        assert whole(desk.store, request.id) == ("waiting" if was_killed else "proposed")
        if not was_killed:
            assert step > 8
            return
    raise AssertionError("it never went through")


def test_a_yes_lands_whole_or_not_at_all(installation, desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
    with desk.store.writing() as tx:
        secret = add_link(tx, match, match.rides[0].driver)
    for step in range(1, 40):
        was_killed = killed_at(installation, desk, lambda own: answer(own, secret, yes=True, now=NOW), step)
        assert whole(desk.store, request.id) == ("proposed" if was_killed else "confirmed")
        if not was_killed:
            assert step > 5
            with desk.store.reading() as tx:
                assert find_match(tx, match.id).state == "confirmed"
            return
    raise AssertionError("it never went through")
