"""What the program keeps for itself, read back: a damaged file is put aside and told, and never stops a page.

What can be made anew is; what cannot has a copy of its own, kept by whoever writes it.
"""

import errno
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
ASIDE = ".unreadable-"
"""What the name of a file that was put aside has before its number."""
_OF_THE_MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Troubles of reading that say nothing of the file."""
_log = logging.getLogger(__name__)


class DamagedError(Exception):
    """A kept file is there and cannot be used: it is another account's, a folder, no text, or not what it should be."""


def read_whole(path: Path, parse: Callable[[str], T]) -> T | None:
    """Return what ``parse`` makes of the text of a kept file, or None where there is none.

    Raises :class:`DamagedError`, which tells in a word or two why, for one that is there and cannot be used.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _OF_THE_MACHINE:
            raise
        raise DamagedError(error.strerror) from None
    except DAMAGE as error:
        raise DamagedError(type(error).__name__) from None


def read_kept(path: Path, parse: Callable[[Any], T], otherwise: T) -> T:
    """Return what ``parse`` makes of a kept file; ``otherwise`` where there is none, or none that can be used."""
    return _read_or_aside(path, lambda text: parse(json.loads(text)), otherwise)


def as_object(document: Any) -> dict[str, Any]:
    """Return a document that is an object with something in it; whoever keeps one never keeps another."""
    if not isinstance(document, dict) or not document:
        raise TypeError("no object, or an empty one")
    return document


def read_kept_text(path: Path) -> str:
    """Return the text of a kept file; "" where there is none, or none that can be read."""
    return _read_or_aside(path, str, "")


def _read_or_aside(path: Path, parse: Callable[[str], T], otherwise: T) -> T:
    try:
        found = read_whole(path, parse)
    except DamagedError as error:
        with suppress(OSError):
            aside = set_aside(path)
            _log.warning("%s cannot be read (%s): it is now %s", path, error, aside and aside.name)
        return otherwise
    return otherwise if found is None else found


def keep(path: Path, text: str) -> None:
    """Keep a file that can be made anew: where the disk refuses it, that is told and stops no page either."""
    try:
        write_kept(path, text)
    except OSError as error:
        _log.warning("%s is not kept: %s", path, error.strerror)


def write_kept(path: Path, text: str) -> None:
    """Put a text in the place of a kept file, whole; its folder is made, and a folder that lies in its place goes."""
    private_folder(path.parent)
    if path.is_dir():
        set_aside(path)
    swap_in(path, text)


def set_aside(path: Path) -> Path | None:
    """Rename a file that cannot be used, so that a new one takes its place and nothing is lost."""
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name.removesuffix('.json')}{ASIDE}{number}")).exists():
        number += 1
    path.replace(aside)
    return aside
