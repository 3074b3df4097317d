"""The feeds in use, read again where one comes, goes or changes."""

from dataclasses import dataclass, field
from datetime import date

from desks.kept import Kept
from desks.transport.feeds import Feeds, KeptFeed
from mobility.transport import OnDemandService


@dataclass(frozen=True)
class FeedsInUse:
    """The feeds of a territory, kept ready."""

    feeds: Feeds
    _all: Kept[list[KeptFeed]] = field(default_factory=Kept, repr=False)
    _on_demand: Kept[list[OnDemandService]] = field(default_factory=Kept, repr=False)
    _credits: Kept[list[str]] = field(default_factory=Kept, repr=False)

    @property
    def stamp(self) -> tuple[object, ...]:
        """Return what changes when a feed comes, goes or changes."""
        root = self.feeds.root
        indices = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(root.glob("*/versions.json")))
        return indices, tuple(str(path) for path in sorted(root.glob("*/*.zip")))

    def all(self) -> list[KeptFeed]:
        """Return the feeds in use."""
        return self._all.get(self.stamp, self.feeds.all)

    def on_demand(self) -> list[OnDemandService]:
        """Return the on-demand services known."""
        return self._on_demand.get(self.stamp, self.feeds.on_demand)

    def credits(self) -> list[str]:
        """Return whom to credit for the feeds in use, with their licences."""

        def make() -> list[str]:
            told = [self.feeds.credit(feed.name) for feed in self.all()]
            return list(dict.fromkeys(f"{who} ({licence})" if licence else who for who, _, licence in told if who))

        return self._credits.get(self.stamp, make)

    def expired(self, today: date) -> list[tuple[KeptFeed, list[tuple[str, str]]]]:
        """Return the feeds whose days are over, with whom to call about each."""
        return [(feed, self.feeds.telephones(feed)) for feed in self.all() if feed.expired(today)]
