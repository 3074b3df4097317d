"""The journal at the desks: who looked at what leaves a trace, and whoever answers for it reads and checks it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.journal import note, seen_since
from data.private_files import kept_secret
from data.store import Transaction
from desks.settings import Settings

READINGS = ("contact-seen", "calls-seen", "messages-seen", "journal-seen", "journal-exported")
"""Acts that change nothing: someone looked."""
SAME_LOOK = timedelta(minutes=10)
"""Someone who looks again within so long still looks at the same thing."""


def seal_key(settings: Settings) -> bytes:
    """Return the key that seals the journal: that of the settings, or one made once in the state folder."""
    return (settings.journal_key or kept_secret(settings.state / "journal.key")).encode()


def looked_at(tx: Transaction, who: str, act: str, about: Iterable[str], *, now: datetime) -> None:
    """Write down that someone looked at some records: a line each, and one where they look on."""
    if act not in READINGS:
        raise ValueError(f"{act} is no reading")
    wanted = list(dict.fromkeys(about))
    known = seen_since(tx, who, act, wanted, now - SAME_LOOK)
    for record in wanted:
        if record not in known:
            note(tx, who, act, about=record, now=now)
