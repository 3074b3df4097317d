"""The messages of accounts: the links by which a password is chosen. Their secret is made when they go."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from data.accounts import add_account_link, find_account
from data.store import Transaction
from desks.accounts.opening import (
    GUESSED,
    IDENTITY_JOINED,
    IDENTITY_PARTED,
    INVITATION,
    INVITATION_LIVES,
    LINK_LIVES,
    MAIL_CHANGED,
    NEW_PASSWORD,
)
from mobility.clock import later
from mobility.messages import HIDDEN, LINK, TO, Message, Text

PURPOSES = (INVITATION, NEW_PASSWORD, GUESSED, MAIL_CHANGED, IDENTITY_JOINED, IDENTITY_PARTED)
"""What is told to the owner of an account."""


class Words(Protocol):
    """What turns the facts of a message into words."""

    def choose_password(self, secret: str, *, invited: bool) -> Text:
        """Send someone the link by which they choose a password."""

    def guessed(self) -> Text:
        """Tell someone that others try passwords for their account."""

    def mail_changed(self, mail: str, *, former: bool) -> Text:
        """Tell someone, at the new or the former address, that their account has another one."""

    def identity_changed(self, *, joined: bool) -> Text:
        """Tell someone that their account was joined to who they are at the identity server, or parted from it."""


@dataclass(frozen=True)
class AccountMessages:
    """Puts the messages of accounts into words."""

    words: Words = field(repr=False)

    def text(self, tx: Transaction, message: Message, now: datetime) -> Text:  # noqa: ARG002
        """Put a message into words; without its secret, its link leads nowhere."""
        if message.purpose == GUESSED:
            return self.words.guessed()
        if message.purpose == MAIL_CHANGED:
            return self.words.mail_changed(find_account(tx, message.account).mail, former=TO in message.facts)
        if message.purpose in {IDENTITY_JOINED, IDENTITY_PARTED}:
            return self.words.identity_changed(joined=message.purpose == IDENTITY_JOINED)
        return self.words.choose_password(message.facts.get(LINK, HIDDEN), invited=message.purpose == INVITATION)

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:  # noqa: ARG002
        """Tell whether a message should still go: its account is open."""
        return find_account(tx, message.account).active

    def wanted(self, tx: Transaction, message: Message, now: datetime) -> bool:  # noqa: ARG002
        """Tell whether its reader takes messages: whoever has an account asked for it."""
        return True

    def sealed(self, tx: Transaction, message: Message, now: datetime) -> Message:
        """Return a message that is about to go, with the secret of its link, which lives from now on."""
        if message.purpose not in {INVITATION, NEW_PASSWORD}:
            return message
        lives = INVITATION_LIVES if message.purpose == INVITATION else LINK_LIVES
        secret = add_account_link(tx, message.account, expires=later(now, lives))
        return replace(message, facts={**message.facts, LINK: secret})
