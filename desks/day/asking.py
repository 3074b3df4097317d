"""Asks several desks the same thing: one in trouble is named, and hides none of the others."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

Desk = TypeVar("Desk")
Said = TypeVar("Said")
_log = logging.getLogger(__name__)


def ask_each(
    desks: Mapping[str, Desk], ask: Callable[[Desk], Iterable[Said]]
) -> tuple[dict[str, list[Said]], tuple[str, ...]]:
    """Return what each desk says, by name, and the names of those that could not answer."""
    said: dict[str, list[Said]] = {}
    silent = []
    for name, desk in desks.items():
        try:
            said[name] = list(ask(desk))
        except Exception as error:  # noqa: BLE001
            # What the error holds may be someone's: the log names the desk and the kind of trouble.
            _log.error("the desk '%s' cannot answer: %s", name, type(error).__name__)
            silent.append(name)
    return said, tuple(silent)
