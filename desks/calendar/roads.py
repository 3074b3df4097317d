"""The road extract that travel times rest on: one that is sent waits aside, and is tried before it takes its place."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from data.journal import note
from data.private_files import private_file, private_folder, swap_in
from data.register import A_DAY
from data.store import Store
from desks.calendar.planning import Planning
from desks.ground import ROADS_IN_FORCE, sent_roads_folder, uploaded_roads
from desks.settings import Settings
from mobility.errors import MobilityError, UnavailableError
from routing.osm_reader import SUFFIXES
from routing.road_source import box_around, read_network

_SENT = "sent"
"""How the names of the extracts begin that were sent: those that wait to be tried, and the one in force."""
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
    kept = folder / f"{_SENT}-{secrets.token_hex(8)}{suffix}"
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
    """Try an extract that waits for car and bus, then put it in force; a bad one changes nothing, and is gone.

    ``request`` says under which name it is kept, what it was called and who sent it; ``tell`` is told how far this is,
    and stops it. Work that a stop of the site cut short leaves it there, for whoever takes the work up again.
    """
    kept = _waiting(settings, planning.ground.folder.id, str(request["kept"]))
    if not kept.is_file():
        raise MobilityError("no-such-file", "this extract does not wait any more", field="", value=kept.name)
    territory = planning.ground.folder.id
    try:
        _try(planning, kept, tell)
        with _in_force(kept), store.writing() as tx:
            note(tx, str(request["who"]), "roads-taken", now=now())
    except UnavailableError:
        # What the database could not take in may be taken up again, as after a stop.
        raise
    except BaseException as error:
        if uploaded_roads(settings, territory) != kept:
            kept.unlink()
        if isinstance(error, MobilityError) and error.code in {"broken-osm", "osm-too-large"}:
            error.field = str(request["name"])
        raise


def forget_sent_roads(settings: Settings, territory: str, now: datetime) -> dict[str, int]:
    """Forget the extracts that were sent more than a day ago and are not in force; return how many.

    They wait, their work being stopped, or others took their place, a day ago as well: until then they may be again.
    """
    folder, current = sent_roads_folder(settings, territory), uploaded_roads(settings, territory)
    pointer, day = folder / ROADS_IN_FORCE, (now - A_DAY).timestamp()
    if pointer.exists() and pointer.stat().st_mtime >= day:
        return {"extracts forgotten": 0}
    old = [
        path
        for path in [*folder.glob(f"{_SENT}-*"), *folder.glob("roads.*")]
        if path != current and path.stat().st_mtime < day
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return {"extracts forgotten": len(old)}


def _waiting(settings: Settings, territory: str, kept: str) -> Path:
    return sent_roads_folder(settings, territory) / Path(kept).name


@contextmanager
def _in_force(path: Path) -> Iterator[None]:
    """Name an extract as the one in force; where what is done within fails, the former is again."""
    pointer = path.with_name(ROADS_IN_FORCE)
    former = pointer.read_bytes() if pointer.exists() else None
    swap_in(pointer, path.name)
    try:
        yield
    except BaseException:
        if former is None:
            pointer.unlink()
        else:
            swap_in(pointer, former)
        raise


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
