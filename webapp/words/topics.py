"""What people come for, as they say it: the place or the counter it leads to, papers to bring, what is done online."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mobility.territory import COUNTER, folded


@dataclass(frozen=True)
class Topic:
    """A need: its title, the daily errand that serves it, the words people type for it.

    Without a daily errand nobody knows where it is met; ``errand`` is what a ride for it is for.
    """

    id: str
    title: str
    daily: str
    words: tuple[str, ...]
    papers: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    note: str = ""
    instead: str = ""
    hint: str = ""
    errand: str = ""
    often: bool = False
    source: str = ""

    @property
    def is_placed(self) -> bool:
        """Tell whether it is known where it is met."""
        return bool(self.daily)

    @property
    def is_procedure(self) -> bool:
        """Tell whether one is received for it, at a counter or in the bus: that is its daily errand then."""
        return self.daily == COUNTER

    @property
    def is_train(self) -> bool:
        """Tell whether one goes on from it."""
        return self.daily == "station"


@cache
def topics() -> dict[str, Topic]:
    """Return the topics by id, in the order of the file."""
    told = tomllib.loads((Path(__file__).parent / "topics.toml").read_text(encoding="utf-8"))
    return {
        name: Topic(
            name, topic["title"], topic.get("daily", ""), tuple(topic["words"]), tuple(topic.get("papers", ())),
            tuple(topic.get("online", ())), topic.get("note", ""), topic.get("instead", ""), topic.get("hint", ""),
            topic.get("errand", ""), topic.get("often", False), topic.get("source", ""),
        )
        for name, topic in told.items()
    }  # fmt: skip


def placed_topics() -> list[Topic]:
    """Return the topics of which it is known where they are met: what a form proposes."""
    return [topic for topic in topics().values() if topic.is_placed]


ONWARDS = ("pour", "vers", "en", "direction")
LEADING = ("a", "au", "aux", "de", "du", "des", "d", *ONWARDS)
"""What leads to a place in a sentence, as folded words without articles; to where a train goes, not to its station."""
OTHERWISE = (
    "demain", "aujourd", "ce", "cette", "ma", "mon", "mes", "sa", "son", "ses", "notre", "nos", "moi", "un", "une",
    "midi", "matin", "soir", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
)  # fmt: skip
"""Words that begin something else than the name of a place."""


def said_after(topic: Topic, text: str) -> list[tuple[str, str]]:
    """Return what may be the place that follows a need, each with the word that leads to it, the longest first.

    "Labastide du Vert", then "Vert", in "médecin à Labastide du Vert"; "Catus" alone in "médecin pour ma mère à Catus".
    """
    said = f" {folded(text)} "
    begun = [f" {folded(word)}" for word in topic.words if f" {folded(word)}" in said]
    if not begun or folded(topic.title) == said.strip():
        return []
    after = said[max(said.index(word) + len(word) for word in begun) :].partition(" ")[2].split()
    found = []
    for start, word in enumerate(after):
        lead = after[start - 1] if start else ""
        if word in LEADING or word in OTHERWISE or (lead and lead not in LEADING):
            continue
        end = next((number for number in range(start, len(after)) if after[number] in OTHERWISE), len(after))
        found.append((" ".join(after[start:end]), lead))
    return found


def topic_of(text: str) -> Topic | None:
    """Return what someone asks for: by its title, by words in what they typed, or by the code of a daily errand."""
    said = f" {folded(text)} "
    if not said.strip():
        return None
    for topic in topics().values():
        if folded(topic.title) == said.strip():
            return topic
    if text == COUNTER:
        return topics()["procedure"]
    coded = next((topic for topic in topics().values() if text == topic.daily), None)
    return coded or next(
        (topic for topic in topics().values() if any(f" {folded(word)}" in said for word in topic.words)), None
    )
