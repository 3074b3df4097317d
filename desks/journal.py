"""The journal at the desks: who looked at what leaves a trace, and whoever answers for it reads and checks it."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.journal import Asked, Checked, check_journal, count_journal, knows_head, note, search_journal, seen_since
from data.personal import records_of
from data.private_files import kept_secret
from data.store import Store, Transaction
from desks.settings import Settings
from mobility.errors import UnavailableError

_log = logging.getLogger(__name__)
LISTS = frozenset({"requests-seen", "drivers-seen", "candidates-seen"})
"""Looks at whoever is in a list: a line for each of them, once a day, however often it is opened."""
READINGS = (
    *sorted(LISTS), "contact-seen", "calls-seen", "messages-read", "place-names-seen", "journal-seen",
    "journal-exported",
)  # fmt: skip
"""Acts that change nothing: someone looked."""
PAGE, PIECE = 20, 10_000
"""Lines of a page; lines that are read at once for a file, which holds all of them."""
SAME_LOOK = timedelta(minutes=10)
"""Someone who looks again within so long still looks at the same thing."""


JOURNAL_KEY = "journal.key"
"""The file of the key that seals the journal, in the state folder, where the settings give none."""


def seal_key(settings: Settings) -> bytes:
    """Return the key that seals the journal: that of the settings, or one made once in the state folder."""
    return (settings.journal_key or kept_secret(settings.state / JOURNAL_KEY)).encode()


def looked_at(tx: Transaction, who: str, act: str, about: Iterable[str], *, now: datetime) -> None:
    """Write down that someone looked at some records: a line each, and one where they look on.

    Of a list it is one line a day: in the copy of everyone who is in it, as if their file had been opened.
    """
    if act not in READINGS:
        raise ValueError(f"{act} is no reading")
    wanted = list(dict.fromkeys(about))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    known = seen_since(tx, who, act, wanted, midnight if act in LISTS else now - SAME_LOOK)
    for record in wanted:
        if record not in known:
            note(tx, who, act, about=record, now=now)


def note_of_everybody(store: Store, who: str, act: str, *, now: datetime) -> None:
    """Write down an act on everybody's data that stands, whether or not the store can be written just now."""
    try:
        with store.writing() as tx:
            note(tx, who, act, now=now)
    except UnavailableError as error:
        _log.warning("the act '%s' by '%s' is not in the journal: %s", act, who, error.code)


def read_page(store: Store, asked: Asked, page: int, *, now: datetime, who: str) -> tuple[list[dict[str, Any]], int]:
    """Return a page of the journal (from 1), the newest acts first, and how many acts there are; the look is noted."""
    with store.writing() as tx:
        wanted = _widened(tx, asked)
        lines = search_journal(tx, wanted, limit=PAGE, offset=PAGE * (page - 1))
        count = count_journal(tx, wanted)
        looked_at(tx, who, "journal-seen", [""], now=now)
    return lines, count


def hand_out(store: Store, asked: Asked, *, now: datetime, who: str) -> Iterator[dict[str, Any]]:
    """Return all acts that are looked for, to leave in a file: who acted by their identifiers alone.

    That they are taken along is written down at once. They are read piece by piece, each in a transaction of its own:
    however many they are and however slow their reader, nothing is held or kept waiting.
    """
    with store.writing() as tx:
        wanted = _widened(tx, asked)
        newest = search_journal(tx, wanted, limit=PIECE)
        note(tx, who, "journal-exported", now=now)
    return _all(store, wanted, newest)


def _all(store: Store, wanted: Asked, lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return lines that were read, and those behind them."""
    while lines:
        for line in lines:
            yield {name: value for name, value in line.items() if name not in {"name", "erased"}}
        if len(lines) < PIECE:
            return
        with store.reading() as tx:
            lines = search_journal(tx, wanted, limit=PIECE, after=lines[-1])


def _widened(tx: Transaction, asked: Asked) -> Asked:
    """Look for a person's records where a person is looked for."""
    about = frozenset(record for one in asked.about for record in records_of(tx, one))
    return replace(asked, about=about)


def check(store: Store) -> list[Checked]:
    """Compute every chain anew; return what is wrong with each."""
    with store.snapshot() as tx:
        return list(check_journal(tx))


def still_known(store: Store, head: str) -> bool:
    """Tell whether the head of a chain that was written down elsewhere is still in the journal."""
    with store.reading() as tx:
        return knows_head(tx, head)
