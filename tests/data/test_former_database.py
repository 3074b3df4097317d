"""The former version's database becomes today's with everything kept, value by value, on both databases."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import MetaData, create_engine, select, text

from data.journal import check_journal, journal_of
from data.store import Store, is_up_to_date, migration_config
from mobility.consent import CONSENTS
from mobility.messages import FAILED, QUEUED, SENT, SHOWN
from mobility.people import DRIVER, RIDER
from mobility.rides import MATCH_STATES, OFFER_KINDS
from tests.fixtures_former import load_former

Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]
Tables = Mapping[str, Rows]


def _consents(tables: Tables) -> dict[Key, Any]:
    told: dict[Key, Any] = {key: {} for key in tables["persons"]}
    for row in tables["consents"].values():
        given = row["given"].astimezone(ZoneInfo("Europe/Paris")).isoformat()
        told[row["person"],][row["what"]] = {"at": given, "by": row["by"]}
    return told


def journal_line(name: str) -> Callable[[Tables], dict[Key, Any]]:
    """A column of the journal, whose lines are numbered by structure now: they were by their hours alone."""

    def read(tables: Tables) -> dict[Key, Any]:
        rows = sorted(tables["journal"].values(), key=lambda row: row["at"])
        return {(number,): row[name] if name else number for number, row in enumerate(rows, 1)}

    return read


def column(table: str, name: str) -> Callable[[Tables], dict[Key, Any]]:
    """A column that was renamed, or whose table was; the key is as it was."""
    return lambda tables: {key: row[name] for key, row in tables[table].items()}


MOVED: dict[str, Callable[[Tables], dict[Key, Any]]] = {
    "persons.needs": column("persons", "wishes"),
    "requests.needs": column("requests", "wishes"),
    "requests.purpose": column("requests", "errand"),
    "unmet.purpose": column("unmet", "errand"),
    **{
        f"publications.{name}": column("calendars", name)
        for name in ("number", "territory", "name", "author", "plan", "study", "at", "until")
    },
    "persons.consents": _consents,
    "journal.number": journal_line(""),
    "journal.detail": journal_line("why"),
    **{f"journal.{name}": journal_line(name) for name in ("at", "who", "act", "about")},
}
"""What a later migration moved: the former "table.column", and how its values are read from today's tables, by the key
of the former row. What is not named here is where it was."""


def read_tables(url: str) -> Tables:
    """Every row of every table, by its key."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    found: dict[str, Rows] = {}
    with engine.connect() as connection:
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name != "alembic_version":
                keys = [part.name for part in table.primary_key]
                rows = [dict(row._mapping) for row in connection.execute(select(table))]
                found[table.name] = {tuple(row[key] for key in keys): _in_utc(row) for row in rows}
    engine.dispose()
    return found


def _in_utc(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))
        if isinstance(value, datetime)
        else value
        for name, value in row.items()
    }


@pytest.fixture
def former(bare_database: str) -> Tables:
    load_former(bare_database)
    return read_tables(bare_database)


def test_the_former_database_holds_each_state_of_everything(former):
    def values(name: str) -> set[Any]:
        table, _, column = name.partition(".")
        return {row[column] for row in former[table].values()}

    assert all(former.values())
    assert values("persons.kind") == {RIDER, DRIVER}
    assert values("persons.example") == values("offers.active") == values("accounts.active") == {True, False}
    assert values("offers.kind") == set(OFFER_KINDS)
    assert values("matches.state") == set(MATCH_STATES)
    assert values("requests.state") == {"waiting", "proposed", "confirmed", "done", "cancelled", "unmet", "expired"}
    assert values("outbox.state") == {QUEUED, SENT, SHOWN, FAILED}
    assert values("calls.state") == {"open", "done"}
    assert values("calls.kind") == {"call", "sms", "callback"}
    consents = [frozenset(row["consents"]) for row in former["persons"].values()]
    assert {frozenset(), frozenset(CONSENTS)} < set(consents)
    numbers = [row["telephone"] for row in former["contacts"].values() if row["telephone"]]
    assert len(set(numbers)) < len(numbers)


def lost(former: Tables, after: Tables) -> list[str]:
    """The former columns of which a value is not kept."""
    return [
        f"{table}.{name}"
        for table, rows in former.items()
        for name in next(iter(rows.values()))
        for found in [MOVED.get(f"{table}.{name}", column(table, name))(after)]
        if any(key not in found or found[key] != row[name] for key, row in rows.items())
    ]


