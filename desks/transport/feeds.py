"""The feeds of one installation: those kept from sources, and the embedded trains as a feed of their own."""

import hashlib
import logging
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from data.access_point import choose_offers, offers, read_datasets
from data.downloads import DownloadFolder, Version, fetch, keep_copy
from data.feed_credits import NONE, FeedCredit, read_credits, write_credit
from data.guarded_web import Inner
from data.sources import Source, feed_sources
from data.territory_files import TerritoryFolder
from data.transport_files import read_on_demand, read_trains
from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_files import FeedFiles, read_feed_files, zip_bytes
from gtfs.feed_tables import FeedTables, feed_tables, read_feed_tables
from gtfs.flexible import read_flexible
from gtfs.stop_search import service_span
from gtfs.timetable import build_timetable
from gtfs.typical_week import train_feed
from mobility.errors import MobilityError
from mobility.licences import Licence, find_licence
from mobility.territory import Territory
from mobility.transport import OnDemandService
from mobility.travel import Progress, no_progress

TRAINS = "trains"
"""Name of the feed made of the embedded table of trains."""
_log = logging.getLogger(__name__)
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,40}$")
ACCESS_POINT = "access-point"


@dataclass(frozen=True)
class KeptFeed:
    """A feed and its versions, the current one last. ``files`` and ``tables`` are those of the current one."""

    name: str
    folder: DownloadFolder

    @property
    def version(self) -> Version:
        """Return the current version."""
        return self.folder.versions()[-1]

    @property
    def path(self) -> Path:
        """Return the current zip."""
        return self.folder.path / self.version.file

    @cached_property
    def files(self) -> FeedFiles:
        """Return the current files, byte for byte."""
        return read_feed_files(self.path)

    @cached_property
    def tables(self) -> FeedTables:
        """Return the current tables."""
        return feed_tables(self.files)

    @cached_property
    def span(self) -> tuple[date, date]:
        """Return the first and the last day of service."""
        return service_span(self.tables)

    def expired(self, today: date) -> bool:
        """Tell whether the last day of service is over."""
        return self.span[1] < today


