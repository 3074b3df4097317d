"""Sends what the outbox holds: mail by SMTP, SMS by a webhook, or a local provider that only shows them."""

import hashlib
import hmac
import json
import logging
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

from data.outbox import claim_message, due_messages, settle_message
from data.people import is_example, read_contact
from data.store import Store, Transaction
from data.web import requests
from mobility.errors import MobilityError
from mobility.messages import FAILED, QUEUED, SENT, SHOWN, Message, Text, is_mail
from mobility.people import Contact

TIMEOUT = 20
"""Seconds that a provider may take to answer."""
TRIES = 6
"""Times that a message is tried, each wait longer than the last."""
GIVE_UP = 3
"""Messages in a row that no provider took, for no fault of theirs, after which a round ends."""
NO_WAY, BAD_ADDRESS, REFUSED, NO_ANSWER = "no-way", "bad-address", "refused", "no-answer"
"""Why a message did not go: nowhere to send it, an address that cannot be, a provider that refused or was silent."""
OVERTAKEN, NO_WORDS, FAULT = "overtaken", "no-words", "fault"
"""It no longer holds, or its reader wants none any more; what it tells cannot be put into words; a fault of ours."""
NO_MAILBOX = {501, 550, 551, 553}
"""Answers of RFC 5321 to a recipient who is none."""
_log = logging.getLogger(__name__)


class NotTakenError(OSError):
    """A message that a provider did not take: why, in a word and what it said; ``lasting`` where it never will."""

    def __init__(self, why: str, detail: str = "", *, lasting: bool = False) -> None:
        super().__init__(f"{why} {detail}".strip())
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
        message = EmailMessage()
        if not is_mail(contact.mail):
            raise NotTakenError(BAD_ADDRESS, lasting=True)
        message["From"], message["To"], message["Subject"] = self.sender, contact.mail, " ".join(subject.split())
        message["Message-ID"] = f"<{identifier}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        message.set_content(text)
        try:
            with self._server() as server:
                _hand_over(server, message)
        except (smtplib.SMTPException, UnicodeError) as error:
            # Settings that are wrong are no fault of the message's: it waits.
            raise NotTakenError(REFUSED, type(error).__name__) from error

    def _server(self) -> smtplib.SMTP:
        parts = urlsplit(self.address)
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        server = kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT)
        try:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                # A password goes to a server that shows who it is.
                server.starttls(context=ssl.create_default_context() if parts.username else None)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((status, said),) = error.recipients.values()
        # Codes of a mailbox that is none; a 5.7 after them speaks of who sends.
        lasting = status in NO_MAILBOX and b"5.7." not in said
        raise NotTakenError(BAD_ADDRESS if lasting else REFUSED, str(status), lasting=lasting) from error


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
        _check_server(webhook, ("http", "https"), "MOBILITY_SMS_WEBHOOK")
        if not secret:
            raise MobilityError("empty-value", "give the secret that signs messages", field="MOBILITY_SMS_SECRET")
        found.append(SmsWebhook(webhook, secret))
    if smtp:
        _check_server(smtp, ("smtp", "smtps"), "MOBILITY_SMTP")
        if sender and not is_mail(parseaddr(sender)[1]):
            raise MobilityError(
                "bad-mail", f"'{sender}' is not a mail address", field="MOBILITY_MAIL_FROM", value=sender
            )
        found.append(Smtp(smtp, sender or "mobilite@localhost"))
    return found or [Local()]


def _check_server(address: str, schemes: tuple[str, ...], setting: str) -> None:
    # What is wrong is not shown: it may hold a password.
    try:
        parts = urlsplit(address)
        fits = parts.scheme in schemes and bool(parts.hostname) and address.isascii() and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise MobilityError("bad-server", f"not the address of a server ({'://, '.join(schemes)}://)", field=setting)


class Wording(Protocol):
    """Puts messages into words."""

    def text(self, tx: Transaction, message: Message) -> Text:
        """Return a message in words; raises LookupError where that cannot be."""
        ...

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether a message should still go."""
        ...


def send_due(
    store: Store, providers: list[Provider], wording: Wording, *, now: datetime,
    told: Callable[[Message], None] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Send every message that is due; return how many went out, were shown, wait, or were given up.

    A message is claimed before it is sent, so that two senders never send it both; killed in between, it is tried
    again later under the same identifier, by which providers know a second copy.
    """
    counts, began = dict.fromkeys((SENT, SHOWN, QUEUED, FAILED), 0), time.monotonic()
    with store.reading() as tx:
        waiting = due_messages(tx, now)
    refused = 0
    for message in waiting:
        if refused >= GIVE_UP:
            # A provider that hangs must not hold up reminders for all the others' timeouts: the next round tries.
            break
        since = now + timedelta(seconds=time.monotonic() - began)
        with store.writing() as tx:
            if not claim_message(tx, message.id, message.tries, until=since + timedelta(minutes=2**message.tries)):
                continue
        try:
            settled = _settled(store, providers, wording, message, now)
        except Exception as error:  # noqa: BLE001
            # Whatever one message runs into, the others go. What the error holds may be someone's: it is not logged.
            _log.error("message %s met trouble: %s", message.id, type(error).__name__)
            settled = _untaken(message, FAULT, lasting=False)
        refused = refused + 1 if settled.state == QUEUED and settled.trouble != FAULT else 0
        with store.writing() as tx:
            settle_message(tx, settled)
        counts[settled.state] += 1
        told(settled)
    return counts


def _settled(
    store: Store, providers: list[Provider], wording: Wording, message: Message, now: datetime
) -> Message:  # fmt: skip
    """Send a message; return it with what became of it, and what is still kept."""
    with store.reading() as tx:
        if not wording.stands(tx, message, now):
            return replace(message, state=FAILED, trouble=OVERTAKEN).for_others()
        try:
            words = wording.text(tx, message)
        except LookupError:
            _log.error("message %s holds no facts of a %s", message.id, message.purpose)
            return replace(message, state=FAILED, trouble=NO_WORDS).for_others()
        contact = read_contact(tx, message.person)
        # Persons of the example do not exist: nothing leaves the machine for them.
        used: list[Provider] = [Local()] if is_example(tx, message.person) else providers
    sent = _sent(used, message, contact, words)
    # What is its reader's alone goes once it has left; where it is only shown it stays readable.
    gone = sent.state in {SENT, FAILED} and not any(isinstance(provider, Local) for provider in used)
    return sent.for_others() if gone else sent


def _sent(providers: list[Provider], message: Message, contact: Contact, words: Text) -> Message:
    trouble, lasting = NO_WAY, True
    for provider in providers:
        if provider.reaches(contact):
            try:
                provider.send(message.id, contact, words.subject, words.text)
            except OSError as error:
                refusal = error if isinstance(error, NotTakenError) else NotTakenError(NO_ANSWER, type(error).__name__)
                trouble, lasting = str(refusal), lasting and refusal.lasting
                _log.warning("message %s: %s", message.id, trouble)
            else:
                return replace(message, state=SHOWN if isinstance(provider, Local) else SENT, trouble="")
    return _untaken(message, trouble, lasting=lasting)


def _untaken(message: Message, trouble: str, *, lasting: bool) -> Message:
    over = lasting or message.tries + 1 >= TRIES
    return replace(message, state=FAILED if over else QUEUED, trouble=trouble)
