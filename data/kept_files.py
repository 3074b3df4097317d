"""JSON that the program keeps for itself, read back: a damaged file is put aside and told, and never stops a page.

What can be made anew is; what cannot has a copy of its own, kept by whoever writes it.
"""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from data.private_files import private_folder, swap_in

T = TypeVar("T")
DAMAGE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError)
"""What reading a file raises that was cut, emptied or written over."""
_log = logging.getLogger(__name__)


def read_kept(path: Path, parse: Callable[[Any], T], otherwise: T) -> T:
    """Return what ``parse`` makes of a kept file; ``otherwise`` where there is none, or none that can be used."""
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return otherwise
    except DAMAGE as error:
        with suppress(OSError):
            aside = set_aside(path)
            _log.warning("%s cannot be read (%s): it is now %s", path, type(error).__name__, aside and aside.name)
        return otherwise


def keep(path: Path, text: str) -> None:
    """Keep a file that can be made anew: where the disk refuses it, that is told and stops no page either."""
    try:
        private_folder(path.parent)
        swap_in(path, text)
    except OSError as error:
        _log.warning("%s is not kept: %s", path, error.strerror)


def set_aside(path: Path) -> Path | None:
    """Rename a file that cannot be used, so that a new one takes its place and nothing is lost."""
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name.removesuffix('.json')}.unreadable-{number}")).exists():
        number += 1
    path.replace(aside)
    return aside
