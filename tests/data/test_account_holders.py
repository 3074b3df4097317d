"""Who holds an account: a copy, erasing, and accounts that nobody uses, on both databases."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import select

from data.account_holders import erase_account, export_account
from data.accounts import (
    account_with_subject,
    add_account,
    add_account_link,
    all_accounts,
    join_subject,
    open_session,
    set_active,
    set_password,
    touch_account,
)
from data.journal import check_journal, journal_of, note
from data.outbox import queue_account_message
from data.purging import purge
from data.register import names_account
from data.scenarios import add_scenario, find_scenario
from data.schema import all_tables
from data.store import Store, migration_config
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, Grant
from mobility.errors import MobilityError
from mobility.messages import Text
from tests.conftest import NOW
from tests.filled_store import fill


@pytest.fixture
def store(database):
    opened = Store(database, seal_key=b"a key")
    yield opened
    opened.close()


def add(tx, name, *roles, now=NOW, territory=""):
    given = [Grant(role, "", territory) for role in roles]
    made = add_account(tx, f"{name}@example.org", name, given, now=now)
    set_password(tx, made.id, "a hash")
    return made.id


def told(_tx, message):
    return Text("", f"text of {message.purpose}")


def names(store):
    with store.reading() as tx:
        return {account.name for account in all_accounts(tx)}


def test_a_holder_is_handed_all_that_is_theirs_and_no_secret_nor_anything_of_others(store):
    with store.writing() as tx:
        agent, other = add(tx, "agente", AGENT, PLANNER), add(tx, "autre", PLANNER)
        secret = open_session(tx, agent, now=NOW)
        queue_account_message(tx, agent, "invitation", {}, now=NOW, before=NOW)
        for who, name in ((agent, "Deux bus"), (other, "Trois bus")):
            add_scenario(tx, name, {"buses": "2"}, territory="valley", author=who, now=NOW)
            note(tx, who, "contact-seen", about=f"person-{name[:4].lower()}", now=NOW)
        note(tx, other, "account-changed", about=agent, why="roles", now=NOW)
    with store.reading() as tx:
        document = export_account(tx, agent, told)
    assert document["accounts"][0]["mail"] == "agente@example.org"
    assert {row["role"] for row in document["grants"]} == {AGENT, PLANNER}
    assert [row["text"] for row in document["outbox"]] == ["text of invitation"]
    assert [row["name"] for row in document["made"]["scenarios"]] == ["Deux bus"]
    assert {line["act"] for line in document["journal"]} == {"contact-seen", "account-changed"}
    assert not [word for word in ("Trois bus", "a hash", "digest", "password", secret) if word in str(document)]


def test_who_is_erased_leaves_what_they_made_and_an_identifier_in_the_journal(store):
    fill(store, "one")
    with store.writing() as tx:
        agent = add(tx, "agente", AGENT)
        made = add_scenario(tx, "Deux bus", {}, territory="valley", author=agent, now=NOW)
        note(tx, agent, "contact-seen", about="a-person", now=NOW)
    with store.writing() as tx:
        erase_account(tx, agent)
        note(tx, "command line", "account-erased", about=agent, now=NOW + timedelta(hours=1))
    with store.reading() as tx:
        lines = {line["act"]: line for line in journal_of(tx, [agent])}
        assert (lines["contact-seen"]["who"], lines["contact-seen"]["name"]) == (agent, "")
        assert lines["contact-seen"]["erased"]
        assert not lines["account-erased"]["erased"]
        assert not [fault for found in check_journal(tx) if found.chain.structure == "" for fault in found.faults]
        kept = find_scenario(tx, made.id)
        assert (kept.name, kept.author, kept.author_name) == ("Deux bus", "", "")
        for table in all_tables():
            for column in filter(names_account, table.columns):
                assert agent not in tx.execute(select(column)).scalars().all(), column
                assert "id-accounts-one" in tx.execute(select(column)).scalars().all(), column
        with pytest.raises(MobilityError, match="no account"):
            export_account(tx, agent, told)


def test_the_last_administrator_cannot_be_erased(store):
    with store.writing() as tx:
        first, second = (add(tx, name, ADMINISTRATOR) for name in ("une", "deux"))
        set_active(tx, second, active=False)
        with pytest.raises(MobilityError) as error:
            erase_account(tx, first)
        assert error.value.code == "last-administrator"
        erase_account(tx, second)
    assert names(store) == {"une"}


def test_accounts_that_are_closed_or_unused_go_in_time_and_the_last_administrators_never(store):
    with store.writing() as tx:
        for name in ("fermé", "oublié", "utilisé"):
            add(tx, name, AGENT)
        closed = next(account.id for account in all_accounts(tx) if account.name == "fermé")
        used = next(account.id for account in all_accounts(tx) if account.name == "utilisé")
        for name, territory, seen in (("a1", "a", 0), ("a2", "a", 5), ("b1", "b", 1), ("jamais", "", 0)):
            touch_account(tx, add(tx, name, ADMINISTRATOR, territory=territory), now=NOW + timedelta(days=seen))
        set_active(tx, closed, active=False)
        touch_account(tx, closed, now=NOW + timedelta(days=100))
        open_session(tx, used, now=NOW + timedelta(days=450))
    with store.writing() as tx:
        purge(tx, NOW + timedelta(days=400), days=400)
    assert len(names(store)) == 7
    later = NOW + timedelta(days=420)
    with store.writing() as tx:
        assert purge(tx, later, days=400)["accounts"] == 2
    assert names(store) == {"fermé", "utilisé", "a2", "b1", "jamais"}
    with store.reading() as tx:
        said = [(line["who"], line["why"]) for line in journal_of(tx) if line["act"] == "account-erased"]
    assert said == [("service", "unused")] * 2
    with store.writing() as tx:
        purge(tx, NOW + timedelta(days=501), days=400)
    assert names(store) == {"utilisé", "a2", "b1", "jamais"}


def test_two_servers_may_call_two_people_the_same_and_one_server_may_not(store):
    with store.writing() as tx:
        one, other, third = (add(tx, name, AGENT) for name in ("une", "autre", "troisième"))
        join_subject(tx, one, "https://un.example", "sub-1")
        join_subject(tx, other, "https://deux.example", "sub-1")
    with store.reading() as tx:
        found = [account_with_subject(tx, f"https://{name}.example", "sub-1") for name in ("un", "deux")]
    assert [account.id for account in found] == [one, other]
    with pytest.raises(MobilityError, match="joined to another"), store.writing() as tx:
        join_subject(tx, third, "https://un.example", "sub-1")


def test_what_hangs_on_accounts_stays_while_their_table_changes(bare_database):
    store = Store(bare_database)
    with store.writing() as tx:
        one, other, third = (add(tx, name, AGENT) for name in ("une", "autre", "troisième"))
        for account, server, subject in ((one, "un", "sub-1"), (other, "deux", "sub-1"), (third, "un", "sub-3")):
            join_subject(tx, account, f"https://{server}.example", subject)
            add_account_link(tx, account, expires=NOW)
            open_session(tx, account, now=NOW)
            queue_account_message(tx, account, "invitation", {"n": 1}, now=NOW, before=NOW)
    before = hanging(store)
    with store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0021")
        connection.commit()
    store.close()
    again = Store(bare_database)
    assert hanging(again) == before
    assert all(len(rows) == 3 for rows in before.values())
    with again.reading() as tx:
        joined = {account.name for account in all_accounts(tx) if account.joined}
        assert joined == {"troisième"}
    again.close()


def hanging(store):
    """The rows of what hangs on accounts."""
    tables = [t for t in all_tables() if t.name in {"grants", "sessions", "account_links", "outbox"}]
    with store.reading() as tx:
        return {table.name: sorted(map(str, tx.execute(select(table)))) for table in tables}
