"""The messages that a person must say by telephone, and those that did not go, as part of what is due."""

from collections.abc import Collection, Iterator
from datetime import datetime

from data.outbox import count_failed
from data.store import Store
from desks.day.due import Due, Visitor
from desks.outbox.following import messages_to_say
from desks.outbox.sending import OVERTAKEN
from desks.outbox.wording import Wording
from mobility.accounts import AGENT


def messages_due(
    store: Store, wording: Wording, now: datetime, visitor: Visitor, *, off: Collection[str] = ()
) -> Iterator[Due]:  # fmt: skip
    """Return the calls to make, by when what they tell begins, and what did not go: all of it as one thing.

    Those of purposes that are ``off`` are not told.
    """
    if AGENT not in visitor.roles:
        return
    with store.within(visitor.scope).reading() as tx:
        for one in messages_to_say(tx, wording, now, off):
            message = one.message
            yield Due(
                "say", message.before, message.id, message.person, one.shown, facts={"purpose": message.purpose}
            )  # fmt: skip
        # What has begun helps nobody any more, however it went: the page of messages alone still tells it.
        failed = count_failed(tx, besides=OVERTAKEN, helping=now, off=off)
    if failed:
        yield Due("failed", None, facts={"count": failed})
