"""A message to a person: its purpose and the facts that it tells. It is put into words when it is read or sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

QUEUED, SENT, SHOWN, FAILED = "queued", "sent", "shown", "failed"
"""Waiting; taken by who carries it; only shown on the desk's page, as nothing carries it; given up."""
LINK, OTHERS = "secret", "others"
"""The facts that are the reader's alone, the secret of a link and whose numbers are told: kept until it has gone."""


_MAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_mail(text: str) -> bool:
    """Tell whether a text is one mail address, of the kind that every server takes."""
    return bool(_MAIL.fullmatch(text))


class Text(NamedTuple):
    """A message in words."""

    subject: str
    text: str


@dataclass(frozen=True)
class Message:
    """A message of the outbox. ``facts`` are plain values by name, as JSON holds them."""

    id: str
    person: str
    purpose: str
    facts: Mapping[str, Any]
    created: datetime
    match: str = ""
    state: str = QUEUED
    tries: int = 0
    trouble: str = ""

    def for_others(self) -> "Message":
        """Return the message as others than its reader may see it."""
        return replace(self, facts={name: fact for name, fact in self.facts.items() if name not in {LINK, OTHERS}})
