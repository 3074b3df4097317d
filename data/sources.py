"""Where every fact comes from: ``sources.toml``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.territory_files import read_toml
from mobility.errors import MobilityError

SOURCES = Path(__file__).parent / "sources.toml"


@dataclass(frozen=True)
class FeedSource:
    """Where transport feeds come from: a direct ``url``, a local ``path``, or the dataset ``api`` of an access point.

    ``name`` names the feed where there is one; ``replaces`` another feed that it makes needless; ``telephone`` is the
    number to call about it where the feed does not tell.
    """

    name: str = ""
    url: str = ""
    path: str = ""
    api: str = ""
    replaces: str = ""
    telephone: str = ""


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
    module: str = ""
    """The subject that it serves alone ("" where it serves any)."""
    feed: FeedSource | None = None


def read_sources(territory: str | None = None, *, path: Path = SOURCES) -> list[Source]:
    """Return the sources in the order of the file; with ``territory``, those that serve it."""
    sources = []
    for key, table in read_toml(path).items():
        territories = tuple(table.get("territories", ()))
        if territory is None or not territories or territory in territories:
            feed = _feed(table["feed"], key, path.name) if "feed" in table else None
            sources.append(Source(**{**table, "id": key, "territories": territories, "feed": feed}))
    return sources


def _feed(table: dict[str, Any], key: str, file: str) -> FeedSource:
    where = f"{file}, [{key}], feed"
    unknown = table.keys() - FeedSource.__dataclass_fields__.keys()
    given = [name for name in ("url", "path", "api") if table.get(name)]
    if unknown or len(given) != 1 or (given != ["api"] and not table.get("name")):
        raise MobilityError(
            "bad-feed-source", "give a name with either a url or a path, or an api alone", field=where,
            value=", ".join(sorted(unknown)),
        )  # fmt: skip
    return FeedSource(**table)


def feed_sources(territory: str, *, path: Path = SOURCES) -> list[Source]:
    """Return the sources of transport feeds of a territory."""
    return [source for source in read_sources(territory, path=path) if source.feed]
