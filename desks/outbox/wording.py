"""How messages come into words: each desk writes those of its own purposes; the doors join them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
    """Gives each message to whoever writes its purpose.

    Raises :class:`LookupError` where nobody does, or where what a message holds are not the facts of its purpose.
    """

    by_purpose: Mapping[str, Wording]
    typeset: Callable[[str], str] = str
    """How what was written is set, whoever wrote it."""

    @classmethod
    def join(cls, *parts: tuple[Iterable[str], Wording], typeset: Callable[[str], str] = str) -> "Wordings":
        """Join those who write: each with their purposes."""
        return cls({purpose: wording for purposes, wording in parts for purpose in purposes}, typeset)

    def text(self, tx: Transaction, message: Message, now: datetime) -> Text:
        """Return a message in words."""
        with self._writer(message) as writer:
            written = writer.text(tx, message, now)
            return Text(self.typeset(written.subject), self.typeset(written.text))

    def stands(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether what a message tells still holds."""
        with self._writer(message) as writer:
            return writer.stands(tx, message, now)

    def wanted(self, tx: Transaction, message: Message, now: datetime) -> bool:
        """Tell whether its reader takes messages."""
        with self._writer(message) as writer:
            return writer.wanted(tx, message, now)

    def sealed(self, tx: Transaction, message: Message, now: datetime) -> Message:
        """Return a message that is about to go, with the secret of its link."""
        with self._writer(message) as writer:
            return writer.sealed(tx, message, now)

    @contextmanager
    def _writer(self, message: Message) -> Iterator[Wording]:
        # Facts were kept by whatever version was there then: one message that cannot be read is one message's trouble.
        try:
            yield self.by_purpose[message.purpose]
        except (TypeError, ValueError, AttributeError) as error:
            raise LookupError(f"no facts of a {message.purpose}") from error


def words_of(wording: Wording, tx: Transaction, message: Message, now: datetime) -> Text:
    """Put a message into words for a list; one that holds other facts is there without words."""
    try:
        return wording.text(tx, message, now)
    except LookupError:
        return Text("", "")
