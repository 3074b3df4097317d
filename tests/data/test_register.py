"""The register: every column is declared, what is personal leads to someone and goes by some rule."""

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table

from data.register import (
    AGES,
    CONTACT,
    FOR_TRACE,
    ID,
    IN_TIME,
    LINK,
    MAIL,
    NAME,
    PLAIN,
    WITH_PERSON,
    WORDS,
    kept,
    leads_to,
    undeclared,
)  # fmt: skip
from data.schema import all_tables


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
