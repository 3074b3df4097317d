"""The lines in use that serve the territory, by timetable or when called: to choose one, to find one again."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from desks.transport.in_use import FeedsInUse
from desks.transport.sketches import sketch_of
from mobility.errors import MobilityError
from mobility.places import Point
from mobility.territory import folded
from mobility.transport import OF_NO_FEED, Line, ServedLine


@dataclass(frozen=True)
class Lines:
    """Lines by their feeds; ``commune_at`` tells the commune of a point."""

    in_use: FeedsInUse
    commune_at: Callable[[Point], str]

    def all(self) -> list[ServedLine]:
        """Return every line, by operator and name: 9 before 874."""
        found = [line for feed in self.in_use.all() for line in sketch_of(feed, self.in_use, self.commune_at).lines]
        # A line that stops somewhere and is called elsewhere is one.
        stopping = {(served.line.feed, identifier) for served in found for identifier in served.ids}
        found += [line for line in self.in_use.called_lines() if (line.line.feed, line.line.id) not in stopping]
        return sorted(found, key=lambda served: (folded(served.operator), _by_number(served.line.name), served.title))

    def find(self, feed: str, identifier: str) -> ServedLine:
        """Return a line that someone has chosen."""
        if not identifier:
            raise MobilityError("no-line-chosen", "choose a line", field="line")
        if feed not in {OF_NO_FEED, *(kept.name for kept in self.in_use.all())}:
            raise MobilityError("line-feed-gone", f"no feed '{feed}' is kept", field="line", value=feed)
        found = next((s for s in self.all() if s.line.feed == feed and identifier in s.ids), None)
        if found is None:
            raise MobilityError("no-such-line", f"no line '{identifier}' in the feed '{feed}'", field="line")
        return found

    def again(self, line: Line, communes: Collection[str]) -> ServedLine | None:
        """Return what a line that was kept is today; None where it is no more.

        Feeds may number their lines anew with each version: an identifier says which of one name it is, and what bears
        another name is another line. Without the identifier it is the one of its name that stops in its ``communes``.
        """
        named = [s for s in self.all() if s.line.feed == line.feed and folded(s.line.name) == folded(line.name)]
        same = [served for served in named if line.id in served.ids]
        near = [served for served in named if not served.communes.isdisjoint(communes)]
        return next(iter([*same, *near]), None)


def _by_number(name: str) -> list[tuple[int, str]]:
    """Return a key by which names sort as people count: "B9" before "B10"."""
    parts = re.findall("([0-9]+)|([^0-9]+)", name)
    return [(int(number), "") if number else (-1, folded(words)) for number, words in parts]
