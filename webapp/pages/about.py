"""Sources and method."""

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from data.sources import read_sources
from desks.ways.nearby import counter_states
from mobility.modules import RIDES
from mobility.need import PRESETS, VULNERABILITY_WEIGHTS
from mobility.opening import opening_at
from webapp.navigation import groups
from webapp.pictures.base_map import BaseMap
from webapp.wiring import house, wired
from webapp.words import answers

pages = Blueprint("about", __name__)


@pages.get("/methode")
def method() -> str:
    """Explain how the calendar is made and judged, and list every dataset that it rests on."""
    ground = house().ground
    sources = [source for source in read_sources(ground.folder.id) if ground.modules.has(source.module)]
    return render_template(
        "method.html", service=ground.service, presets=PRESETS, weights=VULNERABILITY_WEIGHTS,
        territory=ground.territory, settings=ground.folder.settings(), sources=sources,
    )  # fmt: skip


@pages.get("/accessibilite")
def accessibility() -> str:
    """Show the accessibility statement: what was tested by machine, by hand, and what was not."""
    ground = house().ground
    return render_template(
        "accessibility.html", telephone=ground.telephone, mail=str(ground.folder.settings().get("mail", ""))
    )


@pages.get("/plan")
def site_map() -> str:
    """List every page that the visitor may open."""
    return render_template("site_map.html", groups=groups())


@pages.get("/me-faire-aider")
def help_page() -> str:
    """Show who helps now: the counters that are open, a number to call; and how the site is used."""
    here = house()
    states = counter_states(here.ground, here.clock())
    return render_template(
        "help.html", telephone=here.ground.telephone, counters=states, today=here.today(), words=answers,
    )  # fmt: skip


def desk_answers() -> tuple[bool, str]:
    """Tell whether someone answers the territory's number now, and say until or from when."""
    here = house()
    opening = opening_at(here.ground.hours.desk, here.clock())
    return opening.is_open, answers.answering_words(opening, here.today())


@pages.get("/vos-donnees")
def personal_data() -> str:
    """Say what is kept of whom, for how long, and how one has it shown, corrected or erased."""
    here = house()
    return render_template(
        "personal_data.html", telephone=here.ground.telephone, days=here.settings.retention_days,
        mail=str(here.ground.folder.settings().get("mail", "")), rides=here.ground.modules.has(RIDES),
    )  # fmt: skip


@pages.get("/tuiles/<int:zoom>/<int:column>/<int:row>.mvt")
def tile(zoom: int, column: int, row: int) -> BaseResponse:
    """Return a tile of the base map, as a Mapbox vector tile."""
    here = house()
    base = wired().base_map.get(here.ground.stamp, lambda: BaseMap(here.ground))
    try:
        content = base.tile(zoom, column, row)
    except ValueError:
        abort(404)
    answered = Response(content, mimetype="application/vnd.mapbox-vector-tile")
    answered.headers["Cache-Control"] = "public, max-age=86400"
    answered.set_etag(f"{here.ground.stamp[:16]}-{zoom}-{column}-{row}")
    return answered.make_conditional(request)
