"""The journal on both databases: chained by structure, checked, purged from its beginning, written by two at once."""

import multiprocessing
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from data.journal import (
    Asked,
    check_journal,
    count_journal,
    journal_of,
    knows_head,
    note,
    search_journal,
)
from data.journal_chain import CHAIN, CHANGED, HEAD, MISSING, MOVED, Line, begun, extend, faults, seal_of_chain
from data.journal_schema import journal, journal_chains
from data.people import add_person
from data.personal import erase_person
from data.purging import purge
from data.store import Store
from mobility.people import RIDER, Contact, Newcomer, Person
from mobility.scope import Scope
from tests.conftest import NOW

KEY = b"the key of this test, and of no other one"


@pytest.fixture
def store(database):
    opened = Store(database, seal_key=KEY)
    yield opened
    opened.close()


def write(store, *acts, structure="", now=NOW, who="desk"):
    for act in acts:
        with store.writing() as tx:
            note(tx, who, act, about="a1", structure=structure, now=now)


def wrong(store, structure=""):
    with store.reading() as tx:
        return [(f.number, f.kind) for c in check_journal(tx) if c.chain.structure == structure for f in c.faults]


def numbers(store, structure=""):
    with store.reading() as tx:
        return list(
            tx.execute(
                select(journal.c.number).where(journal.c.structure == structure).order_by(journal.c.number)
            ).scalars()
        )


def test_each_structure_has_a_chain_of_its_own(store):
    write(store, "one", "two", structure="A")
    write(store, "three", structure="B")
    with store.reading() as tx:
        checked = {c.chain.structure: (c.lines, c.chain.last, c.faults) for c in check_journal(tx)}
    assert checked == {"A": (2, 2, ()), "B": (1, 1, ())}


def test_a_line_is_of_the_structure_of_what_it_is_about(store):
    with store.writing() as tx:
        person = add_person(tx, Newcomer(Person("", RIDER, "x", structure="A"), Contact()), now=NOW, by="desk")
        note(tx, "desk", "person-added", about=person.id, now=NOW)
        note(tx, "desk", "purged", now=NOW)
    with store.within(Scope.of(["B"])).writing() as tx:
        note(tx, "desk", "imported", why="drivers", now=NOW)
    assert (numbers(store, "A"), numbers(store), numbers(store, "B")) == ([1], [1], [1])


def test_a_transaction_that_fails_leaves_no_line(store):
    def fail():
        with store.writing() as tx:
            note(tx, "desk", "one", now=NOW)
            note(tx, "desk", "one", why="Il va mal.", now=NOW)

    with pytest.raises(ValueError, match="no typed text"):
        fail()
    with store.reading() as tx:
        note(tx, "desk", "two", now=NOW)
    write(store, "three")
    with store.reading() as tx:
        assert [act["act"] for act in journal_of(tx)] == ["three"]


@pytest.mark.parametrize("why", ["M. Dupont", "il est malade !", "Malade", "a\nb", "0565 000000 x,"])
def test_typed_text_does_not_come_in(store, why):
    with pytest.raises(ValueError, match="no typed text"), store.writing() as tx:
        note(tx, "desk", "cancelled", why=why, now=NOW)


def test_the_purge_of_the_oldest_keeps_an_anchor(store):
    write(store, "one", "two")
    write(store, "three", now=NOW + timedelta(days=300))
    with store.reading() as tx:
        heads = [row.seal for row in tx.execute(select(journal).order_by(journal.c.number))]
    with store.writing() as tx:
        assert purge(tx, NOW + timedelta(days=500), days=400)["journal"] == 2
    assert (numbers(store), wrong(store)) == ([3], [])
    write(store, "four", now=NOW + timedelta(days=501))
    assert (numbers(store), wrong(store)) == ([3, 4], [])
    with store.reading() as tx:
        # The first line is gone for good; the last of those forgotten is the anchor.
        assert [knows_head(tx, seal) for seal in heads] == [False, True, True]
    with store.writing() as tx:
        assert purge(tx, NOW + timedelta(days=2000), days=400)["journal"] == 2
    assert (numbers(store), wrong(store)) == ([], [])
    write(store, "five", now=NOW + timedelta(days=2001))
    assert (numbers(store), wrong(store)) == ([5], [])


def test_an_old_line_after_a_young_one_waits_for_it(store):
    write(store, "young", now=NOW + timedelta(days=300))
    write(store, "old")
    with store.writing() as tx:
        assert purge(tx, NOW + timedelta(days=500), days=400)["journal"] == 0
    assert wrong(store) == []


def test_who_is_erased_is_in_no_line_by_name_and_the_chain_stands(store):
    with store.writing() as tx:
        newcomer = Newcomer(Person("", RIDER, "Jeanne", structure="A"), Contact("Jeanne", "0565000000"))
        person = add_person(tx, newcomer, now=NOW, by="desk")
        note(tx, "desk", "person-added", about=person.id, now=NOW)
    with store.writing() as tx:
        erase_person(tx, person.id)
        note(tx, "desk", "person-erased", about=person.id, structure="A", now=NOW)
    with store.reading() as tx:
        told = journal_of(tx)
    assert [act["act"] for act in told] == ["person-erased", "person-added"]
    assert "Jeanne" not in str(told)
    assert wrong(store, "A") == []


