"""Downloads of the current plan."""

import re

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response as BaseResponse

from mobility.territory import folded
from webapp.exports.files import export_plan
from webapp.exports.formats import OF_COMMUNE, WHOLE
from webapp.server.file_answer import file_answer
from webapp.wiring import house
from webapp.words.french import alphabetical

pages = Blueprint("downloads", __name__)


@pages.get("/telechargements")
def index() -> str:
    """List the downloads."""
    plan = house().calendar.plan()
    visited = sorted({plan.problem.stops_by_id[v.stop].commune for v in plan.solution.calendar.visits})
    communes = [house().ground.territory.by_insee[insee] for insee in visited]
    communes.sort(key=lambda commune: alphabetical(commune.name))
    return render_template("downloads.html", files=WHOLE, communes=communes)


@pages.get("/telecharger/<name>")
def whole(name: str) -> BaseResponse:
    """Send a file about the whole calendar."""
    if name not in WHOLE:
        abort(404)
    return _send(WHOLE[name][0], name)


@pages.get("/communes/<insee>/<name>")
def of_commune(insee: str, name: str) -> BaseResponse:
    """Send a file about one commune."""
    if name not in OF_COMMUNE:
        abort(404)
    commune = house().ground.territory.find_commune(insee, field="commune")
    return _send(OF_COMMUNE[name], f"{commune.insee}-{name}", insee=commune.insee)


@pages.get("/arrets/<stop>/calendrier.ics")
def of_stop(stop: str) -> BaseResponse:
    """Send the agenda of one stop."""
    return _send("ical", f"{_in_name(stop)}-calendrier.ics", stop=stop)


def _in_name(identifier: str) -> str:
    """Return an identifier as a file's name may hold it: those of a territory's table are typed by hand."""
    return re.sub(r"[^a-z0-9]+", "-", folded(identifier)).strip("-") or "arret"


def _send(kind: str, name: str, *, insee: str | None = None, stop: str | None = None) -> BaseResponse:
    here = house()
    content = export_plan(
        kind, here, here.calendar.plan(), here.calendar.dated(), insee=insee, stop=stop, in_force=True,
        now=here.clock(),
    )  # fmt: skip
    return file_answer(content, name)
