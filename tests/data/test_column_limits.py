"""What a column cannot hold is refused before it is sent, on either database in the same words."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import JSON, DateTime, Float, Integer, String, select, update

from data.schema import all_tables
from data.store import Store
from mobility.errors import MobilityError
from tests.filled_store import fill

UNFIT = {
    "text": ["a\0b", "a\ud800"],
    "number": [2**31, 2**63, 10**30, -(10**30)],
    "float": [float("nan"), float("inf")],
    "instant": [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 6, 1)],
    "document": [{"a": float("nan")}, ["a\0"], {"\ud800": 1}, {"a": [{"b": float("-inf")}]}],
}


def unfit(column):
    """Values that a column cannot hold."""
    if isinstance(column.type, JSON):
        return UNFIT["document"]
    if isinstance(column.type, String):
        longest = [("é" * (column.type.length + 1))] if column.type.length else []
        return UNFIT["text"] + longest
    if isinstance(column.type, Float | DateTime):
        return UNFIT["float" if isinstance(column.type, Float) else "instant"]
    return UNFIT["number"] if isinstance(column.type, Integer) and column.type.python_type is int else []


def test_every_column_refuses_what_it_cannot_hold(database):
    store, tried = Store(database), 0
    fill(store, "one")
    for table in all_tables():
        for column in table.columns:
            for value in unfit(column):
                with pytest.raises(MobilityError) as refused, store.writing() as tx:
                    tx.execute(update(table).values({column.name: value}))
                assert refused.value.code in {"too-long", "unfit-number", "unfit-instant", "unreadable"}, (
                    column,
                    value,
                )
                assert isinstance(value, int) or str(value)[:40] not in str(refused.value)
                tried += 1
    store.close()
    assert tried > 300


def test_what_is_only_looked_for_is_held_against_no_length(database):
    store = Store(database)
    persons = next(table for table in all_tables() if table.name == "persons")
    with store.reading() as tx:
        assert tx.execute(select(persons).where(persons.c.id == "x" * 500)).all() == []
        assert tx.execute(select(persons).where(persons.c.alias == "\\u0000 \U0001f68c")).all() == []
    for odd in ("\0", "\ud800"):
        with pytest.raises(MobilityError, match="nobody can read"), store.reading() as tx:
            tx.execute(select(persons).where(persons.c.id == odd))
    store.close()


def test_what_says_which_rows_change_is_held_against_no_length_and_what_is_written_is(database):
    store = Store(database)
    fill(store, "one")
    persons, jobs = (next(table for table in all_tables() if table.name == name) for name in ("persons", "jobs"))
    long = "x" * 500
    with store.writing() as tx:
        for told in (persons.c.id == long, persons.c.id.in_(["y", long]), persons.c.id == select(jobs.c.id).where(
            jobs.c.id == long).scalar_subquery()):  # fmt: skip
            assert tx.execute(update(persons).where(told).values(alias="Passagère")).rowcount == 0
    for values in ({"alias": long}, {"alias": persons.c.alias + "!", "commune": long}):
        with pytest.raises(MobilityError, match="at most"), store.writing() as tx:
            tx.execute(update(persons).where(persons.c.id == long).values(values))
    store.close()


def test_a_document_keeps_what_people_write(database):
    store = Store(database)
    jobs = next(table for table in all_tables() if table.name == "jobs")
    written = {"a": "\\u0000 and \\ud800 as letters", "b": "\U0001f68c"}
    fill(store, "one")
    with store.writing() as tx:
        tx.execute(update(jobs).values(request=written))
        assert tx.execute(select(jobs.c.request)).scalar() == written
    store.close()
