"""Pages are asked of a prepared site; some of them with a rides' desk beside."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.fixtures_database import bare_database, database
from tests.fixtures_feeds import feeds, opened, publication
from tests.fixtures_rides import desk, people
from tests.fixtures_site import (
    app,
    at,
    client,
    compiled_templates,
    desk_open_to_tests,
    example,
    example_state,
    prepared_state,
    state,
)
from tests.fixtures_territory import ground, installation, settings
from tests.webapp.plain_reader import PlainReader

__all__ = [
    "app", "at", "bare_database", "client", "compiled_templates", "database", "desk", "desk_open_to_tests", "example",
    "example_state", "feeds", "ground", "installation", "opened", "people", "prepared_state", "publication", "settings",
    "state",
]  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def plain_reader() -> Iterator[None]:
    """Let every visitor of these tests read plain spaces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "test_client_class", PlainReader)
        yield
