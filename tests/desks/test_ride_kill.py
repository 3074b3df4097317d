"""The process killed between any two writes: every act has landed whole, or not at all."""

import multiprocessing
import os
import signal

import pytest
from sqlalchemy import event

from data.outbox import messages_of
from data.ride_matches import add_link, find_match, matches_of
from data.ride_records import find_request
from data.store import Store
from desks.house import House
from desks.rides.answers import answer
from desks.rides.desk import RideDesk
from tests.conftest import NOW
from webapp.opening import open_rides

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")


def _act(installation, database: str, act: str, argument: str, number: int) -> None:
    """In a process of its own: open the store anew, and be killed before the n-th write."""
    desk = open_rides(installation.settings, installation.ground, Store(database))
    count = 0

    @event.listens_for(desk.store.engine, "before_cursor_execute")
    def before(_connection, _cursor, statement, _parameters, _context, _many):
        nonlocal count
        count += statement.startswith(WRITES)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(desk.store.engine, "commit")
    def commit(_connection):
        # PostgreSQL's driver sends the end of a transaction without a statement of its own.
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    if act == "propose":
        desk.propose_best(argument, now=NOW, who="desk")
    else:
        answer(desk, argument, yes=True, now=NOW)


def killed_at(installation: House, desk: RideDesk, act: str, argument: str, number: int) -> bool:
    """Run an act in a process that kills itself before its n-th write; tell whether it was killed."""
    process = multiprocessing.get_context("fork").Process(
        target=_act, args=(installation, desk.store.url, act, argument, number), daemon=True
    )
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


@pytest.mark.prove
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
        was_killed = killed_at(installation, desk, "propose", request.id, step)
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
        was_killed = killed_at(installation, desk, "answer", secret, step)
        assert whole(desk.store, request.id) == ("proposed" if was_killed else "confirmed")
        if not was_killed:
            assert step > 5
            with desk.store.reading() as tx:
                assert find_match(tx, match.id).state == "confirmed"
            return
    raise AssertionError("it never went through")
