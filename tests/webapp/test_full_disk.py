"""A disk that is full or can only be read, truly: nothing is lost, pages are shown, and all goes on afterwards."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import pytest
import requests as web
from click.testing import CliRunner
from sqlalchemy import func, select

from cli.main import mobility
from data.journal import journal_of
from data.ride_schema import persons, requests
from desks.kept import Kept
from desks.settings import Settings, default_territory
from mobility.clock import ZONE
from tests.conftest import NOW
from tests.webapp.test_in_force import fewer
from tests.webapp.test_staying_up import OWN, book, booking
from webapp.app import create_app

pytestmark = pytest.mark.prove
WAITS = {
    "/ready", "/api/telephone/menu", "/donnees/solidaire/gtfs.zip", "/bureau/", "/bureau/demandes", "/bureau/lieux",
    "/comptes/journal/",
}  # fmt: skip
"""What is not shown on a disk that takes nothing: it says so; no provider is set; it is itself a figure that nobody was
told yet; and whoever looks at people, or at names that may be theirs, leaves a trace, or does not look."""
LIST = "Nom;Téléphone;Commune;De (heure);Jusqu'à;Jours;Nb places;RGPD\n" + "".join(
    f"Bénévole {number};063910{number:04};Lherm;08:00;12:00;lundi;3;oui\n" for number in range(200)
)
PAGES = ("/", "/dates", "/comprendre", "/solidaire", "/aller?de=Lherm&vers=Cahors&jour=2026-12-01&heure=10:00")


@pytest.fixture
def disk(tmp_path):
    """A disk of its own in memory, small enough to be filled."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted by this account")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def site(disk, prepared_state):
    """A site whose whole state is on that disk, its agents at this machine."""
    state = shutil.copytree(prepared_state, disk / "state")
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    app.extensions["wired"].jobs.start = lambda *_: None
    yield app
    app.extensions["wired"].jobs.close()


@contextmanager
def filled(disk):
    """Fill a disk to its last byte."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    try:
        yield
    finally:
        filling.unlink()


def held(app):
    """What the store holds, and the calendar in force."""
    house = app.extensions["wired"].house()
    with house.store.reading() as tx:
        counts = [tx.scalar(select(func.count()).select_from(table)) for table in (persons, requests)]
        return counts, journal_of(tx), house.calendar.plan()


def files(state):
    """The files of a state but the database's own, whose log may grow."""
    return {path for path in state.rglob("*") if path.is_file() and ".sqlite" not in path.name}


def ready(app):
    app.extensions["wired"].checks = Kept()
    return app.test_client().get("/ready").status_code


def take_list(client):
    sent = {"liste": "drivers", "fichier": (io.BytesIO(LIST.encode()), "liste.csv")}
    answer = client.post("/bureau/listes/", data=sent, headers=OWN)
    return client.post(answer.location, data={"acte": "prendre"}, headers=OWN) if answer.status_code == 303 else answer


def adopt(client):
    return client.post("/verifier", data=fewer(client), headers=OWN)


@pytest.mark.parametrize("act", [book, take_list, adopt], ids=["booking", "list", "calendar"])
def test_what_would_write_is_refused_in_plain_words_and_done_once_there_is_room(site, disk, act):
    client = site.test_client()
    before, there = held(site), files(disk / "state")
    with filled(disk):
        answers = [act(client) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [503] * 3
        assert all("disque de la machine est plein" in answer.text for answer in answers)
        assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)
        assert ready(site) == 503
        assert held(site) == before
    assert files(disk / "state") == there
    assert ready(site) == 200
    assert act(client).status_code in {200, 303}
    assert held(site) != before


def test_a_list_that_waits_is_taken_once_there_is_room(site, disk):
    client, before = site.test_client(), held(site)
    sent = {"liste": "drivers", "fichier": (io.BytesIO(LIST.encode()), "liste.csv")}
    waits = client.post("/bureau/listes/", data=sent, headers=OWN).location
    with filled(disk):
        assert client.post(waits, data={"acte": "prendre"}, headers=OWN).status_code == 503
        assert held(site) == before
    assert "200" in client.post(waits, data={"acte": "prendre"}, headers=OWN, follow_redirects=True).text
    assert held(site)[0][0] == before[0][0] + 200


