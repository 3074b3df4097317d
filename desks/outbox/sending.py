"""Sends what the outbox holds: claimed, sent, settled, one message after the other.

What is guaranteed, whenever a sender dies: a message that was queued is sent, said or given up with a reason; none is
lost. It is claimed in one transaction before it leaves and settled in another after; a claim that nobody settled runs
out, and the message goes once more, under the same identifier, by which providers know a second copy. If that sender
dies too, it does not go a third time: it becomes a call to make, or is given up as uncertain. A message that left whole
for a provider who never said what became of it is as one whose sender died. So at most two copies leave, by all ways
together, but for one that is surely taken by another way. SMS are counted before they leave, so that the cap is never
passed.
"""

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.outbox import (
    calls_too_late,
    claim_message,
    due_messages,
    give_back_sms,
    put_off,
    reader_of,
    settle_message,
    take_sms,
)
from data.people import is_example
from data.store import Store, Transaction
from desks.outbox.carriers import NO_ANSWER, PERHAPS, REFUSED, Carrier, Local, NotTakenError
from desks.outbox.wording import Wording
from mobility.clock import later
from mobility.messages import (
    FAILED,
    MAIL,
    NO_CAP,
    QUEUED,
    SENT,
    SHOWN,
    SMS,
    TO_CALL,
    Message,
    MessageHours,
    SmsCap,
    Text,
    purpose_of,
    sms_parts,
    sms_text,
)
from mobility.people import Contact

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
"""How long a message that was not taken waits for its next try."""
TRIES = len(WAITS) + 1
"""Times that a message is tried."""
GIVE_UP = 3
"""Messages in a row that no provider took, for no fault of theirs, after which a round ends."""
LEASE = timedelta(minutes=15)
"""How long a sender may hold a message: longer than all carriers together may take to answer.

One of which nobody knows whether it was taken waits as long for its second copy."""
NO_WAY, CAPPED, UNCERTAIN = "no-way", "capped", "uncertain"
"""Nowhere to send it; no more SMS may be paid for; two copies of it may have gone."""
OVERTAKEN, UNWANTED, NO_WORDS, FAULT = "overtaken", "unwanted", "no-words", "fault"
"""It no longer holds; its reader takes no messages; it cannot be put into words; a fault of ours."""
TOO_LATE = "too-late"
"""What it tells has begun."""
NOTHING_TO_SAY = {OVERTAKEN, TOO_LATE, NO_WORDS}
"""Troubles of a message that nobody need be told of any more, or that nobody can tell."""
_IN_TROUBLE = (REFUSED, NO_ANSWER, PERHAPS, UNCERTAIN)
"""Troubles of who carries a message, and none of its own."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """How messages go out: what carries them, in whose words, at which hours, and how many SMS are paid for.

    Those of purposes that are ``off`` rest as they are, until their subject is there again.
    """

    carriers: Sequence[Carrier]
    wording: Wording
    hours: MessageHours
    cap: SmsCap = NO_CAP
    off: Collection[str] = ()


def send_due(store: Store, post: Post, *, now: datetime) -> dict[str, int]:
    """Send every message that is due and may reach its reader now; return how many became what.

    A call that nobody made before what it tells began is given up as well: it helps nobody any more.
    """
    counts, began = dict.fromkeys((SENT, SHOWN, QUEUED, TO_CALL, FAILED), 0), time.monotonic()
    counts[FAILED] += _give_up_calls(store, post, now)
    with store.reading() as tx:
        waiting = due_messages(tx, now, off=post.off)
    refused = 0
    for message in waiting:
        if refused >= GIVE_UP:
            # A provider that hangs must not hold up reminders for all the others' timeouts: the next round tries.
            break
        moment = later(now, timedelta(seconds=time.monotonic() - began))
        opens = post.hours.opens(moment, purpose_of(message.purpose), message.before)
        with store.writing() as tx:
            if opens > moment:
                put_off(tx, message, opens)
                continue
            claimed, reader = claim_message(tx, message, until=later(moment, LEASE)), reader_of(tx, message)
        if claimed is None:
            continue
        try:
            became = _sent(store, post, claimed, reader, moment)
        except Exception as error:  # noqa: BLE001
            # Whatever one message runs into, the others go. What the error holds may be someone's: it is not logged.
            _log.error("message %s met trouble: %s", message.id, type(error).__name__)
            became = _untaken(claimed, reader, FAULT, moment)
        refused = refused + 1 if became.trouble.startswith(_IN_TROUBLE) else 0
        with store.writing() as tx:
            if not settle_message(tx, claimed, became):
                _log.error("message %s was taken over by another sender", message.id)
        counts[became.state] += 1
    return counts


def _give_up_calls(store: Store, post: Post, now: datetime) -> int:
    """Settle the calls to make that come too late, each with its reason; return how many."""
    with store.reading() as tx:
        if not calls_too_late(tx, now, off=post.off):
            return 0
    with store.writing() as tx:
        return sum(
            settle_message(
                tx, message,
                replace(message.for_others(), state=FAILED, trouble=_over(post.wording, tx, message, now), settled=now),
            )
            for message in calls_too_late(tx, now, off=post.off)
        )  # fmt: skip


def _over(wording: Wording, tx: Transaction, message: Message, now: datetime) -> str:
    """Return why a message of which the hour is past helps nobody: it was to be told in time, or not even that."""
    try:
        return TOO_LATE if wording.stands(tx, message, now) else OVERTAKEN
    except LookupError:
        return NO_WORDS


def send_messages(store: Store, post: Post, *, now: datetime) -> dict[str, int]:
    """Send every message that is due, as one of the site's chores."""
    return {f"messages {state}": count for state, count in send_due(store, post, now=now).items()}


