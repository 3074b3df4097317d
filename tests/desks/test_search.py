"""One search: persons by name or number, requests by theirs, places; to who may see them, and with a trace."""

from dataclasses import dataclass

from data.journal import journal_of
from desks.day.search import Found, Search
from desks.people.finding import persons_found
from desks.rides.finding import places_found, requests_found
from desks.rides.place_search import Places
from mobility.accounts import AGENT, PLANNER
from mobility.people import DRIVER, RIDER
from mobility.scope import EVERYTHING, Scope
from tests.conftest import NOW


@dataclass(frozen=True)
class Who:
    roles: frozenset = frozenset({AGENT})
    scope: Scope = EVERYTHING
    name: str = "Une agente"
    key: str = "agent"


def test_a_desk_in_trouble_hides_no_other():
    def broken(text, now, who):
        raise RuntimeError

    told = Search({"broken": broken, "well": lambda text, now, who: [Found("place", "1", text)]})
    found = told.find("  Lherm ", NOW, Who())
    assert [one.shown for one in found.found["well"]] == ["Lherm"]
    assert found.silent == ("broken",)
    assert told.find("   ", NOW, Who()).silent == ()


def test_more_than_is_shown_is_told():
    many = Search({"many": lambda text, now, who: [Found("place", str(n), "x") for n in range(40)]})
    found = many.find("x", NOW, Who())
    assert (len(found.found["many"]), found.cut) == (30, True)


def test_a_number_is_understood_however_it_is_typed(desk, people):
    rider = people.person(RIDER, "Lherm")
    for typed in ("0600000001", "06 00 00 00 01", "06.00.00.00.01", "+33 6 00 00 00 01", "0033600000001"):
        (found,) = persons_found(desk.store, typed, NOW, Who())
        assert (found.about, found.shown) == (rider, "Nom 1"), typed
    (unknown,) = persons_found(desk.store, "06 39 99 99 99", NOW, Who())
    assert (unknown.what, unknown.shown) == ("number", "0639999999")
    assert list(persons_found(desk.store, "06 00", NOW, Who())) == []


def test_a_name_is_found_by_the_beginning_of_each_word(desk, people):
    first, second = people.person(RIDER, "Lherm"), people.person(DRIVER, "Bach")
    assert {found.about for found in persons_found(desk.store, "nom", NOW, Who())} == {first, second}
    assert [found.about for found in persons_found(desk.store, "2 nom", NOW, Who())] == [second]
    assert list(persons_found(desk.store, "n", NOW, Who())) == []
    assert list(persons_found(desk.store, "om", NOW, Who())) == []


def test_who_looked_at_whom_stands_in_the_journal(desk, people):
    rider = people.person(RIDER, "Lherm")
    asked = people.asks("Lherm", "Cahors", rider=rider, structure="Maison de Lherm")
    assert asked.rider == rider
    for looker in (Who(), Who(key="another", scope=Scope.of(["Maison de Lherm"]))):
        for _ in range(2):
            assert list(persons_found(desk.store, "06 00 00 00 01", NOW, looker))
    with desk.store.reading() as tx:
        acts = [(act["who"], act["act"]) for act in journal_of(tx, [rider]) if act["act"] == "contact-seen"]
    assert sorted(acts) == [("agent", "contact-seen"), ("another", "contact-seen")]


def test_a_request_is_found_by_the_beginning_of_its_number(desk, people):
    asked = people.asks("Lherm", "Cahors")
    for typed in (asked.id, asked.id[:8], f"n° {asked.id[:8].upper()}"):
        assert [found.about for found in requests_found(desk, typed, NOW, Who())] == [asked.id], typed
    assert list(requests_found(desk, asked.id[:3], NOW, Who())) == []


def test_whose_name_was_seen_beside_a_number_of_a_request_stands_in_the_journal(desk, people):
    asked = people.asks("Lherm", "Cahors")
    for _ in range(2):
        assert [found.shown for found in requests_found(desk, asked.id, NOW, Who())] == ["Nom 1"]
    with desk.store.reading() as tx:
        acts = [act["who"] for act in journal_of(tx, [asked.rider]) if act["act"] == "requests-seen"]
    assert acts == ["agent"]


def test_nothing_of_another_structure_is_found_nor_anything_by_other_roles(desk, people):
    rider = people.person(RIDER, "Lherm")
    asked = people.asks("Lherm", "Cahors", rider=rider, structure="Maison de Vaylats")
    stranger = Who(scope=Scope.of(["Maison de Lherm"]))
    assert list(requests_found(desk, asked.id, NOW, stranger)) == []
    planner = Who(frozenset({PLANNER}))
    assert list(persons_found(desk.store, "nom 1", NOW, planner)) == []
    assert list(requests_found(desk, asked.id, NOW, planner)) == []


def test_places_are_found_by_any_of_their_names(installation):
    places = Places(installation.ground, installation.store, installation.feeds)
    assert next(places_found(places, "labastide marn")).shown == "Labastide-Marnhac"
    assert list(places_found(places, "06 39 10 00 01")) == []
