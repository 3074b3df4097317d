"""What time brings: each desk's chores, done one after the other every minute beside the site."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from desks.priority import give_way

EVERY = 60.0
"""Seconds between two rounds."""
Chore = Callable[[datetime], Mapping[str, int]]
"""Does what is due at an instant; tells how much of what was done."""
_log = logging.getLogger(__name__)


class Done(NamedTuple):
    """What a round brought: how much of what, and the trouble of each chore that could not be done."""

    counts: Mapping[str, int]
    troubles: Mapping[str, Exception]


def do_chores(chores: Mapping[str, Chore], now: datetime) -> Done:
    """Do every chore once, in order; the trouble of one keeps no other from being done."""
    counts: dict[str, int] = {}
    troubles: dict[str, Exception] = {}
    for name, chore in chores.items():
        try:
            counts |= chore(now)
        except Exception as trouble:  # noqa: BLE001
            troubles[name] = trouble
    return Done(counts, troubles)


def start_chores(
    opened: Callable[[], Mapping[str, Chore]], clock: Callable[[], datetime], bell: threading.Event
) -> threading.Thread:
    """Do the chores of the moment in a thread of its own, until the process ends; the next round tries again.

    ``bell`` is rung where someone waits for a message.
    """

    def run() -> None:
        give_way()
        while True:
            bell.clear()
            try:
                done = do_chores(opened(), clock())
                for name, trouble in done.troubles.items():
                    _log.error("the chore '%s' met trouble", name, exc_info=trouble)
            except Exception:  # noqa: BLE001
                # A territory that cannot be opened must not end the chores for good.
                _log.exception("the chores met trouble")
            bell.wait(EVERY)

    thread = threading.Thread(target=run, name="chores", daemon=True)
    thread.start()
    return thread
