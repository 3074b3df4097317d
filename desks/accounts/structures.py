"""The structures that answer requests, and how each wishes to be told what cannot wait for its agents to look."""

from datetime import datetime

from data.accounts import all_accounts
from data.journal import note
from data.store import Store, Transaction
from data.structures import declare_structure, declared_structures, find_structure
from mobility.errors import Faults, MobilityError
from mobility.messages import known_mail
from mobility.scope import COORDINATION, Structure
from mobility.written import written_telephone


def all_structures(tx: Transaction, territory: str) -> list[Structure]:
    """Return the structures of the agents' accounts and those that declared something, the coordination first."""
    found = {structure.name: structure for structure in declared_structures(tx)}
    names = {name for account in all_accounts(tx) for name in account.structures(territory) if name}
    return [found.get(name, Structure(name)) for name in sorted({COORDINATION, *names, *found})]


def stamp_of(structure: Structure) -> str:
    """Return what changes with how a structure is reached: whoever changes it says what they saw."""
    return f"{structure.mail} {structure.telephone}"


def declare(
    store: Store, stated: Structure, territory: str, *, now: datetime, who: str, saw: str | None = None
) -> None:
    """Keep how a structure wishes to be reached; an empty mail: it is told nothing.

    ``saw`` is the stamp of what was declared before: raises "structure-changed" where someone else was faster.
    """
    with Faults() as faults:
        if stated.mail:
            faults.of(lambda: known_mail(stated.mail, field="mail"), "")
        number = faults.of(lambda: written_telephone(stated.telephone, field="telephone"), "")
    with store.writing("structures") as tx:
        if stated.name not in {known.name for known in all_structures(tx, territory)}:
            raise MobilityError("no-such-structure", f"no structure '{stated.name}'", field="", value=stated.name)
        if saw is not None and stamp_of(find_structure(tx, stated.name)) != saw:
            raise MobilityError("structure-changed", "someone else has declared it", field="", value=stated.name)
        declare_structure(tx, Structure(stated.name, stated.mail, number))
        note(tx, who, "structure-declared", structure=stated.name, now=now)
