"""The register: every column is declared, what is personal leads to someone and goes by some rule."""

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table

from data.register import CONTACT, LINK, MAIL, NAME, PLAIN, WITH_PERSON, leads_to, undeclared
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
    table = Table("visits", MetaData(), Column("mail", String(80), info=info))
    (found,) = undeclared([table])
    assert told in found


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
    assert undeclared([persons, told]) == ["told.name holds 'name' and leads to nobody"]
