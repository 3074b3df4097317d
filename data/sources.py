"""Where every fact comes from: ``sources.toml``."""

from dataclasses import dataclass
from pathlib import Path

from data.territory_files import read_toml

SOURCES = Path(__file__).parent / "sources.toml"


@dataclass(frozen=True)
class Source:
    """A dataset: who made it, when, under which licence, and what of the project rests on it."""

    id: str
    producer: str
    dataset: str
    vintage: str
    licence: str
    used_for: str
    attribution: str
    url: str = ""


def read_sources(path: Path = SOURCES) -> list[Source]:
    """Return all sources in the order of the file."""
    return [Source(id=key, **values) for key, values in read_toml(path).items()]