def _sent(store: Store, post: Post, message: Message, reader: Contact, now: datetime) -> Message:
    """Send a message that is claimed; return it with what became of it, and what is still kept."""
    with store.writing() as tx:
        try:
            trouble = _in_the_way(post.wording, tx, message, now)
            if trouble:
                return _untaken(message, reader, trouble, now, lasting=True)
            sealed = post.wording.sealed(tx, message, now)
            words = post.wording.text(tx, sealed, now)
        except LookupError:
            _log.error("message %s holds no facts of a %s", message.id, message.purpose)
            return _untaken(message, reader, NO_WORDS, now, lasting=True)
        used = _carriers(tx, post, message)
    trouble, lasting, copies = NO_WAY, True, message.lapses
    for carrier in used:
        if not carrier.reaches(reader):
            continue
        refusal = _refused(store, carrier, post.cap, sealed, reader, words, now)
        if refusal is None:
            # What is its reader's alone goes once it has left; where it is only shown it stays readable.
            shown = carrier.channel == ""
            kept = sealed if shown else message.for_others()
            state = SHOWN if shown else SENT
            return replace(kept, state=state, trouble="", channel=carrier.channel, settled=now)
        _log.warning("message %s: %s", message.id, refusal)
        if refusal.why == PERHAPS:
            copies += 1
            if copies > 1:
                trouble, lasting = UNCERTAIN, True
                break
        trouble = trouble if trouble.startswith(PERHAPS) else str(refusal)
        lasting = lasting and refusal.lasting
    return _untaken(replace(message, lapses=copies), reader, trouble, now, lasting=lasting)


def _carriers(tx: Transaction, post: Post, message: Message) -> Sequence[Carrier]:
    if message.account:
        # What lets someone in goes to their mailbox, and is never shown to others.
        return [carrier for carrier in post.carriers if carrier.channel == MAIL]
    if message.to_structure:
        # A structure is written to; where nothing carries mail at all, the desk's page shows what it would be told.
        return [carrier for carrier in post.carriers if carrier.channel in {MAIL, ""}]
    # Persons of the example do not exist: nothing leaves the machine for them.
    return [Local()] if is_example(tx, message.person) else post.carriers


def _in_the_way(wording: Wording, tx: Transaction, message: Message, now: datetime) -> str:
    """Return why a message is not even tried ("" where nothing speaks against it)."""
    if not wording.stands(tx, message, now):
        return OVERTAKEN
    if message.before is not None and message.before <= now:
        return TOO_LATE
    if not wording.wanted(tx, message, now):
        return UNWANTED
    return UNCERTAIN if message.lapses > 1 else ""


def _refused(
    store: Store, carrier: Carrier, cap: SmsCap, message: Message, reader: Contact, words: Text, now: datetime
) -> NotTakenError | None:
    """Give a message to a carrier; return why it was not taken, if it was not."""
    parts = sms_parts(sms_text(words.text)) if carrier.channel == SMS else 0
    if parts:
        with store.writing() as tx:
            if not take_sms(tx, now.date(), parts, cap):
                return NotTakenError(CAPPED)
    try:
        carrier.send(message.id, reader, words.subject, words.text)
    except OSError as error:
        refusal = error if isinstance(error, NotTakenError) else NotTakenError(NO_ANSWER, type(error).__name__)
        if parts and refusal.why != PERHAPS:
            # One that may have gone all the same is paid for.
            with store.writing() as tx:
                give_back_sms(tx, now.date(), parts)
        return refusal
    return None


def _untaken(
    message: Message, reader: Contact, trouble: str, now: datetime, *, lasting: bool = False
) -> Message:  # fmt: skip
    """Return what becomes of a message that did not go: tried again, said by telephone, or given up."""
    spoken = purpose_of(message.purpose).necessary and bool(reader.telephone) and trouble not in NOTHING_TO_SAY
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    capped = trouble == CAPPED
    wait = LEASE if trouble.startswith(PERHAPS) else WAITS[min(message.tries, len(WAITS)) - 1]
    # A message that the cap holds up waits for tomorrow's SMS, and that was no try.
    again = midnight + timedelta(days=1) if capped else later(now, wait)
    hopeless = capped or (message.before is not None and again >= message.before)
    if lasting or (not capped and message.tries >= TRIES) or (spoken and hopeless):
        kept = message.for_others() if trouble in NOTHING_TO_SAY else message.without_link()
        state = TO_CALL if spoken else FAILED
        return replace(kept, state=state, trouble=trouble, due=now, settled=None if spoken else now)
    return replace(message, state=QUEUED, trouble=trouble, due=again, tries=message.tries - capped)