def test_a_backup_that_finds_no_room_leaves_the_one_before(site, disk, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(disk / "state"))
    book(site.test_client())
    target = disk / "backup.zip"
    run = CliRunner().invoke
    assert run(mobility, ["backup", "make", str(target)]).exit_code == 0
    good = target.read_bytes()
    with filled(disk):
        told = run(mobility, ["backup", "make", str(target)])
        assert told.exit_code != 0
        assert re.search("No space left|disk", told.stderr)
        assert "Traceback" not in told.output
        assert target.read_bytes() == good
    assert not list(disk.glob(".*partial"))
    assert run(mobility, ["backup", "check", str(target)]).exit_code == 0
    assert run(mobility, ["backup", "make", str(target)]).exit_code == 0


@contextmanager
def started(state):
    """The site as it is started, by the command, on a state; gives its address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    told = {**os.environ, "MOBILITY_STATE": str(state)}
    with subprocess.Popen([sys.executable, "-m", "cli", "serve", "--port", str(port)], env=told) as process:
        try:
            for _ in range(1200):
                with suppress(web.ConnectionError):
                    if web.get(f"{address}/health", timeout=60).ok:
                        break
                assert process.poll() is None, "the site has ended"
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def asked(number):
    """A booking for the next Wednesday of whoever runs the site today."""
    today = datetime.now(ZONE).date()
    return booking(number) | {"jour": (today + timedelta(days=(2 - today.weekday()) % 7 or 7)).isoformat()}


@pytest.mark.parametrize("log", [False, True], ids=["closed", "killed"])
def test_a_site_starts_on_a_state_that_can_only_be_read_and_writes_once_it_can(site, disk, log):
    state = disk / "state"
    assert book(site.test_client()).status_code == 303
    store = site.extensions["wired"].house().store
    if log:
        # As after a kill: what was written last lies beside the database.
        beside = {path.name: path.read_bytes() for path in (state / "cahors").glob("rides.sqlite*")}
    site.extensions["wired"].jobs.close()
    store.close()
    for name, content in beside.items() if log else ():
        (state / "cahors" / name).write_bytes(content)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with started(state) as address:
        answer = web.get(f"{address}/ready", timeout=60)
        assert answer.status_code == 503
        checks = answer.json()["checks"]
        assert checks == dict.fromkeys(checks, "ok") | dict.fromkeys(("state", "database"), "read-only")
        assert [web.get(address + page, timeout=60).status_code for page in PAGES] == [200] * len(PAGES)
        answer = web.post(f"{address}/solidaire/demande", data=asked(1), headers={"Origin": address}, timeout=60)
        assert answer.status_code == 503
        assert "ne peut rien enregistrer en ce moment" in answer.text
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        answer = web.post(
            f"{address}/solidaire/demande", data=asked(2), headers={"Origin": address}, timeout=60,
            allow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 303


def test_every_address_that_only_reads_is_shown_on_a_disk_that_can_only_be_read(site, disk):
    """With drivers and requests of which nobody was told yet, as an agent at this machine and as a stranger."""
    for _ in range(3):
        book(site.test_client())
    site.extensions["wired"].jobs.close()
    site.extensions["wired"].house().store.close()
    state = disk / "state"
    for told in state.rglob("told-*"):
        told.unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    inside, outside = app.test_client(), app.test_client()
    addresses = {re.sub(r"<[^>]*>", "1", rule.rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    refused = {
        address
        for address in addresses | {"/cartes/besoin"}
        for client, host in ((inside, "127.0.0.1"), (outside, "10.0.0.9"))
        if client.get(address, environ_overrides={"REMOTE_ADDR": host}).status_code >= 500
    }
    app.extensions["wired"].jobs.close()
    assert refused == WAITS


def test_a_start_that_can_make_no_key_says_one_line(disk):
    state = disk / "state"
    state.mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    told = subprocess.run(
        [sys.executable, "-m", "cli", "serve"], env={**os.environ, "MOBILITY_STATE": str(state)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 3
    assert "Read-only file system" in told.stderr
    assert "Traceback" not in told.stderr
