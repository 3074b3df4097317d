"""The road extract that travel times rest on: one that is sent waits aside, and is tried before it takes its place."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from data.journal import note
from data.private_files import private_file, private_folder
from data.register import A_DAY
from data.store import Store
from desks.calendar.planning import Planning
from desks.ground import sent_roads_folder
from desks.settings import Settings
from mobility.errors import MobilityError, UnavailableError
from routing.osm_reader import SUFFIXES
from routing.road_source import box_around, read_network

_WAITING, _SWAPPED = "sent", "swap"
"""How the names of files begin that wait to be tried, and of those that are about to change places."""
_PROFILES = ("car", "bus")


def keep_sent_roads(settings: Settings, territory: str, name: str, write: Callable[[Path], None]) -> str:
    """Keep an extract aside until it is tried; return under which name.

    ``name`` is what the file was called, ``write`` puts its content where it is told to.
    """
    suffix = next((s for s in SUFFIXES if name.endswith(s)), None)
    if suffix is None:
        raise MobilityError("unknown-roads", "not an extract", field=name)
    folder = sent_roads_folder(settings, territory)
    private_folder(folder)
    kept = folder / f"{_WAITING}-{secrets.token_hex(8)}{suffix}"
    try:
        private_file(kept)
        write(kept)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return kept.name


def drop_sent_roads(settings: Settings, territory: str, kept: str) -> None:
    """Forget an extract that waits and will not be tried."""
    _waiting(settings, territory, kept).unlink(missing_ok=True)


def take_roads(
    settings: Settings, planning: Planning, store: Store, request: Mapping[str, Any],
    tell: Callable[[str, float], None], *, now: Callable[[], datetime],
) -> None:  # fmt: skip
    """Try an extract that waits for car and bus, then swap it in; a bad one changes nothing. Either way it is gone.

    ``request`` says under which name it is kept, what it was called and who sent it; ``tell`` is told how far this is,
    and stops it. Work that a stop of the site cut short leaves it there, for whoever takes the work up again.
    """
    kept = _waiting(settings, planning.ground.folder.id, str(request["kept"]))
    if not kept.is_file():
        raise MobilityError("no-such-file", "this extract does not wait any more", field="", value=kept.name)
    try:
        _try(planning, kept, tell)
        suffix = next(s for s in SUFFIXES if kept.name.endswith(s))
        with _in_place(kept, kept.with_name(f"roads{suffix}")), store.writing() as tx:
            note(tx, str(request["who"]), "roads-taken", now=now())
    except UnavailableError:
        # What the database could not take in may be taken up again, as after a stop.
        raise
    except BaseException as error:
        kept.unlink()
        if isinstance(error, MobilityError) and error.code in {"broken-osm", "osm-too-large"}:
            error.field = str(request["name"])
        raise
    kept.unlink()


def forget_sent_roads(settings: Settings, territory: str, now: datetime) -> dict[str, int]:
    """Forget the extracts that wait for more than a day: their work was stopped. Return how many."""
    old = [
        path
        for start in (_WAITING, _SWAPPED)
        for path in sent_roads_folder(settings, territory).glob(f"{start}-*")
        if path.stat().st_mtime < (now - A_DAY).timestamp()
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return {"extracts forgotten": len(old)}


def _waiting(settings: Settings, territory: str, kept: str) -> Path:
    return sent_roads_folder(settings, territory) / Path(kept).name


@contextmanager
def _in_place(path: Path, target: Path) -> Iterator[None]:
    """Give an extract the place of those in force; where what is done within fails, they are again."""
    folder = target.parent
    fresh = folder / f"{_SWAPPED}-{secrets.token_hex(8)}"
    before = {old: folder / f"{_SWAPPED}-{secrets.token_hex(8)}" for old in folder.glob("roads.*")}
    try:
        for old, aside in before.items():
            # A second name of the same file: at no moment are there no roads.
            os.link(old, aside)
        os.link(path, fresh)
        fresh.replace(target)
        yield
    except BaseException:
        for old, aside in before.items():
            if aside.exists():
                aside.replace(old)
            # Two names of one file stay two.
            aside.unlink(missing_ok=True)
        if target not in before:
            target.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)
        raise
    for old, aside in before.items():
        aside.unlink()
        if old != target:
            old.unlink()


def _try(planning: Planning, path: Path, tell: Callable[[str, float], None]) -> None:
    """Read an extract and ask it for every place of the territory."""
    ground = planning.ground
    box = box_around([place.point for place in ground.places])
    for number, profile in enumerate(_PROFILES):
        share = number / (len(_PROFILES) + 1)
        tell("roads", share)
        read_network(path, profile, cache=ground.road_cache, box=box, watch=partial(tell, "roads", share))
    tell("travel", len(_PROFILES) / (len(_PROFILES) + 1))
    replace(planning, ground=replace(ground, road_file=path)).problem()
