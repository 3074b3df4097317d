"""What time brings: consents end, messages go and old data is forgotten whatever subjects a territory has."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from data.consents import consents_of
from data.outbox import messages_of, queue_message
from data.people import add_person, all_persons
from desks.chores import do_chores
from desks.house import House
from desks.people.retention import Retention, forget_old
from mobility.consent import CONSENTS, MEMORY_CONSENT, Consent
from mobility.modules import RIDES, Modules
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
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
