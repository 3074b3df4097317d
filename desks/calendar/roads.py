"""The road extract that travel times rest on: another one is tried before it takes its place."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from data.journal import note
from data.store import Store
from desks.calendar.planning import Planning
from desks.ground import sent_roads_folder
from desks.settings import Settings
from mobility.errors import MobilityError
from routing.osm_reader import SUFFIXES
from routing.road_source import box_around, read_network


def take_roads(
    settings: Settings, planning: Planning, store: Store, name: str, write: Callable[[Path], None], *, now: datetime,
    who: str,
) -> None:  # fmt: skip
    """Check an extract for car and bus, then swap it in; a bad one changes nothing.

    ``name`` is what the file was called, ``write`` puts its content where it is told to.
    """
    suffix = next((s for s in SUFFIXES if name.endswith(s)), None)
    if suffix is None:
        raise MobilityError("unknown-roads", "not an extract", field=name)
    folder = sent_roads_folder(settings, planning.ground.folder.id)
    folder.mkdir(parents=True, exist_ok=True)
    trial, target = folder / f"trial-{secrets.token_hex(8)}{suffix}", folder / f"roads{suffix}"
    try:
        write(trial)
        _try(planning, trial)
        with store.writing() as tx:
            note(tx, who, "roads-taken", now=now)
            trial.replace(target)
    except MobilityError as error:
        if error.code in {"broken-osm", "osm-too-large"}:
            error.field = name
        raise
    finally:
        trial.unlink(missing_ok=True)
    for old in folder.glob("roads.*"):
        if old != target:
            old.unlink()


def _try(planning: Planning, path: Path) -> None:
    """Read an extract and ask it for every place of the territory."""
    ground = planning.ground
    box = box_around([place.point for place in ground.places])
    for profile in ("car", "bus"):
        read_network(path, profile, cache=ground.road_cache, box=box)
    replace(planning, ground=replace(ground, road_file=path)).problem()
