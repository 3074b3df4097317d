"""The copy of someone's data as it is read: whatever the register calls personal has a French name in it."""

import pytest
from sqlalchemy import JSON, String, update

from data.account_holders import export_account
from data.account_schema import grants
from data.personal import export_person
from data.register import PERSONAL, holds
from data.schema import all_tables
from data.store import Store
from mobility.accounts import AGENT
from mobility.clock import ZONE
from mobility.messages import Text
from tests.filled_store import AT, fill, mark_of
from webapp.exports.data_copy import write_data_copy
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


ODD = (
    "2025-02-29", "2026-02-28", "2026-02-30T25:00", "2026-12-08T10:00:00Z", "0000-00-00", "deadbeef0123", "#panic(1)",
    "*gras* _souligné_ `x` $1/0$ @note <titre> \\", "<script>alert(1)</script>", "= Titre\n- liste",
    "🚐👩‍🦽", "עברית العربية", "\u202erenversé\u2066", "ẍ̴͓", "\x07\x1b[1m", "\ue000\ufffe", " ", "-1",
)  # fmt: skip
"""What may stand in any text that people type, or that other machines send."""


def typed(table):
    """The columns of a table that hold text, and those that hold documents."""
    columns = [column for column in table.columns if column.name in labels().get(table.name, ())]
    texts = [column for column in columns if isinstance(column.type, String)]
    return texts, [column for column in columns if isinstance(column.type, JSON) and column.table.name != "merges"]


def odd_rows(table):
    texts, documents = typed(table)
    for odd in ODD:
        row = {column.name: odd for column in texts}
        yield row | {column.name: {"said": odd, "list": [odd]} for column in documents}


def test_any_text_is_printed(filled):
    tables = [table for table in all_tables() if table.name in labels()]
    document = {table.name: list(odd_rows(table)) for table in tables if table.name != "journal"}
    document["journal"] = [{"at": AT, "who": odd, "act": odd, "why": odd, "name": odd} for odd in ODD]
    document["outbox"] = [{"at": AT, "purpose": odd, "state": odd, "text": odd} for odd in ODD]
    document["merges"] = [{
        "name": odd, "at": AT, "until": AT,
        "moved": {"steps": [{"table": "contacts", "row": {"name": odd, "address": odd}}], "said": odd},
    } for odd in ODD]  # fmt: skip
    document["contacts"] += [{"name": "à" * 10_000, "address": "12 rue " * 1_500}]
    printed = write_data_copy(document, AROUND, telephone="", title="Lot", printed=AT.date())
    assert printed.startswith(b"%PDF")
    assert b"/MarkInfo" in printed


@pytest.mark.parametrize("odd", ["2025-02-29", "2026-02-28", "2026-12-08T10:00:00Z", "deadbeef0123"])
def test_what_someone_typed_is_read_as_they_typed_it(odd):
    document = {"contacts": [{"name": odd, "address": odd}], "requests": [{"proof": odd}]}
    told = [value for section in told_sections(document, AROUND) for row in section.records for _, value in row]
    assert told == [odd] * 3


def test_days_of_a_file_that_was_taken_over_are_days():
    step = {
        "table": "requests",
        "row": {"day": "2026-12-08", "proof": "2026-02-30", "created": "2026-12-01T09:00:00+00:00"},
    }
    document = {"merges": [{"name": "Roux", "moved": {"steps": [step]}, "at": AT, "until": AT}]}
    told = str(told_sections(document, AROUND)).replace("\\xa0", " ")
    assert all(words in told for words in ("mardi 8 décembre 2026", "2026-02-30", "mardi 1er décembre 2026 à 10 h"))


def test_a_document_of_another_machine_is_read_where_it_can_be():
    document = {"partner_bookings": [{"document": {"on": "2026-12-08", "at": "2026-02-30T10:00:00", "id": "x"}}]}
    ((_, told),) = told_sections(document, AROUND)[0].records[0]
    assert told.replace("\xa0", " ") == "mardi 8 décembre 2026 ; 2026-02-30T10:00:00"
