"""What is kept is tried on each kind of database, what is read on the embedded territory too."""

from tests.fixtures_database import bare_database, database
from tests.fixtures_territory import settings

__all__ = ["bare_database", "database", "settings"]
