"""Sends what the outbox holds: mail by SMTP, SMS by a webhook, or a local provider that only shows them."""

import hashlib
import hmac
import json
import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from data.outbox import claim_message, due_messages, settle_message
from data.ride_records import is_example, read_contact
from data.store import Store, Transaction
from mobility.errors import MobilityError
from mobility.late import late
from mobility.messages import FAILED, QUEUED, SENT, SHOWN, Message, Text
from mobility.rides import Contact

if TYPE_CHECKING:
    import requests
else:
    requests = late("requests")

TIMEOUT = 20
"""Seconds that a provider may take to answer."""
TRIES = 6
"""Times that a message is tried, each wait longer than the last."""
GIVE_UP = 3
"""Messages in a row that no provider took, for no fault of theirs, after which a round ends."""
NO_WAY, BAD_ADDRESS, REFUSED, NO_ANSWER = "no-way", "bad-address", "refused", "no-answer"
"""Why a message did not go: nowhere to send it, an address that cannot be, a provider that refused or was silent."""
_log = logging.getLogger(__name__)


class NotTakenError(OSError):
    """A message that a provider did not take: why (``code``), what it said, whether it never will (``lasting``)."""

    def __init__(self, code: str, detail: str = "", *, lasting: bool = False) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.lasting = lasting


class Provider(Protocol):
    """Carries messages to people."""

    def reaches(self, contact: Contact) -> bool:
        """Tell whether this provider can reach a person."""
        ...

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:
        """Send a message; raises :class:`NotTakenError`, or another OSError where nobody answers."""
        ...


@dataclass(frozen=True)
class Local:
    """Shows messages on the desk's page: nothing leaves the machine."""

    def reaches(self, contact: Contact) -> bool:
        """Reach whoever left any way to be reached."""
        return bool(contact.telephone or contact.mail)

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:
        """Do nothing: the outbox itself is what is shown."""


@dataclass(frozen=True)
class Smtp:
    """Mail through a server, as smtp://user:password@host:port (smtps:// for TLS from the start)."""

    address: str
    sender: str

    def reaches(self, contact: Contact) -> bool:
        """Tell whether a person has a mail address."""
        return bool(contact.mail)

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:
        """Send a mail; its identifier lets the server know a second copy."""
        parts = urlsplit(self.address)
        message = EmailMessage()
        message["From"], message["Subject"] = self.sender, " ".join(subject.split())
        try:
            message["To"] = contact.mail
        except (ValueError, IndexError) as error:
            # The library ends in either where an address holds a line break or stops half-way.
            raise NotTakenError(BAD_ADDRESS, lasting=True) from error
        message["Message-ID"] = f"<{identifier}@{self.sender.rpartition('@')[2]}>"
        message.set_content(text)
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        try:
            with kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT) as server:
                if parts.scheme == "smtp" and server.has_extn("starttls"):
                    server.starttls()
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            lasting = all(status >= 500 for status, _ in error.recipients.values())
            raise NotTakenError(BAD_ADDRESS if lasting else REFUSED, lasting=lasting) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            # The server knows ASCII addresses only.
            raise NotTakenError(BAD_ADDRESS, lasting=True) from error
        except smtplib.SMTPException as error:
            raise NotTakenError(REFUSED, type(error).__name__) from error


@dataclass(frozen=True)
class SmsWebhook:
    """SMS through any provider's webhook: a signed POST of {id, to, text}."""

    address: str
    secret: str

    def reaches(self, contact: Contact) -> bool:
        """Tell whether a person has a telephone number."""
        return bool(contact.telephone)

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:  # noqa: ARG002
        """Post a message; the header X-Signature holds the HMAC-SHA256 of the body."""
        body = json.dumps({"id": identifier, "to": contact.telephone, "text": text}, ensure_ascii=False).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signature, "Idempotency-Key": identifier}
        try:
            answered = requests.post(self.address, data=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise NotTakenError(NO_ANSWER, type(error).__name__) from error
        if answered.status_code >= 400:
            raise NotTakenError(REFUSED, str(answered.status_code))


def providers_of(smtp: str, sender: str, webhook: str, secret: str) -> list[Provider]:
    """Return the providers that the settings name, the telephone first; the local one where there is none."""
    found: list[Provider] = []
    if webhook:
        if not secret:
            raise MobilityError("empty-value", "give the secret that signs messages", field="MOBILITY_SMS_SECRET")
        found.append(SmsWebhook(webhook, secret))
    if smtp:
        found.append(Smtp(smtp, sender or "mobilite@localhost"))
    return found or [Local()]


def send_due(
    store: Store, providers: list[Provider], text: Callable[[Transaction, Message], Text], *, now: datetime,
    told: Callable[[Message], None] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Send every message that is due, put into words by ``text``; return how many went out, wait, or were given up.

    A message is claimed before it is sent, so that two senders never send it both; killed in between, it is tried
    again later under the same identifier, by which providers know a second copy.
    """
    counts = dict.fromkeys((SENT, SHOWN, QUEUED, FAILED), 0)
    with store.reading() as tx:
        waiting = due_messages(tx, now)
    refused = 0
    for message in waiting:
        if refused >= GIVE_UP:
            # A provider that hangs must not hold up reminders for all the others' timeouts: the next round tries.
            break
        wait = timedelta(minutes=2**message.tries)
        with store.writing() as tx:
            if not claim_message(tx, message.id, message.tries, until=now + wait):
                continue
            contact = read_contact(tx, message.person)
            # Persons of the example do not exist: nothing leaves the machine for them.
            used: list[Provider] = [Local()] if is_example(tx, message.person) else providers
            words = text(tx, message)
        settled = _sent(used, message, contact, words)
        refused = refused + 1 if settled.state == QUEUED else 0
        # Once a private link has gone out, its secret is its reader's alone; where it is only shown it stays readable.
        if settled.state in {SENT, FAILED} and not any(isinstance(provider, Local) for provider in used):
            settled = settled.without_secret()
        with store.writing() as tx:
            settle_message(tx, settled)
        counts[settled.state] += 1
        told(settled)
    return counts


def _sent(providers: list[Provider], message: Message, contact: Contact, words: Text) -> Message:
    trouble, lasting = NO_WAY, True
    for provider in providers:
        if provider.reaches(contact):
            try:
                provider.send(message.id, contact, words.subject, words.text)
            except OSError as error:
                told = error if isinstance(error, NotTakenError) else NotTakenError(NO_ANSWER, type(error).__name__)
                trouble, lasting = str(told), lasting and told.lasting
                _log.warning("message %s: %s", message.id, trouble)
            else:
                return replace(message, state=SHOWN if isinstance(provider, Local) else SENT, trouble="")
    over = lasting or message.tries + 1 >= TRIES
    return replace(message, state=FAILED if over else QUEUED, trouble=trouble)
