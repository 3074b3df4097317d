"""Something that is due: its hour, what it is, whose it is, what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from mobility.scope import Scope


class Visitor(Protocol):
    """Who asks: by their roles, for their structures."""

    @property
    def key(self) -> str:
        """Return who they are, as an identifier."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """Return what they may be."""
        ...

    @property
    def scope(self) -> Scope:
        """Return whose requests and riders they may see."""
        ...


@dataclass(frozen=True)
class Due:
    """A thing to do or to know of. ``what`` names it, for the words and for where it leads; ``about`` is its record.

    ``at`` is its hour or its deadline (None: whenever one can); ``late`` is said by the desk that answers: the hour of
    a ride is no deadline. ``begins`` is when that begins which it is about: of what is due at once, the soonest is
    first. ``person`` is an identifier, ``shown`` what they are called; ``others`` are those of whoever
    else its words name. ``facts`` are what its words need.
    """

    what: str
    at: datetime | None
    about: str = ""
    person: str = ""
    shown: str = ""
    late: bool = False
    begins: datetime | None = None
    others: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
