"""What time brings, done every minute beside the site: late proposals, reminders, past days, messages, old data."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from data.consents import end_consents
from data.journal import note
from data.purging import purge
from desks.outbox.sending import Post, send_due
from desks.rides.answers import SYSTEM, close_days, expire, remind
from desks.rides.desk import RideDesk

EVERY = 60.0
_log = logging.getLogger(__name__)


def tick(desk: RideDesk, post: Post, now: datetime) -> dict[str, int]:
    """Do once what time brings; return how much of each."""
    with desk.store.writing() as tx:
        end_consents(tx, now=now)
    done = {
        "expired": len(expire(desk, now=now)),
        "reminded": remind(desk, now=now),
        "closed": close_days(desk, now=now),
    }
    sent = send_due(desk.store, post, now=now)
    return done | {f"messages {state}": count for state, count in sent.items()}


def start_ticking(
    opened: Callable[[], tuple[RideDesk, Post]], clock: Callable[[], datetime], *, retention_days: int,
    beside: Sequence[Callable[[], object]] = (), bell: threading.Event | None = None,
) -> threading.Thread:  # fmt: skip
    """Tick in a thread of its own until the process ends; trouble is logged, and the next tick tries again.

    ``opened`` returns the desk and the post of the moment; ``beside`` is what else must be done at each tick; ``bell``
    is rung where someone waits for a message.
    """

    def run() -> None:
        purged = None
        pause = bell or threading.Event()
        while True:
            pause.clear()
            now = clock()
            try:
                for work in beside:
                    work()
                desk, post = opened()
                tick(desk, post, now)
                if purged != now.date():
                    with desk.store.writing() as tx:
                        note(tx, SYSTEM, "purged", now=now)
                        purge(tx, now, days=retention_days)
                    purged = now.date()
            except Exception:  # noqa: BLE001
                # A lost database or a wrong answer must not end the reminders for good.
                _log.exception("the rides' timer met trouble")
            pause.wait(EVERY)

    thread = threading.Thread(target=run, name="rides-ticker", daemon=True)
    thread.start()
    return thread
