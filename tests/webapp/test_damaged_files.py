"""Every file that the program keeps beside its database, damaged in every way: the site is shown, `/ready` tells."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from data.private_files import SIDES
from desks.calendar.season import change_season
from desks.calendar.study import prepare
from desks.kept import Kept
from desks.served import note_address, served_address
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.conftest import NOW
from tests.fixtures_site import UNSET
from tests.webapp.test_accounts import account, signed_in
from webapp.app import create_app
from webapp.opening import open_house

pytestmark = pytest.mark.prove
COPIES = {"current-copy.json", "season-copy.json", "ids-copy.json"}
AWAITED = {"/manques", "/manques/carte"}
"""What waits for the study of the gaps to be made anew."""


def folder(path):
    path.unlink()
    path.mkdir()


def unreadable(path):
    path.chmod(0)


DAMAGES = {
    "random bytes": lambda path: path.write_bytes(b"\xff\xfe\x00\x91" * 50),
    "empty": lambda path: path.write_bytes(b""),
    "a list": lambda path: path.write_bytes(b"[]"),
    "deep": lambda path: path.write_bytes(b"[" * 200_000),
    "a folder": folder,
    "unreadable": unreadable,
}


@pytest.fixture
def closed_to_root(monkeypatch):
    """Let nobody read what is closed to all, root included."""
    read = Path.read_text

    def refuse(path, *args, **more):
        if path.exists() and not stat.S_IMODE(path.stat().st_mode):
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, *args, **more)

    monkeypatch.setattr(Path, "read_text", refuse)


def main_of(answer):
    """What a page says; its scripts have a word of their own at each answer."""
    return answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]


def kept_files(state):
    """The files of a state that are neither the database, nor a key, nor a feed as it came."""
    databases = {f"rides.sqlite{side}" for side in ("", *SIDES)}
    return [
        path for path in sorted(state.rglob("*"))
        if path.is_file() and path.name not in databases and path.suffix not in {".key", ".zip"}
        and path.name != ".serving"
    ]  # fmt: skip


@pytest.mark.parametrize("copies", [False, True], ids=["files", "copies"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_page_is_shown_and_the_next_start_mends_what_it_can(state, closed_to_root, damage, copies):
    settings = Settings(territory=default_territory(), state=state)
    house = open_house(settings, lambda: NOW)
    prepare(house.planning)
    change_season(house.plans, lambda choice: replace(choice, pause_school=True))
    house.transport.publication()
    note_address(settings)
    app = create_app(settings, clock=lambda: NOW)
    client = signed_in(app, account(app, PLANNER, AGENT, ADMINISTRATOR))
    pages = [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.endpoint.startswith(("sign_in", "health"))
    ]  # fmt: skip
    before = {page: client.get(page).status_code for page in pages}
    assert len([page for page, status in before.items() if status == 200]) > 40
    shown = main_of(client.get("/dates"))
    damaged = [path for path in kept_files(state) if (path.name in COPIES) == copies]
    assert len(damaged) == 3 if copies else len(damaged) > 12
    for path in damaged:
        DAMAGES[damage](path)
    app.extensions["wired"].checks = Kept()
    told = client.get("/ready")
    broken = set() if copies else {"calendar", "season", "identifiers"}
    assert {name for name, found in told.json["checks"].items() if found != "ok"} == broken
    assert main_of(client.get("/dates")) == shown
    faults = {page for page, was in before.items() if client.get(page).status_code >= 500 > was}
    assert faults - AWAITED == set()
    changed = client.post("/dates", data={**UNSET, "policy": "iso-parity"}, headers={"Origin": "http://localhost"})
    assert changed.status_code < 500
    assert served_address(settings).startswith("http://")
    prepare(open_house(settings, lambda: NOW).planning)
    again = open_house(settings, lambda: NOW)
    again.access.gaps()
    again.transport.publication()
    app.extensions["wired"].checks = Kept()
    assert client.get("/ready").status_code == 200
    assert client.get("/manques").status_code == 200
    app.extensions["wired"].jobs.close()
