"""One question, "Comment y aller ?", and every way there and back that is known."""

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from desks.house import House
from desks.rides.example import has_example
from desks.rides.place_search import find_place
from desks.rides.unmet import note_nothing_found
from desks.ways.search import Answer, answer, nearest_services
from mobility.errors import MobilityError
from mobility.places import Place
from mobility.ways import WISHES, Question, Way, merits
from webapp.exports.way_sheet import write_way_sheet
from webapp.pages.form_values import number_within, stated_day, stated_hours, tomorrow
from webapp.pictures.way_map import way_map
from webapp.server.map_answer import map_answer
from webapp.wiring import house
from webapp.words import ways as words
from webapp.words.errors import french_error
from webapp.words.licences import credit_words

pages = Blueprint("ways", __name__)
FARTHEST = timedelta(days=400)
FIELDS = ("de", "vers", "pour", "jour", "sens", "heure", "retour", "accompagnants")


@pages.get("/trajets")
def old_address() -> BaseResponse:
    """Lead from the page's former address."""
    return redirect(f"{url_for('ways.index')}?{urlencode(request.args)}", code=301)


@pages.get("/aller")
def index() -> str:
    """Show the question, and its answer where it is asked."""
    here = house()
    with here.turn:
        return _shown(here, request.args)


def _shown(here: House, values: MultiDict[str, str]) -> str:
    found, trouble = None, ""
    if values.get("de"):
        try:
            found = answer(here.ways, stated_question(here, values), now=here.clock())
        except MobilityError as error:
            trouble = french_error(error, here.ground.names())
    return render_template(
        "ways.html", values=values, trouble=trouble, found=found, wishes=words.WISHES, errands=words.ERRANDS,
        notes=words.ERRAND_NOTES, tomorrow=tomorrow(here).isoformat(),
        credits=credit_words(here.feeds.credits()),
        cards=cards(here, found) if found else [], again=_again(values), telephone=here.ground.telephone,
        recorded=values.get("besoin") == "note", example=has_example(here.rides),
    )  # fmt: skip


def _again(values: MultiDict[str, str]) -> dict[str, str]:
    """Return what asks the same question again."""
    names = (*FIELDS, *(f"souhait-{wish}" for wish in WISHES))
    return {name: values[name] for name in names if values.get(name)}


def stated_question(here: House, values: MultiDict[str, str]) -> Question:
    """Read a question from a form; every fault names its field."""
    day = _day(here, values.get("jour", ""))
    arrive_by, depart_after, back = stated_hours(values)
    if back is not None and back <= (arrive_by or depart_after or 0):
        raise MobilityError("back-before", "the way back must come after the way there", field="Retour")
    origin = find_place(here.places.index(), values.get("de", "")[:120], field="De")
    destinations, daily = _destinations(here, values, origin)
    return Question(
        origin, destinations, day, arrive_by, depart_after, back,
        frozenset(wish for wish in WISHES if values.get(f"souhait-{wish}")), daily,
        words.RIDE_ERRANDS.get(daily, "other"),
        number_within(values.get("accompagnants", "").strip(), 0, 7),
    )  # fmt: skip


def _destinations(here: House, values: MultiDict[str, str], origin: Place) -> tuple[tuple[Place, ...], str]:
    """Return the place asked for, or the nearest ones for an errand ("voir un médecin") with its name."""
    where, daily = values.get("vers", "").strip()[:120], values.get("pour", "")
    if where:
        try:
            found = find_place(here.places.index(), where, field="Vers")
        except MobilityError:
            daily = words.errand_of(where)
            if not daily:
                raise
        else:
            if found.point == origin.point:
                raise MobilityError("same-place", "the two places are the same", field="Vers")
            return (found,), ""
    if daily not in words.ERRANDS:
        raise MobilityError("where-to", "say where to go", field="Vers")
    return nearest_services(here.ground, origin, daily), daily


def _day(here: House, text: str) -> date:
    day = stated_day(here, text)
    if abs(day - here.today()) > FARTHEST:
        raise MobilityError("bad-date", f"'{text}' is too far away", field="Jour", value=text)
    return day


def cards(here: House, found: Answer) -> list[dict[str, object]]:
    """Return the ways in words, the best first."""
    planner, asked, now = found.planner, found.asked, found.now
    best = merits(found.ways)
    return [
        {
            "way": way, "title": words.title_words(way, planner), "there": words.told(way.there, planner, asked, now),
            "back": words.told(way.back, planner, asked, now) if way.back else None, "cost": words.cost_words(way),
            "warnings": words.warnings(way, asked), "merits": [words.MERITS[m] for m in sorted(best[number])],
            "message": words.message_words(way, planner, asked, here.ground.telephone, now),
            "driver": "volunteer" in way.kinds,
        }
        for number, way in enumerate(found.ways)
    ]  # fmt: skip


def _chosen(here: House) -> tuple[Answer, Way, int]:
    found = answer(here.ways, stated_question(here, request.args), now=here.clock())
    number = number_within(request.args.get("choix", "0"), 0, len(found.ways) - 1, otherwise=-1)
    if number < 0:
        abort(404)
    return found, found.ways[number], number


@pages.get("/aller/carte")
def map_page() -> Response:
    """Draw one way on the map."""
    here = house()
    found, way, _ = _chosen(here)
    content = way_map(here.ground, found.planner, found.asked, way)
    return map_answer(content)


@pages.get("/aller/fiche.pdf")
def sheet() -> Response:
    """Print one way on one page, in large type."""
    here = house()
    found, way, number = _chosen(here)
    card = cards(here, found)[number]
    pdf = write_way_sheet(
        found.asked, way, card, telephone=here.ground.telephone, title=here.ground.territory.title,
        printed=here.today(),
    )  # fmt: skip
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": 'inline; filename="trajet.pdf"'})


@pages.post("/aller/besoin")
def record_unmet() -> BaseResponse:
    """Note that nothing leads there: where and when, and nobody's name."""
    here = house()
    asked = stated_question(here, request.form)
    note_nothing_found(here.store, here.ground, asked.ride(), now=here.clock())
    return redirect(f"{url_for('ways.index')}?{urlencode({**_again(request.form), 'besoin': 'note'})}", code=303)
