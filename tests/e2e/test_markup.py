"""Markup that somebody stored, or a feed brings, is text wherever a browser shows it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from maps.folium_page import draw_page
from maps.layers import AreaShape, MapContent, RoundLine, StopMark
from mobility.places import Point
from tests.conftest import ROOT

VENDOR = ROOT / "webapp" / "static" / "vendor"
RUN = "document.documentElement.dataset.run=1"
ODD = f"""A`+({RUN})+`${{{RUN}}}\\x3cxmark\\x3e\\u003cxmark\\u003e\\</script><xmark>'"<img src=x onerror={RUN}>
</title></style><svg onload={RUN}>&lt;xmark&gt;"""
"""Ends every kind of place that a text may stand in: a tag, an attribute, strings of scripts of each sort."""

SQUARE = {"type": "Polygon", "coordinates": [[[1.4, 44.4], [1.5, 44.4], [1.5, 44.5], [1.4, 44.5], [1.4, 44.4]]]}


@pytest.mark.parametrize("plain", [ODD, "Ligne 874 : l'arrêt « Gare » & 5 $ \\ `"])
def test_the_words_of_a_map_are_words(browser: Browser, tmp_path: Path, plain):
    content = MapContent(
        "fr", plain, plain, areas=[AreaShape("a", plain, SQUARE, 2, plain, plain, Point(1.45, 44.45))],
        stops=[StopMark(Point(1.42, 44.42), plain, plain), StopMark(Point(1.44, 44.42), plain, plain, href="/x")],
        points=[StopMark(Point(1.48, 44.48), plain, plain)],
        lines=[RoundLine((Point(1.41, 44.47), Point(1.49, 44.41)), plain, 0)],
        legend=[(2, plain)], attribution=plain, zoom_in=plain, zoom_out=plain,
    )  # fmt: skip
    (tmp_path / "map.html").write_text(draw_page(content, assets=f"file://{VENDOR}/"))
    page, faults = browser.new_page(viewport={"width": 900, "height": 900}), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"file://{tmp_path}/map.html")
    page.locator(".leaflet-control-zoom-in").wait_for()
    paths = page.locator("path.leaflet-interactive")
    for number in range(paths.count()):
        paths.nth(number).dispatch_event("mouseover", {"clientX": 400, "clientY": 400})
        page.locator(".leaflet-tooltip").first.wait_for()
        shown = page.locator(".leaflet-tooltip").first.inner_text()
        assert " ".join(shown.split()) == " ".join(plain.split())
        paths.nth(number).dispatch_event("mouseout")
    assert paths.count() == 2
    assert page.locator("xmark, img[onerror], svg[onload], html[data-run]").count() == 0
    assert page.title().split() == plain.split()
    assert page.locator(".leaflet-control-attribution").inner_text().split() == plain.split()
    assert not faults
    page.close()
