"""Accounts of those who plan, answer and administer. Riders and drivers need none."""

from dataclasses import dataclass

PLANNER, AGENT, ADMINISTRATOR = "planner", "agent", "administrator"
ROLES = (PLANNER, AGENT, ADMINISTRATOR)


@dataclass(frozen=True)
class Grant:
    """A role, for one structure and one territory ("" for all of them)."""

    role: str
    structure: str = ""
    territory: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}")


@dataclass(frozen=True)
class Account:
    """Someone who signs in. ``mail`` is in lower case; ``has_password`` is False while none was chosen.

    ``joined`` says that an identity server's name of the person opens the account.
    """

    id: str
    mail: str
    name: str
    grants: frozenset[Grant] = frozenset()
    active: bool = True
    has_password: bool = False
    joined: bool = False

    def roles(self, territory: str) -> frozenset[str]:
        """Return what the account may be in a territory."""
        return frozenset(grant.role for grant in self.grants if grant.territory in {"", territory})

    def structures(self, territory: str) -> frozenset[str]:
        """Return the structures for which the account is an agent; "" among them means all."""
        return frozenset(g.structure for g in self.grants if g.role == AGENT and g.territory in {"", territory})
