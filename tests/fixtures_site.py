"""The site of the embedded territory: prepared once, copied for each test that may change it."""

import fcntl
import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from desks.calendar.study import prepare
from desks.settings import Settings, default_territory
from tests.conftest import NOW
from webapp.app import create_app
from webapp.opening import open_house


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