def test_everything_is_kept_value_by_value(former, bare_database):
    store = Store(bare_database)
    assert is_up_to_date(store.engine)
    store.close()
    after = read_tables(bare_database)
    assert lost(former, after) == []
    # The proof can fail: a number that was another before is told.
    key = next(iter(former["contacts"]))
    other = {**former, "contacts": {**former["contacts"], key: {**former["contacts"][key], "telephone": "0"}}}
    assert lost(other, after) == ["contacts.telephone"]


def test_the_former_journal_is_chained_by_structure_and_says_who_by_their_account(former, bare_database):
    store = Store(bare_database, seal_key=b"a key")
    with store.reading() as tx:
        checked = {found.chain.structure: (found.lines, found.faults) for found in check_journal(tx)}
    assert sum(lines for lines, _ in checked.values()) == len(former["journal"])
    assert len(checked) > 1
    assert not any(faults for _, faults in checked.values())
    store.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("L'agente", "signed-in", "account-agent", ""), ("account-agent", "signed-in", "account-agent", "")),
        (("Deux fois", "contact-seen", "rider-all", ""), ("former", "contact-seen", "rider-all", "")),
        (("voisin", "partner-booking", "", "event 6f1d DONE"), ("voisin", "partner-event", "6f1d", "done")),
        (("desk", "cancelled", "rider-all", "malade"), ("desk", "cancelled", "rider-all", "")),
        (("desk", "cancelled", "rider-all", "menu"), ("desk", "cancelled", "rider-all", "menu")),
        (("desk", "imported", "", "drivers: 2 lines, 1 refused"), ("desk", "imported", "", "drivers")),
        (("desk", "account-changed", "account-agent", "fermer"), ("desk", "account-changed", "account-agent", "close")),
    ],
)
def test_a_former_line_becomes_one_that_holds_no_name_and_no_typed_text(bare_database, before, after):
    load_former(bare_database)
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE accounts SET name = 'L''agente' WHERE id = 'account-agent'"))
        for one in ("x", "y"):
            connection.execute(text(
                f"INSERT INTO accounts (id, mail, name, password, active, created) "
                f"VALUES ('{one}', '{one}', 'Deux fois', '', true, '2026-11-24 10:00:00')"
            ))  # fmt: skip
        told = dict(zip(("who", "act", "about", "detail"), before, strict=True))
        connection.execute(text(
            "INSERT INTO journal (number, at, who, act, about, detail) "
            "VALUES (99, '2026-11-25 10:00:00', :who, :act, :about, :detail)"
        ), told)  # fmt: skip
    engine.dispose()
    store = Store(bare_database)
    with store.reading() as tx:
        line = journal_of(tx)[0]
    assert tuple(line[name] for name in ("who", "act", "about", "why")) == after
    store.close()


def test_who_made_a_scenario_by_name_is_their_account_and_by_name_again_going_back(bare_database):
    load_former(bare_database)
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    with engine.begin() as connection:
        name = connection.scalar(text("SELECT name FROM accounts WHERE id = 'account-agent'"))
        for table, key, one, other in (
            ("scenarios", "id", "'scenario-draft'", "'scenario-found'"), ("publications", "number", "1", "2"),
        ):  # fmt: skip
            connection.execute(text(f"UPDATE {table} SET author = :name WHERE {key} = {one}"), {"name": name})
            connection.execute(text(f"UPDATE {table} SET author = 'Un nom parti' WHERE {key} = {other}"))
    Store(bare_database).close()
    assert authors(bare_database, "calendars") == [{"account-agent", "former"}] * 2
    with engine.connect() as connection:
        command.downgrade(migration_config(connection), "0014")
        connection.commit()
    assert authors(bare_database, "publications") == [{name, "former"}] * 2
    engine.dispose()


def test_an_account_was_last_used_when_its_sessions_or_the_journal_say(former, bare_database):
    Store(bare_database).close()
    after = read_tables(bare_database)
    for (account,), row in after["accounts"].items():
        said = [line["at"] for line in after["journal"].values() if account in {line["who"], line["about"]}]
        said += [one["seen"] for one in former["sessions"].values() if one["account"] == account]
        assert row["seen"] == max([row["created"], *said])
    assert any(row["seen"] > row["created"] for row in after["accounts"].values())


def authors(database, history):
    tables = read_tables(database)
    return [{row["author"] for row in tables[table].values()} for table in ("scenarios", history)]


