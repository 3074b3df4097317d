"""What persons agreed to, in the store."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from data.ride_schema import persons


def consented(tx: Connection, person: str, consent: str) -> bool:
    """Tell whether a person agrees to something; nobody speaks for who was erased."""
    return consent in (tx.execute(select(persons.c.consents).where(persons.c.id == person)).scalar() or {})


def set_consents(tx: Connection, person: str, consents: Mapping[str, bool], *, now: datetime, by: str) -> None:
    """Write down consents given or taken back."""
    known = dict(tx.execute(select(persons.c.consents).where(persons.c.id == person)).scalar() or {})
    for name, given in consents.items():
        known.pop(name, None)
        if given:
            known[name] = {"at": now.isoformat(), "by": by}
    tx.execute(update(persons).where(persons.c.id == person).values(consents=known))
