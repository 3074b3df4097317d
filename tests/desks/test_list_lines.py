"""What the lines of lists became is remembered: whatever is done meanwhile, the same file adds nothing."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import select

from data.merges import merges_of
from data.people import all_persons, read_contact
from data.personal import correct_person, erase_person, export_person
from data.ride_records import active_offers, offers_of, requests_of, set_request_state, withdraw_offer
from data.ride_schema import list_lines
from data.store import Store
from desks.people.merging import merge, undo
from mobility.people import DRIVER, RIDER
from mobility.scope import Scope
from tests.conftest import NOW
from tests.desks.test_lists import looked, reader, taken  # noqa: F401
from tests.fixtures_rides import TOMORROW
from webapp.words.imports import fault_words

HOME = "0639100011"


def asking(*people, hour=10):
    """A list of requests: of each a name and a number ("" for none)."""
    lines = "".join(f"{name};{number};Lherm;Cahors;{TOMORROW};{hour}:00\n" for name, number in people)
    return f"nom;téléphone;de;vers;jour;arriver à\n{lines}"


def driving(*people):
    """A list of volunteers."""
    lines = "".join(f"{name};{number};Lherm;8h;12h;mardi\n" for name, number in people)
    return f"nom;téléphone;commune;début;fin;jours\n{lines}"


def kept(desk):
    """How many persons, requests and offers there are."""
    with desk.store.reading() as tx:
        people = [person.id for person in all_persons(tx)]
        return len(people), len(requests_of(tx, *people)), len(offers_of(tx, *people))


def corrected(desk, person, **values):
    with desk.store.writing() as tx:
        correct_person(tx, person, values)


def only(desk):
    with desk.store.reading() as tx:
        (person,) = all_persons(tx)
    return person.id


@pytest.mark.parametrize("values", [{"name": "Jeanne Lacaze"}, {"telephone": "0639100099"}, {"telephone": ""}])
def test_whoever_is_put_right_is_known_by_the_former_name_and_number_too(reader, values):  # noqa: F811
    text = asking(("Jeanne Durant", HOME))
    taken(reader, text, "requests")
    corrected(reader.desk, only(reader.desk), **values)
    assert taken(reader, text, "requests").taken == 0
    assert kept(reader.desk) == (1, 1, 0)
    # Another ride under the former name is one more of theirs.
    assert taken(reader, asking(("DURANT Jeanne", HOME), hour=15), "requests").taken == 1
    assert kept(reader.desk) == (1, 2, 0)


def test_who_rides_and_drives_in_one_file_is_known(reader, people):  # noqa: F811
    text = asking(("Jeanne Durant", HOME))
    taken(reader, text, "requests")
    rider, driver = only(reader.desk), people.person(DRIVER, "Lherm", telephone=HOME)
    corrected(reader.desk, driver, name="Jeanne Durant")
    merge(reader.desk.store, rider, driver, now=NOW, who="test")
    assert taken(reader, text, "requests").taken == 0
    assert taken(reader, asking(("Jeanne Durant", HOME), hour=15), "requests").taken == 1
    assert kept(reader.desk) == (1, 2, 0)


def test_a_double_that_a_list_made_is_not_made_again(reader, people):  # noqa: F811
    known = people.person(RIDER, "Lherm", telephone="0639100012")
    text = asking(("Jeanne Durant", HOME))
    taken(reader, text, "requests")
    with reader.desk.store.reading() as tx:
        (double,) = [person.id for person in all_persons(tx) if person.id != known]
    made = merge(reader.desk.store, known, double, now=NOW, who="test")
    assert taken(reader, text, "requests").taken == 0
    undo(reader.desk.store, known, made, now=NOW, who="test")
    assert taken(reader, text, "requests").taken == 0
    assert kept(reader.desk) == (2, 1, 0)
    taken(reader, asking(("Jeanne Durant", HOME), hour=15), "requests")
    with reader.desk.store.reading() as tx:
        assert (len(requests_of(tx, double)), len(requests_of(tx, known))) == (2, 0)


def test_lists_know_whom_the_telephone_knows(reader, people):  # noqa: F811
    corrected(reader.desk, people.person(RIDER, "Lherm", telephone=HOME), name="Jeanne Durant")
    text = asking(*((name, HOME) for name in ("Mme Durant Jeanne", "Jeanne DURAND", "Durant Paul")))
    look = looked(reader, text, "requests")
    assert (len(look.good), look.known) == (3, 1)
    assert taken(reader, text, "requests").taken == 2
    assert kept(reader.desk) == (2, 2, 0)


def test_a_household_stays_apart(reader):  # noqa: F811
    people = ("M. Durant", "Mme Durant", "Hélène Vaysse", "Paul Vaysse", "André Roux", "Andrée Roux")
    assert taken(reader, asking(*((name, HOME) for name in people)), "requests").taken == 6
    assert kept(reader.desk) == (6, 6, 0)


def test_a_name_that_several_of_a_household_have_is_asked_for(reader):  # noqa: F811
    taken(reader, asking(("Hélène Vaysse", HOME), ("Paul Vaysse", HOME)), "requests")
    family = asking(("Vaysse", HOME), hour=15)
    look = looked(reader, family, "requests")
    assert ([fault.code for fault in look.faults], look.refused, look.good) == (["which-of-household"], 1, ())
    assert fault_words(look.faults[0], {}, {}, file="", sheet="").endswith(
        "Plusieurs personnes de ce numéro peuvent s'appeler « Vaysse ». Écrivez aussi le prénom."
    )
    report = taken(reader, family, "requests")
    assert (report.taken, report.refused) == (0, 1)
    assert kept(reader.desk) == (2, 2, 0)


def test_the_name_of_a_family_is_that_of_the_first_who_tells_more(reader):  # noqa: F811
    taken(reader, asking(*((name, HOME) for name in ("Vaysse", "Hélène Vaysse", "Paul Vaysse"))), "requests")
    with reader.desk.store.reading() as tx:
        assert {read_contact(tx, person.id).name for person in all_persons(tx)} == {"Vaysse", "Paul Vaysse"}


def test_of_whom_is_erased_no_line_is_remembered(reader):  # noqa: F811
    text = asking(("Jeanne Durant", HOME))
    taken(reader, text, "requests")
    with reader.desk.store.writing() as tx:
        told = export_person(tx, only(reader.desk), lambda *_: None)["list_lines"]
        assert [set(line) for line in told] == [{"person", "at"}] * 2
        erase_person(tx, only(reader.desk))
        assert not tx.execute(select(list_lines)).all()
    assert taken(reader, text, "requests").taken == 1


def test_what_one_structure_was_told_is_no_other_structures(reader):  # noqa: F811
    text = asking(("Jeanne Durant", HOME))
    for count, structure in enumerate(("A", "B"), 1):
        own = replace(reader, desk=reader.desk.within(Scope.of([structure])))
        assert (taken(own, text, "requests").taken, taken(own, text, "requests").taken) == (1, 0)
        assert kept(reader.desk)[:2] == (count, count)


def test_a_line_is_remembered_by_a_hash_that_the_key_alone_makes(reader, database):  # noqa: F811
    text = asking(("Jeanne Durant", HOME))
    taken(reader, text, "requests")
    with reader.desk.store.reading() as tx:
        before = tx.execute(select(list_lines)).all()
        erased = str(before)
    assert not [told for told in ("Durant", "durant", HOME) if told in erased]
    sealed = Store(database, seal_key=b"another key")
    taken(replace(reader, desk=replace(reader.desk, store=sealed)), text, "requests")
    with sealed.reading() as tx:
        digests = {row.digest for row in tx.execute(select(list_lines))}
    sealed.close()
    assert len(digests) == 4
    assert kept(reader.desk) == (1, 1, 0)


def some_act(desk, chance, people):
    """Do something at the desk that may happen between two files."""
    with desk.store.reading() as tx:
        everyone = [person.id for person in all_persons(tx)]
        one, other = chance.choice(everyone), chance.choice(everyone)
        undoable = merges_of(tx, one, now=NOW)
        asked, offered = requests_of(tx, one), active_offers(tx)
    act = chance.choice(("name", "number", "merge", "merge", "undo", "cancel", "withdraw", "open"))
    if act == "name":
        corrected(desk, one, name=chance.choice(("Jeanne Durand", "Paul Roux", "Durant", "Autre Nom", "")))
    elif act == "number":
        corrected(desk, one, telephone=chance.choice((HOME, "0565000000", "")))
    elif act == "merge" and one != other:
        merge(desk.store, one, other, now=NOW, who="test")
    elif act == "undo" and undoable:
        undo(desk.store, one, chance.choice(undoable).id, now=NOW, who="test")
    elif act == "open":
        people.person(chance.choice((RIDER, DRIVER)), "Lherm", telephone=chance.choice((HOME, "0639100012")))
    elif (act == "cancel" and asked) or (act == "withdraw" and offered):
        with desk.store.writing() as tx:
            if act == "cancel":
                set_request_state(tx, asked[0].id, "cancelled")
            else:
                withdraw_offer(tx, chance.choice(offered).id)


def added_again(reader, people, seed):  # noqa: F811
    """Take two lists in, do whatever may be done, and take them in again; return what that added."""
    chance = random.Random(seed)
    known = [("Jeanne Durant", HOME), ("Paul Durant", HOME), ("Mme Roux", "0639100012"), ("Sans Numéro", "")]
    files = [(asking(*known), "requests"), (driving(*known[1:]), "drivers")]
    for text, subject in files:
        taken(reader, text, subject)
    for _ in range(chance.randint(1, 12)):
        some_act(reader.desk, chance, people)
    before = kept(reader.desk)
    reports = [taken(reader, text, subject) for text, subject in files]
    return [report.taken for report in reports], kept(reader.desk) == before


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_meanwhile_the_same_files_add_nothing(reader, people, seed):  # noqa: F811
    assert added_again(reader, people, seed) == ([0, 0], True)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(3, 40))
def test_whatever_else_is_done_meanwhile_the_same_files_add_nothing(reader, people, seed):  # noqa: F811
    assert added_again(reader, people, seed) == ([0, 0], True)
