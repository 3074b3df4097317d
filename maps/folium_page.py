"""A Folium map as a page of our own: local assets, a language, a title, landmarks, and no foreign host."""

import html
import json
import re

import folium

from maps.layers import DASHES, LEVEL_COLOURS, LINE_COLOURS, MapContent, StopMark, bounds
from mobility.places import Point

INK = "#22313a"
GROUND = "#f4f1ea"
"""The land of the base map (see basemap.js)."""


BEFORE, AFTER = (62, 28), (28, 62)
"""Pixels left free at the left and top, at the right and bottom: half a mark, plus the buttons' width (44), or the
height of credits on two lines (46)."""


class LocalMap(folium.Map):
    """A Leaflet map without tiles whose script and style come from our own host."""

    default_js = [("leaflet", "leaflet/leaflet.js")]
    default_css = [("leaflet_css", "leaflet/leaflet.css")]


def draw_page(
    content: MapContent, *, assets: str, nonce: str = "", tiles: str = "", tile_script: str = "", tile_kind: str = "own"
) -> str:
    """Return the HTML page of a map.

    ``assets`` is the address of the vendored files, ending in "/"; ``nonce`` the word by which the page's content
    policy knows the script and the style that are written into it. ``tiles`` is the address of the base map's tiles
    ("" for none), ``tile_script`` of the script that draws them, ``tile_kind`` whether they are our "own" vector tiles.
    """
    west, south, east, north = bounds(content)
    drawing = LocalMap(
        tiles=None, zoom_control=True, zoom_snap=0.25, attributionControl=True, scrollWheelZoom=False, min_zoom=7,
    )  # fmt: skip
    # A way begins and ends on its marks: they need room, beside the zoom buttons and above the credits.
    before, after = (BEFORE, AFTER) if content.around else ((8, 8), (8, 8))
    drawing.fit_bounds([[south, west], [north, east]], padding_top_left=before, padding_bottom_right=after)
    _add_areas(drawing, content)
    _add_lines(drawing, content)
    for area in content.areas:
        if area.label:
            _label(area.label, area.centre).add_to(drawing)
    for mark in content.points:
        _square(mark).add_to(drawing)
    for mark in content.stops:
        _number(mark).add_to(drawing)
    return _page(drawing, content, assets, nonce, (tiles, tile_script, tile_kind))


def _add_areas(drawing: folium.Map, content: MapContent) -> None:
    if not content.areas:
        return
    features = [
        {
            "type": "Feature",
            "properties": {"level": area.level, "text": _shown_text(area.text)},
            "geometry": dict(area.geometry),
        }
        for area in content.areas
    ]
    folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=_area_style,
        tooltip=folium.GeoJsonTooltip(fields=["text"], labels=False, sticky=True),
    ).add_to(drawing)


def _area_style(feature: dict[str, dict[str, int]]) -> dict[str, object]:
    level = feature["properties"]["level"]
    return {"fillColor": LEVEL_COLOURS[level], "fillOpacity": _shown(level), "color": "#6d7a80", "weight": 0.8}


def _shown(level: int) -> float:
    """Return how much of a level's colour is seen: the base map shows through, most where an area says nothing."""
    return 0.72 if level else 0.12


