"""The gaps: what each place can reach without a car, and who is still left."""

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from desks.house import House
from desks.released import if_told
from mobility.access import CLASSES, DAILY_ERRANDS, DAY_END, DAY_START, LONGEST_WAY
from mobility.disclosure import UNMET
from mobility.errors import MobilityError
from mobility.gaps import GapStudy
from webapp.exports.access import export_access
from webapp.exports.formats import ACCESS
from webapp.pictures.gap_map import gap_map
from webapp.server.file_answer import file_answer
from webapp.server.map_answer import map_answer
from webapp.wiring import house, jobs
from webapp.words.access import CLASS_SHORT, CLASS_WORDS, ERRAND_WORDS, LAYER_WORDS, access_words, days_words
from webapp.words.disclosure import at_least_words, fewer_words
from webapp.words.french import alphabetical

pages = Blueprint("gaps", __name__)


def _study(here: House) -> GapStudy:
    """Return the study that is kept; time brings another where the plan, a feed or a file has changed."""
    found = here.access.known()
    if found is None:
        if _gave_up(here.access.awaited()):
            raise MobilityError("gaps-failed", "the study of the gaps could not be made", field="")
        raise MobilityError("gaps-awaited", "the study of the gaps is being made", field="")
    return found


def _gave_up(awaited: str) -> bool:
    """Tell whether the study of a stamp was begun, and will not be made."""
    return bool(awaited) and jobs().gave_up("gaps", {"stamp": awaited})


def _chosen(study: GapStudy) -> tuple[str, str]:
    """Return the errand and the layer that the address asks for."""
    layers = study.layers
    errand = request.args.get("besoin", DAILY_ERRANDS[0].id)
    layer = request.args.get("couche", layers[-1])
    if errand not in ERRAND_WORDS or layer not in layers:
        abort(404)
    return errand, layer


@pages.get("/manques")
def index() -> str:
    """Show the map of gaps, the people of each class layer by layer, and every place."""
    here = house()
    study, awaited = _study(here), here.access.awaited()
    errand, layer = _chosen(study)
    shares = [share for share in study.shares() if share.errand == errand]
    communes = here.ground.commune_names()
    names = {area.siren: area.name for area in here.ground.territory.areas}
    rows = [
        (home, study.at(home.place.id, errand, layer), study.indicators[home.place.id])
        for home in sorted(study.homes, key=lambda h: alphabetical(h.place.name))
        if home.people > 0
    ]
    ask = {
        home.place.id: [s for s in here.feeds.on_demand() if not s.runs and s.near(home.place.point)]
        for home in study.homes
    }
    return render_template(
        "gaps.html", study=study, current=not awaited, failed=_gave_up(awaited),
        errand=errand, layer=layer, errands=ERRAND_WORDS, layer_words=LAYER_WORDS,
        classes=CLASSES[::-1], class_words=CLASS_WORDS, class_short=CLASS_SHORT, rows=rows, days_words=days_words,
        access_words=access_words, files=ACCESS, names=names, ask=ask,
        unmet=[
            f"{communes[c]} ({at_least_words(n, UNMET)} personnes)"
            for c, n in if_told(here.unmet, {}).items() if c in communes
        ],
        fewer=fewer_words(UNMET),
        totals=[share for share in shares if not share.area],
        by_area=[share for share in shares if share.area and share.layer == layer],
        map_url=url_for("gaps.map_page", besoin=errand, couche=layer), expired=here.feeds.expired(here.today()),
    )  # fmt: skip


@pages.get("/manques/carte")
def map_page() -> Response:
    """Draw the map of gaps of an errand and a layer."""
    here = house()
    study = _study(here)
    errand, layer = _chosen(study)
    return map_answer(gap_map(here.ground, study, errand, layer, if_told(here.unmet, {})))


@pages.get("/manques/methode")
def method() -> str:
    """Explain how the gaps are measured."""
    return render_template(
        "gaps_method.html", errands=DAILY_ERRANDS, errand_words=ERRAND_WORDS, classes=CLASSES[::-1],
        class_words=CLASS_WORDS, class_short=CLASS_SHORT, start=DAY_START, end=DAY_END, longest=LONGEST_WAY,
    )  # fmt: skip


@pages.get("/manques/<name>")
def download(name: str) -> BaseResponse:
    """Send the study as a file."""
    here = house()
    if name not in ACCESS:
        abort(404)
    return file_answer(export_access(name, _study(here), here.ground), name)
