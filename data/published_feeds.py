"""Feeds that went out, with their versions, as files."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from data.kept_files import read_kept, write_kept
from data.private_files import swap_in
from mobility.licences import find_licence

KEPT = 20
"""Versions kept of each feed that goes out."""


@dataclass(frozen=True)
class PublishedVersion:
    """One version of a feed that went out. ``published`` is an ISO instant; ``first`` and ``last`` are ISO days.

    ``starts`` is the day from which it is the current one: that of a merge is when the first of its feeds changes.
    """

    id: str
    file: str
    sha256: str
    bytes: int
    published: str
    first: str
    last: str
    licence: str = ""
    attribution: str = ""
    url: str = ""
    starts: str = ""


@dataclass(frozen=True)
class PublishedFeed:
    """A feed that goes out, with its versions, the oldest first."""

    name: str
    folder: Path

    def versions(self) -> list[PublishedVersion]:
        """Return the versions that are out: those kept whose licence is known."""
        return [version for version in self.kept() if find_licence(version.licence)]

    def kept(self) -> list[PublishedVersion]:
        """Return all versions kept, those that an older program let out without a licence too."""
        return read_kept(
            self.folder / "versions.json", lambda document: [PublishedVersion(**item) for item in document], []
        )

    def find(self, which: str, today: date) -> PublishedVersion | None:
        """Return the version that "current", "next" or an identifier means on a day; None where there is none."""
        versions = self.versions()
        begun = [version for version in versions if version.starts <= today.isoformat()]
        current = begun[-1] if begun else versions[-1] if versions else None
        if which == "current":
            return current
        if which == "next":
            coming = [version for version in versions if version.starts > today.isoformat()]
            return coming[-1] if coming and coming[-1] != current else None
        return next((version for version in versions if version.id == which), None)

    def path(self, version: PublishedVersion) -> Path:
        """Return the file of a version."""
        return self.folder / version.file

    def add(
        self, content: bytes, span: tuple[date, date], credit: tuple[str, str, str], now: datetime,
        starts: date | None = None,
    ) -> bool:  # fmt: skip
        """Keep a version unless it is known already; return whether it is new. The oldest versions go."""
        digest = hashlib.sha256(content).hexdigest()
        versions = self.kept()
        if any(version.sha256 == digest for version in versions):
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        identifier = f"{now:%Y%m%d}-{digest[:8]}"
        version = PublishedVersion(
            identifier, f"{identifier}.zip", digest, len(content), now.isoformat(timespec="seconds"),
            span[0].isoformat(), span[1].isoformat(), licence=credit[2], attribution=credit[0], url=credit[1],
            starts=(starts or span[0]).isoformat(),
        )  # fmt: skip
        swap_in(self.folder / version.file, content)
        kept = [*versions, version]
        write_json(self.folder / "versions.json", [asdict(item) for item in kept[-KEPT:]])
        for old in kept[:-KEPT]:
            self.path(old).unlink(missing_ok=True)
            self.path(old).with_suffix(".report.json").unlink(missing_ok=True)
        return True

    def credit(self, credits_: Mapping[str, tuple[str, str, str]]) -> None:
        """Put on versions what is told now of the producer, page and licence of each (by SHA-256), in their order."""
        kept = self.kept()
        order = list(credits_)
        credited = [
            replace(version, attribution=told[0], url=told[1], licence=told[2])
            if (told := credits_.get(version.sha256))
            else version
            for version in sorted(kept, key=lambda v: order.index(v.sha256) if v.sha256 in credits_ else -1)
        ]
        if credited != kept:
            write_json(self.folder / "versions.json", [asdict(version) for version in credited])

    def withdraw(self, refused: Callable[[Path], bool]) -> None:
        """Take back the versions whose file is refused."""
        self._take_back([v for v in self.kept() if self.path(v).exists() and refused(self.path(v))])

    def take_back(self, digests: Collection[str]) -> bool:
        """Take back the versions of some SHA-256; return whether there were any."""
        taken = [version for version in self.kept() if version.sha256 in digests]
        self._take_back(taken)
        return bool(taken)

    def _take_back(self, taken: Collection[PublishedVersion]) -> None:
        if taken:
            write_json(self.folder / "versions.json", [asdict(v) for v in self.kept() if v not in taken])
        for version in taken:
            self.path(version).unlink(missing_ok=True)
            self.path(version).with_suffix(".report.json").unlink(missing_ok=True)


def write_json(path: Path, document: object) -> None:
    """Write a document of what goes out; whoever reads it finds the one before or the new one, whole."""
    write_kept(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
