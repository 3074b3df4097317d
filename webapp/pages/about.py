"""Sources and method."""

from flask import Blueprint, render_template

from data.sources import read_sources
from mobility.need import PRESETS, VULNERABILITY_WEIGHTS
from webapp.site import site

pages = Blueprint("about", __name__)


@pages.get("/sources")
def sources() -> str:
    """List every dataset, and the rule of the territory."""
    workspace = site().workspace
    return render_template(
        "sources.html",
        sources=read_sources(workspace.folder.id),
        territory=workspace.territory,
        settings=workspace.folder.settings(),
    )


@pages.get("/methode")
def method() -> str:
    """Explain how the calendar is made and judged."""
    workspace = site().workspace
    return render_template(
        "method.html", service=workspace.service, presets=PRESETS, weights=VULNERABILITY_WEIGHTS,
        territory=workspace.territory, settings=workspace.folder.settings(),
    )  # fmt: skip
