"""Places as people say them: found among names and nicknames, whatever the accents, hyphens or slips of the finger."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mobility.places import Place
from mobility.territory import folded


@dataclass(frozen=True)
class NamedPlace:
    """A place under one of its names. ``kind`` says what it is ("commune", "stop", "nickname"…)."""

    name: str
    place: Place
    kind: str
    weight: float = 0.0
    """Breaks ties: what people look for most often comes first."""


class PlaceIndex:
    """Finds places by what was typed so far. Made once, then read only."""

    def __init__(self, named: Iterable[NamedPlace]) -> None:
        self.named = list(named)
        self._folded = [folded(entry.name) for entry in self.named]
        self._words = [text.split() for text in self._folded]
        self._sorted = sorted((word, number) for number, words in enumerate(self._words) for word in set(words))
        self._exact: dict[str, NamedPlace] = {}
        for entry, key in zip(self.named, self._folded, strict=True):
            if key not in self._exact or entry.weight > self._exact[key].weight:
                self._exact[key] = entry

    @property
    def keys(self) -> Sequence[str]:
        """Return the folded names, in the order of ``named``."""
        return self._folded

    def exact(self, text: str) -> NamedPlace | None:
        """Return the place whose name this is, spelt whatever way; the most looked for where there are several."""
        return self._exact.get(folded(text))

    def beginning(self, text: str) -> dict[int, float]:
        """Return the names in which each typed word begins a word, with a score from 60 to 100."""
        wanted = folded(text).split()
        if not wanted:
            return {}
        scores = {}
        for number in sorted(set.intersection(*map(self._begun, wanted))):
            words = self._words[number]
            whole = sum(len(part) for part in wanted) / max(1, sum(len(word) for word in words))
            first = 10.0 if words[0].startswith(wanted[0]) else 0.0
            scores[number] = 60.0 + 30.0 * whole + first
        return scores

    def _begun(self, part: str) -> set[int]:
        """Return the numbers of the names that have a word which begins so."""
        found = set()
        for place in range(bisect_left(self._sorted, (part,)), len(self._sorted)):
            word, number = self._sorted[place]
            if not word.startswith(part):
                break
            found.add(number)
        return found
