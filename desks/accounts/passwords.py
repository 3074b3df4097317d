"""Passwords: Argon2 hashes, what is asked of a new one, and how guessing is slowed down."""

from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from data.accounts import (
    account_with_mail,
    add_attempt,
    clear_attempts,
    count_attempts,
    password_of,
    rehash,
    set_password,
)
from data.outbox import queue_account_message
from data.store import Store
from desks.accounts.opening import LINK_LIVES, NEW_PASSWORD
from mobility.accounts import Account
from mobility.errors import MobilityError

SHORTEST = 12
"""Letters of a password (ANSSI and CNIL ask for 12 where tries are throttled)."""
LONGEST = 200
WINDOW = timedelta(minutes=15)
MOST_BY_ACCOUNT = 5
MOST_BY_ADDRESS = 30
"""Tries that may fail within the window."""
MOST_MAILS = 3
"""Mails for a new password that one address gets within the window."""
_hasher = PasswordHasher()


def check_new_password(password: str, account: Account) -> None:
    """Raise where a password is too weak to be kept."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise MobilityError("short-password", f"a password has {SHORTEST} letters at least", field="", least=SHORTEST)
    plain = password.lower()
    own = account.mail.split("@")[0]
    if len(set(plain)) < 5 or (len(own) > 3 and own in plain) or plain in account.name.lower():
        raise MobilityError("weak-password", "this password is too easy to guess", field="")


def choose_password(store: Store, account: Account, password: str) -> None:
    """Keep a new password; every open session of the account ends."""
    check_new_password(password, account)
    hashed = _hasher.hash(password)
    with store.writing() as tx:
        set_password(tx, account.id, hashed)


def sign_in(store: Store, mail: str, password: str, *, address: str, now: datetime) -> Account:
    """Return the account of a mail and password.

    Raises "wrong-password" whatever was wrong, and "too-many-tries" where too many failed lately.
    """
    mail = mail.strip().lower()[:200]
    by_account, by_address = f"account {mail}", f"address {address}"
    with store.reading() as tx:
        since = now - WINDOW
        tries = count_attempts(tx, by_account, since=since), count_attempts(tx, by_address, since=since)
        account = account_with_mail(tx, mail)
        hashed = password_of(tx, account.id) if account else ""
    if tries[0] >= MOST_BY_ACCOUNT or tries[1] >= MOST_BY_ADDRESS:
        raise MobilityError("too-many-tries", "too many tries failed; wait", field="", minutes=WINDOW.seconds // 60)
    # Asked for in either case: made at the first sign-in, it must not tell that an account is unknown.
    nobodys = _nobodys()
    right = _matches(hashed or nobodys, password[:LONGEST]) and bool(hashed)
    if not right or account is None or not account.active:
        with store.writing() as tx:
            add_attempt(tx, by_account, now=now)
            add_attempt(tx, by_address, now=now)
        raise MobilityError("wrong-password", "the mail or the password is wrong", field="")
    with store.writing() as tx:
        clear_attempts(tx, by_account)
        if _hasher.check_needs_rehash(hashed):
            rehash(tx, account.id, _hasher.hash(password))
    return account


def ask_new_password(store: Store, mail: str, *, now: datetime) -> None:
    """Send a link for a new password, unless no such account is open or too many links were asked for."""
    mail = mail.strip().lower()[:200]
    key = f"mail {mail}"
    with store.writing() as tx:
        account = account_with_mail(tx, mail)
        few = count_attempts(tx, key, since=now - WINDOW) < MOST_MAILS
        add_attempt(tx, key, now=now)
        if account and account.active and few:
            queue_account_message(tx, account.id, NEW_PASSWORD, {}, now=now, before=now + LINK_LIVES)


@cache
def _nobodys() -> str:
    """Return the hash that is checked where there is no such account: an answer takes as long either way."""
    return _hasher.hash("a password that nobody has")


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