def test_another_key_is_told(store, database):
    write(store, "one")
    other = Store(database, seal_key=b"another key")
    assert wrong(other) == [(0, CHAIN), (1, CHANGED)]
    other.close()


TAMPERED = {
    "who": "someone", "act": "other", "about": "a2", "why": "menu", "seal": "0" * 64, "at": NOW + timedelta(seconds=1),
    "number": 7, "structure": "B",
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(TAMPERED))
def test_a_changed_field_is_found(store, column):
    assert set(TAMPERED) == {c.name for c in journal.columns}
    write(store, "one", "two", "three", structure="A")
    with store.writing() as tx:
        tx.execute(update(journal).where(journal.c.number == 2).values({column: TAMPERED[column]}))
    assert wrong(store, "A")


@pytest.mark.parametrize("column", ["forgotten", "anchor", "last", "head", "seal"])
def test_a_changed_chain_is_found(store, column):
    write(store, "one", "two")
    with store.writing() as tx:
        tx.execute(update(journal_chains).values({column: 1 if column in {"forgotten", "last"} else "0" * 64}))
    assert (0, CHAIN) in wrong(store)


@pytest.mark.parametrize(
    ("number", "found"), [(1, [(1, MISSING), (2, CHANGED)]), (2, [(2, MISSING), (3, CHANGED)]), (3, [(2, HEAD)])]
)
def test_a_line_that_was_taken_out_is_found(store, number, found):
    write(store, "one", "two", "three")
    with store.writing() as tx:
        tx.execute(delete(journal).where(journal.c.number == number))
    assert wrong(store) == found


def test_a_chain_that_was_taken_away_whole_leaves_its_lines(store):
    write(store, "one")
    with store.writing() as tx:
        tx.execute(delete(journal_chains))
    assert (0, CHAIN) in wrong(store)


lines = st.builds(
    Line, st.just("A"), st.just(0), st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    *[st.text(max_size=8)] * 4,
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(lines, min_size=2, max_size=8), st.data())
def test_whatever_is_done_to_a_chain_without_its_key_is_found(written, data):
    chain, sealed = extend(KEY, begun(KEY, "A"), written)
    seal = seal_of_chain(KEY, chain)
    assert list(faults(KEY, chain, seal, sealed)) == []
    first = data.draw(st.integers(0, len(sealed) - 1))
    act = data.draw(st.sampled_from(["drop", "swap", "double", "field", "seal", "swap-texts"]))
    changed = list(sealed)
    second = data.draw(st.integers(0, len(sealed) - 1).filter(lambda n: n != first))
    line, told = changed[first]
    if act == "drop":
        del changed[first]
    elif act == "swap":
        changed[first], changed[second] = changed[second], changed[first]
    elif act == "double":
        changed.insert(first, changed[first])
    elif act == "seal":
        changed[first] = (line, changed[second][1])
    elif act == "swap-texts":
        other, seal_of_other = changed[second]
        changed[first] = (Line(**{**vars(other), "number": line.number}), told)
        changed[second] = (Line(**{**vars(line), "number": other.number}), seal_of_other)
        if (vars(changed[first][0]), vars(changed[second][0])) == (vars(line), vars(other)):
            return
    else:
        field = data.draw(st.sampled_from(["structure", "number", "at", "who", "act", "about", "why"]))
        value = getattr(line, field)
        more = value + 1 if field == "number" else value + timedelta(1) if field == "at" else f"{value}x"
        changed[first] = (Line(**{**vars(line), field: more}), told)
    found = {fault.kind for fault in faults(KEY, chain, seal, changed)}
    assert found & {CHANGED, MISSING, MOVED, HEAD}


def test_the_journal_is_searched_and_paged(store):
    for hour in range(5):
        write(store, "seen", who=f"w{hour % 2}", now=NOW + timedelta(hours=hour))
    with store.reading() as tx:
        assert count_journal(tx, Asked()) == 5
        assert count_journal(tx, Asked(who="w1")) == 2
        assert count_journal(tx, Asked(act="other")) == 0
        assert count_journal(tx, Asked(about=frozenset({"a1"}))) == 5
        assert count_journal(tx, Asked(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=3))) == 2
        first, second = (search_journal(tx, Asked(), limit=2, offset=offset) for offset in (0, 2))
    assert [act["number"] for act in first + second] == [5, 4, 3, 2]


def _write_many(database: str, who: str, structures: list[str], count: int) -> None:
    store = Store(database, seal_key=KEY)
    for number in range(count):
        with store.writing() as tx:
            for structure in structures:
                note(tx, who, "one", about=f"{who}-{number}", structure=structure, now=NOW)


def test_two_processes_do_not_fork_a_chain_nor_wait_for_each_other_for_ever(store, database):
    store.close()
    context = multiprocessing.get_context("spawn")
    # Each writes to both structures in one transaction, in another order.
    writers = [
        context.Process(target=_write_many, args=(database, who, structures, 40))
        for who, structures in (("w1", ["A", "B"]), ("w2", ["B", "A"]))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert numbers(store, "A") == numbers(store, "B") == list(range(1, 81))
    assert wrong(store, "A") == wrong(store, "B") == []
