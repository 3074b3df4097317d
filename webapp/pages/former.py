"""Former addresses: each leads for good to where its subject is now."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

pages = Blueprint("former", __name__)


def _moved(address: str) -> Response:
    return redirect(address, code=301)


@pages.get("/trajets")
def journeys() -> Response:
    """Lead from the journeys' page, its question kept."""
    asked = request.query_string.decode()
    return _moved(url_for("ways.index") + (f"?{asked}" if asked else ""))


@pages.get("/comparaison")
def comparison() -> Response:
    """Lead from the page that compared the calendar with another."""
    return _moved(url_for("calendar.home", _anchor="comparaison"))


@pages.get("/besoin")
def need() -> Response:
    """Lead from the page of the need."""
    return _moved(url_for("calendar.home", _anchor="besoin"))


@pages.get("/aide")
def help_page() -> Response:
    """Lead from the page of help."""
    return _moved(url_for("about.help_page"))


@pages.get("/bureau/conducteurs")
def drivers() -> Response:
    """Lead from the page of drivers to their list among the people."""
    return _moved(url_for("desk.people", voir="conducteurs"))
