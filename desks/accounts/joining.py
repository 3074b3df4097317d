"""Which account an identity opens: the one it is joined to; how it comes to be joined, once and for all."""

from datetime import datetime

from data.accounts import (
    account_of_link,
    account_with_mail,
    account_with_subject,
    bind_subjects,
    has_unbound_subjects,
    join_subject,
)
from data.journal import note
from data.store import Store
from desks.accounts.opening import IDENTITY_JOINED, tell_change
from desks.accounts.proconnect import Identity, issuer_of
from desks.settings import Settings
from mobility.accounts import Account
from mobility.errors import MobilityError


def account_for(store: Store, who: Identity, *, link: str = "", now: datetime) -> Account:
    """Return the account that an identity opens.

    An identity that is new here is joined to the account of the invitation that its owner holds (``link``, its
    secret), or of the mail that the server vouches for. Nothing else that the server tells changes an account: none
    is joined to another identity, opened again, renamed or given another mail.
    """
    with store.writing("accounts") as tx:
        known = account_with_subject(tx, who.issuer, who.subject)
        if known is not None:
            return _open(known)
        if link:
            prepared: Account | None = account_of_link(tx, link, now=now)
        elif who.mail and who.mail_verified:
            prepared = account_with_mail(tx, who.mail)
        else:
            raise MobilityError(
                "mail-not-verified", "the server does not vouch for the mail: it joins nothing", field=""
            )
        found = _open(prepared)
        join_subject(tx, found.id, who.issuer, who.subject)
        note(tx, found.id, "account-joined", about=found.id, now=now)
        tell_change(tx, found.id, IDENTITY_JOINED, now=now)
        return found


def bind_identities(store: Store, settings: Settings) -> None:
    """Bind what an earlier version kept to the identity server of the settings, before another takes its place."""
    issuer = issuer_of(settings)
    with store.reading() as tx:
        due = bool(issuer) and has_unbound_subjects(tx)
    if due:
        with store.writing() as tx:
            bind_subjects(tx, issuer)


def _open(account: Account | None) -> Account:
    if account is None or not account.active:
        raise MobilityError("no-account-for-identity", "no account is open for this identity", field="")
    return account
