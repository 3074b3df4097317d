"""The feeds in use, read again where one comes, goes or changes."""

import os
from dataclasses import dataclass, field
from datetime import date

from data.feed_credits import FILE as CREDIT
from desks.kept import Kept
from desks.transport.feeds import Feeds, KeptFeed
from mobility.transport import Line, OnDemandService, ServedLine


@dataclass(frozen=True)
class Credit:
    """Whom to credit for a feed; ``licence`` is as its source names it ("" where nobody has)."""

    feed: str
    producer: str
    licence: str


@dataclass(frozen=True)
class FeedsInUse:
    """The feeds of a territory, kept ready."""

    feeds: Feeds
    left_out: bool = False
    """True where the territory leaves published lines out: then none are in use."""
    _all: Kept[list[KeptFeed]] = field(default_factory=Kept, repr=False)
    _on_demand: Kept[list[OnDemandService]] = field(default_factory=Kept, repr=False)
    _called_lines: Kept[list[ServedLine]] = field(default_factory=Kept, repr=False)
    _licensed: Kept[list[OnDemandService]] = field(default_factory=Kept, repr=False)
    _credits: Kept[list[Credit]] = field(default_factory=Kept, repr=False)

    @property
    def stamp(self) -> tuple[object, ...]:
        """Return what changes when a feed comes, goes or changes."""
        root, told = self.feeds.root, []
        # Looked at several times a page: by the plain calls of the system, which cost a fifth of what paths do.
        for feed in os.scandir(root) if root.is_dir() else ():
            for file in os.scandir(feed.path) if feed.is_dir() else ():
                if file.name in {"versions.json", CREDIT}:
                    # Not when it was written: whoever closes a file to us writes nothing.
                    told.append((file.path, file.stat().st_ctime_ns))
                elif file.name.endswith(".zip"):
                    told.append((file.path, 0))
        return tuple(sorted(told))

    def all(self) -> list[KeptFeed]:
        """Return the feeds in use."""
        return [] if self.left_out else self._all.get(self.stamp, self.feeds.all)

    def on_demand(self) -> list[OnDemandService]:
        """Return the on-demand services known."""
        return [] if self.left_out else self._on_demand.get(self.stamp, self.feeds.on_demand)

    def called_lines(self) -> list[ServedLine]:
        """Return the on-demand services known as lines: those that serve some settlement of the territory."""

        def make() -> list[ServedLine]:
            return [line for service in self.on_demand() if (line := self._as_line(service)).communes]

        return self._called_lines.get(self.stamp, make)

    def _as_line(self, service: OnDemandService) -> ServedLine:
        feed, identifier = service.line
        settlements = self.feeds.territory.settlements
        communes = frozenset(home.commune for home in settlements if service.near(home.place.point))
        line = Line(feed, identifier, service.name)
        return ServedLine(line, "", service.operator.name, frozenset({identifier}), communes)

    def licensed_on_demand(self) -> list[OnDemandService]:
        """Return the on-demand services that may go out: none of a feed whose licence is not known."""
        return [] if self.left_out else self._licensed.get(self.stamp, lambda: self.feeds.on_demand(licensed=True))

    def credits(self) -> list[Credit]:
        """Return whom to credit for each feed in use."""

        def make() -> list[Credit]:
            feeds = self.feeds
            return [Credit(f.name, feeds.producer(f), feeds.credit(f.name)[2]) for f in self.all()]

        return self._credits.get(self.stamp, make)

    def expired(self, today: date) -> list[tuple[KeptFeed, list[tuple[str, str]]]]:
        """Return the feeds whose days are over, with whom to call about each."""
        return [(feed, self.feeds.telephones(feed)) for feed in self.all() if feed.expired(today)]
