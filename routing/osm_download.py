"""Download the roads of a small area without an extract: OSMnx asks an Overpass server and writes an .osm file.

The file is then read like any extract, so that one set of rules decides what can be driven.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmnx
import requests
import shapely

from mobility.errors import MobilityError
from routing.osm_reader import Box

ACCESS_TAGS = ["access", "vehicle", "motor_vehicle", "motorcar", "bus", "psv"]
SIZE_TAGS = ["maxheight", "maxwidth", "maxweight"]
NODE_TAGS = ["highway", "barrier", *ACCESS_TAGS, *SIZE_TAGS]
WAY_TAGS = [
    "highway", "name", "ref", "oneway", "oneway:bus", "oneway:psv", "junction", "maxspeed", "maxspeed:forward",
    "maxspeed:backward", "zone:maxspeed", "maxspeed:type", "source:maxspeed", "surface", "tracktype",
    "dual_carriageway", "service", "area", *ACCESS_TAGS, *SIZE_TAGS,
]  # fmt: skip
ROADS = (
    '["highway"~"motorway|trunk|primary|secondary|tertiary|unclassified|residential|living_street|road|service|track"]'
)
LARGEST = 40.0
"""Largest side in kilometres: beyond, an extract is quicker and kinder to the server."""
TIMEOUT = 180
"""Seconds that the server may take to answer."""


def download_roads(path: Path, box: Box, *, server: str) -> int:
    """Write the roads in a box to an .osm file; return the number of ways' segments kept.

    A file already there is replaced only once the new one is whole.
    """
    west, south, east, north = box
    if (north - south) * 111.3 > LARGEST or (east - west) * 111.3 > LARGEST * 1.5:
        raise MobilityError(
            "area-too-large", f"the area is wider than {LARGEST:.0f} km; download an extract of the region instead",
            field="box", kilometres=LARGEST,
        )  # fmt: skip
    with _overpass(server):
        try:
            graph = osmnx.graph_from_polygon(
                shapely.box(*box), simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=ROADS
            )
        except (requests.RequestException, ValueError) as error:
            raise MobilityError(
                "download-failed", f"the roads could not be downloaded from {server} ({error})", field="server",
                reason=str(error),
            ) from None  # fmt: skip
        # Of two that write the same file at once, each has its own, and the last to end stays.
        partial = path.with_name(f".{path.stem}.{secrets.token_hex(8)}.partial.osm")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            osmnx.io.save_graph_xml(graph, filepath=partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return int(graph.number_of_edges())


@contextmanager
def _overpass(server: str) -> Iterator[None]:
    """Set OSMnx's global settings for one download, and set them back."""
    settings = osmnx.settings
    wanted = {
        "overpass_url": server, "overpass_rate_limit": False, "requests_timeout": TIMEOUT, "use_cache": False,
        "all_oneway": True, "useful_tags_way": WAY_TAGS, "useful_tags_node": NODE_TAGS,
    }  # fmt: skip
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
