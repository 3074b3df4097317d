"""What tests share: the folder of real data, the settings of a throw-away installation."""

import os
from pathlib import Path

import pytest

from webapp.settings import Settings, default_territory

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"


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
