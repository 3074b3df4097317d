"""A territory as it lies: its tables, its bus service, its roads."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data.bus_files import read_service
from data.commune_finder import CommuneFinder
from data.everyday import read_services
from data.territory_files import (
    SETTINGS,
    TerritoryFolder,
    find_folder,
    read_links,
    read_stops,
    read_territory,
    stops_table,
)
from data.territory_hours import DeskHours, read_hours
from data.territory_modules import read_modules
from desks.settings import Settings
from mobility.access import ServicePoint
from mobility.bus_service import BusService
from mobility.clock import ZONE
from mobility.modules import Modules
from mobility.places import Place
from mobility.problem import CalendarProblem, Stop
from mobility.territory import Territory
from mobility.travel import Roads
from mobility.travel_cache import CachedRoads
from routing.link_roads import LinkRoads
from routing.road_source import box_around, open_roads
from routing.street_roads import StreetRoads


@dataclass(frozen=True)
class Ground:
    """A territory as it was read. ``road_file`` is an extract or a folder of road tables; None: the embedded links."""

    folder: TerritoryFolder
    territory: Territory
    stops: tuple[Stop, ...]
    service: BusService
    road_file: Path | None
    road_cache: Path
    own_stops: Path
    """Where a planner's own list of stops is kept, which counts in place of the territory's."""
    has_own_stops: bool

    @cached_property
    def telephone(self) -> str:
        """Return the number to call about anything ("" where there is none)."""
        return str(self.folder.settings().get("telephone", ""))

    @cached_property
    def modules(self) -> Modules:
        """Return which subjects the territory leaves out."""
        return read_modules(self.folder)

    @cached_property
    def hours(self) -> DeskHours:
        """Return when the desk and the structures of the territory work, and when messages may arrive."""
        return read_hours(self.folder, ZONE, self.territory.holidays)

    @cached_property
    def roads(self) -> Roads:
        """Return the roads: an extract or road tables where one is set, else the embedded links."""
        if self.road_file:
            box = box_around([place.point for place in self.places])
            return open_roads(self.road_file, cache=self.road_cache, box=box)
        return LinkRoads(self.places, read_links(self.folder))

    @cached_property
    def kept_roads(self) -> CachedRoads:
        """Return the same roads, their matrices kept."""
        return CachedRoads(self.roads)

    @property
    def road_metres(self) -> Callable[[Sequence[Place]], Sequence[float]] | None:
        """Return what measures the way to the nearest road; None where only the large roads are known."""
        whole = self.road_file and self.road_file.is_file()
        return self.roads.metres_to_road if whole and isinstance(self.roads, StreetRoads) else None

    @property
    def walked_roads(self) -> Roads | None:
        """Return the roads that one can walk along; None where only the large roads are known."""
        return self.roads if self.road_metres else None

    @cached_property
    def communes(self) -> CommuneFinder:
        """Return what tells the commune of a point."""
        return CommuneFinder(self.folder.contours())

    @cached_property
    def everyday(self) -> tuple[ServicePoint, ...]:
        """Return the services of daily life that people go to."""
        return tuple(read_services(self.folder, self.territory))

    @cached_property
    def places(self) -> list[Place]:
        """Return the places whose ways to each other the embedded links hold."""
        settlements = [settlement.place for settlement in self.territory.settlements]
        depots = {bus.depot.id: bus.depot for bus in read_service(self.folder).buses}
        return [*settlements, *(service.place for service in self.territory.services), *depots.values()]

    @cached_property
    def stamp(self) -> str:
        """Return a hash of the territory's tables, a planner's stops and the roads: it changes when any does.

        Of ``territory.toml`` counts what the territory is made of; its words, hours and modules measure nothing.
        """
        digest = hashlib.sha256()
        for path in sorted(path for path in self.folder.path.iterdir() if path.suffix != ".partial"):
            if path.name != SETTINGS:
                digest.update(path.name.encode() + path.read_bytes())
        digest.update(repr((sorted(self.territory.poles), sorted(self.territory.large_urban))).encode())
        if self.has_own_stops:
            # As they were read: long work may end after another list was taken in.
            digest.update(stops_table(self.stops).encode())
        digest.update(repr(file_stamp(self.road_file)).encode())
        return digest.hexdigest()

    def commune_names(self) -> dict[str, str]:
        """Return the names of the communes by INSEE code."""
        return {commune.insee: commune.name for commune in self.territory.communes}

    def home(self, place: Place) -> tuple[str, str]:
        """Return the code and the name of the commune where a place is; outside, none and the place's own name."""
        commune = self.communes.at(place.point) or ""
        return commune, self.commune_names().get(commune, place.name)

    def names(self, problem: CalendarProblem | None = None) -> dict[str, str]:
        """Return the names of stops, settlements and areas by their codes, those that only ``problem`` has included."""
        return {
            **({stop.id: stop.place.name for stop in problem.stops} if problem else {}),
            **{area.siren: area.name for area in self.territory.areas},
            **{s.id: s.place.name for s in self.territory.settlements},
            **{stop.id: stop.place.name for stop in self.stops},
        }


def open_ground(settings: Settings) -> Ground:
    """Read the territory that the settings name, on the roads in use."""
    folder = find_folder(settings.territory)
    territory = read_territory(folder)
    # A wrong name is told at the start, not by the first page.
    read_modules(folder)
    road_file = Path(settings.roads) if settings.roads else uploaded_roads(settings, folder.id)
    own = own_stops_file(settings, folder.id)
    return Ground(
        folder, territory, read_stops(folder, territory, own), read_service(folder), road_file, settings.road_cache,
        own, own.exists(),
    )  # fmt: skip


ROADS_IN_FORCE = "in-force"
"""The file that names the extract in force among those that were sent."""


def own_stops_file(settings: Settings, territory: str) -> Path:
    """Return where a planner's own list of candidate stops is kept."""
    return settings.state / territory / "stops.csv"


def uploaded_roads(settings: Settings, territory: str) -> Path | None:
    """Return the road extract that was sent by the site and is in force, if any."""
    folder = sent_roads_folder(settings, territory)
    with suppress(FileNotFoundError, UnicodeDecodeError):
        named = folder / Path((folder / ROADS_IN_FORCE).read_text(encoding="utf-8")).name
        if named.is_file():
            return named
    # A former version knew the one in force by its name.
    return next(iter(sorted(folder.glob("roads.*"))), None)


def sent_roads_folder(settings: Settings, territory: str) -> Path:
    """Return where road extracts go that are sent by the site."""
    return settings.state / territory / "roads"


def file_stamp(path: Path | None) -> tuple[str, int, int] | None:
    """Return what changes with a file: its name, its size in bytes, when it was written (nanoseconds)."""
    if path is None or not path.exists():
        return None
    facts = path.stat()
    return path.name, facts.st_size, facts.st_mtime_ns
