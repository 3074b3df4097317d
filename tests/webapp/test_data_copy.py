"""The copy of someone's data as it is read: whatever the register calls personal has a French name in it."""

import pytest
from sqlalchemy import update

from data.account_holders import export_account
from data.account_schema import grants
from data.personal import export_person
from data.register import PERSONAL, holds
from data.schema import all_tables
from data.store import Store
from mobility.accounts import AGENT
from mobility.clock import ZONE
from mobility.messages import Text
from tests.filled_store import fill, mark_of
from webapp.words.handed_over import Around, labels, told_sections

AROUND = Around({}, {}, ZONE)


@pytest.fixture
def filled(database):
    store = Store(database)
    made = fill(store, "x")
    with store.writing() as tx:
        tx.execute(update(grants).values(role=AGENT))
    yield store, made
    store.close()


def copies(filled):
    store, made = filled
    with store.writing() as tx:
        for export, table in ((export_person, "persons"), (export_account, "accounts")):
            yield export(tx, made[table]["id"], lambda _tx, _message: Text("title", "words of a message"))


def test_every_personal_column_of_the_copy_has_a_french_name(filled):
    for document in copies(filled):
        tables = {**document, **document.get("made", {})}
        missing = [
            f"{table.name}.{column.name}" for table in all_tables() for row in tables.get(table.name, ())
            for column in table.columns
            if column.name in row and holds(column) in PERSONAL and column.name not in labels().get(table.name, {})
        ]  # fmt: skip
        assert not missing


def test_what_is_personal_is_read_and_no_identifier_is(filled):
    _, made = filled
    known = {column for table in all_tables() for column in table.columns}
    for document in copies(filled):
        tables = {**document, **document.get("made", {})}
        words = str(told_sections(document, AROUND))
        for column in known:
            row = next(iter(tables.get(column.table.name, ())), {})
            said = row.get(column.name)
            if isinstance(said, str) and holds(column) == "name":
                assert said in words, column
            if holds(column) in {"id", "secret"} and isinstance(made[column.table.name][column.name], str):
                assert mark_of(column, "x") not in words, column


def test_days_and_codes_are_read_in_french():
    document = {
        "persons": [{"kind": "rider", "alias": "Une habitante de Lherm", "commune": "46171", "seen": None}],
        "requests": [{
            "day": "2026-12-08", "origin": {"id": "46171", "name": "Lherm", "lon": 1.2, "lat": 44.5},
            "arrive_by": 36000, "wishes": ["wheelchair"], "errand": "health", "state": "done", "id": "3f2a9b11c0de",
        }],
        "journal": [{"at": None, "who": "desk", "act": "request-taken", "why": "", "name": "", "erased": False}],
    }  # fmt: skip
    sections = {s.title: s.records for s in told_sections(document, Around({"46171": "Lherm"}, {}, ZONE))}
    assert sections["Qui vous êtes"] == [
        [("Rôle", "Passager"), ("Nom montré aux autres", "Une habitante de Lherm"), ("Commune", "Lherm")]
    ]
    (asked,) = sections["Vos demandes"]
    assert [value.replace("\xa0", " ") for _, value in asked] == [
        "mardi 8 décembre 2026", "Lherm", "10 h", "Fauteuil pliant", "Santé", "Faite",
    ]  # fmt: skip
    assert sections["Ce qui a été noté à votre sujet, et quand"] == [
        [("Qui", "le bureau"), ("Quoi", "a enregistré la demande")]
    ]
