"""Passwords: Argon2 hashes, what is asked of a new one, and signing in with one."""

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from data.accounts import (
    account_with_mail,
    add_attempt,
    count_attempts,
    password_of,
    rehash,
    set_password,
)
from data.outbox import queue_account_message
from data.store import Store
from desks.accounts.guessing import DAY, WINDOW, Browser, browser_word, is_reached, limits_for, one_try
from desks.accounts.opening import GUESSED, LINK_LIVES, NEW_PASSWORD
from mobility.accounts import Account
from mobility.errors import MobilityError

SHORTEST = 12
"""Letters of a password (ANSSI and CNIL ask for 12 where tries are throttled)."""
LONGEST = 200
MOST_MAILS = 3
"""Mails for a new password that one address gets within the window."""
_hasher = PasswordHasher()


def check_new_password(password: str, account: Account) -> None:
    """Raise where a password is too weak to be kept."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise MobilityError(
            "short-password", f"a password has {SHORTEST} letters at least", field="password", least=SHORTEST
        )
    plain = password.lower()
    own = account.mail.split("@")[0]
    if len(set(plain)) < 5 or (len(own) > 3 and own in plain) or plain in account.name.lower():
        raise MobilityError("weak-password", "this password is too easy to guess", field="password")


def choose_password(store: Store, account: Account, password: str) -> None:
    """Keep a new password; every open session of the account ends."""
    check_new_password(password, account)
    hashed = _hasher.hash(password)
    with store.writing() as tx:
        set_password(tx, account.id, hashed)


def sign_in(store: Store, mail: str, password: str, *, browser: Browser, key: bytes, now: datetime) -> Account:
    """Return the account of a mail and password; ``key`` is the site's, by which known browsers are known.

    Raises "wrong-password" whatever was wrong, and "too-many-tries" or "account-slowed" where too many failed lately.
    The owner of an account is told where it has come to that, once a day.
    """
    mail = mail.strip().lower()[:200]
    with store.reading() as tx:
        account = account_with_mail(tx, mail)
        hashed = password_of(tx, account.id) if account else ""
    # Worked out in either case: how long it takes must not tell that an account is unknown.
    word = browser_word(key, browser.name, account.id if account else "", hashed or _nobodys())
    limits = limits_for(mail, browser, {word} if hashed else ())
    try:
        with one_try(store, limits, now=now):
            right = _matches(hashed or _nobodys(), password[:LONGEST]) and bool(hashed)
            if not right or account is None or not account.active:
                raise MobilityError("wrong-password", "the mail or the password is wrong", field="")
    except MobilityError as error:
        if error.code == "wrong-password" and account and account.active and is_reached(store, limits, now=now):
            _tell_owner(store, account, now)
        raise
    if _hasher.check_needs_rehash(hashed):
        with store.writing() as tx:
            rehash(tx, account.id, _hasher.hash(password))
    return account


def word_for(store: Store, account: Account, browser: str, *, key: bytes) -> str:
    """Return the word by which an account will know a browser again; "" where it has no password to guess."""
    with store.reading() as tx:
        hashed = password_of(tx, account.id)
    return browser_word(key, browser, account.id, hashed) if hashed else ""


def _tell_owner(store: Store, account: Account, now: datetime) -> None:
    told = f"told {account.id}"
    with store.writing("accounts") as tx:
        if not count_attempts(tx, told, since=now - DAY):
            add_attempt(tx, told, now=now)
            queue_account_message(tx, account.id, GUESSED, {}, now=now, before=now + DAY)


def ask_new_password(store: Store, mail: str, *, now: datetime) -> None:
    """Send a link for a new password, unless no such account is open or too many links were asked for."""
    mail = mail.strip().lower()[:200]
    key = f"mail {mail}"
    with store.writing("accounts") as tx:
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