def test_two_who_became_one_are_two_again_under_the_new_words(bare_database):
    """The steps of a merge name columns: they are renamed with them, and back."""
    load_former(bare_database)
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    former = {"steps": [
        {"table": "persons", "key": {"id": "p"}, "was": {"needs": []}, "is": {"needs": ["stick"]}},
        {"table": "persons", "row": {"id": "q", "needs": ["needs"], "alias": "Une habitante"}},
        {"table": "requests", "key": {"id": "r"}, "was": {"purpose": "food"}, "is": {"purpose": "health"}},
        {"table": "outbox", "key": {"id": "m"}, "was": {"purpose": "way"}, "is": {"purpose": "over"}},
    ]}  # fmt: skip
    moved = sa.table("merges", sa.column("id"), sa.column("moved", sa.JSON))
    values = "'m', :person, 'q', 'Nom', '{}', 'a', '2026-11-01 08:00:00', '2026-12-01 08:00:00'"
    with engine.connect() as connection:
        command.upgrade(migration_config(connection), "0021")
        made = text(f"INSERT INTO merges (id, person, gone, name, moved, by, at, until) VALUES ({values})")
        connection.execute(made, {"person": connection.scalar(text("SELECT min(id) FROM persons"))})
        connection.execute(sa.update(moved).values(moved=former))
        connection.commit()
        command.upgrade(migration_config(connection), "head")
        assert [step.get("is") or step["row"] for step in connection.scalar(select(moved.c.moved))["steps"]] == [
            {"wishes": ["stick"]}, {"id": "q", "wishes": ["needs"], "alias": "Une habitante"}, {"errand": "health"},
            {"purpose": "over"},
        ]  # fmt: skip
        command.downgrade(migration_config(connection), "0021")
        assert connection.scalar(select(moved.c.moved)) == former
        connection.commit()
    engine.dispose()


def test_a_journal_that_goes_back_says_again_who_by_their_name_and_comes_again_the_same(bare_database):
    load_former(bare_database)
    store = Store(bare_database, seal_key=b"a key")
    with store.reading() as tx:
        lines = journal_of(tx)
        names = dict(tx.execute(text("SELECT id, name FROM accounts")).all())
    acted = {line["who"] for line in lines} & names.keys()
    assert acted
    with store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0011")
        connection.commit()
    told = {row["who"] for row in read_tables(bare_database)["journal"].values()}
    assert {names[account] for account in acted} <= told
    assert not acted & told
    store.close()
    again = Store(bare_database, seal_key=b"a key")
    with again.reading() as tx:
        assert journal_of(tx) == lines
        assert not any(found.faults for found in check_journal(tx))
    again.close()


CALLED = {
    "Conducteur de Escamps": "Conducteur d'Escamps", "Conducteur de Les Junies": "Conducteur des Junies",
    "Passager de Le Montat": "Passager du Montat", "Passager de Évreux": "Passager d'Évreux",
    "Conducteur de Lherm": "Conducteur de Lherm", "Passager de La Capelle": "Passager de La Capelle",
    "Bénévole d'Escamps": "Bénévole d'Escamps", "Passager de ici : Escamps": "Passager de ici : Escamps",
}  # fmt: skip
"""What people were called, by lists or on the page or by other platforms, and what they are called now."""


def test_whom_a_list_brought_is_called_in_good_french(bare_database):
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    person = (
        "INSERT INTO persons (id, kind, alias, commune, example, wishes, structure, created, seen) "
        "VALUES (:id, 'driver', :alias, '', false, '[]', '', '2026-11-24 10:00:00', '2026-11-24 10:00:00')"
    )
    merge = (
        "INSERT INTO merges (id, person, gone, name, moved, by, at, until) "
        "VALUES (:id, '0', 'q', :alias, :moved, 'a', '2026-11-01 08:00:00', '2026-12-01 08:00:00')"
    )
    with engine.connect() as connection:
        command.upgrade(migration_config(connection), "0023")
        for number, alias in enumerate(CALLED):
            steps = json.dumps({"steps": [{"table": "persons", "row": {"id": "q", "alias": alias}}]})
            connection.execute(text(person), {"id": str(number), "alias": alias})
            connection.execute(text(merge), {"id": str(number), "alias": alias, "moved": steps})
        connection.commit()
        command.upgrade(migration_config(connection), "head")
        connection.commit()
    engine.dispose()
    after = read_tables(bare_database)
    assert [row["alias"] for _, row in sorted(after["persons"].items())] == list(CALLED.values())
    kept = [(row["name"], row["moved"]["steps"][0]["row"]["alias"]) for _, row in sorted(after["merges"].items())]
    assert kept == [(alias, alias) for alias in CALLED.values()]


WORDS = (
    {
        "reason": "needs",
        "change": {"kind": "needs", "amount": 0, "what": "wheelchair"},
        "columns": {"needs": 7, "purpose": 8},
    },
    {
        "reason": "abilities",
        "change": {"kind": "abilities", "amount": 0, "what": "wheelchair"},
        "columns": {"wishes": 7, "errand": 8},
    },
)
"""Why needs were not met, and how the columns of lists were matched: in the former words and in today's."""


