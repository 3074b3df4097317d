"""What a map shows, free of any library: areas with a level, stops with a number, lines, plain points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobility.places import Point

LEVEL_COLOURS = ("#f4f1ea", "#d6e4e1", "#a3c9c4", "#5f9f9c", "#2b6d70")
"""Fill of levels 0 (least) to 4 (most): one hue, growing darker, told apart in grey and by colour-blind eyes."""
LINE_COLOURS = ("#8a4b08", "#1f4e8c", "#7a2a6b", "#3f6b1d", "#9a1b1e", "#4a4a4a")
DASHES = ("", "8 6", "2 6", "12 4 2 4", "1 8", "16 6")
"""Dash pattern beside each line colour, so that lines differ without colour."""


@dataclass(frozen=True)
class AreaShape:
    """An area (a commune): its GeoJSON geometry, a level from 0 to 4, a label on the map and a text when pointed at."""

    id: str
    name: str
    geometry: Mapping[str, Any]
    level: int
    label: str
    text: str
    centre: Point


@dataclass(frozen=True)
class StopMark:
    """A numbered stop. ``hollow`` draws it lighter, as one among possible ones; ``href`` leads to its page."""

    point: Point
    number: str
    title: str
    href: str = ""
    hollow: bool = False


@dataclass(frozen=True)
class RoundLine:
    """A line on the map; ``style`` indexes colours and dashes."""

    points: tuple[Point, ...]
    title: str
    style: int


@dataclass(frozen=True)
class MapContent:
    """A map with its words: ``title`` and ``summary`` are read aloud, ``legend`` pairs a level with its meaning."""

    lang: str
    title: str
    summary: str
    areas: Sequence[AreaShape] = ()
    stops: Sequence[StopMark] = ()
    lines: Sequence[RoundLine] = ()
    points: Sequence[StopMark] = ()
    legend: Sequence[tuple[int, str]] = ()
    attribution: str = ""
    zoom_in: str = "+"
    zoom_out: str = "-"
    around: Sequence[Point] = ()
    """Points that the first view fits; everything shown where there are none."""


AROUND_A_POINT = 0.01
"""Degrees shown around a single point."""


def bounds(content: MapContent) -> tuple[float, float, float, float]:
    """Return west, south, east and north of the first view of a map."""
    points = list(content.around) or _all_points(content)
    lons, lats = [p.lon for p in points], [p.lat for p in points]
    west, south, east, north = min(lons), min(lats), max(lons), max(lats)
    # A view must hold some ground: one point alone gets about a kilometre each way.
    room = AROUND_A_POINT if west == east and south == north else 0.0
    return west - room, south - room, east + room, north + room


def _all_points(content: MapContent) -> list[Point]:
    points = [area.centre for area in content.areas] + [stop.point for stop in content.stops]
    points += [point for line in content.lines for point in line.points]
    for area in content.areas:
        points += [Point(lon, lat) for lon, lat in _positions(area.geometry["coordinates"])]
    return points


def _positions(coordinates: Any) -> list[tuple[float, float]]:
    if isinstance(coordinates[0], (int, float)):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [position for part in coordinates for position in _positions(part)]
