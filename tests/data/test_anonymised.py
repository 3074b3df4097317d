"""The anonymised copy: a store like the other, in which nobody of the other is to be found."""

import pytest
from sqlalchemy import select

from data.anonymised import anonymised_copy
from data.people import add_person
from data.register import PERSONAL, holds
from data.schema import all_tables
from data.store import Store
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.filled_store import fill, marks


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def test_nothing_of_anyone_is_in_the_copy_and_every_table_is(store, tmp_path):
    fill(store, "one")
    fill(store, "two")
    counts = anonymised_copy(store, tmp_path / "copy.sqlite")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.sqlite"]
    kept = {table.name for table in all_tables()} - {"journal", "journal_chains"}
    assert counts == dict.fromkeys(kept, 2)
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    told = {
        f"{table.name}.{column.name}" for table in all_tables() for column in table.columns
        if holds(column) in PERSONAL - {"sensitive", "when"} | {"secret", "id", "link"}
    }  # fmt: skip
    assert not (marks(copy, "one") | marks(copy, "two")) & told
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
