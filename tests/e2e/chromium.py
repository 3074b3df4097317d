"""A real Chromium for the tests: pages opened, forms sent, axe run."""

import os
import shutil

import pytest
from playwright.sync_api import Locator, Page

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = ROOT / "webapp" / "static" / "vendor" / "axe" / "axe.min.js"
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed (Debian package chromium)"
)

_SEND = """([where, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = where;
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        field.name = name;
        field.value = value;
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


_SMALL = """() => {
    const shown = part => part.checkVisibility() && !part.closest(".visually-hidden") && !part.matches(".skip");
    const labelled = part => part.matches("[type=checkbox], [type=radio]") && part.closest("label");
    // A link among other words is as high as its line.
    const alone = part => part.matches("a")
        ? /flex|grid/.test(getComputedStyle(part.parentNode).display)
            || [...part.parentNode.childNodes].every(node => node === part || !node.textContent.trim())
        : !labelled(part);
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
        .filter(part => shown(part) && alone(part))
        .filter(part => { const box = part.getBoundingClientRect(); return box.width < 23.9 || box.height < 23.9; })
        .map(part => part.outerHTML.slice(0, 90));
}"""
"""What is smaller than the 24 pixels a finger needs (WCAG 2.2, 2.5.8)."""


def opened(page: Page, where: str) -> None:
    """Open a page and wait for all of it, its maps included."""
    page.goto(where, wait_until="load")
    # Maps below the fold load when they come into view: each is brought there, and the reader back to the top.
    maps = page.locator("iframe[src]").all()
    for frame in maps:
        if frame.is_visible():
            frame.scroll_into_view_if_needed()
            is_drawn(frame)
    if maps:
        page.evaluate("window.scrollTo(0, 0)")


def is_drawn(frame: Locator) -> None:
    """Wait until the map in a frame has every tile. (A quiet network is no sign: a browser may never tell it.)"""
    inside = frame.content_frame
    inside.locator(".leaflet-tile-loaded").first.wait_for(state="attached")
    inside.locator(".leaflet-tile:not(.leaflet-tile-loaded)").first.wait_for(state="detached")


def sent(page: Page, where: str, fields: dict[str, str]) -> None:
    """Send a form as its page does, and wait for the answer."""
    opened(page, "/me-faire-aider")
    with page.expect_navigation(wait_until="load"):
        page.evaluate(_SEND, [where, fields])


def axe_finds_nothing(page: Page) -> None:
    """Run axe on the page in the state it is in, everything that folds unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    # The content policy lets no other script in: axe comes in through the browser itself.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Frames are pages of their own in the list.
    found = page.evaluate("axe.run(document, {iframes: false})")["violations"]
    told = [(v["id"], v["help"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
    assert not told, told


def fits_a_telephone(page: Page) -> None:
    """Tell whether the page, as wide as a telephone or enlarged four times, scrolls one way only."""
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(_SMALL)
    assert not small, small
