"""Two acts at once, always in the same order: the second begins where the first is about to land."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from data.store import Store
from mobility.errors import MobilityError

LONG = 0.3
"""Seconds that the second act has: it ends within them, or waits for the first."""


def at_once(store: Store, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What became of two acts (the code of an error), the second begun while the first has written and not landed."""
    ends: list[Any] = [None, None]
    about_to_land, done = threading.Event(), threading.Event()

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            ends[number] = act()
        except MobilityError as error:
            ends[number] = error.code
        finally:
            (done if number else about_to_land).set()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate((first, second))]

    def hold(*_: Any) -> None:
        if threading.current_thread() is threads[0] and not about_to_land.is_set():
            about_to_land.set()
            done.wait(LONG)

    def hold_sqlite(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT":
            hold()

    event.listen(store.engine, "commit", hold)
    event.listen(store.engine, "before_cursor_execute", hold_sqlite)
    try:
        threads[0].start()
        assert about_to_land.wait(20)
        threads[1].start()
        for thread in threads:
            thread.join(20)
    finally:
        event.remove(store.engine, "commit", hold)
        event.remove(store.engine, "before_cursor_execute", hold_sqlite)
    return ends
