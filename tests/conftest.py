"""What tests share: the folder of real data, the settings of a throw-away installation."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from desks.calendar.study import prepare
from desks.settings import Settings, default_territory
from webapp.app import create_app
from webapp.opening import open_house

# The same examples at each run: a failure must be repeatable.
hypothesis_settings.register_profile("house", derandomize=True, deadline=None)
hypothesis_settings.load_profile("house")

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data, or a skip that says how to get it."""
    folder = Path(os.environ.get("MOBILITY_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data is not at {folder}; set MOBILITY_SHARED to its folder")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty installation of the embedded territory."""
    return Settings(territory=default_territory(), state=tmp_path / "state")


@pytest.fixture(scope="session")
def prepared_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of the embedded territory after the main job: plan, study, gaps, what is published.

    ``MOBILITY_TEST_STATE`` names a folder that keeps it between runs: the main job itself knows what is out of date.
    """
    kept = os.environ.get("MOBILITY_TEST_STATE")
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
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


@pytest.fixture
def state(prepared_state: Path, tmp_path: Path) -> Path:
    """A copy of the prepared state that a test may change."""
    return Path(shutil.copytree(prepared_state, tmp_path / "prepared"))


@pytest.fixture
def app(state: Path) -> Iterator[Flask]:
    """The site of the embedded territory, on the last day of November 2026."""
    made = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    made.testing = False
    yield made
    made.extensions["wired"].jobs.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of the site."""
    return app.test_client()
