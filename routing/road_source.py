"""Where a territory's roads come from: an OpenStreetMap extract, road tables, or the embedded links."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from mobility.errors import MobilityError
from mobility.places import Point
from routing.network import RoadNetwork
from routing.network_cache import cached_network
from routing.osm_reader import SUFFIXES, Box, read_osm
from routing.profiles import find_profile
from routing.road_tables import EDGE_TABLE, NODE_TABLE, read_road_tables
from routing.street_roads import StreetNetwork, StreetRoads

MARGIN = 10_000.0
"""Metres of road kept around the places of a territory: the fastest way may leave it."""


def box_around(points: Sequence[Point], margin: float = MARGIN) -> Box:
    """Return the box that holds some points with a margin in metres."""
    lats, lons = [p.lat for p in points], [p.lon for p in points]
    dlat = margin / 111_320
    dlon = dlat / math.cos(math.radians(max(abs(lat) for lat in lats)))
    return (min(lons) - dlon, min(lats) - dlat, max(lons) + dlon, max(lats) + dlat)


def open_roads(source: Path, *, cache: Path | None = None, box: Box | None = None) -> StreetRoads:
    """Return the roads of a source, read when a vehicle first needs them."""
    check_source(source)

    def load(profile_name: str) -> StreetNetwork:
        return StreetNetwork(read_network(source, profile_name, cache=cache, box=box))

    return StreetRoads(load)


def read_network(
    source: Path, profile_name: str, *, cache: Path | None = None, box: Box | None = None,
    watch: Callable[[], None] = lambda: None,
) -> RoadNetwork:  # fmt: skip
    """Read a source for one vehicle, through the cache where one is given.

    ``watch`` is called now and then while an extract is read: what it raises stops that.
    """
    profile = find_profile(profile_name)

    def build() -> RoadNetwork:
        if source.is_dir():
            return read_road_tables(source, profile, box=box)
        return read_osm(source, profile, box=box, watch=watch)

    return cached_network(cache, source, profile, box, build) if cache else build()


def check_source(source: Path) -> None:
    """Refuse a source that is neither an OSM extract nor a folder of road tables."""
    if not source.exists():
        raise MobilityError("no-file", "this file does not exist", field=str(source), value=str(source))
    tables = source.is_dir() and (source / NODE_TABLE).exists() and (source / EDGE_TABLE).exists()
    if not tables and not source.name.endswith(SUFFIXES):
        raise MobilityError(
            "unknown-roads",
            f"roads come from an extract ({', '.join(SUFFIXES)}) or a folder with {NODE_TABLE} and {EDGE_TABLE}",
            field=str(source), value=source.name,
        )  # fmt: skip
