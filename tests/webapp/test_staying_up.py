"""What the site does where its disk, its database or its files are in trouble: it says so, and loses nothing."""

import errno
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from cli.main import mobility
from data.private_files import alone_in
from data.ride_schema import contacts, requests
from data.store import Store
from desks.calendar.season import change_season
from desks.calendar.study import prepare
from desks.kept import Kept
from desks.settings import Settings, default_territory
from tests.conftest import NOW
from tests.fixtures_former import load_former
from webapp.app import create_app
from webapp.opening import open_house

OWN = {"Origin": "http://localhost"}


def booking(number=0):
    """A request of a person of its own."""
    return {
        "de": "Lherm", "vers": "Cahors", "jour": (NOW + timedelta(days=2)).date().isoformat(), "heure": "10:00",
        "nom": f"Une habitante {number}", "telephone": f"07{number:08d}", "accord": "on",
    }  # fmt: skip


def book(client, number=0):
    return client.post("/solidaire/demande", data=booking(number), headers=OWN)


def kept(store):
    with store.reading() as tx:
        return tx.scalar(select(func.count()).select_from(requests))


@pytest.fixture
def served(state, database):
    """A site on each kind of database, with its store."""
    made = create_app(Settings(territory=default_territory(), state=state, database=database), clock=lambda: NOW)
    yield made, made.extensions["wired"].house().store
    made.extensions["wired"].jobs.close()


def read_only(store):
    """Let connections read alone from now on."""
    word = "PRAGMA query_only=ON" if store.engine.dialect.name == "sqlite" else "SET default_transaction_read_only = on"
    store.engine.dispose()

    @event.listens_for(store.engine, "connect")
    def close(connection, _record):
        cursor = connection.cursor()
        cursor.execute(word)
        if store.engine.dialect.name != "sqlite":
            connection.commit()
        cursor.close()


def test_a_state_that_can_only_be_read_says_so_and_is_still_shown(served):
    app, store = served
    client = app.test_client()
    assert book(client).status_code == 303
    before = kept(store)
    house = app.extensions["wired"].house()
    lherm = house.places.find("Lherm", field="de", now=NOW)
    house.places.name(lherm, "Le vieux lavoir", now=NOW - timedelta(days=9), who="test")
    read_only(store)
    assert client.get("/?de=Le+vieux+lavoir").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "read-only")
    answer = book(client, 1)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "ne peut rien enregistrer en ce moment" in page
    assert "database" not in page
    # A form that shows what to mend lets the trouble through as well: there is nothing to mend.
    answer = client.post("/connexion", data={"mail": "a@example.org", "mot-de-passe": "un mot de passe"}, headers=OWN)
    assert answer.status_code == 503
    assert client.get("/").status_code == 200
    assert client.get("/solidaire").status_code == 200
    assert kept(store) == before


def test_a_full_disk_during_a_booking_loses_nothing(served):
    app, store = served
    client, full = app.test_client(), {"is": False}
    assert book(client).status_code == 303

    @event.listens_for(store.engine, "before_cursor_execute")
    def fill_up(connection, _cursor, statement, _parameters, _context, _many):
        if not full["is"] or not statement.startswith("INSERT INTO requests"):
            return
        raw = connection.connection.dbapi_connection
        if connection.dialect.name == "sqlite":
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count = {pages}")
            raw.execute("CREATE TABLE too_much AS SELECT randomblob(100000) AS filling")
        else:
            raw.execute("DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$")

    full["is"] = True
    answer = book(client, 1)
    assert answer.status_code == 503
    assert "disque de la machine est plein" in answer.get_data(as_text=True)
    full["is"] = False
    assert kept(store) == 1
    with store.reading() as tx:
        assert booking(1)["telephone"] not in tx.scalars(select(contacts.c.telephone)).all()
    store.engine.dispose()
    assert book(client, 2).status_code == 303
    assert kept(store) == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (errno.ENOSPC, "disk-full"), (errno.EDQUOT, "disk-full"), (errno.EROFS, "read-only"),
        (errno.EACCES, "read-only"), (errno.EIO, "broken"), (errno.EMFILE, "broken"),
    ],
)  # fmt: skip
def test_a_disk_of_the_state_that_refuses_is_told_by_ready_as_what_it_is(client, monkeypatch, fault, told):
    def refuse(_file):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr("data.private_files.os.fsync", refuse)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["state"]) == (503, told)


