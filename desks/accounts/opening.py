"""Accounts opened and changed, from the site or the command line: each act stands in the journal."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from data import accounts
from data.account_holders import erase_account, export_account
from data.journal import ERASED, note
from data.outbox import queue_account_message
from data.store import Store, Transaction
from desks.accounts.first_word import burn_first_word, check_first_word
from desks.outbox.wording import Wording, words_of
from desks.settings import Settings
from mobility.accounts import ADMINISTRATOR, Account, Grant
from mobility.clock import later
from mobility.errors import MobilityError
from mobility.messages import TO, known_mail

INVITATION_LIVES, LINK_LIVES = timedelta(days=3), timedelta(hours=2)
"""How long a password may be chosen by a link that was sent unasked, and by one that was asked for."""


INVITATION, NEW_PASSWORD = "invitation", "password"
"""The purposes of the mails that carry such a link."""
GUESSED = "guessed"
"""The purpose of the mail that tells the owner of an account that its password is being guessed."""


MAIL_CHANGED, IDENTITY_JOINED, IDENTITY_PARTED = "mail-changed", "identity-joined", "identity-parted"
"""The purposes of the mails that tell the owner of an account by what other address or identity it opens now."""
TELLS_FOR = timedelta(days=3)
"""How long it is tried to tell them."""


class Invitation(NamedTuple):
    """An account, with the secret of the link by which its owner chooses a password ("" where it goes by mail)."""

    account: Account
    secret: str


def open_account(
    store: Store, mail: str, name: str, given: Iterable[Grant], *, now: datetime, who: str, by_mail: bool = False
) -> Invitation:  # fmt: skip
    """Open an account; its owner's link goes ``by_mail``, or is returned."""
    with store.writing("accounts") as tx:
        account = _opened(tx, mail, name, given, now, who)
        return _invited(tx, account, now, by_mail=by_mail)


def check_first_account(store: Store, settings: Settings, word: str) -> None:
    """Raise where there is an account already, or a word does not open the first one."""
    with store.reading() as tx:
        _check_none(tx)
    check_first_word(settings, word)


def open_first_account(
    store: Store, settings: Settings, word: str, mail: str, name: str, given: Iterable[Grant], *, now: datetime
) -> Invitation:
    """Open the first account of a site, and use up the word that opens it."""
    with store.writing("accounts") as tx:
        _check_none(tx)
        account = _opened(tx, mail, name, given, now, "first word")
        opened = Invitation(account, accounts.add_account_link(tx, account.id, expires=later(now, LINK_LIVES)))
        burn_first_word(settings, word)
    return opened


def _check_none(tx: Transaction) -> None:
    if accounts.has_accounts(tx):
        raise MobilityError("first-account-taken", "there is an account already", field="")


def _opened(tx: Transaction, mail: str, name: str, given: Iterable[Grant], now: datetime, who: str) -> Account:
    account = accounts.add_account(tx, mail, name, given, now=now)
    note(tx, who, "account-added", about=account.id, now=now)
    return account


def _invited(tx: Transaction, account: Account, now: datetime, *, by_mail: bool) -> Invitation:
    until = now + INVITATION_LIVES
    if by_mail:
        # The secret is made when the mail goes: none waits in the outbox.
        queue_account_message(tx, account.id, INVITATION, {}, now=now, before=until)
        return Invitation(account, "")
    return Invitation(account, accounts.add_account_link(tx, account.id, expires=until))


def account_of_mail(store: Store, mail: str) -> Account:
    """Return the account of a mail address; raises where there is none."""
    with store.reading() as tx:
        known = accounts.account_with_mail(tx, mail)
    if known is None:
        raise MobilityError("no-such-account", f"no account for {mail}", field="mail", value=mail)
    return known


@contextmanager
def _changing(store: Store, account: str, act: str, now: datetime, who: str) -> Iterator[tuple[Transaction, Account]]:
    with store.writing("accounts") as tx:
        yield tx, accounts.find_account(tx, account)
        accounts.touch_account(tx, account, now=now)
        note(tx, who, "account-changed", about=account, why=act, now=now)


