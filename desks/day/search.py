"""One search for persons, numbers, requests and places: each desk answers for what it knows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desks.day.asking import ask_each
from desks.day.due import Visitor

LONGEST = 100
"""Signs of a question that are read."""
SHOWN = 30
"""Answers of a desk that are shown: who sees more than this asks more precisely."""


@dataclass(frozen=True)
class Found:
    """Something that was found: what it is, the record that it leads to, and what its words need."""

    what: str
    about: str
    shown: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Finder = Callable[[str, datetime, Visitor], Iterable[Found]]
"""What a desk answers to: what do you know of this, that this visitor may see?"""


@dataclass(frozen=True)
class FoundList:
    """What was found, by desk; whether some of them found more; and those that could not answer."""

    found: Mapping[str, tuple[Found, ...]]
    cut: bool
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Asks each desk in turn. ``desks`` are those that answer, by name, in the order in which they are shown."""

    desks: Mapping[str, Finder]

    def find(self, text: str, now: datetime, visitor: Visitor) -> FoundList:
        """Return what is known under some words, a number or the beginning of one."""
        wanted = " ".join(text.split())[:LONGEST]
        said, silent = ask_each(self.desks, lambda finder: finder(wanted, now, visitor)) if wanted else ({}, ())
        found = {name: tuple(answers[:SHOWN]) for name, answers in said.items() if answers}
        return FoundList(found, any(len(answers) > SHOWN for answers in said.values()), silent)
