"""Copy the front-end packages' files that the pages use from ``node_modules`` to ``webapp/static/vendor``."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = Path(__file__).parent / "static" / "vendor"
FONT = "AtkinsonHyperlegibleNext"
FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    # Folium shows Leaflet's own marker for an instant before it sets ours.
    **{
        f"leaflet/dist/images/{name}.png": f"leaflet/images/{name}.png"
        for name in ("marker-icon", "marker-icon-2x", "marker-shadow")
    },
    "leaflet/LICENSE": "leaflet/LICENSE",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps/protomaps-leaflet.js",
    "protomaps-leaflet/LICENSE": "protomaps/LICENSE",
    "axe-core/axe.min.js": "axe/axe.min.js",
    **{
        f"@fontsource/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-{weight}-normal.woff2": (
            f"fonts/atkinson-{weight}.woff2"
        )
        for weight in (400, 700)
    },
    **{
        f"@expo-google-fonts/atkinson-hyperlegible-next/{style}/{FONT}_{style}.ttf": f"fonts/{FONT}-{style}.ttf"
        for style in ("400Regular", "700Bold")
    },
    "@expo-google-fonts/atkinson-hyperlegible-next/LICENSE_FONT": "fonts/LICENSE",
}
OPTIONAL = {"axe-core/axe.min.js"}
"""Files that only the tests need."""


def copy_assets(modules: Path, vendor: Path) -> list[str]:
    """Copy every file; return the names of those that are missing."""
    missing = []
    for source, target in FILES.items():
        if (modules / source).exists():
            (vendor / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / source, vendor / target)
        elif source not in OPTIONAL:
            missing.append(source)
    return missing


if __name__ == "__main__":
    absent = copy_assets(ROOT / "node_modules", VENDOR)
    if absent:
        sys.exit(f"front-end files are missing, run 'make setup' again: {', '.join(absent)}")
