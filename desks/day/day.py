"""The day of whoever signs in: what is due from every desk, in order of hour."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from desks.day.asking import ask_each
from desks.day.due import Due, Visitor
from mobility.territory import folded

Answer = Callable[[datetime, Visitor], Iterable[Due]]
"""What a desk answers to: what is due by now, to this visitor?"""


@dataclass(frozen=True)
class DayList:
    """What is due, and the names of the desks that could not answer: a list that lacks something says so."""

    due: tuple[Due, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Day:
    """Asks each desk in turn. ``desks`` are those that answer, by name."""

    desks: Mapping[str, Answer]

    def due(self, now: datetime, visitor: Visitor) -> DayList:
        """Return what is due to a visitor: the late first, then by hour, then what has none."""
        said, silent = ask_each(self.desks, lambda answer: answer(now, visitor))
        return DayList(tuple(sorted((due for found in said.values() for due in found), key=_order)), silent)


def _order(due: Due) -> tuple[bool, bool, datetime, datetime, str, str, str]:
    never = datetime.max.replace(tzinfo=UTC)
    return (
        not due.late, due.at is None, due.at or never, due.begins or never, folded(due.shown), due.what, due.about
    )  # fmt: skip
