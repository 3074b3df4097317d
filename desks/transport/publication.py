"""What goes out: the merged feed, each source, the on-demand services, at addresses that last, with their history."""

import hashlib
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from data.feed_credits import NONE
from data.kept_files import ASIDE, DamagedError, read_kept_text, read_whole, set_aside, write_kept
from data.published_feeds import PublishedFeed, PublishedVersion, write_json
from desks.ground import Ground
from desks.transport.feed_report import FeedReport, kept_report
from desks.transport.feeds import Feeds, KeptFeed, operators
from gtfs.feed_diff import FeedDiff, compare_feeds
from gtfs.feed_files import FeedFiles, read_feed_files, zip_bytes
from gtfs.feed_tables import FeedTables, feed_tables, read_feed_tables, read_text_table
from gtfs.flexible import flexible_feed
from gtfs.merge import MergeSource, Publisher, merge_feeds
from gtfs.persistent_ids import IdRegistry
from gtfs.stop_search import service_span
from gtfs.validation import validate_feed
from mobility.errors import MobilityError
from mobility.issues import ERROR, count
from mobility.licences import find_licence, joined_licence

MERGED, ON_DEMAND = "territoire", "a-la-demande"
"""Names of the two feeds that are made here."""
IDS, _IDS_COPY = "ids.json", "ids-copy.json"
"""What was published under which identifiers, and a second copy of it, for where the first cannot be read."""
STAMP = 3
"""Raised whenever what may go out changes: what went out before is then looked at again."""
_LAST_WORDS = re.compile(r"\(([^()]*)\)$")
"""The licence in a credit of the merge, "producer (licence)"."""
FLEXIBLE_DAYS = 365
"""Days that on-demand services without dates of their own are published for."""