@dataclass(frozen=True)
class Feeds:
    """The feeds of a territory; ``root`` is the folder where they are kept, ``clock`` gives the present."""

    root: Path
    territory_folder: TerritoryFolder
    territory: Territory
    clock: Callable[[], datetime]
    inner: Inner = ()
    """Machines and networks that may be asked although they are not public."""

    def folder(self, name: str) -> DownloadFolder:
        """Return where a feed of a name is kept."""
        if not _NAME.match(name):
            raise MobilityError(
                "bad-name", f"'{name}' cannot name a feed; use small letters, digits and hyphens", field="name",
                value=name,
            )  # fmt: skip
        return DownloadFolder(self.root / name, self.clock)

    def sources(self) -> list[Source]:
        """Return the sources of feeds that ``sources.toml`` knows for this territory."""
        return feed_sources(self.territory_folder.id)

    def embedded(self) -> KeptFeed | None:
        """Return the embedded trains as a kept feed, brought up to date with the table."""
        table = read_trains(self.territory_folder)
        if table is None:
            return None
        folder = self.folder(TRAINS)
        content = zip_bytes(train_feed(table).files)
        known = folder.versions()
        if known and known[-1].sha256 == hashlib.sha256(content).hexdigest() and folder.current():
            return KeptFeed(TRAINS, folder)
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary) / f"{TRAINS}.zip"
            path.write_bytes(content)
            keep_copy(path, folder, url="data/territories")
        return KeptFeed(TRAINS, folder)

    def all(self) -> list[KeptFeed]:
        """Return every feed in use: those kept, and the embedded trains unless a kept feed replaces them."""
        kept = {
            folder.path.name: KeptFeed(folder.path.name, folder)
            for path in sorted(self.root.glob("*/versions.json"))
            if (folder := DownloadFolder(path.parent, self.clock)).path.name not in {ACCESS_POINT, TRAINS}
            and _is_there(folder)
        }
        replaced = {s.feed.replaces for s in self.sources() if s.feed and s.feed.name in kept}
        embedded = None if TRAINS in replaced else self.embedded()
        return [*([embedded] if embedded else []), *kept.values()]

    def find(self, name: str) -> KeptFeed:
        """Return a feed in use by its name."""
        found = next((feed for feed in self.all() if feed.name == name), None)
        if found is None:
            known = ", ".join(feed.name for feed in self.all()) or "none"
            raise MobilityError("no-such-feed", f"no feed '{name}' is kept (kept: {known})", field="name", value=name)
        return found

    def fetch(
        self, name: str, *, url: str = "", progress: Progress = no_progress, pause: float = 1.0
    ) -> tuple[Version, bool]:
        """Fetch a feed from an address, else from its source or from where it came last."""
        folder = self.folder(name)
        known = folder.versions()
        source = next((s.feed for s in self.sources() if s.feed and s.feed.name == name), None)
        if source and source.path and not url:
            return keep_feed(Path(source.path), folder)
        address = url or (source.url if source else "") or (known[-1].url if known else "")
        if not address:
            raise MobilityError("no-address", f"no address is known for the feed '{name}'; give --url", field="--url")
        # What was told is written down on both sides: it outlives the version that it was told of.
        write_credit(folder, (), FeedCredit())
        try:
            fetched = fetch(address, folder, check=check_feed, progress=progress, pause=pause, inner=self.inner)
        except MobilityError:
            folder.note_failure()
            raise
        folder.note_success()
        write_credit(folder, (), FeedCredit())
        return fetched

    def addresses(self, *, progress: Progress = no_progress, tell: Callable[[MobilityError], None]) -> dict[str, str]:
        """Return the names and addresses of all feeds that the sources lead to; troubles are told, others go on."""
        found: dict[str, str] = {}
        for source in self.sources():
            if source.feed and source.feed.api:
                region = str(self.territory_folder.settings().get("region", ""))
                try:
                    offered = offers(
                        source.feed.api, self.folder(ACCESS_POINT), self.territory, region=region,
                        progress=progress, inner=self.inner,
                    )  # fmt: skip
                except MobilityError as error:
                    tell(error)
                    continue
                known = set(found.values())
                found |= {offer.name: offer.url for offer in offered if offer.url not in known}
            elif source.feed:
                found[source.feed.name] = source.feed.url or source.feed.path
        return found

    def telephones(self, feed: KeptFeed) -> list[tuple[str, str]]:
        """Return whom to call about a feed: its operators' numbers, else that of its source, else names alone."""
        names, numbers = (feed.tables.column("agency.txt", f"agency_{c}").tolist() for c in ("name", "phone"))
        told = [(name, number) for name, number in zip(names, numbers, strict=True) if number]
        if told:
            return told
        source = next((s for s in self.sources() if s.feed and s.feed.name == feed.name), None)
        if source and source.feed:
            return [(source.attribution, source.feed.telephone)]
        return [(str(name), "") for name in dict.fromkeys(names)]

    def credit(self, name: str, digest: str = "") -> tuple[str, str, str]:
        """Return whom to credit for a version (the current one unless its SHA-256 is given), its page and its licence.

        They are "" where nobody has told. What was told of the version goes before what its source says.
        """
        folder = self.folder(name)
        versions = folder.versions()
        told = read_credits(folder).get(digest or (versions[-1].sha256 if versions else ""), FeedCredit())
        producer, page, licence = self._credit_of_source(name)
        return told.producer or producer, page, "" if told.licence == NONE else told.licence or licence

    def licence(self, name: str) -> Licence | None:
        """Return the licence of the current version; None where none is known: it may be searched, and not go out."""
        return find_licence(self.credit(name)[2])

    def producer(self, feed: KeptFeed) -> str:
        """Return whom to credit for the current version of a feed: its producer, else its operators."""
        return self.credit(feed.name)[0] or operators(feed.tables) or feed.name

    def told(self, name: str) -> dict[str, FeedCredit]:
        """Return what was told of each version of a feed, by its SHA-256."""
        return read_credits(self.folder(name))

    def tell_credit(
        self, name: str, *, producer: str = "", licence: Licence | None = None, version: Version | None = None
    ) -> None:
        """Keep who made a version (all those kept unless one is given), under which licence; the rest stays."""
        folder = self.find(name).folder
        digests = [told.sha256 for told in ([version] if version else folder.versions())]
        write_credit(folder, digests, FeedCredit(producer.strip(), licence.id if licence else ""))

    def take_licence_back(self, name: str, *, producer: str = "") -> None:
        """Keep that no licence is given for a feed: none of its versions may go out, those no longer kept neither."""
        folder = self.find(name).folder
        digests = {version.sha256 for version in folder.versions()} | read_credits(folder).keys()
        write_credit(folder, digests, FeedCredit(producer.strip(), NONE))

    def _credit_of_source(self, name: str) -> tuple[str, str, str]:
        if name == TRAINS:
            table = read_trains(self.territory_folder)
            return (table.attribution, table.operator.url, table.licence) if table else ("", "", "")
        for source in self.sources():
            if source.feed and source.feed.name == name:
                return source.attribution, source.url, source.licence
        answer = self.folder(ACCESS_POINT).current()
        if answer:
            region = str(self.territory_folder.settings().get("region", ""))
            for offer in choose_offers(read_datasets(answer), self.territory, region=region):
                if offer.name == name:
                    return offer.publisher or offer.title, offer.page, offer.licence
        return "", "", ""

    def on_demand(self, *, licensed: bool = False) -> list[OnDemandService]:
        """Return the on-demand services: the territory's table, and the flexible services of the feeds.

        ``licensed`` leaves out those of feeds without a known licence: what may go out again.
        """
        services = list(read_on_demand(self.territory_folder, self.territory))
        for feed in self.all():
            if not licensed or self.licence(feed.name):
                services += read_flexible(feed.tables, feed.name)
        return services


def operators(tables: FeedTables) -> str:
    """Return the names of the operators of a feed, each once."""
    return ", ".join(dict.fromkeys(str(name) for name in tables.column("agency.txt", "agency_name") if name))


def _is_there(folder: DownloadFolder) -> bool:
    """Tell whether a feed's file is where its index says; one that somebody took away is told and passed over."""
    current = folder.current()
    if current is None or not current.exists():
        _log.warning("the file of the feed %s is missing; fetch or import it again", folder.path.name)
        return False
    return True


def check_feed(path: Path) -> None:
    """Refuse what is no whole feed, or cannot be searched: it must never replace one that can."""
    check_tables(read_feed_tables(path))


def check_tables(tables: FeedTables) -> None:
    """Refuse a feed whose calendars hold no day, whose day cannot be built, or whose zones cannot be read."""
    service_span(tables)
    build_timetable(tables, typical_day(tables, DAY_TYPES["weekday"]))
    read_flexible(tables)


def keep_feed(path: Path, folder: DownloadFolder) -> tuple[Version, bool]:
    """Check a feed, a zip or a folder, and keep it."""
    files = read_feed_files(path)
    check_tables(feed_tables(files))
    folder.note_success()
    if not path.is_dir():
        return keep_copy(path, folder, url=path.name)
    with tempfile.TemporaryDirectory() as temporary:
        packed = Path(temporary) / "feed.zip"
        packed.write_bytes(zip_bytes(files.files))
        return keep_copy(packed, folder, url=path.name)
