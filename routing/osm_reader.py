"""OpenStreetMap extracts (.osm.pbf, .osm.gz, .osm) streamed by pyosmium into a network for one vehicle."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mobility.errors import MobilityError
from mobility.late import late
from routing.access import directions, may_drive, may_pass
from routing.network import NetworkDraft, RoadNetwork
from routing.osm_bounds import MOST_BARRIERS, MOST_POINTS, check_unpacked, too_large
from routing.profiles import VehicleProfile
from routing.speeds import driving_speed

if TYPE_CHECKING:
    import osmium
else:
    osmium = late("osmium")

ATTRIBUTION = "© les contributeurs d'OpenStreetMap (ODbL)"
SUFFIXES = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm", ".pbf")

Box = tuple[float, float, float, float]
"""West, south, east, north."""


WATCHED = 5000
"""Roads after which whoever waits is asked again whether to go on."""


def read_osm(
    path: Path, profile: VehicleProfile, *, box: Box | None = None, watch: Callable[[], None] = lambda: None
) -> RoadNetwork:
    """Read the roads that a vehicle can drive; with ``box``, only the ways that have a point inside it.

    ``watch`` is called now and then: what it raises stops the reading.
    """
    draft, points = NetworkDraft(), 0
    try:
        check_unpacked(path)
        barriers = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("barrier"))
        for number, node in enumerate(barriers):
            if number >= MOST_BARRIERS:
                raise too_large(path.name)
            if not may_pass(dict(node.tags), profile):
                draft.blocked.add(node.id)
        ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        roads = ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
            osmium.filter.KeyFilter("highway")
        )
        for number, way in enumerate(roads):
            if number % WATCHED == 0:
                watch()
            if isinstance(way, osmium.osm.Way):
                points += _add_way(draft, way, profile, box)
                if points > MOST_POINTS:
                    raise too_large(path.name)
    except (RuntimeError, OSError, ValueError, MemoryError) as error:
        raise MobilityError(
            "broken-osm",
            f"this OpenStreetMap extract cannot be read ({error}); is it cut off? Download it again",
            field=str(path.name),
            reason=str(error),
        ) from None
    return draft.finish(ATTRIBUTION)


def _add_way(draft: NetworkDraft, way: "osmium.osm.Way", profile: VehicleProfile, box: Box | None) -> int:
    """Add a way where the vehicle can drive it; return how many points it brings."""
    tags = dict(way.tags)
    if not may_drive(tags, profile):
        return 0
    # Extracts cut at a border leave out nodes of the ways that cross it: the way is kept as far as it is known.
    nodes = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(nodes) < 2 or (box and not any(_inside(box, lon, lat) for _, lon, lat in nodes)):
        return 0
    forward, backward = directions(tags, profile)
    speeds = [
        driving_speed(tags, direction, profile) if open_ else 0.0
        for direction, open_ in (("forward", forward), ("backward", backward))
    ]
    for ref, lon, lat in nodes:
        draft.positions[ref] = (lon, lat)
    name = tags.get("ref") or tags.get("name") or ""
    draft.ways.append(([ref for ref, _, _ in nodes], speeds[0], speeds[1], name))
    return len(nodes)


def _inside(box: Box, lon: float, lat: float) -> bool:
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north
