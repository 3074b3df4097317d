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


@pages.get("/sources")
def sources() -> Response:
    """Lead from the page of the datasets to their part of the method."""
    return _moved(url_for("about.method", _anchor="sources"))


@pages.get("/donnees/exemples")
def examples() -> Response:
    """Lead from the page of examples to their part of the open data."""
    return _moved(url_for("open_data.index", _anchor="exemples"))


@pages.get("/solidaire/merci")
def thanks() -> Response:
    """Lead from the page that thanked for a request."""
    return _moved(url_for("rides.index", recue=1))


@pages.get("/aide")
def help_page() -> Response:
    """Lead from the page of help."""
    return _moved(url_for("about.help_page"))


@pages.get("/bureau/conducteurs")
def drivers() -> Response:
    """Lead from the page of drivers to their list among the people."""
    return _moved(url_for("desk.people", voir="conducteurs"))


def requests_of_a_day() -> Response | None:
    """Lead from the page of the day to the requests of the day that is asked for; they were there once."""
    day = request.args.get("jour")
    return _moved(url_for("desk.requests", jour=day)) if day else None


@pages.get("/bureau/rappels")
def callbacks() -> Response:
    """Lead from the page of call-backs."""
    return _moved(url_for("desk.index"))


@pages.get("/bureau/demandes/nouvelle")
def new_request() -> Response:
    """Lead from the page of new requests."""
    return _moved(url_for("desk.telephone"))


@pages.get("/bureau/besoins")
def unmet_needs() -> Response:
    """Lead from the page of needs that nobody met."""
    return _moved(url_for("desk.figures", recherche=request.args.get("recherche") or None))


@pages.get("/bureau/rapport")
def report() -> Response:
    """Lead from the page of the yearly report."""
    return _moved(url_for("desk.figures", annee=request.args.get("annee") or None))


@pages.get("/bureau/simulateur")
def simulator() -> Response:
    """Lead from the page on which a call is played: its form is one of the settings."""
    return _moved(url_for("sign_in.settings"))


@pages.get("/compte")
def own_account() -> Response:
    """Lead from the page of one's account."""
    return _moved(url_for("sign_in.settings"))