@dataclass(frozen=True)
class Publication:
    """Everything that goes out for a territory: kept in the folder ``root``, found at the site's ``address``."""

    feeds: Feeds
    ground: Ground
    root: Path
    address: str

    def feed(self, name: str) -> PublishedFeed:
        """Return a published feed; an unknown name is an error."""
        found = PublishedFeed(name, self.root / name)
        if name not in self.names():
            raise MobilityError("no-such-feed", f"no feed '{name}' is published", field="name", value=name)
        return found

    def names(self) -> list[str]:
        """Return the names of what is published: the merge, the on-demand services, then the sources."""
        folders = [path.parent for path in sorted(self.root.glob("*/versions.json"))]
        known = [folder.name for folder in folders if PublishedFeed(folder.name, folder).versions()]
        made = [name for name in (MERGED, ON_DEMAND) if name in known]
        return [*made, *(name for name in known if name not in made)]

    @property
    def stamp(self) -> str:
        """Return what changes when the publication must be made again: "" where a list of what went out is lost."""
        folders = (path for path in self.root.glob("*") if path.is_dir() and ASIDE not in path.name)
        whole = all((folder / "versions.json").exists() for folder in folders)
        return read_kept_text(self.root / "stamp") if whole else ""

    @property
    def ids_whole(self) -> bool:
        """Tell whether the file of identifiers can be read, or there is none yet; else its copy stands for it."""
        missing = not any((self.root / name).exists() for name in (IDS, _IDS_COPY))
        return missing or self._ids(IDS) is not None

    def mend_ids(self) -> None:
        """Make the copy of the identifiers what it should be, or the identifiers what the copy or what is out says."""
        known, copied = self._ids(IDS), self._ids(_IDS_COPY)
        if self._feed(MERGED).kept() and (known is None or known != copied):
            self._keep_ids(self._registries())

    def publish(self, now: datetime) -> dict[str, bool]:
        """Publish what has changed; return which feeds have a new version. ``now`` is in the territory's zone.

        A version of a feed whose own licence is not known does not go out, neither alone nor in what is made of
        several. A merge that the validator finds errors in is not published: the last one stays.
        """
        today, moment = now.date(), now.astimezone(UTC)
        self.root.mkdir(parents=True, exist_ok=True)
        changed: dict[str, bool] = {}
        in_use = self.feeds.all()
        licences = {feed.name: licence for feed in in_use if (licence := self.feeds.licence(feed.name))}
        taken: set[str] = set()
        for feed in in_use:
            changed[feed.name], took = self._publish_source(feed, moment)
            taken |= {feed.name} if took else set()
        self._withdraw(taken, {feed.name for feed in in_use} - licences.keys())
        changed[ON_DEMAND] = self._publish_on_demand(joined_licence(licences.values()).name, today, moment)
        # Last, since it may be refused: everything else is out by then.
        changed[MERGED] = self._publish_merge(in_use, today, moment)
        write_kept(self.root / "stamp", publication_stamp(self.feeds, in_use))
        return changed

    def _withdraw(self, taken: set[str], unlicensed: set[str]) -> None:
        """Take back what was made of feeds without a known licence, by an older program or before it was lost.

        ``taken`` are the feeds of which a version was taken back now: a merge does not say which one it holds.
        """

        def made_of(path: Path, names: set[str]) -> bool:
            return any(route.partition(":")[0] in names for route in _column(path, "routes.txt", "route_id"))

        self._feed(MERGED).withdraw(
            lambda path: (
                made_of(path, taken)
                or not all(
                    (told := _LAST_WORDS.search(name)) and find_licence(told[1])
                    for name in _column(path, "attributions.txt", "organization_name")
                )
            )
        )
        self._feed(ON_DEMAND).withdraw(lambda path: made_of(path, taken | unlicensed))

    def _publish_source(self, feed: KeptFeed, now: datetime) -> tuple[bool, bool]:
        """Publish the versions of a source, byte for byte, each under its own licence; return what is new and taken."""
        published = self._feed(feed.name)
        told = self.feeds.told(feed.name)
        refused = {digest for digest, credit in told.items() if credit.licence == NONE}
        credits_: dict[str, tuple[str, str, str]] = {}
        new = False
        for version in feed.folder.versions():
            producer, page, named = self.feeds.credit(feed.name, version.sha256)
            licence, path = find_licence(named), feed.folder.path / version.file
            if licence is None:
                refused.add(version.sha256)
            elif path.exists():
                tables = read_feed_tables(path)
                # Anew at the end: a version that came back is the current one again.
                credits_.pop(version.sha256, None)
                credit = producer or operators(tables) or feed.name, page, licence.name
                credits_[version.sha256] = credit
                new |= published.add(path.read_bytes(), service_span(tables), credit, now)
        taken = published.take_back(refused)
        published.credit(credits_)
        return new, taken

    def _publish_merge(self, in_use: Sequence[KeptFeed], today: date, now: datetime) -> bool:
        """Publish the merge of what runs now, then that of what comes next where some feed has a next version."""
        registries = self._registries()
        new = False
        for which in ("current", "next"):
            coming = [version for feed in in_use if (version := self._feed(feed.name).find("next", today))]
            chosen = [(f, v) for feed in in_use if (v := (f := self._feed(feed.name)).find(which, today) or
                                                    f.find("current", today))]  # fmt: skip
            if not chosen or (which == "next" and not coming):
                break
            parts = [(feed.name, version, read_feed_tables(feed.path(version))) for feed, version in chosen]
            starts = min(date.fromisoformat(version.starts) for version in coming) if which == "next" else None
            merged, span = self._merged(parts, registries)
            if "stop_times.txt" in merged.files:
                self._refuse_errors(merged, span)
                who = ", ".join(dict.fromkeys(version.attribution for _, version in chosen))
                licences = (find_licence(version.licence) for _, version in chosen)
                licence = joined_licence(known for known in licences if known).name
                content = zip_bytes(merged.files)
                new |= self._feed(MERGED).add(content, span, (who, self.address, licence), now, starts)
        self._keep_ids(registries)
        return new

    def _feed(self, name: str) -> PublishedFeed:
        return PublishedFeed(name, self.root / name)

    def _merged(
        self, parts: Sequence[tuple[str, PublishedVersion, FeedTables]], registries: dict[str, IdRegistry]
    ) -> tuple[FeedFiles, tuple[date, date]]:
        sources, spans = [], []
        for name, out, tables in parts:
            stops, routes = registries.setdefault(name, IdRegistry()).update(tables)
            sources.append(MergeSource(name, tables, out.attribution, out.licence, out.url, stops, routes))
            spans.append(service_span(tables))
        span = min(first for first, _ in spans), max(last for _, last in spans)
        settings = self.ground.folder.settings()
        publisher = Publisher(self.ground.territory.title, self.address, str(settings.get("mail", "")))
        inside = self.ground.communes.at
        made_of = "".join(f"{name}/{tables.name}" for name, _, tables in parts)
        version = hashlib.sha256(made_of.encode()).hexdigest()[:12]
        return merge_feeds(sources, lambda point: bool(inside(point)), publisher, version=version, span=span), span

    def _refuse_errors(self, merged: FeedFiles, span: tuple[date, date]) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary) / "merged.zip"
            path.write_bytes(zip_bytes(merged.files))
            groups = validate_feed(path, span[0])
        if count(groups, ERROR):
            codes = ", ".join(group.code for group in groups if group.severity == ERROR)
            raise MobilityError(
                "merge-has-errors", f"the merged feed has errors ({codes}) and is not published; mend the sources",
                field=MERGED, reason=codes,
            )  # fmt: skip

    def _publish_on_demand(self, licence: str, today: date, now: datetime) -> bool:
        span = today.replace(month=1, day=1), today.replace(month=1, day=1) + timedelta(days=FLEXIBLE_DAYS)
        feed = flexible_feed(self.feeds.on_demand(licensed=True), first=span[0], last=span[1])
        if not feed.files:
            return False
        credit = (self.ground.territory.title, self.address, licence)
        return self._feed(ON_DEMAND).add(zip_bytes(feed.files), service_span(feed_tables(feed)), credit, now)

    def _registries(self) -> dict[str, IdRegistry]:
        """Return the identifiers as they were kept; where neither file can be read, those of the versions still out."""
        for name in (IDS, _IDS_COPY):
            if (known := self._ids(name)) is not None:
                return known
        rebuilt: dict[str, IdRegistry] = {}
        sources = [name for name in self.names() if name not in {MERGED, ON_DEMAND}]
        for name in sources if self._feed(MERGED).kept() else []:
            published, rebuilt[name] = self._feed(name), IdRegistry()
            for version in published.versions():
                rebuilt[name].update(read_feed_tables(published.path(version)))
        return rebuilt

    def _ids(self, name: str) -> dict[str, IdRegistry] | None:
        """Return the identifiers that a file holds; None where there is none, or none that can be read."""

        def parse(text: str) -> dict[str, IdRegistry]:
            known: Mapping[str, Any] = json.loads(text)
            return {
                feed: IdRegistry(
                    {stop: (v[0], v[1], v[2], v[3]) for stop, v in document["stops"].items()},
                    {route: (v[0], v[1]) for route, v in document["routes"].items()},
                )
                for feed, document in known.items()
            }

        try:
            return read_whole(self.root / name, parse)
        except DamagedError:
            return None

    def _keep_ids(self, registries: Mapping[str, IdRegistry]) -> None:
        for name in (IDS, _IDS_COPY):
            if self._ids(name) is None:
                set_aside(self.root / name)
            write_json(self.root / name, {feed: asdict(registry) for feed, registry in registries.items()})

    def report(self, name: str, today: date) -> FeedReport | None:
        """Return the report of the current version of a feed."""
        published = self.feed(name)
        version = published.find("current", today)
        if version is None:
            return None
        others = [v for v in published.versions() if v.published <= version.published and v.id != version.id]
        return kept_report(
            published.path(version), self.feeds, self.ground, today, name=name, version=version.id,
            before=published.path(others[-1]) if others else None,
        )  # fmt: skip

    def diff(self, name: str) -> FeedDiff | None:
        """Compare the last two versions of a feed; None where there is one only."""
        published = self.feed(name)
        versions = published.versions()[-2:]
        if len(versions) < 2:
            return None
        before, after = (read_feed_tables(published.path(version)) for version in versions)
        return compare_feeds(before, after, self.ground.communes.at)


def _column(path: Path, file: str, column: str) -> list[str]:
    """Return a column of a file of a feed (empty where it has none)."""
    content = read_feed_files(path).files.get(file)
    return [] if content is None else list(read_text_table(content, file, (column,))[column])


def publication_stamp(feeds: Feeds, kept: Sequence[KeptFeed]) -> str:
    """Return what changes with the feeds in use, and with what is told of their producers and licences."""
    told = "".join(f"{feed.name}{feed.version.sha256}{feeds.credit(feed.name)}{feeds.told(feed.name)}" for feed in kept)
    return hashlib.sha256(f"{STAMP}{told}".encode()).hexdigest()