def roles_stamp(account: Account, territory: str) -> str:
    """Return what changes with the roles of an account in a territory: whoever changes them says what they saw."""
    held = (grant for grant in account.grants if grant.territory in {"", territory})
    return " ".join(sorted(f"{grant.role}/{grant.structure}/{grant.territory}" for grant in held))


def give_roles(
    store: Store,
    account: str,
    given: Sequence[Grant],
    territory: str,
    *,
    now: datetime,
    who: str,
    saw: str | None = None,
) -> None:
    """Give an account its roles in a territory: those it holds in others are another administrator's business.

    ``saw`` is the stamp of those it had: raises "account-changed" where someone else was faster.
    """
    with _changing(store, account, "roles", now, who) as (tx, known):
        if saw is not None and roles_stamp(known, territory) != saw:
            raise MobilityError("account-changed", "someone else has changed these roles", field="")
        if not any(grant.role == ADMINISTRATOR for grant in given):
            accounts.keep_an_administrator(tx, account)
        accounts.set_grants(tx, account, [*(g for g in known.grants if g.territory not in {"", territory}), *given])
        accounts.end_sessions(tx, account)


def close_account(store: Store, account: str, *, now: datetime, who: str) -> None:
    """Close an account: its sessions end at once."""
    with _changing(store, account, "close", now, who) as (tx, _):
        accounts.set_active(tx, account, active=False)


def open_again(store: Store, account: str, *, now: datetime, who: str) -> None:
    """Open a closed account again."""
    with _changing(store, account, "open", now, who) as (tx, _):
        accounts.set_active(tx, account, active=True)


def hand_over(store: Store, wording: Wording, account: str, *, now: datetime, who: str) -> dict[str, Any]:
    """Return everything that is kept about an account's holder, as a document to hand to them."""
    with store.writing() as tx:
        document = export_account(tx, account, lambda tx, message: words_of(wording, tx, message, now))
        note(tx, who, "account-exported", about=account, now=now)
    return document


def erase(store: Store, account: str, *, now: datetime, who: str) -> None:
    """Erase an account with all that is its holder's; not the last administrator's. The journal stays as it is."""
    with store.writing("accounts") as tx:
        erase_account(tx, account)
        note(tx, who, ERASED, about=account, now=now)


def tell_change(tx: Transaction, account: str, purpose: str, *, now: datetime, former: str = "") -> None:
    """Tell the owner of an account what opens it now, at its address and at a ``former`` one."""
    for facts in ({}, {TO: former}) if former else ({},):
        queue_account_message(tx, account, purpose, facts, now=now, before=now + TELLS_FOR)


def change_mail(store: Store, account: str, mail: str, *, now: datetime, who: str) -> None:
    """Give an account another mail address: its sessions end, and both addresses are told."""
    with _changing(store, account, "mail", now, who) as (tx, known):
        known_mail(mail, field="mail")
        if known.mail == mail.lower():
            raise MobilityError("account-exists", f"there is an account for {mail} already", field="mail")
        accounts.set_mail(tx, account, mail)
        tell_change(tx, account, MAIL_CHANGED, now=now, former=known.mail)


def part_identity(store: Store, account: str, *, now: datetime, who: str) -> None:
    """Part an account from the identity that it is joined to."""
    with _changing(store, account, "detach", now, who) as (tx, _):
        accounts.detach_subject(tx, account)
        tell_change(tx, account, IDENTITY_PARTED, now=now)


def invite_again(store: Store, account: str, *, now: datetime, who: str, by_mail: bool = False) -> Invitation:
    """Make a new link by which the owner of an account chooses a password; it goes ``by_mail``, or is returned."""
    with _changing(store, account, "link", now, who) as (tx, known):
        return _invited(tx, known, now, by_mail=by_mail)
