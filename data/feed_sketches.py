"""What pages ask of every feed at once, kept beside it: reading its tables for it would take seconds."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.downloads import DownloadFolder
from data.kept_files import keep, read_kept
from mobility.transport import Line, ServedLine

FILE = "sketch.json"


@dataclass(frozen=True)
class FeedSketch:
    """The last day of service, the INSEE codes of the communes with a stop, whom to call (name, number), the lines."""

    last: date
    communes: frozenset[str]
    telephones: tuple[tuple[str, str], ...]
    lines: tuple[ServedLine, ...] = ()


def read_sketch(folder: DownloadFolder, stamp: str) -> FeedSketch | None:
    """Return the sketch that was kept for a stamp; None where there is none, or another's, or half of one."""
    return read_kept(folder.path / FILE, lambda told: _sketch(told) if told["stamp"] == stamp else None, None)


def _sketch(told: dict[str, Any]) -> FeedSketch:
    telephones = tuple((str(name), str(number)) for name, number in told["telephones"])
    lines = tuple(_line(line) for line in told["lines"])
    return FeedSketch(date.fromisoformat(told["last"]), frozenset(told["communes"]), telephones, lines)


def write_sketch(folder: DownloadFolder, stamp: str, sketch: FeedSketch) -> None:
    """Keep a sketch for a stamp, in place of the former one."""
    document = {
        "stamp": stamp, "last": sketch.last.isoformat(), "communes": sorted(sketch.communes),
        "telephones": [list(told) for told in sketch.telephones],
        "lines": [
            {
                "feed": served.line.feed, "id": served.line.id, "name": served.line.name, "title": served.title,
                "operator": served.operator, "ids": sorted(served.ids), "communes": sorted(served.communes),
            }
            for served in sketch.lines
        ],
    }  # fmt: skip
    keep(folder.path / FILE, json.dumps(document, ensure_ascii=False) + "\n")


def _line(told: dict[str, Any]) -> ServedLine:
    line = Line(*(str(told[name]) for name in ("feed", "id", "name")))
    title, operator = str(told["title"]), str(told["operator"])
    return ServedLine(line, title, operator, frozenset(told["ids"]), frozenset(told["communes"]))