def seen_colour(level: int) -> str:
    """Return the colour of a level as it is seen on the map, over its ground: that of the legend."""
    pairs = zip(_channels(LEVEL_COLOURS[level]), _channels(GROUND), strict=True)
    return "#" + "".join(f"{round(_shown(level) * over + (1 - _shown(level)) * under):02x}" for over, under in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _add_lines(drawing: folium.Map, content: MapContent) -> None:
    for line in content.lines:
        folium.PolyLine(
            [(point.lat, point.lon) for point in line.points],
            color=LINE_COLOURS[line.style % len(LINE_COLOURS)],
            dash_array=DASHES[line.style % len(DASHES)] or None,
            weight=3.5,
            opacity=0.9,
            tooltip=_shown_text(line.title),
        ).add_to(drawing)


def _number(mark: StopMark) -> folium.Marker:
    kind = "stop hollow" if mark.hollow else "stop"
    words = html.escape(mark.title)
    shown = f'class="{kind}" title="{words}"'
    text = html.escape(mark.number)
    link = f'<a {shown} aria-label="{words}" href="{html.escape(mark.href)}" target="_top">{text}</a>'
    return _marker(mark.point, link if mark.href else f"<b {shown}>{text}</b>", 26)


def _square(mark: StopMark) -> folium.Marker:
    text = f'<b class="fixed" title="{html.escape(mark.title)}">{html.escape(mark.number)}</b>'
    return _marker(mark.point, text, 20)


def _marker(point: Point, inner: str, size: int) -> folium.Marker:
    """Return a marker that Leaflet leaves alone: the link inside it takes clicks, focus and the words shown."""
    icon = folium.DivIcon(html=inner, icon_size=(size, size), icon_anchor=(size // 2, size // 2), class_name="mark")
    return folium.Marker((point.lat, point.lon), icon=icon, interactive=False, keyboard=False)


def _label(text: str, point: Point) -> folium.Marker:
    """Return a text on the map: a name stands below its point, where a mark may be; a figure on it."""
    drop = -8 if text[:1].isalpha() else 7
    icon = folium.DivIcon(
        html=f'<span class="label" aria-hidden="true">{html.escape(text)}</span>',
        icon_size=(120, 14),
        icon_anchor=(60, drop),
        class_name="mark",
    )
    return folium.Marker((point.lat, point.lon), icon=icon, interactive=False, keyboard=False)


def _shown_text(text: str) -> str:
    """Return a text as HTML that Folium may also write between the backticks of a script."""
    written = html.escape(text)
    return written.translate({ord(sign): f"&#{ord(sign)};" for sign in "`$\\"})


_STYLE = f"""
html, body {{ margin: 0; height: 100%; font: 15px/1.4 Atkinson, system-ui, sans-serif; color: {INK}; }}
@font-face {{ font-family: Atkinson; src: url("ASSETSfonts/atkinson-400.woff2"); font-weight: 400; }}
@font-face {{ font-family: Atkinson; src: url("ASSETSfonts/atkinson-700.woff2"); font-weight: 700; }}
main {{ display: flex; flex-direction: column; height: 100%; }}
h1 {{ position: absolute; left: -999em; }}
.folium-map {{ flex: 1; min-height: 200px; position: relative; background: #eef2f3; }}
.legend {{ display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0; padding: .4rem .6rem; list-style: none;
  border-top: 1px solid #c9d2d6; font-size: 14px; }}
.legend span {{ display: inline-block; width: 1.4em; height: 1em; border: 1px solid #6d7a80; vertical-align: -.1em; }}
.mark {{ background: none; border: 0; text-align: center; }}
.mark a, .mark b {{ pointer-events: auto; }}
.stop {{ display: inline-block; width: 22px; height: 22px; border-radius: 50%; border: 2px solid #fff;
  background: {INK}; color: #fff; font: 700 13px/22px Atkinson, sans-serif; text-decoration: none;
  box-shadow: 0 0 0 1px {INK}; }}
.stop.hollow {{ background: #fff; color: {INK}; }}
.stop.hollow:empty {{ width: 24px; height: 24px; border: 0; box-shadow: none;
  background: radial-gradient(circle, #fff 6px, {INK} 6px 9px, #fff 9px 11px, transparent 11px); }}
.stop.locked {{ background: #1f5d60; color: #fff; }}
.stop.closed {{ background: #fff; color: #9a1b1e; border-color: #9a1b1e; box-shadow: none; }}
.leaflet-container a.stop.closed {{ color: #9a1b1e; }}
.fixed {{ display: inline-block; width: 16px; height: 16px; background: #fff; border: 2px solid #7a2a6b; color: #7a2a6b;
  font: 700 11px/16px Atkinson, sans-serif; }}
.label {{ font: 700 11px/14px Atkinson, sans-serif; color: {INK};
  text-shadow: 0 0 2px #fff, 0 0 2px #fff, 0 0 3px #fff; }}
.leaflet-container a.stop {{ color: #fff; }}
a:focus-visible {{ outline: 3px solid #b3261e; outline-offset: 2px; }}
"""


def _page(drawing: folium.Map, content: MapContent, assets: str, nonce: str, base: tuple[str, str, str]) -> str:
    root = drawing.get_root()
    root.render()
    # Folium also writes a style and scripts of its own into the header: only what draws this map is kept.
    name = drawing.get_name()
    script = re.sub(r"</script", r"<\\/script", root.script.render())
    swatches = "".join(
        f'<li><span class="level-{level}"></span> {html.escape(words)}</li>' for level, words in content.legend
    )
    legend = f'<ul class="legend">{swatches}</ul>' if swatches else ""
    colours = "".join(f".level-{level} {{ background: {seen_colour(level)}; }}\n" for level, _ in content.legend)
    word = f' nonce="{html.escape(nonce)}"' if nonce else ""
    credit = f"{name}.attributionControl.setPrefix({_js(html.escape(content.attribution))});"
    zoom = (
        f"document.querySelector('.leaflet-control-zoom-in').title={_js(content.zoom_in)};"
        f"document.querySelector('.leaflet-control-zoom-out').title={_js(content.zoom_out)};"
        "document.querySelectorAll('.leaflet-control-zoom a').forEach(a=>a.setAttribute('aria-label',a.title));"
    )
    tiles, tile_script, tile_kind = base
    labelled = any(area.label for area in content.areas)
    head = base_map = ""
    if tiles:
        drawer = f'<script src="{assets}protomaps/protomaps-leaflet.js"></script>\n' if tile_kind == "own" else ""
        shown = f'data-tiles="{html.escape(tiles)}" data-kind="{html.escape(tile_kind)}"'
        head = f'{drawer}<script src="{tile_script}" {shown}></script>'
        base_map = f"addBaseMap({name}, {'false' if labelled else 'true'});"
    # Leaflet takes the focus when the mouse goes down, which may scroll the page under a link before it goes up.
    links = "document.querySelectorAll('.mark a').forEach(a=>a.addEventListener('mousedown',e=>e.stopPropagation()));"
    return f"""<!DOCTYPE html>
<html lang="{content.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(content.title)}</title>
<link rel="stylesheet" href="{assets}leaflet/leaflet.css">
<style{word}>{_STYLE.replace("ASSETS", assets)}{colours}</style>
<script src="{assets}leaflet/leaflet.js"></script>
{head}
</head>
<body>
<main>
<h1>{html.escape(content.title)}</h1>
<div class="folium-map" id="{name}" role="application" aria-label="{html.escape(content.summary)}"></div>
{legend}
</main>
<script{word}>
{script}
{base_map}
{credit}
{zoom}
{links}
</script>
</body>
</html>
"""


def _js(text: str) -> str:
    return json.dumps(text).replace("<", "\\u003c")
