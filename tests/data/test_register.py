"""The register: every column is declared, what is personal leads to someone and goes by some rule."""

import ast

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table

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
