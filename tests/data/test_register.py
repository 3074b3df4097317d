"""The register: every column is declared, what is personal leads to someone and goes by some rule."""

import ast

import pytest
from sqlalchemy import JSON, Column, ForeignKey, MetaData, String, Table

from data.purging import SPARED
from data.register import (
    AGES,
    CONTACT,
    FOR_TRACE,
    ID,
    IN_TIME,
    LINK,
    MAIL,
    NAME,
    PEOPLE,
    PLAIN,
    WITH_PERSON,
    WORDS,
    holds,
    is_chained,
    kept,
    leads_to,
    noted,
    spared,
    undeclared,
)  # fmt: skip
from data.schema import all_tables
from tests.conftest import ROOT
from webapp.words.journal import ACTS


def test_every_column_of_the_store_is_declared():
    assert undeclared(all_tables()) == []


SAYS_NOTHING = {
    "whose the record is: a structure or a territory, as an administrator declared it, never typed with the record": {
        "calendars.territory", "calls.structure", "consents.whom", "events.territory", "grants.structure",
        "grants.territory", "import_shapes.structure", "journal.structure", "journal_chains.structure",
        "notices.territory", "outbox.structure", "outbox.to_structure", "persons.structure", "requests.structure",
        "scenarios.territory", "structures.name", "unmet.structure",
    },
    "one of a few words of the program, the same whatever somebody needs": {
        "calls.kind", "calls.state", "consents.how", "consents.what", "events.status", "grants.role",
        "import_files.subject", "jobs.kind", "jobs.stage", "jobs.state", "journal.act", "matched_rides.answer",
        "matched_rides.half", "matches.rider_answer", "matches.state", "notices.gravity", "offers.kind",
        "outbox.channel", "outbox.purpose", "outbox.state", "partner_bookings.status", "persons.kind",
        "requests.state",
    },
    "a word of the program and the code or the kind of failure of a server, never its sentence": {"outbox.trouble"},
    "public: a stop of the bus, a commune, a feed's line, as published": {
        "events.commune", "events.place", "events.spot", "events.uid", "notices.communes", "notices.feed",
        "notices.line", "notices.line_name",
    },
    "the name of a platform in the settings": {"partner_bookings.operator"},
    "numbers of columns by their subject": {"import_shapes.columns"},
    "values and bounds of a search, by the second": {"jobs.curve"},
    "a process of this service": {"jobs.worker"},
    "a keyed hash over opaque identifiers": {
        "journal.seal", "journal_chains.anchor", "journal_chains.head", "journal_chains.seal",
    },
}  # fmt: skip
"""Every column of text or a document that is declared to say nothing of anyone, by why it does not."""


def test_a_text_that_says_nothing_of_anyone_says_why():
    plain = {
        f"{table.name}.{column.name}"
        for table in all_tables() for column in table.columns
        if holds(column) == "plain" and isinstance(column.type, String | JSON)
    }  # fmt: skip
    assert plain == set().union(*SAYS_NOTHING.values())
    assert sum(map(len, SAYS_NOTHING.values())) == len(plain)


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({}, "says nothing of what it holds"),
        ({"holds": "hearsay"}, "says nothing of what it holds"),
        (CONTACT | WITH_PERSON, "by which way"),
        (MAIL, "never goes"),
        (NAME | WITH_PERSON, "leads to nobody"),
    ],
)
def test_a_column_that_is_not_declared_is_named(info, told):
    table = Table("visits", MetaData(), Column("mail", String(80), info=info), info=kept("an example"))
    (found,) = undeclared([table])
    assert told in found


@pytest.mark.parametrize("by_age", [WORDS | IN_TIME, {"holds": "actor"} | FOR_TRACE])
def test_what_goes_by_its_age_has_a_clock(by_age):
    def faults(clock, **info):
        columns = (Column("text", String(80), info=by_age), Column("at", String(80), info=PLAIN | clock))
        return undeclared([Table("visits", MetaData(), *columns, **info)])

    assert faults(AGES) == []
    assert faults({}, info=kept("an example")) == ["visits.text goes by an age that no clock tells"]


def test_a_table_of_nobody_has_a_clock_or_says_why_it_stays():
    def faults(clock=PLAIN, **info):
        return undeclared([Table("visits", MetaData(), Column("id", String(32), info=ID | clock), **info)])

    assert faults() == faults(info=kept("")) == ["visits leads to nobody and never goes"]
    assert faults(AGES) == faults(info=kept("an example")) == []


def test_a_road_may_lead_over_other_tables_and_without_a_key():
    tables = MetaData()
    persons = Table("persons", tables, Column("id", String(32), primary_key=True, info=PLAIN))
    visits = Table(
        "visits", tables, Column("id", String(32), primary_key=True, info=PLAIN),
        Column("person", String(32), ForeignKey("persons.id"), info=LINK),
    )  # fmt: skip
    told = Table(
        "told", tables, Column("visit", String(32), info=leads_to("visits")),
        Column("name", String(32), info=NAME | WITH_PERSON),
    )  # fmt: skip
    assert undeclared([persons, visits, told]) == []
    assert undeclared([persons, told]) == [
        "told.name holds 'name' and leads to nobody", "told leads to nobody and never goes",
    ]  # fmt: skip


READERS = ("account_holders", "anonymised", "belongings", "personal", "purging")


@pytest.mark.parametrize("name", READERS)
def test_whoever_reads_the_register_tells_no_table_from_others_by_its_name(name):
    tables = {table.name for table in all_tables()} - {*PEOPLE}
    for node in ast.walk(ast.parse((ROOT / "data" / f"{name}.py").read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Compare):
            continue
        told = {
            one.value
            for part in (node.left, *node.comparators)
            for one in ast.walk(part)
            if isinstance(one, ast.Constant)
        }
        assert not told & tables, f"line {node.lineno} of {name} names a table"
        same = isinstance(node.ops[0], ast.Is) and isinstance(node.comparators[0], ast.Name)
        assert not same, f"line {node.lineno} of {name} asks which table it is"


def test_what_is_peculiar_to_a_table_is_declared_with_it():
    tables = {table.name: table for table in all_tables()}
    assert {name for name, table in tables.items() if is_chained(table)} == {"journal", "journal_chains"}
    assert {spared(table) for table in tables.values()} - {""} == set(SPARED)
    assert {noted(table) for table in tables.values()} - {""} < set(ACTS)
    assert all((spared(tables["accounts"]), noted(tables["accounts"])))
