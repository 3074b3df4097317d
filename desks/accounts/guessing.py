"""How guessing passwords is slowed down, without anybody being able to lock another one out.

After OWASP ("Slow Down Online Guessing Attacks with Device Cookies"): a browser that signed in rightly before is known
to an account and counts by itself; all others share what is left, by account and address together, and by account over
all addresses. ANSSI and CNIL ask that tries be limited in time; NIST (SP 800-63B) lets at most 100 fail in a row.
"""

import hmac
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from data.accounts import add_attempt, count_attempts, drop_attempts
from data.store import Store
from mobility.errors import MobilityError

WINDOW, DAY = timedelta(minutes=15), timedelta(days=1)
"""Within which tries are counted."""
MOST_AT_ONCE = 5
"""Tries for an account that may fail within the window, from one address or one known browser."""
MOST_A_DAY = 25
"""Tries for an account that may fail within a day, from all unknown browsers together, or from one known browser:
NIST's hundred take four days."""
MOST_BY_ADDRESS = 30
"""Tries for any account that may fail within the window, from one address; a known browser there passes."""


@dataclass(frozen=True)
class Browser:
    """Who tries: their address as it is counted, the browser's own random name, and the words that accounts gave it."""

    address: str
    name: str = ""
    words: frozenset[str] = frozenset()


class Limit(NamedTuple):
    """How many tries under a key may fail within a time."""

    key: str
    most: int
    within: timedelta


def browser_word(key: bytes, browser: str, account: str, hashed: str) -> str:
    """Return the word by which an account knows a browser again, until its password changes; to others it says nothing.

    ``key`` is the site's own, ``hashed`` the hash of the account's password.
    """
    return hmac.new(key, f"known browser {browser} {account} {hashed}".encode(), sha256).hexdigest()[:32]


def limits_for(mail: str, browser: Browser, words: Collection[str]) -> list[Limit]:
    """Return what counts for a try; ``words`` are those that the account would give this browser."""
    if browser.name and browser.words & set(words):
        key = f"browser {browser.name} {mail}"
        return [Limit(key, MOST_AT_ONCE, WINDOW), Limit(key, MOST_A_DAY, DAY)]
    return [
        Limit(f"account {mail} from {browser.address}", MOST_AT_ONCE, WINDOW),
        Limit(f"account {mail}", MOST_A_DAY, DAY),
        Limit(f"address {browser.address}", MOST_BY_ADDRESS, WINDOW),
    ]


@contextmanager
def one_try(store: Store, limits: list[Limit], *, now: datetime) -> Iterator[None]:
    """Count a try as failed before it is made, and no longer where it was right: of many at once, none slips through.

    Raises "too-many-tries" where too many failed lately. What is raised inside leaves the try counted.
    """
    _check(store, limits, now, besides=0)
    keys = dict.fromkeys(limit.key for limit in limits)
    with store.writing() as tx:
        made = [add_attempt(tx, key, now=now) for key in keys]
    # Counted once it has landed: whoever tries at the same time sees this one, or is seen by it.
    try:
        _check(store, limits, now, besides=1)
    except MobilityError:
        with store.writing() as tx:
            drop_attempts(tx, made)
        raise
    yield
    with store.writing() as tx:
        drop_attempts(tx, made)


def _check(store: Store, limits: list[Limit], now: datetime, *, besides: int) -> None:
    with store.reading() as tx:
        over = [one for one in limits if count_attempts(tx, one.key, since=now - one.within) - besides >= one.most]
    if any(limit.within == DAY for limit in over):
        raise MobilityError("account-slowed", "too many tries failed today from unknown browsers", field="")
    if over:
        minutes = int(WINDOW.total_seconds()) // 60
        raise MobilityError("too-many-tries", "too many tries failed; wait", field="", minutes=minutes)


def is_reached(store: Store, limits: list[Limit], *, now: datetime) -> bool:
    """Tell whether a try that failed was the last that is let through for its account."""
    own = [limit for limit in limits if not limit.key.startswith("address ")]
    with store.reading() as tx:
        return any(count_attempts(tx, one.key, since=now - one.within) == one.most for one in own)
