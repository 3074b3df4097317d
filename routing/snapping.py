"""From places to the road: the nearest point of the nearest edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.late import late
from mobility.places import Place
from routing.network import RoadNetwork

if TYPE_CHECKING:
    import pyproj
else:
    pyproj = late("pyproj")

MAX_SNAP = 1000.0
"""Metres from a road beyond which a place is off the map."""


@dataclass(frozen=True)
class Snap:
    """A place on an edge: ``fraction`` (0 to 1) of its drawing, ``distance`` metres away, ``lonlat`` on the road."""

    edge: int
    fraction: float
    distance: float
    lonlat: tuple[float, float]


class Snapper:
    """Finds the nearest edge of the network's main part, measured in metres in a projection made for its extent."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        centre_lon, centre_lat = network.nodes.mean(axis=0)
        self.to_metres = pyproj.Transformer.from_crs(
            "EPSG:4326", f"+proj=tmerc +lon_0={centre_lon} +lat_0={centre_lat} +ellps=WGS84 +units=m", always_xy=True
        )
        self._edges = np.flatnonzero(network.main_part)

    @cached_property
    def _lines(self) -> NDArray[np.object_]:
        x, y = self.to_metres.transform(self._network.shape[:, 0], self._network.shape[:, 1])
        start = self._network.shape_start
        points = [np.arange(start[edge], start[edge + 1]) for edge in self._edges]
        lines: NDArray[np.object_] = shapely.linestrings(
            np.column_stack([x, y])[np.concatenate(points)],
            indices=np.repeat(np.arange(len(self._edges)), [len(p) for p in points]),
        )
        return lines

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    def snap(self, places: Sequence[Place], *, max_distance: float = MAX_SNAP) -> list[Snap]:
        """Return where each place meets the road; a place too far from any is an error that names it."""
        x, y = self.to_metres.transform([p.point.lon for p in places], [p.point.lat for p in places])
        points = shapely.points(x, y)
        nearest = self._tree.nearest(points)
        lines = self._lines[nearest]
        distances = shapely.distance(points, lines)
        far = [place for place, metres in zip(places, distances, strict=True) if metres > max_distance]
        if far:
            names = ", ".join(place.name for place in far)
            raise MobilityError(
                "off-the-map",
                f"no road within {max_distance:.0f} m of {names}; check the position or the extent of the roads",
                field=far[0].id, names=names, metres=round(max_distance),
            )  # fmt: skip
        fractions = shapely.line_locate_point(lines, points, normalized=True)
        on_road = shapely.get_coordinates(shapely.line_interpolate_point(lines, fractions, normalized=True))
        lon, lat = self.to_metres.transform(on_road[:, 0], on_road[:, 1], direction="INVERSE")
        return [
            Snap(int(self._edges[line]), float(fraction), float(metres), (float(lon_i), float(lat_i)))
            for line, fraction, metres, lon_i, lat_i in zip(nearest, fractions, distances, lon, lat, strict=True)
        ]
