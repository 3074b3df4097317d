"""The anonymised copy: a store like the other, in which nobody of the other is to be found."""

from collections import Counter

import pytest
from sqlalchemy import JSON, String, insert, select

from data.anonymised import anonymised_copy
from data.people import add_person
from data.plan_schema import events, notices
from data.register import holds, road
from data.ride_schema import contacts, persons, unmet
from data.schema import all_tables
from data.store import Store
from mobility.disclosure import COPIED
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.filled_store import fill, mark_of, marks


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


HARMLESS = {"plain", "sensitive"}
"""What is in the copy as it was: what the register calls plain, and what is dealt out anew among the rows."""


def texts(*, harmless):
    """Every column that holds text, and what is found of each store's rows where one of its values is."""
    return {
        f"{column} of {suffix}": mark_of(column, suffix).encode()
        for table in all_tables() if not table.name.startswith("journal")
        for column in table.columns if isinstance(column.type, String | JSON) and column.name != "state"
        and not road(column) and (holds(column) in HARMLESS) is harmless
        for suffix in ("one", "two")
    }  # fmt: skip


def test_nothing_of_anyone_is_in_the_copy_and_every_table_is(store, tmp_path):
    fill(store, "one")
    fill(store, "two")
    counts = anonymised_copy(store, tmp_path / "copy.sqlite")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.sqlite"]
    kept = {table.name for table in all_tables()} - {"journal", "journal_chains"}
    assert counts == dict.fromkeys(kept, 2)
    written = (tmp_path / "copy.sqlite").read_bytes()
    assert [column for column, mark in texts(harmless=False).items() if mark in written] == []
    # The marks would be found: those of what is harmless are.
    assert [column for column, mark in texts(harmless=True).items() if mark not in written] == []
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    assert not {where for where in marks(copy, "one") if holds(column_of(where)) == "actor"}
    copy.close()


def column_of(where):
    table, _, name = where.partition(".")
    return all_tables()[0].metadata.tables[table].c[name]


def test_what_a_column_is_declared_to_hold_decides_and_not_how_it_looks(store, tmp_path):
    with store.writing() as tx:
        contact = Contact("06", "+33 6", "", "12 bis, chemin du 8 mai")
        add_person(tx, Newcomer(Person("", RIDER, "Passagère"), contact), now=NOW, by="desk")
    anonymised_copy(store, tmp_path / "copy.sqlite")
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with copy.reading() as tx:
        found = tx.execute(select(contacts)).one()
    assert found.name.startswith("Personne ")
    assert found.telephone.startswith("0639")
    assert found.address.endswith(" rue de l'Exemple")
    copy.close()


def test_what_agents_typed_for_everybody_is_in_no_copy(store, tmp_path):
    """A notice or the reason of a change may name someone, as any free text."""
    typed = {"title": "La boulangère de Lherm", "text": "Ne passe pas mardi", "reason": "Un deuil au bourg"}
    named = {"territory": "lot", "commune": "46171", "spot": "", "place": {}, "communes": [], "gravity": "calm"}
    at = dict.fromkeys(("begins", "ends", "starts", "created", "changed"), NOW)
    made = {"id": "n", "uid": "e", "author": "agent", "sequence": 0, "status": "CONFIRMED", **named, **at, **typed}
    with store.writing() as tx:
        for table in (notices, events):
            tx.execute(insert(table).values({name: made[name] for name in table.columns.keys() & made.keys()}))
    anonymised_copy(store, tmp_path / "copy.sqlite")
    written = (tmp_path / "copy.sqlite").read_bytes()
    assert [name for name, words in typed.items() if words.encode() in written] == []


def test_a_commune_is_told_where_many_live_and_of_no_more_than_a_multiple_of_them(store, tmp_path):
    lived = {"46042": 2 * COPIED.k + 3, "46171": COPIED.k, "46128": COPIED.k - 1}
    with store.writing() as tx:
        for commune, count in lived.items():
            for number in range(count):
                person = Person("", RIDER, f"{commune} {number}", commune)
                add_person(tx, Newcomer(person, Contact()), now=NOW, by="desk")
        asked = {"request": "r", "day": NOW.date(), "purpose": "health", "reason": "no-driver", "change": {}}
        tx.execute(insert(unmet).values(id="u", origin="46042", destination="46128", created=NOW, **asked))
    anonymised_copy(store, tmp_path / "copy.sqlite")
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with copy.reading() as tx:
        told = Counter(tx.execute(select(persons.c.commune)).scalars())
        need = tx.execute(select(unmet)).one()
    assert told == {"46042": 2 * COPIED.k, "46171": COPIED.k, "": 3 + COPIED.k - 1}
    assert (need.origin, need.destination) == ("46042", "")
    copy.close()


def test_who_belongs_together_still_does(store, tmp_path):
    with store.writing() as tx:
        for number in range(3):
            contact = Contact(f"Nom {number}", "0565000000", f"p{number}@example.org", "2 rue du Port")
            add_person(tx, Newcomer(Person("", RIDER, f"Alias {number}", "46042"), contact), now=NOW, by="desk")
    anonymised_copy(store, tmp_path / "copy.sqlite")
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    tables = all_tables()[0].metadata.tables
    with copy.reading() as tx:
        persons = tx.execute(select(tables["persons"])).all()
        contacts = tx.execute(select(tables["contacts"])).all()
    assert {row.id for row in persons} == {row.person for row in contacts}
    assert len({row.telephone for row in contacts}) == 1
    assert len({row.name for row in contacts}) == len({row.mail for row in contacts}) == 3
    assert {row.commune for row in persons} == {""}
    assert all(row.created.date() < NOW.date() for row in persons)
    copy.close()
