"""The subjects of the service that a territory may leave out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobility.errors import MobilityError

RIDES, TRANSPORT, ACCESS = "rides", "transport", "access"
MODULES = (RIDES, TRANSPORT, ACCESS, "agents", "rounds", "firms", "rights")
"""Solidarity rides; published lines and their journeys; who reaches what without a car; procedures that agents follow;
rounds; firms; rights. The bus, the counters and ways to get there are the service itself."""


@dataclass(frozen=True)
class Modules:
    """What a territory leaves out: absent everywhere, not refused."""

    off: frozenset[str] = frozenset()

    def has(self, module: str) -> bool:
        """Tell whether a module is there; what belongs to none ("") always is."""
        return module not in self.off


def parse_modules(told: Mapping[str, Any], field: str) -> Modules:
    """Read a table of modules and whether they are on; what is not named is on."""
    for name, value in told.items():
        if name not in MODULES:
            raise MobilityError(
                "not-a-choice", f"'{name}' is not one of {', '.join(MODULES)}", field=f"{field}.{name}", value=name,
                choices=", ".join(MODULES),
            )  # fmt: skip
        if not isinstance(value, bool):
            raise MobilityError(
                "not-a-choice", f"'{value}' is not one of true, false", field=f"{field}.{name}", value=str(value),
                choices="true, false",
            )  # fmt: skip
    return Modules(frozenset(name for name, value in told.items() if not value))
