"""The planner's scenarios, and a need noted, each asked of its desk without a page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.accounts import add_account
from data.journal import journal_of
from data.scenarios import history, put_in_force
from data.store import Store
from data.unmet_needs import unmet_between
from desks.calendar.scenarios import Scenarios, plan_of
from desks.rides.unmet import note_nothing_found
from mobility.accounts import PLANNER, Grant
from mobility.errors import MobilityError
from mobility.ways import Question
from tests.conftest import NOW


@pytest.fixture
def kept(database):
    store = Store(database)
    yield Scenarios(store, "valley", lambda: NOW)
    store.close()


def test_a_scenario_from_its_statement_to_its_end(kept):
    made = kept.add("Deux bus", {"buses": "2"}, "planner")
    assert kept.find(made.id) == made
    with pytest.raises(MobilityError, match="no calendar yet"):
        plan_of(made)
    kept.rename(made.id, " Trois bus ", who="planner")
    assert [scenario.name for scenario in kept.all()] == ["Trois bus"]
    with pytest.raises(MobilityError, match="a name"):
        kept.rename(made.id, " ", who="planner")
    assert replace(kept, territory="elsewhere").all() == []
    kept.forget(made.id, who="planner")
    assert kept.all() == []
    with pytest.raises(MobilityError, match="no scenario"):
        kept.find(made.id)
    with kept.store.reading() as tx:
        told = [(line["act"], line["who"], line["about"]) for line in journal_of(tx)]
    acts = ("scenario-added", "scenario-renamed", "scenario-forgotten")
    assert sorted(told) == sorted((act, "planner", made.id) for act in acts)


def test_who_made_a_scenario_is_an_account_and_shown_by_its_name(kept):
    with kept.store.writing() as tx:
        planner = add_account(tx, "p@example.org", "Une planificatrice", [Grant(PLANNER)], now=NOW)
        put_in_force(tx, "Hiver", "{}", "", territory="valley", author="Un nom d'avant", now=NOW)
        put_in_force(tx, "Printemps", "{ }", "", territory="valley", author=planner.id, now=NOW)
        assert [entry.author for entry in history(tx, "valley")] == [planner.id, ""]
    made, alone = (kept.add("Deux bus", {}, author) for author in (planner.id, "agent"))
    assert (made.author, made.author_name) == (planner.id, "Une planificatrice")
    assert (alone.author, alone.author_name) == ("agent", "")


def test_a_need_is_noted_without_a_name(desk, ground):
    lherm, cahors = (
        ground.territory.settlements_by_id[ground.territory.find_commune(name).insee].place
        for name in ("Lherm", "Cahors")
    )
    day = NOW.date() + timedelta(days=1)
    asked = Question(lherm, (cahors,), day, arrive_by=36000, errand="health", companions=1)
    note_nothing_found(desk.store, ground, asked.ride(), now=NOW)
    note_nothing_found(desk.store, ground, asked.ride(), now=NOW)
    with desk.store.reading() as tx:
        first, second = unmet_between(tx, day, day)
    assert (first.errand, first.people, first.reason) == ("health", 2, "nothing-found")
    assert first.request != second.request, "two people, two needs"
    with pytest.raises(MobilityError, match="same"):
        replace(asked, destinations=(lherm,)).ride()
