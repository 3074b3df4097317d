"""Former addresses: each leads for good to where its page is now."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

pages = Blueprint("former", __name__)


@pages.get("/trajets")
def journeys() -> Response:
    """Lead from the journeys' page, its question kept."""
    asked = request.query_string.decode()
    return redirect(url_for("ways.index") + (f"?{asked}" if asked else ""), code=301)
