"""How messages come into words: each desk writes those of its own purposes; the doors join them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from data.store import Transaction
from mobility.messages import Message, Text


class Wording(Protocol):
    """Puts the messages of some purposes into words."""

    def text(self, tx: Transaction, message: Message, now: datetime) -> Text:
        """Return a message in words, as it may be read now; raises LookupError where that cannot be."""
        ...

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether what a message tells still holds."""
        ...

    def wanted(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether its reader takes messages."""
        ...

    def sealed(self, tx: Transaction, message: Message, now: datetime) -> Message:
        """Return a message that is about to go, with the secret of its link: made now, its hash alone is kept."""
        ...


@dataclass(frozen=True)
class Wordings:
    """Gives each message to whoever writes its purpose."""

    by_purpose: Mapping[str, Wording]
    typeset: Callable[[str], str] = str
    """How what was written is set, whoever wrote it."""

    @classmethod
    def join(cls, *parts: tuple[Iterable[str], Wording], typeset: Callable[[str], str] = str) -> "Wordings":
        """Join those who write: each with their purposes."""
        return cls({purpose: wording for purposes, wording in parts for purpose in purposes}, typeset)

    def text(self, tx: Transaction, message: Message, now: datetime) -> Text:
        """Return a message in words; raises LookupError where nobody knows its purpose or its facts are not that."""
        written = self.by_purpose[message.purpose].text(tx, message, now)
        return Text(self.typeset(written.subject), self.typeset(written.text))

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether what a message tells still holds."""
        return self.by_purpose[message.purpose].stands(tx, message, now)

    def wanted(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether its reader takes messages."""
        return self.by_purpose[message.purpose].wanted(tx, message, now)

    def sealed(self, tx: Transaction, message: Message, now: datetime) -> Message:
        """Return a message that is about to go, with the secret of its link."""
        return self.by_purpose[message.purpose].sealed(tx, message, now)


def words_of(wording: Wording, tx: Transaction, message: Message, now: datetime) -> Text:
    """Put a message into words for a list; one that holds other facts is there without words."""
    try:
        return wording.text(tx, message, now)
    except LookupError:
        return Text("", "")