def test_reasons_and_lists_are_kept_under_the_new_words(bare_database):
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    sql = (
        "INSERT INTO unmet (id, request, day, origin, destination, errand, people, reason, change, created, structure) "
        "VALUES ('u', 'r', '2026-12-02', '', '', 'food', 1, :reason, :change, '2026-11-21 09:00:00', '')",
        "INSERT INTO import_shapes (shape, structure, columns, who, created) "
        "VALUES ('s', '', :columns, 'a', '2026-11-21 09:00:00')",
        "INSERT INTO import_files (id, subject, name, content, sheet, matching, who, created) "
        "VALUES ('f', 'requests', 'l.csv', '', '', :matching, 'a', '2026-11-21 09:00:00')",
    )
    before, after = WORDS
    matching = {"titled": 1, "columns": before["columns"]}
    values = {"reason": before["reason"], **{
        name: json.dumps(told) for name, told in (*before.items(), ("matching", matching)) if name != "reason"
    }}  # fmt: skip
    with engine.connect() as connection:
        command.upgrade(migration_config(connection), "0024")
        for one in sql:
            connection.execute(text(one), {name: told for name, told in values.items() if f":{name}" in one})
        connection.commit()
        for revision, words in (("head", after), ("0024", before)):
            way = command.upgrade if revision == "head" else command.downgrade
            way(migration_config(connection), revision)
            connection.commit()
            tables = read_tables(bare_database)
            (unmet,), (shape,), (file,) = (tables[name].values() for name in ("unmet", "import_shapes", "import_files"))
            assert {"reason": unmet["reason"], "change": unmet["change"], "columns": shape["columns"]} == words
            assert file["matching"] == {"titled": 1, "columns": words["columns"]}
    engine.dispose()


def parts(database: str) -> dict[str, set[str]]:
    """The names that each table's keys, indexes and counters have in a database."""
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    asked = sa.inspect(engine)
    found = {
        table: {
            str(part["name"])
            for part in (
                asked.get_pk_constraint(table), *asked.get_unique_constraints(table), *asked.get_foreign_keys(table),
                *asked.get_indexes(table),
            )
        }
        for table in asked.get_table_names()
        if table != "alembic_version"
    }  # fmt: skip
    if engine.dialect.name == "postgresql":
        owned = "SELECT t.relname, s.relname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' "
        with engine.connect() as connection:
            for table, name in connection.execute(text(f"{owned} JOIN pg_class t ON t.oid = d.refobjid")):
                found[table].add(f"of_{name}")
    engine.dispose()
    return found


def test_what_belongs_to_a_table_bears_its_name(bare_database):
    """Whoever looks into the database finds no former name, and new rows go on counting."""
    load_former(bare_database)
    Store(bare_database).close()
    found = parts(bare_database)
    assert {
        name for table, names in found.items() for name in names if name.partition("_")[2][: len(table)] != table
    } == set()
    assert "pk_calendars" in found["calendars"]
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    more = (
        "INSERT INTO calendars (territory, name, author, plan, study, at) "
        "VALUES ('t', 'n', '', '{}', '', :at) RETURNING number"
    )
    with engine.connect() as connection:
        assert connection.scalar(text(more), {"at": "2026-12-01 09:00:00"}) == 3
        connection.commit()
        command.downgrade(migration_config(connection), "0025")
        connection.commit()
    engine.dispose()
    assert "pk_publications" in parts(bare_database)["calendars"]
    assert len(read_tables(bare_database)["calendars"]) == 3


def test_plans_that_are_kept_say_what_is_in_force(bare_database):
    load_former(bare_database)
    engine = create_engine(bare_database.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True)
    plan = '{"name": "un \\"published\\": [", "problem": {"rules": {"locks": [], "%s": [], "skipped": []}}}'
    with engine.connect() as connection:
        command.upgrade(migration_config(connection), "0026")
        for table in ("scenarios", "calendars"):
            connection.execute(text(f"UPDATE {table} SET plan = :plan"), {"plan": plan % "published"})
        connection.commit()
        for revision, named in (("head", "in_force"), ("0026", "published")):
            way = command.upgrade if revision == "head" else command.downgrade
            way(migration_config(connection), revision)
            connection.commit()
            tables = read_tables(bare_database)
            kept = {row["plan"] for table in ("scenarios", "calendars") for row in tables[table].values()}
            assert kept == {plan % named}
    engine.dispose()
