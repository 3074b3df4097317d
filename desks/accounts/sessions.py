"""Sessions: opened, recognised while they last, ended."""

from contextlib import suppress
from datetime import datetime, timedelta

from data.accounts import OpenSession, end_session, open_session, read_session, touch_session
from data.journal import note
from data.store import Store
from mobility.accounts import Account
from mobility.errors import UnavailableError

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=10)
"""A session ends after so long without a request, and after a working day in any case."""
_TOUCH = timedelta(minutes=1)


def let_in(store: Store, account: Account, *, now: datetime, identity: str = "") -> str:
    """Open a session for an account; return its secret."""
    with store.writing() as tx:
        note(tx, account.id, "signed-in", about=account.id, now=now)
        return open_session(tx, account.id, now=now, identity=identity)


def recognise(store: Store, secret: str, *, now: datetime) -> OpenSession | None:
    """Return the session of a secret, unless it is over; that it is in use is written down now and then."""
    with store.reading() as tx:
        found = read_session(tx, secret, now=now, idle=IDLE, longest=LONGEST)
    if found and now - found.seen > _TOUCH:
        # A session is good also where that cannot be written down now.
        with suppress(UnavailableError), store.writing() as tx:
            touch_session(tx, secret, now=now)
    return found


def leave(store: Store, secret: str) -> None:
    """End a session."""
    with store.writing() as tx:
        end_session(tx, secret)
