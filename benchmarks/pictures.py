"""The pictures of the documents, taken of a running site with the example's rides: ``python -m benchmarks.pictures``.

Needs Chromium (Debian package chromium), and ``mobility serve`` beside, without accounts.
"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "images"
PICTURES = {
    "first-page": "/",
    "ways": "/aller?de=Escamps&vers=Cahors&heure=10:00&retour=16:00",
    "calendar": "/comprendre",
    "my-day": "/bureau/",
}
"""What is shown under each name."""
SIZE = (1100, 900)
"""Pixels of the window."""


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args().address
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="fr-FR")
        for name, where in PICTURES.items():
            page.goto(f"{address}{where}", wait_until="load", timeout=120_000)
            for frame in page.locator("iframe[src]").all():
                if not frame.is_visible():
                    # Folded away.
                    continue
                frame.scroll_into_view_if_needed()
                frame.content_frame.locator(".leaflet-tile-loaded").first.wait_for(state="attached")
                frame.content_frame.locator(".leaflet-tile:not(.leaflet-tile-loaded)").first.wait_for(state="detached")
            page.evaluate("() => window.scrollTo(0, 0)")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
