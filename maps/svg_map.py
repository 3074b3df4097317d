"""A map drawn as SVG, for printed pages: contours, lines, numbered stops."""

import html
import math

from maps.layers import DASHES, LEVEL_COLOURS, LINE_COLOURS, MapContent, bounds
from mobility.places import Point

WIDTH = 720.0


def draw_svg(content: MapContent) -> str:
    """Return the SVG of a map, in a local equirectangular projection."""
    west, south, east, north = bounds(content)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    height = (north - south) * scale

    def xy(lon: float, lat: float) -> str:
        return f"{(lon - west) * squeeze * scale:.1f},{(north - lat) * scale:.1f}"

    parts = []
    for area in content.areas:
        polygons = area.geometry["coordinates"]
        polygons = [polygons] if area.geometry["type"] == "Polygon" else polygons
        rings = [ring for polygon in polygons for ring in polygon]
        path = " ".join("M" + " L".join(xy(lon, lat) for lon, lat in ring) + "Z" for ring in rings)
        parts.append(f'<path d="{path}" fill="{LEVEL_COLOURS[area.level]}" stroke="#8b979c" stroke-width="0.7"/>')
    for line in content.lines:
        points = " ".join(xy(point.lon, point.lat) for point in line.points)
        dash = f' stroke-dasharray="{DASHES[line.style % len(DASHES)]}"' if DASHES[line.style % len(DASHES)] else ""
        colour = LINE_COLOURS[line.style % len(LINE_COLOURS)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3"{dash}/>')
    for stop in content.stops:
        parts.append(_stop(xy, stop.point, stop.number))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-14 -14 {WIDTH + 28:.0f} {height + 28:.0f}" '
        f'role="img"><title>{html.escape(content.title)}</title>\n{body}\n</svg>\n'
    )


def _stop(xy: object, point: Point, number: str) -> str:
    x, y = xy(point.lon, point.lat).split(",")  # type: ignore[operator]
    return (
        f'<circle cx="{x}" cy="{y}" r="12" fill="#22313a" stroke="#fff" stroke-width="2"/>'
        f'<text x="{x}" y="{float(y) + 4.5:.1f}" text-anchor="middle" font-size="13" font-weight="700" '
        f'font-family="Atkinson Hyperlegible Next" fill="#fff">{html.escape(number)}</text>'
    )
