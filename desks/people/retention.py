"""How long people are known: consents that end, and what is forgotten by its age."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from data.consents import end_consents
from data.journal import SYSTEM, note, seen_since
from data.purging import purge
from data.store import Store, Transaction

PURGED = "purged"


def end_over(store: Store, *, now: datetime) -> dict[str, int]:
    """End the consents whose last day is over; return how many ended."""
    with store.writing() as tx:
        return {"consents ended": end_consents(tx, now=now)}


def forget_old(store: Store, days: int, *, now: datetime, who: str) -> dict[str, int]:
    """Forget what is older than so many days; return how many records of each kind went."""
    with store.writing() as tx:
        return _forget(tx, days, now, who)


def _forget(tx: Transaction, days: int, now: datetime, who: str) -> dict[str, int]:
    note(tx, who, PURGED, now=now)
    return purge(tx, now, days=days)


@dataclass
class Retention:
    """Forgets what is old once a day, whichever process of the site comes first."""

    store: Store
    days: int
    _done: date | None = field(default=None, init=False, repr=False)
    """The last day that is known to be done, so that the journal is not asked every minute."""

    def daily(self, now: datetime) -> dict[str, int]:
        """Forget what is old where that was not done today; return how many records went."""
        if self._done == now.date():
            return {"forgotten": 0}
        with self.store.writing() as tx:
            midnight = datetime.combine(now.date(), time(), now.tzinfo)
            known = seen_since(tx, SYSTEM, PURGED, [""], midnight)
            gone = {} if known else _forget(tx, self.days, now, SYSTEM)
        self._done = now.date()
        return {"forgotten": sum(gone.values())}