@pytest.mark.parametrize("damage", [b"{ half", b"", b"\xff\xfe\x00"])
def test_a_damaged_plan_is_served_from_its_copy_and_told(state, damage):
    settings = Settings(territory=default_territory(), state=state)
    planning = open_house(settings).planning
    good = prepare(planning)
    app = create_app(settings, clock=lambda: NOW)
    client = app.test_client()
    before = client.get("/dates").get_data(as_text=True)
    file = state / "cahors" / "current.json"
    file.write_bytes(damage)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["calendar"]) == (503, "broken")
    assert client.get("/dates").get_data(as_text=True) == before
    # The next start puts it right, and throws nothing away.
    assert prepare(planning).solution == good.solution
    app.extensions["wired"].checks = Kept()
    assert client.get("/ready").json["checks"]["calendar"] == "ok"
    assert (file.parent / "current.unreadable-1").read_bytes() == damage
    app.extensions["wired"].jobs.close()


def test_a_damaged_season_is_served_from_its_copy_and_told(state):
    settings = Settings(territory=default_territory(), state=state)
    planning = open_house(settings).planning
    prepare(planning)
    change_season(planning.plans, lambda choice: replace(choice, pause_school=True))
    app = create_app(settings, clock=lambda: NOW)
    client = app.test_client()
    before = client.get("/dates").get_data(as_text=True)
    (state / "cahors" / "season.json").write_bytes(b'{"moves": [1]}')
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["season"]) == (503, "broken")
    assert client.get("/dates").get_data(as_text=True) == before
    app.extensions["wired"].jobs.close()


def test_damaged_identifiers_are_told_and_put_right_by_the_next_start(state):
    settings = Settings(territory=default_territory(), state=state)
    open_house(settings, lambda: NOW).transport.publication()
    file = state / "cahors" / "published" / "ids.json"
    good = file.read_bytes()
    file.write_bytes(b"{ half")
    app = create_app(settings, clock=lambda: NOW)
    client = app.test_client()
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["identifiers"]) == (503, "broken")
    open_house(settings, lambda: NOW).transport.publication()
    app.extensions["wired"].checks = Kept()
    assert client.get("/ready").json["checks"]["identifiers"] == "ok"
    assert file.read_bytes() == good
    app.extensions["wired"].jobs.close()


@pytest.mark.parametrize("where", [0, 4096])
def test_a_damaged_database_names_the_way_back(state, where):
    file = state / "cahors" / "rides.sqlite"
    Store(f"sqlite:///{file}").close()
    whole = file.read_bytes()
    file.write_bytes(whole[:where] + b"x" * (len(whole) - where))
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    answer = book(app.test_client())
    assert answer.status_code == 503
    assert "mobility backup restore" in answer.get_data(as_text=True)
    app.extensions["wired"].jobs.close()


def test_a_command_on_a_damaged_database_says_one_line(state, monkeypatch):
    from click.testing import CliRunner

    (state / "cahors" / "rides.sqlite").write_bytes(b"no database at all" * 1000)
    monkeypatch.setenv("MOBILITY_STATE", str(state))
    told = CliRunner().invoke(mobility, ["accounts", "list"])
    assert told.exit_code == 3
    assert "backup restore" in told.stderr
    assert "Traceback" not in told.output


def cut_migration(url, number):
    """Bring tables up to date in a process that is killed before its n-th change; tell whether it was killed."""
    child = os.fork()
    if child == 0:
        count = 0

        def before(_connection, _cursor, statement, *_more):
            nonlocal count
            count += not statement.startswith(("SELECT", "PRAGMA", "BEGIN"))
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        from sqlalchemy import Engine

        event.listen(Engine, "before_cursor_execute", before)
        Store(url)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def test_the_start_after_a_cut_migration_finishes_it(bare_database):
    load_former(bare_database)
    assert cut_migration(bare_database, 25)
    store = Store(bare_database)
    with store.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM persons")) > 0
    store.check()
    store.close()


def test_a_clock_set_back_an_hour_changes_nothing(state):
    hour = {"is": NOW}
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: hour["is"])
    client = app.test_client()
    assert book(client).status_code == 303
    hour["is"] = NOW - timedelta(hours=1)
    assert book(client, 1).status_code == 303
    running = app.extensions["wired"]
    for work in running.chores().values():
        work(hour["is"])
    assert client.get("/ready").status_code == 200
    assert kept(running.house().store) == 2
    running.jobs.close()


def test_two_servers_on_one_state_take_every_booking_once(state):
    apps: list[Flask] = [
        create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW) for _ in range(2)
    ]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: book(apps[number % 2].test_client(), number).status_code, range(12)))
    assert answers == [303] * 12
    assert kept(apps[0].extensions["wired"].house().store) == 12
    for app in apps:
        app.extensions["wired"].jobs.close()


def test_a_second_server_takes_no_work_from_the_first(tmp_path):
    told = []
    with alone_in(tmp_path) as first:

        def another():
            with alone_in(tmp_path) as second:
                told.append(second)

        other = threading.Thread(target=another)
        other.start()
        other.join()
    assert (first, told) == (True, [False])
    with alone_in(tmp_path) as again:
        assert again
