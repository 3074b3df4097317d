"""Who made each version of a feed and under which licence, as somebody told: ``credit.json`` beside the feed."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from data.downloads import DownloadFolder
from data.kept_files import read_kept, write_kept

FILE = "credit.json"
NONE = "none"
"""What is kept as the licence of a version whose licence was taken back."""


@dataclass(frozen=True)
class FeedCredit:
    """What was told of a version; "" where nothing was.

    ``licence`` is an identifier of :mod:`mobility.licences`, or :data:`NONE`.
    """

    producer: str = ""
    licence: str = ""


def read_credits(folder: DownloadFolder) -> dict[str, FeedCredit]:
    """Return what was told of each version of a feed, by its SHA-256.

    A version of which nothing was told has what was told of the one before it where both came from the same web
    address. Older programs kept one credit for the whole feed: it was told of every version kept then.
    """
    path, versions = folder.path / FILE, folder.versions()

    def parse(document: dict[str, Any]) -> dict[str, FeedCredit]:
        if "versions" in document:
            return {digest: FeedCredit(**credit) for digest, credit in document["versions"].items()}
        credit, written = FeedCredit(**document), path.stat().st_mtime
        then = [version for version in versions if datetime.fromisoformat(version.fetched).timestamp() <= written]
        return dict.fromkeys((version.sha256 for version in then), credit)

    told: dict[str, FeedCredit] = read_kept(path, parse, {})
    for before, version in pairwise(versions):
        same = version.url == before.url and version.url.startswith(("http://", "https://"))
        if same and version.sha256 not in told and before.sha256 in told:
            told[version.sha256] = told[before.sha256]
    return told


def write_credit(folder: DownloadFolder, digests: Iterable[str], told: FeedCredit) -> None:
    """Keep what is told now of some versions; what is left empty stays as it was told of them before."""
    credits_ = read_credits(folder)
    for digest in digests:
        before = credits_.get(digest, FeedCredit())
        credits_[digest] = FeedCredit(told.producer or before.producer, told.licence or before.licence)
    if not credits_:
        return
    document = {"versions": {digest: asdict(credit) for digest, credit in credits_.items()}}
    write_kept(folder.path / FILE, json.dumps(document, ensure_ascii=False) + "\n")
