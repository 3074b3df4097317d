"""What is kept is tried on each kind of database, what is read on the embedded territory too."""

from tests.fixtures_database import database
from tests.fixtures_territory import settings

__all__ = ["database", "settings"]
