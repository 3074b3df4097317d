"""The anonymised copy: a store like the other, in which nobody of the other is to be found."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, String, Text, delete, insert, select, update

from data.anonymised import anonymised_copy
from data.people import add_person
from data.plan_schema import events, notices
from data.register import holds, road
from data.ride_records import add_request
from data.ride_schema import contacts, persons, requests, unmet
from data.schema import all_tables
from data.store import Store, new_id
from data.told_places import told_places
from mobility.disclosure import COPIED, YEAR, Kind
from mobility.people import RIDER, Contact, Newcomer, Person
from mobility.places import Place, Point
from mobility.rides import RideRequest
from tests.conftest import NOW
from tests.filled_store import AT, fill, mark_of, marks


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


HARMLESS = {"plain", "sensitive"}
"""What is in the copy as it was: what the register calls plain, and what is dealt out anew among the rows."""


PUBLIC = {"calendars", "scenarios", "events", "notices"}
"""What everybody may read elsewhere, under its own days."""


def texts(*, harmless):
    """Every column that holds text, and what is found of each store's rows where one of its values is."""
    return {
        f"{column} of {suffix}": mark_of(column, suffix).encode()
        for table in all_tables() if not table.name.startswith("journal")
        for column in table.columns if isinstance(column.type, String | JSON) and column.name != "state"
        and not road(column) and stays(column) is harmless
        for suffix in ("one", "two")
    }  # fmt: skip


def stays(column):
    document = holds(column) == "plain" and isinstance(column.type, JSON)
    return holds(column) in HARMLESS and not document and column.table.name not in PUBLIC


def test_nothing_of_anyone_is_in_the_copy_and_every_table_is(store, tmp_path):
    fill(store, "one")
    fill(store, "two")
    counts = anonymised_copy(store, tmp_path / "copy.sqlite")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.sqlite"]
    kept = {table.name for table in all_tables()} - {"journal", "journal_chains"} - PUBLIC
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
    anonymised_copy(store, tmp_path / "copy.sqlite")
    told = Counter(copied(tmp_path, select(persons.c.commune)))
    assert told == {("46042",): 2 * COPIED.k, ("46171",): COPIED.k, ("",): 3 + COPIED.k - 1}


def copied(tmp_path, query):
    """What a query finds in the copy."""
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with copy.reading() as tx:
        found = [tuple(row) for row in tx.execute(query)]
    copy.close()
    return found


FROM, TO = Place("home", "Chez elle", Point(1.4412, 44.4478)), Place("work", "Au bourg", Point(1.2034, 44.4711))


def ask(store, commune, riders, ways, *, each=1):
    """Let so many riders of a commune ask in vain, each so many times, for ways from one commune to another."""
    with store.writing() as tx:
        for _ in range(riders):
            rider = add_person(tx, Newcomer(Person("", RIDER, "Passagère", commune), Contact()), now=NOW, by="desk")
            for origin, destination in ways * each:
                asked = add_request(tx, RideRequest("", rider.id, NOW.date(), FROM, TO, 36_000.0), now=NOW)
                vain = {"day": NOW.date(), "errand": "health", "reason": "no-driver", "change": {}, "created": NOW}
                tx.execute(insert(unmet).values(
                    id=new_id(), request=asked.id, origin=origin, destination=destination, **vain,
                ))  # fmt: skip


WAYS = select(unmet.c.origin, unmet.c.destination)


def test_a_commune_that_is_told_of_those_who_live_there_is_not_so_of_what_few_needed(store, tmp_path):
    ask(store, "46042", COPIED.k, [])
    ask(store, "46042", COPIED.k - 1, [("46042", "46171")], each=3)
    anonymised_copy(store, tmp_path / "copy.sqlite")
    assert Counter(copied(tmp_path, select(persons.c.commune))) == {("46042",): COPIED.k, ("",): COPIED.k - 1}
    assert Counter(copied(tmp_path, WAYS)) == {("", ""): 3 * (COPIED.k - 1)}


def test_where_from_and_where_to_are_told_together_only_of_enough_people(store, tmp_path):
    ask(store, "", COPIED.k, [("46042", "46171")])
    ask(store, "", COPIED.k - 1, [("46042", "46128")])
    ask(store, "", 1, [("46042", "46240")])
    anonymised_copy(store, tmp_path / "copy.sqlite")
    assert Counter(copied(tmp_path, WAYS)) == {("46042", "46171"): COPIED.k, ("46042", ""): COPIED.k}


def test_a_need_whose_record_is_gone_may_be_that_of_any_other(store, tmp_path):
    ask(store, "", COPIED.k, [("46042", "46171")])
    with store.writing() as tx:
        tx.execute(delete(requests))
    anonymised_copy(store, tmp_path / "copy.sqlite")
    assert Counter(copied(tmp_path, WAYS)) == {("", ""): COPIED.k}


