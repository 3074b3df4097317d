"""The base map as vector tiles: communes, roads and names, cut and simplified for each zoom.

Tiles follow the XYZ scheme in Web Mercator; each holds the layers ``communes`` (lines), ``roads`` (lines, ``kind`` from
1, the large ones, to 3) and ``names`` (points, ``name`` and ``rank``).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from mobility.late import late
from mobility.places import Point

if TYPE_CHECKING:
    import mapbox_vector_tile
else:
    mapbox_vector_tile = late("mapbox_vector_tile")

EXTENT = 4096
RADIUS = 6_378_137.0
LEAST_ZOOM, MOST_ZOOM = 7, 16
_BUFFER = 64
"""Units of a tile drawn beyond its edge, so that lines meet."""
_PIXELS = 512
"""Pixels of a tile on the screen, for simplification to a third of one."""


@dataclass(frozen=True)
class RoadLine:
    """A road to draw: ``kind`` is 1 for the largest to 3 for the smallest."""

    points: Sequence[Point]
    kind: int


@dataclass(frozen=True)
class NamedPoint:
    """A name to write: the lower its ``rank``, the sooner it is shown."""

    point: Point
    name: str
    rank: int


class VectorTiles:
    """Cuts tiles out of a territory."""

    def __init__(self, communes: Mapping[str, Any], roads: Iterable[RoadLine], names: Sequence[NamedPoint]) -> None:
        """Take the communes (a GeoJSON collection), the roads and the names, all in WGS 84."""
        borders = [shape(feature["geometry"]).boundary for feature in communes["features"]]
        self._borders = [_projected(border) for border in borders]
        lines = [road for road in roads if len(road.points) > 1]
        self._roads = [
            _projected(shapely.LineString([(point.lon, point.lat) for point in road.points])) for road in lines
        ]
        self._kinds = [road.kind for road in lines]
        self._names = list(names)
        self._places = [_projected(shapely.Point(named.point.lon, named.point.lat)) for named in names]
        self._border_tree, self._road_tree = shapely.STRtree(self._borders), shapely.STRtree(self._roads)

    def tile(self, zoom: int, column: int, row: int) -> bytes:
        """Return one tile as a Mapbox vector tile (protocol buffers); raises ValueError where there is none."""
        if not LEAST_ZOOM <= zoom <= MOST_ZOOM or not (0 <= column < 2**zoom and 0 <= row < 2**zoom):
            raise ValueError("no such tile")
        west, south, east, north = _bounds(zoom, column, row)
        margin = (east - west) * _BUFFER / EXTENT
        area = shapely.box(west - margin, south - margin, east + margin, north + margin)
        finest = (east - west) / _PIXELS / 3
        layers = [
            _layer("communes", [(self._borders[i], {}) for i in self._border_tree.query(area)], area, finest),
            _layer(
                "roads",
                [
                    (self._roads[i], {"kind": self._kinds[i]}) for i in self._road_tree.query(area)
                    if self._kinds[i] <= _kinds_at(zoom)
                ],
                area, finest,
            ),
            {
                "name": "names",
                "features": [
                    {"geometry": place, "properties": {"name": named.name, "rank": named.rank}}
                    for place, named in zip(self._places, self._names, strict=True)
                    if named.rank <= zoom - 6 and area.contains(place)
                ],
            },
        ]  # fmt: skip
        encoded: bytes = mapbox_vector_tile.encode(
            layers, default_options={"quantize_bounds": (west, south, east, north), "extents": EXTENT}
        )
        return encoded


def _kinds_at(zoom: int) -> int:
    return 1 if zoom < 10 else 2 if zoom < 13 else 3


def _layer(
    name: str, found: Iterable[tuple[shapely.Geometry, dict[str, Any]]], area: shapely.Geometry, finest: float
) -> dict[str, Any]:
    features = []
    for geometry, properties in found:
        cut = shapely.intersection(shapely.simplify(geometry, finest), area)
        if not cut.is_empty:
            features.append({"geometry": cut, "properties": properties})
    return {"name": name, "features": features}


def _projected(geometry: shapely.Geometry) -> shapely.Geometry:
    def forward(positions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        lon, lat = np.radians(positions[:, 0]), np.radians(positions[:, 1])
        return np.column_stack([RADIUS * lon, RADIUS * np.log(np.tan(math.pi / 4 + lat / 2))])

    return shapely.transform(geometry, forward)


def _bounds(zoom: int, column: int, row: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile, in metres of Web Mercator."""
    half = math.pi * RADIUS
    size = 2 * half / 2**zoom
    west, north = -half + column * size, half - row * size
    return west, north - size, west + size, north
