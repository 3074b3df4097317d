"""What tests share: the folder of real data, the day it is, the same examples at each run.

Nothing here imports the packages: `pytest tests/tours` loads the tours alone. What stands on a site, on rides or on a
database is in `fixtures_site`, `fixtures_rides` and `fixtures_database`; the conftest of a folder names what it uses.
"""

import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with one file that needs the site, then those that do not: while one process prepares it, another works.

    Of those that come after, files of many tests go first, so that none is left alone at the end.
    """
    tests = Counter(item.path for item in items)
    on_site = {item.path for item in items if "prepared_state" in getattr(item, "fixturenames", ())}
    first = max(sorted(on_site), key=tests.__getitem__, default=None)

    def turn(item: pytest.Item) -> tuple[bool, bool, int, str]:
        return item.path != first, item.path in on_site, -tests[item.path], str(item.path)

    items.sort(key=turn)
