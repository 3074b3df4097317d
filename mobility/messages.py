"""A message to a person, an account or a structure: its purpose, the facts it tells, when it may reach its reader.

It is put into words when it is read or sent. What becomes of it is said once, here: waiting, held by a sender, taken by
one, shown only, given up, to be said by telephone, said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from mobility.errors import MobilityError
from mobility.modules import RIDES, Modules
from mobility.working_hours import WorkingHours

QUEUED, CLAIMED, SENT, SHOWN, FAILED = "queued", "claimed", "sent", "shown", "failed"
"""Waiting; held by a sender; taken by who carries it; shown on the desk's page only, where nothing does; given up."""
TO_CALL, SAID = "to-call", "said"
"""To be said by telephone, as it cannot be written; said."""
LINK, OTHERS = "secret", "others"
"""The facts that are the reader's alone, the secret of a link and whose numbers are told: kept until it has gone."""
TO = "to"
"""The fact that is an address to which a message goes in place of its reader's own: the one that they had before."""
HIDDEN = "…"
"""Stands for a secret that is not the reader's."""
MAIL, SMS = "mail", "sms"
"""The ways by which something written goes."""
LONGEST_MAIL = 200
"""Letters of a mail address, at most."""


@dataclass(frozen=True)
class Purpose:
    """What a kind of message is for.

    ``at_once``: someone waits for it, at whatever hour it is. ``necessary``: where it cannot be written it is said.
    ``asks``: its reader must answer. ``module`` is the subject that it belongs to ("" for the service itself).
    """

    at_once: bool = False
    necessary: bool = False
    asks: bool = False
    module: str = ""


PURPOSES = {
    "proposal": Purpose(necessary=True, asks=True, module=RIDES),
    **dict.fromkeys(("confirmed", "over", "cancelled", "partner"), Purpose(necessary=True, module=RIDES)),
    **dict.fromkeys(("reminder", "alone"), Purpose(module=RIDES)),
    # What someone has just asked for, or waits for on the telephone.
    "reply": Purpose(at_once=True, module=RIDES),
    **dict.fromkeys(("way", "password", "invitation"), Purpose(at_once=True)),
    # What the owner of an account must know before it is too late.
    **dict.fromkeys(("guessed", "mail-changed", "identity-joined", "identity-parted"), Purpose(at_once=True)),
}
"""Every purpose of the service. One that is not here is neither urgent nor necessary."""


ASKING = frozenset(name for name, purpose in PURPOSES.items() if purpose.asks)
"""The purposes to which an answer is awaited."""


def purpose_of(name: str) -> Purpose:
    """Return what a kind of message is for."""
    return PURPOSES.get(name, Purpose())


def purposes_off(modules: Modules) -> frozenset[str]:
    """Return the purposes of the subjects that a territory leaves out: their messages rest as they are."""
    return frozenset(name for name, purpose in PURPOSES.items() if not modules.has(purpose.module))


_MAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_mail(text: str) -> bool:
    """Tell whether a text is one mail address, of the kind that every server takes."""
    return bool(_MAIL.fullmatch(text))


def known_mail(text: str, *, field: str) -> str:
    """Return a mail address as it was given; one that is none, or longer than is kept, is an error."""
    if len(text) > LONGEST_MAIL or not is_mail(text):
        raise MobilityError(
            "bad-mail", f"'{text[:LONGEST_MAIL]}' is not a mail address", field=field, value=text[:LONGEST_MAIL]
        )
    return text


class Text(NamedTuple):
    """A message in words."""

    subject: str
    text: str


@dataclass(frozen=True)
class Message:
    """A message of the outbox, to a person, an account or a structure.

    ``facts`` are plain values by name, as JSON holds them.

    ``before`` is when what it tells begins: from then on it helps nobody. ``due`` is when it is looked at next;
    ``lapses`` counts the copies that may have gone, their senders having died or heard nothing; ``settled`` is when it
    went, or was said.
    """

    id: str
    purpose: str
    facts: Mapping[str, Any]
    created: datetime
    person: str = ""
    account: str = ""
    match: str = ""
    state: str = QUEUED
    tries: int = 0
    lapses: int = 0
    trouble: str = ""
    channel: str = ""
    due: datetime | None = None
    before: datetime | None = None
    settled: datetime | None = None
    structure: str = ""
    """Who sends it: a reader may agree to the messages of some structures only."""
    to_structure: str = ""
    """The structure that reads it, where that is neither a person nor an account."""

    def without_link(self) -> "Message":
        """Return the message without the secret of its link: another is made when it goes."""
        return replace(self, facts={name: fact for name, fact in self.facts.items() if name != LINK})

    def for_others(self) -> "Message":
        """Return the message as others than its reader may see it."""
        return replace(self, facts={name: fact for name, fact in self.facts.items() if name not in {LINK, OTHERS}})


@dataclass(frozen=True)
class MessageHours:
    """When something written may reach a person: ``usual`` hours, and ``any_day`` where those come too late."""

    usual: WorkingHours
    any_day: WorkingHours

    def opens(self, now: datetime, purpose: Purpose, before: datetime | None = None) -> datetime:
        """Return when a message may go at the earliest.

        One that would come too late in the usual hours goes in those of a Sunday or holiday; one that would come too
        late even then goes now.
        """
        if purpose.at_once:
            return now
        usual = self.usual.next_open(now)
        if before is None or usual < before:
            return usual
        any_day = self.any_day.next_open(now)
        return any_day if any_day < before else now


@dataclass(frozen=True)
class SmsCap:
    """How many SMS may be paid for in a day and in a month of the calendar, counted in parts (0: as many as needed)."""

    per_day: int = 0
    per_month: int = 0


NO_CAP = SmsCap()

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2060": "", "’": "'", "–": "-", "—": "-", "…": "...", "«": '"', "»": '"',
    }
)  # fmt: skip


def sms_text(text: str) -> str:
    """Return a text as it is sent by SMS: spaces and marks that would more than double its price are plain ones."""
    return text.translate(_PLAIN)


def sms_parts(text: str) -> int:
    """Return how many SMS a text is paid as: 160 signs of GSM 03.38 (153 where several), or 70 (67) of any other."""
    if all(sign in _BASIC or sign in _TWICE for sign in text):
        length, alone, each = len(text) + sum(sign in _TWICE for sign in text), 160, 153
    else:
        length, alone, each = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)
