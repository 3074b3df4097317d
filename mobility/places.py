"""Points and places on the ground."""

import math
import re
from dataclasses import dataclass

from mobility.errors import MobilityError

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""

_SHORTEST_DEGREE = math.radians(EARTH_RADIUS) * (1 - 1e-9)
"""Metres of a degree of latitude on that sphere, a hair less: rounding must tell nobody apart who is near."""
_POSITION = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$")


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


def parse_position(text: str, *, field: str) -> Point | None:
    """Read a position as "lon, lat"; None where the text is none. One that is not on the Earth is an error."""
    match = _POSITION.match(text)
    try:
        return Point(float(match[1]), float(match[2])) if match else None
    except ValueError:
        raise MobilityError("bad-point", f"'{text}' is not on the Earth", field=field, value=text) from None


def place_at(point: Point) -> Place:
    """Return a point as a place: named by its position to a metre, however many decimals were typed."""
    name = f"{round(point.lon, 5):.10g}, {round(point.lat, 5):.10g}"
    return Place(name.replace(" ", ""), name, point)


def great_circle(a: Point, b: Point) -> float:
    """Return the great-circle distance in metres (haversine on the mean sphere)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_dlat = (lat_b - lat_a) / 2
    half_dlon = math.radians(b.lon - a.lon) / 2
    h = math.sin(half_dlat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(h)))


def within(a: Point, b: Point, metres: float) -> bool:
    """Tell whether two points are so near each other; asked of many, most are told apart by their latitudes alone."""
    return abs(a.lat - b.lat) * _SHORTEST_DEGREE <= metres and great_circle(a, b) <= metres
