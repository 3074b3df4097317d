"""Who made a feed and under which licence, as somebody told when they brought it in: ``credit.json`` beside it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from data.private_files import swap_in

FILE = "credit.json"


@dataclass(frozen=True)
class FeedCredit:
    """What was told of a feed; "" where nothing was. ``licence`` is an identifier of :mod:`mobility.licences`."""

    producer: str = ""
    licence: str = ""


def read_credit(folder: Path) -> FeedCredit:
    """Return what was told of the feed kept in a folder."""
    path = folder / FILE
    return FeedCredit(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else FeedCredit()


def write_credit(folder: Path, told: FeedCredit) -> None:
    """Keep what is told now; what is left empty stays as it was told before."""
    before = read_credit(folder)
    credit = FeedCredit(told.producer or before.producer, told.licence or before.licence)
    swap_in(folder / FILE, json.dumps(asdict(credit), ensure_ascii=False) + "\n")
