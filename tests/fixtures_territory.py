"""The embedded territory as it lies in its folder, without a site."""

from pathlib import Path

import pytest

from desks.ground import Ground
from desks.house import House
from desks.settings import Settings, default_territory
from webapp.opening import open_house


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty installation of the embedded territory."""
    return Settings(territory=default_territory(), state=tmp_path / "state")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(Settings(territory=default_territory(), state=tmp_path_factory.mktemp("rides")))


@pytest.fixture
def ground(installation: House) -> Ground:
    return installation.ground
