"""Whose requests and riders one may see and change: a structure's own, or everything."""

from collections.abc import Iterable
from dataclasses import dataclass

COORDINATION = "*"
"""The structure of what is taken down by those who work for all of them: other agents do not see it."""


@dataclass(frozen=True)
class Structure:
    """A structure that answers requests, by the name its agents' accounts carry, and how it wishes to be reached."""

    name: str
    mail: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Scope:
    """The structures that one works for; "" among them means all of them.

    Drivers are one pool, shared by all structures. Requests, riders and whatever is about them are a structure's own;
    what belongs to no structure, such as a request that a person makes on the public page, is everyone's; what a
    coordinator of all takes down is the coordinators'.
    """

    structures: frozenset[str] = frozenset()

    @classmethod
    def of(cls, structures: Iterable[str]) -> "Scope":
        """Return the scope of some structures."""
        return cls(frozenset(structures))

    @property
    def everything(self) -> bool:
        """Tell whether nothing is hidden."""
        return "" in self.structures

    @property
    def structure(self) -> str:
        """Return the structure that what is taken down belongs to: ``COORDINATION`` for whoever sees all."""
        return COORDINATION if self.everything else min(self.structures, default="")

    def covers(self, other: "Scope") -> bool:
        """Tell whether whoever has this scope may see all that the other shows."""
        return self.everything or (not other.everything and other.structures <= self.structures)


EVERYTHING = Scope(frozenset({""}))
NOTHING = Scope()
"""What the public has: nothing that is a structure's own."""
