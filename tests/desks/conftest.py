"""Desks are asked without a page: on the territory's folder, and on each kind of database."""

from tests.fixtures_database import bare_database, database
from tests.fixtures_feeds import feeds, opened, publication
from tests.fixtures_rides import desk, people
from tests.fixtures_territory import ground, installation, settings

__all__ = [
    "bare_database", "database", "desk", "feeds", "ground", "installation", "opened", "people", "publication",
    "settings",
]  # fmt: skip
