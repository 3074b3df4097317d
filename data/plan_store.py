"""Documents kept between starts, one JSON file each, swapped in whole."""

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from data.kept_files import as_object, keep, read_kept, read_whole, set_aside, write_kept
from data.private_files import name_beside, private_file, private_folder, swap_in
from mobility.errors import MobilityError

T = TypeVar("T")
TURN = ".turn"
"""Ending of the files that only tell whose turn it is: nothing is in them."""
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


@dataclass(frozen=True)
class PlanStore:
    """A folder of JSON documents."""

    folder: Path

    def save(self, name: str, document: dict[str, Any]) -> Path:
        """Write a document; the one before stays whole until the new one is."""
        path = self._path(name)
        write_kept(path, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
        return path

    def keep(self, name: str, document: dict[str, Any]) -> None:
        """Write a document that can be made anew; where the disk refuses, it is."""
        keep(self._path(name), json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")

    def save_first(self, name: str, document: dict[str, Any]) -> str:
        """Write a document unless there is one; return the text that stands: of two who write at once, the first's."""
        path = self._path(name)
        private_folder(self.folder)
        partial = name_beside(path)
        try:
            swap_in(partial, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
            with suppress(FileExistsError):
                os.link(partial, path)
        finally:
            partial.unlink(missing_ok=True)
        return path.read_text(encoding="utf-8")

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Wait until nobody else, in any process, reads a document to write it anew; they wait until the end.

        Whoever holds a turn must wait for nothing else: neither for another turn nor for the database.
        """
        path = self._path(name).with_suffix(TURN)
        private_folder(self.folder)
        if path.is_dir() or (path.exists() and not os.access(path, os.W_OK)):
            # Nobody can hold a turn by it.
            set_aside(path)
        private_file(path)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def text(self, name: str) -> str | None:
        """Return a document's text, or None where there is none; raises DamagedError where it cannot be read."""
        return self.whole(name, str)

    def whole(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return what ``parse`` makes of a document's text, or None; raises DamagedError where it cannot be used."""
        return read_whole(self._path(name), parse)

    def kept(self, name: str, parse: Callable[[Any], T], otherwise: T) -> T:
        """Return what ``parse`` makes of a document that can be made anew; ``otherwise`` where it cannot be used."""
        return read_kept(self._path(name), parse, otherwise)

    def document(self, name: str) -> dict[str, Any]:
        """Return a document that can be made anew or left out; {} where there is none, or none that can be used."""
        return self.kept(name, as_object, {})

    def stamp(self, name: str) -> int | None:
        """Return when a document was last written, as a file time; None where there is none."""
        path = self._path(name)
        return path.stat().st_mtime_ns if path.exists() else None

    def set_aside(self, name: str) -> Path | None:
        """Rename a document that cannot be used, so that a new one takes its place and nothing is lost."""
        return set_aside(self._path(name))

    def remove(self, name: str) -> None:
        """Forget a document, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of all documents."""
        return sorted(path.stem for path in self.folder.glob("*.json") if path.is_file())

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise MobilityError(
                "bad-name", f"'{name}' cannot name a plan; use small letters, digits and hyphens", field="name",
                value=name,
            )  # fmt: skip
        return self.folder / f"{name}.json"
