"""Pages are asked of a prepared site; some of them with a rides' desk beside."""

from tests.fixtures_database import database
from tests.fixtures_feeds import feeds, opened, publication
from tests.fixtures_rides import desk, people
from tests.fixtures_site import app, client, prepared_state, state
from tests.fixtures_territory import ground, installation, settings

__all__ = [
    "app", "client", "database", "desk", "feeds", "ground", "installation", "opened", "people", "prepared_state",
    "publication", "settings", "state",
]  # fmt: skip
