"""The site of the embedded territory: prepared once, copied for each test that may change it."""

import fcntl
import functools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from data.season_files import SeasonChoice
from desks.accounts.first_word import was_shown
from desks.calendar.season import stamp_of_season
from desks.calendar.study import prepare
from desks.rides.desk import RideDesk
from desks.rides.example import load_example
from desks.settings import Settings, default_territory
from mobility.clock import ZONE
from tests.conftest import NOW
from webapp.app import create_app
from webapp.opening import open_house
from webapp.server import visitor
from webapp.words.rides import example_alias


def season_form(client: FlaskClient) -> dict[str, str]:
    """The fields of the form of the season that are hidden or ticked, as a visitor finds them."""
    page = client.get("/dates").get_data(as_text=True)
    hidden = re.findall(r'name="(vu)" value="(\w+)"', page)
    return dict(hidden) | dict.fromkeys(re.findall(r'name="(garder-\w+)" checked', page), "on")


SURE = {"adopter": "sur"}
"""What the second press sends of whoever adopts a calendar and was shown what follows."""
UNSET = {"vu": stamp_of_season(SeasonChoice())}
"""What the form of the season says where nobody has set it yet."""


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the sites of a run share the templates that one of them compiled."""
    with pytest.MonkeyPatch.context() as patch:
        kept = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": kept})
        yield


@pytest.fixture(scope="session", autouse=True)
def desk_open_to_tests() -> Iterator[None]:
    """Let whoever asks a site whose start printed no word do everything, as a browser that has shown the word may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            visitor, "was_shown",
            lambda settings, sign: was_shown(settings, sign) or not any(settings.state.glob("first-account-*")),
        )  # fmt: skip
        yield


@functools.cache
def _prepared(root: Path) -> Path:
    """Do the main job below a folder, once in this process whichever folders of tests ask for it."""
    kept = os.environ.get("MOBILITY_TEST_STATE")
    state = Path(kept) if kept else root / "prepared"
    settings = Settings(territory=default_territory(), state=state)
    with (root / "prepared.lock").open("w") as turn:
        # Of several processes that test side by side, one does the work and the others find it done.
        fcntl.flock(turn, fcntl.LOCK_EX)
        prepare(open_house(settings, lambda: NOW).planning)
        site = open_house(settings, lambda: NOW)
        site.access.gaps()
        for name in site.transport.publication().names():
            site.transport.publication().report(name, NOW.date())
    return state


@pytest.fixture(scope="session")
def prepared_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of the embedded territory after the main job: plan, study, gaps, what is published.

    ``MOBILITY_TEST_STATE`` names a folder that keeps it between runs: the main job itself knows what is out of date.
    """
    root = tmp_path_factory.getbasetemp()
    return _prepared(root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root)


@pytest.fixture(scope="session")
def example_state(prepared_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared state with the example's rides in its database."""
    state = Path(shutil.copytree(prepared_state, tmp_path_factory.mktemp("example") / "prepared"))
    site = open_house(Settings(territory=default_territory(), state=state), lambda: NOW)
    load_example(site.rides, example_alias, now=NOW, who="test")
    site.store.close()
    return state


@pytest.fixture
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the prepared state that a test may change; with the example's rides where the test names them."""
    kind = "example_state" if "example" in request.fixturenames else "prepared_state"
    return Path(shutil.copytree(request.getfixturevalue(kind), tmp_path / "prepared"))


@pytest.fixture
def app(state: Path) -> Iterator[Flask]:
    """The site of the embedded territory, on the last day of November 2026."""
    made = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    made.testing = False
    yield made
    made.extensions["wired"].jobs.close()


@pytest.fixture
def at(state: Path) -> Callable[..., FlaskClient]:
    """What opens the site at some time of 2026."""

    def make(month: int, day: int, hour: int, minute: int = 0) -> FlaskClient:
        now = datetime(2026, month, day, hour, minute, tzinfo=ZONE)
        return create_app(Settings(territory=default_territory(), state=state), clock=lambda: now).test_client()

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of the site."""
    return app.test_client()


@pytest.fixture
def example(app: Flask) -> RideDesk:
    """The desk of rides of the site, with the example's rides in its database."""
    desk: RideDesk = app.extensions["wired"].house().rides
    return desk
