"""What the desk follows: messages that wait, went, or did not; those to be said by telephone, and what is done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.journal import note
from data.outbox import (
    calls_to_make,
    count_failed,
    failed_messages,
    find_message,
    messages_in,
    move_message,
    newest_messages,
    reader_names,
    reader_of,
)
from data.store import Store, Transaction
from desks.journal import looked_at
from desks.outbox.sending import OVERTAKEN
from desks.outbox.wording import Wording, words_of
from mobility.errors import MobilityError
from mobility.messages import CLAIMED, FAILED, LINK, QUEUED, SAID, SENT, SHOWN, TO_CALL, Message

AGAIN = timedelta(hours=1)
"""After how long someone who could not be reached is called again."""
ON_A_PAGE = 60
"""Messages that did not go, or wait, on a page; and of those that went, the newest, which alone are shown."""


@dataclass(frozen=True)
class Followed:
    """A message as the desk sees it: to whom, at which number where it is to be said, in which words."""

    message: Message
    shown: str
    text: str
    telephone: str = ""
    opens: bool = False
    """Whether its private link may be opened here, as nothing carried it."""


@dataclass(frozen=True)
class DeskMessages:
    """The messages that a desk sees: all to be said, a page of those not gone and waiting, the newest of those gone.

    ``page`` is the one shown, from 1, of ``pages``; ``failures`` and ``waits`` count what is on all of them.
    """

    to_say: tuple[Followed, ...]
    failed: tuple[Followed, ...]
    waiting: tuple[Followed, ...]
    gone: tuple[Followed, ...]
    failures: int = 0
    waits: int = 0
    page: int = 1

    @property
    def pages(self) -> int:
        """Return on how many pages they are."""
        return max(1, -(-max(self.failures, self.waits) // ON_A_PAGE))

    @property
    def shown(self) -> list[Followed]:
        """Return the messages on this page."""
        return [*self.to_say, *self.failed, *self.waiting, *self.gone]


def messages_to_say(
    tx: Transaction, wording: Wording, now: datetime, off: Collection[str] = ()
) -> list[Followed]:  # fmt: skip
    """Return what is to be said by telephone by now and still holds: what begins first comes first."""
    calls = calls_to_make(tx, now, off=off)
    written = {message.id for message in calls if message.state == SHOWN}
    said = [replace(message.without_link(), state=TO_CALL) for message in calls]
    found = _followed(tx, wording, [message for message in said if _stands(wording, tx, message, now)], now)
    return [one for one in found if one.telephone or one.message.id not in written]


def _stands(wording: Wording, tx: Transaction, message: Message, now: datetime) -> bool:
    try:
        return wording.stands(tx, message, now)
    except LookupError:
        return False


def _waits(wording: Wording, tx: Transaction, message: Message, now: datetime) -> bool:
    """Tell whether a message is still to go: what was overtaken is only settled when its turn comes."""
    try:
        return message.state == CLAIMED or wording.stands(tx, message, now)
    except LookupError:
        return True


def _followed(tx: Transaction, wording: Wording, messages: list[Message], now: datetime) -> list[Followed]:
    names = reader_names(tx, messages)
    return [
        Followed(
            message, names.get(message.id, ""), words_of(wording, tx, message, now).text,
            reader_of(tx, message).telephone if message.state == TO_CALL else "",
        )
        for message in messages
    ]  # fmt: skip


def follow(
    store: Store, wording: Wording, *, links: bool, now: datetime, who: str, page: int = 1, off: Collection[str] = ()
) -> DeskMessages:  # fmt: skip
    """Return a page of the messages of a desk (from 1), without their links; that they were read is noted.

    ``links`` where nothing carries them, and :func:`open_link` does. Those of purposes that are ``off`` are not shown.
    """

    def told(messages: list[Message]) -> tuple[Followed, ...]:
        return tuple(_followed(tx, wording, [message.for_others() for message in messages], now))

    before = (page - 1) * ON_A_PAGE
    with store.writing() as tx:
        queued = messages_in(tx, QUEUED, CLAIMED, off=off)
        waiting = [message for message in queued if _waits(wording, tx, message, now)]
        gone = newest_messages(tx, {SENT, SHOWN, SAID}, ON_A_PAGE, off=off)
        found = DeskMessages(
            tuple(messages_to_say(tx, wording, now, off)),
            told(failed_messages(tx, besides=OVERTAKEN, offset=before, most=ON_A_PAGE, off=off)),
            told(waiting[before : before + ON_A_PAGE]),
            tuple(
                replace(shown, opens=links and _has_link(known))
                for known, shown in zip(gone, told(gone), strict=True)
            ),
            count_failed(tx, besides=OVERTAKEN, off=off), len(waiting), page,
        )  # fmt: skip
        readers = [row.message.person or row.message.account for row in found.shown]
        looked_at(tx, who, "messages-read", filter(None, readers), now=now)
    return found


def expect_shown(store: Store, message: str, off: Collection[str]) -> None:
    """Raise where a message is not shown, as its purpose is off: nothing is done with it."""
    with store.reading() as tx:
        if find_message(tx, message).purpose in off:
            raise MobilityError("no-such-message", f"no message '{message}'", field="message", value=message)


def _has_link(message: Message) -> bool:
    # The link of an account would open the account.
    return bool(message.state == SHOWN and message.person and message.facts.get(LINK))


def open_link(store: Store, message: str, *, now: datetime, who: str) -> str:
    """Return the secret of a person's private link that nothing carries; that it was opened is written down."""
    with store.writing() as tx:
        known = find_message(tx, message)
        if not _has_link(known):
            raise MobilityError("no-such-link", "this message has no link to open", field="link")
        note(tx, who, "link-opened", about=known.person, now=now)
        return str(known.facts[LINK])


def said(store: Store, message: str, *, now: datetime, who: str) -> None:
    """Write down that a message was said."""
    with store.writing() as tx:
        facts = find_message(tx, message).for_others().facts
        known = move_message(tx, message, {TO_CALL}, state=SAID, settled=now, facts=dict(facts))
        note(tx, who, "message-said", about=known.person, now=now)


def not_reached(store: Store, message: str, *, now: datetime, who: str) -> None:
    """Write down that nobody answered: it comes back in an hour."""
    with store.writing() as tx:
        known = move_message(tx, message, {TO_CALL, SHOWN}, state=TO_CALL, due=now + AGAIN)
        note(tx, who, "message-not-reached", about=known.person, now=now)


def try_again(store: Store, message: str, *, now: datetime, who: str) -> None:
    """Send a message that did not go once more, as if it were new."""
    with store.writing() as tx:
        known = move_message(
            tx, message, {FAILED, TO_CALL, SHOWN}, state=QUEUED, due=now, tries=0, lapses=0, trouble=""
        )
        note(tx, who, "message-again", about=known.person or known.account, now=now)


def call_instead(store: Store, message: str, *, now: datetime, who: str) -> None:
    """Say a message that waits, or did not go, by telephone."""
    with store.writing() as tx:
        if not reader_of(tx, find_message(tx, message)).telephone:
            raise MobilityError("no-telephone", "no telephone number is known", field="message", value=message)
        known = move_message(tx, message, {QUEUED, FAILED}, state=TO_CALL, due=now)
        note(tx, who, "message-by-call", about=known.person, now=now)


ACTS: Mapping[str, Callable[..., None]] = {
    "said": said, "not-reached": not_reached, "again": try_again, "call": call_instead,
}  # fmt: skip
"""What an agent may do with a message, by name."""
