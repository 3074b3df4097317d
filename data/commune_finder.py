"""Which commune a point lies in, by the contours of a territory."""

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry import shape

from mobility.places import Point


class CommuneFinder:
    """Finds the commune of a point among contours (a GeoJSON collection whose features tell their ``insee``)."""

    def __init__(self, contours: Mapping[str, Any]) -> None:
        self._codes = [str(feature["properties"]["insee"]) for feature in contours["features"]]
        self._tree = shapely.STRtree([shape(feature["geometry"]) for feature in contours["features"]])

    @property
    def drawn(self) -> bool:
        """Tell whether there are contours at all."""
        return bool(self._codes)

    def at(self, point: Point) -> str:
        """Return the INSEE code of the commune that holds a point ("" outside of all)."""
        found = self._tree.query(shapely.Point(point.lon, point.lat), predicate="intersects")
        return self._codes[int(found[0])] if len(found) else ""
