"""What pages ask of every feed at once, kept beside it: reading its tables for it would take seconds."""

import json
from dataclasses import dataclass
from datetime import date

from data.downloads import DownloadFolder
from data.private_files import swap_in

FILE = "sketch.json"


@dataclass(frozen=True)
class FeedSketch:
    """The last day of service, the INSEE codes of the communes with a stop, and whom to call (name, number)."""

    last: date
    communes: frozenset[str]
    telephones: tuple[tuple[str, str], ...]


def read_sketch(folder: DownloadFolder, stamp: str) -> FeedSketch | None:
    """Return the sketch that was kept for a stamp; None where there is none, or another's, or half of one."""
    try:
        told = json.loads((folder.path / FILE).read_text(encoding="utf-8"))
        if told["stamp"] != stamp:
            return None
        telephones = tuple((str(name), str(number)) for name, number in told["telephones"])
        return FeedSketch(date.fromisoformat(told["last"]), frozenset(told["communes"]), telephones)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_sketch(folder: DownloadFolder, stamp: str, sketch: FeedSketch) -> None:
    """Keep a sketch for a stamp, in place of the former one."""
    document = {
        "stamp": stamp, "last": sketch.last.isoformat(), "communes": sorted(sketch.communes),
        "telephones": [list(told) for told in sketch.telephones],
    }  # fmt: skip
    swap_in(folder.path / FILE, json.dumps(document, ensure_ascii=False) + "\n")
