"""Where every fact comes from: ``sources.toml``."""

from dataclasses import dataclass
from pathlib import Path

from data.territory_files import read_toml

SOURCES = Path(__file__).parent / "sources.toml"


@dataclass(frozen=True)
class Source:
    """A dataset: who made it, when, under which licence, and what of the project rests on it.

    ``territories`` names those whose facts it holds; empty, it serves all.
    """

    id: str
    producer: str
    dataset: str
    vintage: str
    licence: str
    used_for: str
    attribution: str
    url: str = ""
    territories: tuple[str, ...] = ()


def read_sources(territory: str | None = None, *, path: Path = SOURCES) -> list[Source]:
    """Return the sources in the order of the file; with ``territory``, those that serve it."""
    sources = []
    for key, table in read_toml(path).items():
        territories = tuple(table.get("territories", ()))
        if territory is None or not territories or territory in territories:
            sources.append(Source(**{**table, "id": key, "territories": territories}))
    return sources
