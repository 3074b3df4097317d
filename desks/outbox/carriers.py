"""What carries messages: mail by SMTP, SMS by a webhook, or nothing but the desk's page that shows them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from data.guarded_web import InnerAddressError, guarded_session
from data.web import requests
from mobility.errors import MobilityError
from mobility.messages import MAIL, SMS, is_mail, sms_text
from mobility.people import Contact
from mobility.telephone import takes_sms

TIMEOUT = 20
"""Seconds that a provider may take to answer."""
BAD_ADDRESS, REFUSED, NO_ANSWER = "bad-address", "refused", "no-answer"
"""Why a message was not taken: an address that cannot be, a provider that refused, or that nothing reached."""
PERHAPS = "perhaps"
"""The whole message left and nobody said what became of it: it may have been taken."""
NO_MAILBOX = {501, 550, 551, 553}
"""Answers of RFC 5321 to a recipient who is none."""
OF_READER = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 9), (1, 10), (2, 1)}
"""Reasons of RFC 3463 (subject, detail) that speak of the recipient's address; 5.1.7 and 5.1.8 are of the sender's."""
_REASON = re.compile(rb"\b5\.(\d{1,3})\.(\d{1,3})\b")
_NOT_OF_READER = re.compile(
    rb"relay|rcpthosts|denied|permitted|allowed|authenti|authori[sz]|policy|sender|spam|block|black|listed|reputation"
    rb"|\b(spf|dkim|dmarc|rbl)\b",
    re.IGNORECASE,
)
"""Words by which a server without such reasons speaks of who sends, or of its own settings."""
LOST = {500, 502, 504}
"""Answers of a server that broke down, or of a gateway that heard nothing from the one behind: it may have taken it."""
SENT_ON = {307, 308}
"""Answers that ask for the same POST elsewhere; any other redirect asks for another question, that sends nothing."""
HOPS = 4
"""Times that one message is posted at most, the first included."""
_LAST_LINE = b"\r\n.\r\n"


class NotTakenError(OSError):
    """A message that a provider did not take: why, in a word and what it said; ``lasting`` where it never will."""

    def __init__(self, why: str, detail: str = "", *, lasting: bool = False) -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.lasting = why, lasting


class Carrier(Protocol):
    """Carries messages to people. ``channel`` is the way by which they go ("" where nothing leaves)."""

    @property
    def channel(self) -> str:
        """Return the way by which it carries."""
        ...

    def reaches(self, contact: Contact) -> bool:
        """Tell whether it can reach a person."""
        ...

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:
        """Send a message; raises :class:`NotTakenError`, or another OSError where nobody answers."""
        ...


@dataclass(frozen=True)
class Local:
    """Shows messages on the desk's page: nothing leaves the machine."""

    channel = ""

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

    channel = MAIL

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
            server = self._server()
            try:
                _hand_over(server, message)
            finally:
                # What it says when one leaves changes nothing of what it took or refused.
                with suppress(OSError):
                    server.quit()
                server.close()
        except (smtplib.SMTPException, UnicodeError) as error:
            # Settings that are wrong are no fault of the message's: it waits.
            raise NotTakenError(REFUSED, _said_of(error)) from error

    def _server(self) -> _Watched:
        parts = urlsplit(self.address)
        kind = _WatchedSafe if parts.scheme == "smtps" else _Watched
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


class _Watched(smtplib.SMTP):
    """A mail server, and whether the last line of a mail has left for it: from there on it may have the mail."""

    ended = False

    def send(self, s: Any) -> None:
        """Send some bytes of a conversation."""
        super().send(s)
        self.ended = self.ended or (isinstance(s, bytes) and s.endswith(_LAST_LINE))


class _WatchedSafe(_Watched, smtplib.SMTP_SSL):
    """The same by TLS from the start."""


def _hand_over(server: _Watched, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((status, said),) = error.recipients.values()
        lasting = status in NO_MAILBOX and _is_of_reader(said)
        raise NotTakenError(BAD_ADDRESS if lasting else REFUSED, str(status), lasting=lasting) from error
    except OSError as error:
        refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 400
        if server.ended and not refused:
            raise NotTakenError(PERHAPS, type(error).__name__) from error
        raise


def _is_of_reader(said: bytes) -> bool:
    """Tell whether a server refused a recipient for their address, and not for who sends or for how it is set."""
    if reason := _REASON.search(said):
        return (int(reason[1]), int(reason[2])) in OF_READER
    # An address may hold any word.
    return not _NOT_OF_READER.search(re.sub(rb"\S*@\S*", b"", said))


def _said_of(error: Exception) -> str:
    """Return what a server answered, by its code, or what became of the conversation."""
    return str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else type(error).__name__


@dataclass(frozen=True)
class SmsWebhook:
    """SMS through any provider's webhook: a signed POST of {id, to, text}."""

    address: str
    secret: str

    channel = SMS

    def reaches(self, contact: Contact) -> bool:
        """Tell whether a person has a number that takes SMS: a landline does not."""
        return takes_sms(contact.telephone)

    def send(self, identifier: str, contact: Contact, subject: str, text: str) -> None:  # noqa: ARG002
        """Post a message; the header X-Signature holds the HMAC-SHA256 of the body."""
        body = json.dumps(
            {"id": identifier, "to": contact.telephone, "text": sms_text(text)}, ensure_ascii=False
        ).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signature, "Idempotency-Key": identifier}
        try:
            status = self._posted(body, headers)
        except InnerAddressError as error:
            raise NotTakenError(REFUSED, "inner-address") from error
        except requests.RequestException as error:
            raise NotTakenError(NO_ANSWER if _never_left(error) else PERHAPS, type(error).__name__) from error
        if not 200 <= status < 300:
            raise NotTakenError(PERHAPS if status in LOST else REFUSED, str(status))

    def _posted(self, body: bytes, headers: dict[str, str]) -> int:
        """Post a message, again where it is sent on, and return the last status.

        Only the server of the setting may be of a private network: what it sends on to is guarded as feeds are.
        """
        address, session = self.address, requests.Session()
        for _ in range(HOPS):
            # The status says it all: what comes after it is not waited for.
            with (
                session,
                session.post(
                    address, data=body, headers=headers, timeout=TIMEOUT, stream=True, allow_redirects=False
                ) as answered,
            ):
                status, onward = answered.status_code, urljoin(address, answered.headers.get("Location", ""))
            if status not in SENT_ON or (address.startswith("https:") and not onward.startswith("https:")):
                break
            address, session = onward, guarded_session((urlsplit(self.address).hostname or "",))
        return status


def _never_left(error: requests.RequestException) -> bool:
    """Tell whether no connection was made: whatever breaks later, the message, a few hundred bytes, may have left."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    if isinstance(error, requests.ConnectionError):
        # Nothing is tried twice here, so that only a connection that was not made has a reason of its own.
        return hasattr(error.args[0] if error.args else None, "reason")
    return isinstance(error, ValueError)


def carriers_of(smtp: str, sender: str, webhook: str, secret: str) -> list[Carrier]:
    """Return the carriers that the settings name, the telephone first; the local one where there is none."""
    found: list[Carrier] = []
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
