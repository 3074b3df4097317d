"""Desks are asked without a page: on the territory's folder, and on each kind of database."""

from tests.fixtures_database import database
from tests.fixtures_rides import desk, people
from tests.fixtures_territory import ground, installation, settings

__all__ = ["database", "desk", "ground", "installation", "people", "settings"]
