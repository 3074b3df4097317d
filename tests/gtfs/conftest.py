"""A few tests read the feeds of the embedded territory."""

from tests.fixtures_territory import settings

__all__ = ["settings"]