def test_a_position_is_told_roughly_and_of_enough_people(store, tmp_path):
    ask(store, "", COPIED.k, [("", "")])
    anonymised_copy(store, tmp_path / "copy.sqlite")
    where = select(requests.c.origin, requests.c.destination)
    assert {(a["lon"], a["lat"], b["lon"], b["lat"]) for a, b in copied(tmp_path, where)} == {(1.4, 44.4, 1.2, 44.5)}
    ask(store, "", 1, [("", "")], each=COPIED.k)
    anonymised_copy(store, tmp_path / "again.sqlite")
    (tmp_path / "again.sqlite").replace(tmp_path / "copy.sqlite")
    told = Counter((a["lon"], a["lat"]) for a, _ in copied(tmp_path, where))
    # Who asks alone eleven times may be among those whose place is told by lot: they are eleven people all the same.
    assert told in ({(1.4, 44.4): COPIED.k, (0, 0): COPIED.k}, {(1.4, 44.4): 2 * COPIED.k - 1, (0, 0): 1})


@given(
    st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "a", "c"]), st.integers(0, 9))),
    st.integers(1, 4),
)
def test_all_that_a_row_tells_is_told_of_a_multiple_of_k_of_people(asked, k):
    rows, people = [row[:2] for row in asked], [row[2] for row in asked]
    told = told_places(rows, people, Kind("any", k, YEAR))
    assert all(shown in (None, place) for row, those in zip(rows, told, strict=True)
               for place, shown in zip(row, those, strict=True))  # fmt: skip
    behind = defaultdict(set)
    for those, person in zip(told, people, strict=True):
        behind[those].add(person)
    assert all(len(some) % k == 0 for those, some in behind.items() if those != (None, None))
    # What is left is of too few, whatever is told of it.
    left = [(row, person) for row, those, person in zip(rows, told, people, strict=True) if those == (None, None)]
    for column in (0, 1):
        for place in {row[column] for row, _ in left} - {None}:
            assert len({person for row, person in left if row[column] == place}) < k


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


ISO = re.compile(r"(19|20)\d\d-?[01]\d-?[0-3]\d")


def every_value(path):
    copy = Store(f"sqlite:///{path}")
    with copy.reading() as tx:
        found = [(column, row[column.name]) for table in all_tables() for row in tx.execute(select(table)).mappings()
                 for column in table.columns]  # fmt: skip
    copy.close()
    return found


def test_nothing_tells_by_how_much_days_were_moved(store, tmp_path):
    """Every text and document holds the day of its row, as one of a visit, a calendar or a list's title may."""
    day = AT.strftime("%Y%m%d")
    fill(store, "one")
    with store.writing() as tx:
        for table in all_tables():
            for column in table.columns:
                if isinstance(column.type, JSON):
                    tx.execute(update(table).values({column: {"day": AT.date().isoformat(), "lon": 1.4, "lat": 44.4}}))
                elif isinstance(column.type, Text) and holds(column) == "plain":
                    tx.execute(update(table).values({column: day}))
        tx.execute(update(events).values(uid=f"{day}-morning-1-a@lot.bus"))
    anonymised_copy(store, tmp_path / "copy.sqlite")
    true = [str(column) for column, value in every_value(tmp_path / "copy.sqlite") if ISO.search(str(value))
            and not isinstance(value, date) and holds(column) not in {"sensitive", "id"}]  # fmt: skip
    assert true == []


def test_two_copies_cannot_be_laid_side_by_side(store, tmp_path):
    def join(*numbers):
        with store.writing() as tx:
            for number in numbers:
                contact = Contact(f"Nom {number}", f"06{number:08d}", f"p{number}@example.org")
                at = NOW + timedelta(seconds=61 * number, microseconds=number)
                add_person(tx, Newcomer(Person("", RIDER, f"P{number}", "46171"), contact), now=at, by="desk")

    def copied_rows(name):
        anonymised_copy(store, tmp_path / name)
        (tmp_path / name).rename(tmp_path / "copy.sqlite")
        return copied(tmp_path, select(persons.c.created, persons.c.commune, persons.c.alias, persons.c.id))

    join(*range(2 * COPIED.k - 2))
    first = copied_rows("first")
    join(99)
    second = copied_rows("second")
    for rows in (first, second):
        # All came in one month, and nothing of an instant is told but that.
        assert len({created for created, *_ in rows}) == 1
        assert {(at.day, at.hour, at.minute, at.second, at.microsecond) for at, *_ in rows} == {(1, 12, 0, 0, 0)}
        assert Counter(commune for _, commune, *_ in rows)["46171"] == COPIED.k
        assert [alias for *_, alias, _ in rows] != sorted(alias for *_, alias, _ in rows)
    assert not {identifier for *_, identifier in first} & {identifier for *_, identifier in second}


def test_who_comes_changes_nobodys_place_until_enough_came():
    lived = [("46171",)] * 30
    for many in range(1, 31):
        told = told_places(lived[:many], list(range(many)), COPIED)
        assert [place for (place,) in told] == ["46171"] * (many // COPIED.k * COPIED.k) + [None] * (many % COPIED.k)
