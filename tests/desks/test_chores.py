"""What time brings: consents end, messages go and old data is forgotten whatever subjects a territory has."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from data.consents import consents_of
from data.outbox import messages_of, move_message, queue_message
from data.people import add_person, all_persons
from desks.chores import do_chores
from desks.house import House
from desks.outbox.following import follow
from desks.people.retention import Retention, forget_old
from desks.telephone.inbound import take_sms
from mobility.consent import CONSENTS, MEMORY_CONSENT, Consent
from mobility.messages import FAILED, QUEUED, TO_CALL
from mobility.modules import RIDES, Modules
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.desks.test_day import Who
from tests.fixtures_rides import People
from webapp.opening import join_wording, open_rides


@pytest.fixture
def without_rides(installation, database):
    """The desks of a territory that leaves the rides out."""
    ground = copy.copy(installation.ground)
    vars(ground)["modules"] = Modules(frozenset({RIDES}))
    settings = replace(installation.settings, database=database)
    house = House(settings, ground, lambda: NOW, open_rides, join_wording)
    yield house
    house.store.close()


def purges(store):
    with store.reading() as tx:
        return tx.execute(text("SELECT who FROM journal WHERE act = 'purged'")).scalars().all()


def test_nothing_that_all_desks_need_stops_without_the_rides(without_rides):
    house = without_rides
    agreed = [Consent(what, until=NOW.date() if what == MEMORY_CONSENT else None) for what in CONSENTS]
    with house.store.writing() as tx:
        person = add_person(
            tx, Newcomer(Person("", RIDER, "Passagère", "46171"), Contact("Une habitante", "0600000001"),
                         tuple(agreed)), now=NOW, by="test",
        ).id  # fmt: skip
        queue_message(tx, person, "way", {"text": "Prenez le bus."}, now=NOW)
    assert "rides" not in house.chores
    tomorrow = do_chores(house.chores, NOW + timedelta(days=1))
    assert not tomorrow.troubles
    assert tomorrow.counts["messages shown"] == tomorrow.counts["consents ended"] == 1
    with house.store.reading() as tx:
        assert [one.what for one in consents_of(tx, person) if one.withdrawn] == [MEMORY_CONSENT]
        assert [message.state for message in messages_of(tx)] == ["shown"]
    assert do_chores(house.chores, NOW + timedelta(days=800)).counts["forgotten"] > 0
    with house.store.reading() as tx:
        assert all_persons(tx) == []


def of_messages(house):
    """What the outbox holds, what the desk's page shows of it and what is due of it."""
    with house.store.reading() as tx:
        states = sorted((message.purpose, message.state, message.trouble) for message in messages_of(tx))
    shown = follow(house.store, house.wording, links=True, now=NOW, who="agent", off=house.messages_off)
    due = [one.what for one in house.day.due(NOW, Who()).due if one.what in {"say", "failed"}]
    return states, (*shown.shown, *(["failures"] * shown.failures), *(["waits"] * shown.waits)), due


def test_what_belongs_to_rides_rests_while_they_are_left_out(without_rides, desk):
    people = People(desk)
    people.volunteer("Lherm")
    asked = people.asks("Lherm", "Cahors", 10)
    desk.propose_best(asked.id, now=NOW, who="test")
    with desk.store.writing() as tx:
        for state in (TO_CALL, FAILED):
            told = queue_message(tx, asked.rider, "over", {"ride": {}}, now=NOW, before=NOW + timedelta(minutes=5))
            move_message(tx, told, {QUEUED}, state=state)
    kept, shown, due = of_messages(without_rides)
    assert [(purpose, state) for purpose, state, _ in kept] == [
        ("over", FAILED), ("over", TO_CALL), *[("proposal", QUEUED)] * 2
    ]  # fmt: skip
    assert (shown, due) == ((), [])
    for hours in (0, 1):
        assert not do_chores(without_rides.chores, NOW + timedelta(hours=hours)).troubles
    assert of_messages(without_rides) == (kept, (), [])
    assert take_sms(without_rides.rides, "m1", "0600000001", "oui", now=NOW) == "other"
    # There again, they go: but what was overtaken in the meantime.
    with_rides = House(without_rides.settings, desk.ground, lambda: NOW, open_rides, join_wording)
    assert of_messages(with_rides)[1:] != ((), [])
    again = do_chores(with_rides.chores, NOW + timedelta(hours=1))
    assert (again.troubles, again.counts["messages shown"], again.counts["messages failed"]) == ({}, 2, 1)
    with_rides.store.close()


def test_the_trouble_of_one_chore_keeps_no_other_from_being_done():
    def broken(_):
        raise OSError("gone")

    done = do_chores({"first": broken, "second": lambda _: {"sent": 2}}, NOW)
    assert done.counts == {"sent": 2}
    assert list(done.troubles) == ["first"]


def test_what_is_old_is_forgotten_once_a_day_by_whichever_process_comes_first(desk):
    first, second = Retention(desk.store, 400), Retention(desk.store, 400)
    for minute in range(3):
        first.daily(NOW + timedelta(minutes=minute))
        second.daily(NOW + timedelta(minutes=minute))
    assert purges(desk.store) == ["service"]
    second.daily(NOW + timedelta(days=1))
    forget_old(desk.store, 400, now=NOW, who="command line")
    assert sorted(purges(desk.store)) == ["command line", "service", "service"]
