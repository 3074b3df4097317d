"""Persons found by name, number and sound, and the people of one landline told apart; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text, update

from data.people import add_person, aliases_of, household_of, names_of, person_called
from data.person_search import search_persons
from data.personal import correct_person
from data.ride_records import add_offer, add_request
from data.ride_schema import persons
from data.store import Store
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place, Point
from mobility.rides import REGULAR, RideOffer, RideRequest
from mobility.scope import Scope
from tests.conftest import NOW
from tests.fixtures_former import load_former

HOME = "0565000000"


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def add(store, name, telephone="", *, kind=RIDER, structure=""):
    with store.writing() as tx:
        newcomer = Newcomer(Person("", kind, f"{kind} de Lherm", "46171", structure), Contact(name, telephone))
        return add_person(tx, newcomer, now=NOW, by="test").id


def found(store, text):
    with store.reading() as tx:
        return [(person.name, person.exact) for person in search_persons(tx, text)]


@pytest.fixture
def village(store):
    for name, number in (
        ("Mme Hélène Vaysse", HOME), ("Jean-Pierre de La Tour", "0639980001"), ("Dupond Marie", "0639980002"),
        ("Jean Dupont", "0639980003"), ("", "0639980004"),
    ):  # fmt: skip
        add(store, name, number)
    return store


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vaysse", [("Mme Hélène Vaysse", True)]),
        ("VAISSE Helene", [("Mme Hélène Vaysse", False)]),
        ("Éléne", [("Mme Hélène Vaysse", False)]),
        ("tour", [("Jean-Pierre de La Tour", True)]),
        ("jean p", [("Jean-Pierre de La Tour", True)]),
        ("dupont", [("Jean Dupont", True), ("Dupond Marie", False)]),
        ("dupont marie", [("Dupond Marie", False)]),
        ("05 65 00 00 00", [("Mme Hélène Vaysse", True)]),
        ("+33 6 39 98 00 03", [("Jean Dupont", True)]),
        ("980003", [("Jean Dupont", False)]),
        ("12", []),
        ("", []),
        ("% _", []),
    ],
)
def test_someone_is_found_by_name_number_and_sound(village, text, names):
    assert found(village, text) == names


def test_a_name_that_was_put_right_is_found_by_the_new_one_alone(village):
    with village.writing() as tx:
        (one,) = search_persons(tx, "vaysse")
        correct_person(tx, one.person.id, {"name": "Hélène Lacaze"})
    assert found(village, "vaysse") == []
    assert found(village, "lacaze") == [("Hélène Lacaze", True)]


def test_who_is_of_another_structure_is_not_found(store):
    add(store, "Hélène Vaysse", HOME, structure="A")
    with store.within(Scope.of(["B"])).reading() as tx:
        assert search_persons(tx, "vaysse") == search_persons(tx, HOME) == []
    with store.within(Scope.of(["A"])).reading() as tx:
        assert len(search_persons(tx, "vaysse")) == 1


def test_many_of_another_structure_do_not_hide_ones_own(store):
    for number in range(8):
        add(store, "Hélène Vaysse", f"06399800{number:02}", structure="A")
    own = add(store, "Hélène Vaysse", "0639980099", structure="B")
    for number in range(8, 16):
        add(store, "Hélène Vaysse", f"06399800{number:02}", structure="A")
    with store.within(Scope.of(["B"])).reading() as tx:
        for text in ("vaysse", "06 39 98 00"):
            assert [one.person.id for one in search_persons(tx, text, limit=2)] == [own]


def test_those_of_the_former_version_are_found(bare_database):
    load_former(bare_database)
    store = Store(bare_database)
    assert {name for name, _ in found(store, "passagere bourg")} == {"La passagère du bourg"}
    store.close()


def test_the_people_of_a_landline_are_told_apart(store):
    one, other = add(store, "Hélène Vaysse", HOME), add(store, "Paul Vaysse", HOME)
    drives = add(store, "VAYSSE Paul", HOME, kind=DRIVER)
    with store.reading() as tx:
        assert [person_called(tx, HOME, name).id for name in ("Mme Vaisse Hélène", "Paul Vaysse")] == [one, other]
        assert person_called(tx, HOME, "Paul", DRIVER).id == drives
        assert person_called(tx, HOME, "Lucie Vaysse") is None
        assert person_called(tx, HOME, "") is None
        # Who rides and drives is one human being.
        assert {person.id for person, _ in household_of(tx, HOME)} == {one, other}


def test_who_sounds_like_another_of_the_house_is_not_taken_for_them(store):
    one = add(store, "André Vaysse", HOME)
    with store.reading() as tx:
        assert person_called(tx, HOME, "Andrée Vaysse") is None
    other = add(store, "Andrée Vaysse", HOME)
    with store.reading() as tx:
        assert [person_called(tx, HOME, name).id for name in ("ANDRE VAYSSE", "Mme Andrée Vaysse")] == [one, other]
        assert {person.id for person, _ in household_of(tx, HOME)} == {one, other}


def test_the_name_of_a_family_is_none_of_theirs(store):
    add(store, "Hélène Vaysse", HOME)
    add(store, "Paul Vaysse", HOME)
    with store.reading() as tx:
        assert person_called(tx, HOME, "Mme Vaysse") is None


def test_a_number_without_a_name_is_of_whoever_has_it(store):
    one = add(store, "", HOME)
    with store.reading() as tx:
        assert person_called(tx, HOME, "Hélène Vaysse").id == one
        assert person_called(tx, HOME, "").id == one
        assert person_called(tx, "0565999999", "Hélène Vaysse") is None


def test_persons_in_the_pool_are_not_crowded_out_by_other_structures(store):
    add(store, "Marie Volontaire", kind=DRIVER, structure="B")
    add(store, "Marie Vaysse", structure="A")
    for _ in range(4):
        add(store, "Marie Roux", structure="B")
    with store.within(Scope.of(["A"])).reading() as tx:
        assert {one.name for one in search_persons(tx, "marie", limit=2)} == {"Marie Volontaire", "Marie Vaysse"}


def test_who_is_known_by_what_they_asked_or_offered_is_not_crowded_out(store):
    home, town = Place("lherm", "Lherm", Point(1.24, 44.53)), Place("cahors", "Cahors", Point(1.44, 44.45))
    asking, driving = add(store, "Marie Faure", structure="B"), add(store, "Marie Costes", structure="B")
    for _ in range(4):
        add(store, "Marie Roux", structure="B")
    with store.writing() as tx:
        # Not seen for longer than the others of their name: nothing else brings them to the front.
        tx.execute(update(persons).where(persons.c.id.in_([asking, driving])).values(seen=NOW - timedelta(days=9)))
        add_request(tx, RideRequest("", asking, NOW.date(), home, town, 36_000.0, structure="A"), now=NOW)
        offer = RideOffer("", driving, REGULAR, home, town, 28_800.0, 36_000.0, frozenset({1}))
        add_offer(tx, offer, now=NOW)
    with store.within(Scope.of(["A"])).reading() as tx:
        assert {one.name for one in search_persons(tx, "marie", limit=2)} == {"Marie Faure", "Marie Costes"}


def test_who_is_called_so_fills_the_list_before_who_sounds_so(store):
    for name in ("Dupond", "Dupont", "Dupont", "Dupond"):
        add(store, name, structure="A")
    asked = []
    with store.within(Scope.of(["A"])).reading() as tx:
        event.listen(tx, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert [one.exact for one in search_persons(tx, "dupont", limit=3)] == [True, True, False]
        assert any("sound" in statement for statement in asked)
        asked.clear()
        assert [one.exact for one in search_persons(tx, "dupont", limit=2)] == [True, True]
        assert not any("sound" in statement for statement in asked)


def test_who_is_not_there_is_looked_for_and_no_more(store):
    add(store, "Dupont", structure="A")
    asked = []
    with store.within(Scope.of(["A"])).reading() as tx:
        event.listen(tx, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert search_persons(tx, "vaysse") == []
        assert len(asked) == 2


def test_no_statement_is_compiled_by_the_database(store):
    with store.reading() as tx:
        if tx.dialect.name == "postgresql":
            assert tx.execute(text("SHOW jit")).scalar_one() == "off"


def test_the_names_of_many_are_one_question(store):
    named, nameless, driver = add(store, "Marie Vaysse"), add(store, ""), add(store, "Marie Roux", kind=DRIVER)
    other, asked = add(store, "Marie Roux", structure="B"), []
    with store.within(Scope.of(["A"])).reading() as tx:
        event.listen(tx, "before_cursor_execute", lambda *told: asked.append(told[2]))
        known = {named: "Marie Vaysse", nameless: f"{RIDER} de Lherm", driver: "Marie Roux", other: "", "gone": ""}
        assert names_of(tx, iter(known)) == known
        known |= {named: f"{RIDER} de Lherm", driver: f"{DRIVER} de Lherm"}
        assert aliases_of(tx, iter(known)) == known
        assert len(asked) == 2
