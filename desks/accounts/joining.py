"""Which account an identity opens: the one it is joined to; how it comes to be joined, once and for all."""

from datetime import datetime

from data.accounts import account_of_link, account_with_mail, account_with_subject, join_subject
from data.journal import note
from data.store import Store
from desks.accounts.proconnect import Identity
from mobility.accounts import Account
from mobility.errors import MobilityError


def account_for(store: Store, who: Identity, *, link: str = "", now: datetime) -> Account:
    """Return the account that an identity opens.

    An identity that is new here is joined to the account of the invitation that its owner holds (``link``, its
    secret), or of the mail that the server vouches for. Nothing else that the server tells changes an account: none
    is joined to another identity, opened again, renamed or given another mail.
    """
    with store.writing() as tx:
        known = account_with_subject(tx, who.subject)
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
        join_subject(tx, found.id, who.subject)
        note(tx, found.id, "account-joined", about=found.id, now=now)
        return found


def _open(account: Account | None) -> Account:
    if account is None or not account.active:
        raise MobilityError("no-account-for-identity", "no account is open for this identity", field="")
    return account
