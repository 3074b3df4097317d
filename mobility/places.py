"""Points and places on the ground."""

import math
from dataclasses import dataclass

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""


@dataclass(frozen=True, order=True)
class Point:
    """A position in WGS 84, longitude first."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"not a WGS 84 longitude and latitude: {self.lon}, {self.lat}")


@dataclass(frozen=True)
class Place:
    """A named point. ``id`` is unique in a territory (an INSEE code for a town hall)."""

    id: str
    name: str
    point: Point


def great_circle(a: Point, b: Point) -> float:
    """Return the great-circle distance in metres (haversine on the mean sphere)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_dlat = (lat_b - lat_a) / 2
    half_dlon = math.radians(b.lon - a.lon) / 2
    h = math.sin(half_dlat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(h)))
