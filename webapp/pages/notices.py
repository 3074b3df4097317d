"""What people must know: all of it on one page, as a feed and for programs; a page where it is written by hand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from desks.house import House
from desks.notices import Draft
from desks.ways.search import Answer
from mobility.agenda import Event
from mobility.clock import parse_day
from mobility.errors import Faults, MobilityError
from mobility.notices import CALM, Notice, seen
from webapp.exports.atom import AtomEntry, atom_feed
from webapp.pages.form_values import beside
from webapp.server.file_answer import open_answer
from webapp.server.visitor import who
from webapp.wiring import house
from webapp.words.french import alphabetical, at_place
from webapp.words.notices import (
    GRAVITIES,
    NAMED,
    Told,
    is_of_the_bus,
    notice_told,
    promised_words,
    shown_words,
)

pages = Blueprint("notices", __name__)
FIELDS = {"title": "titre", "text": "texte", "line": "ligne", "commune": "communes", "first": "du", "last": "au"}
"""Where the form says a fault, by the field of the error; elsewhere above the form."""


def notices_for(*communes: str) -> list[Told]:
    """Return in words what concerns some communes, or all of it where none is given: the grave first."""
    return told_of(house().notices.seen(*communes), *communes)


def told_of(notices: Iterable[Notice], *communes: str) -> list[Told]:
    """Return notices in words, as some communes are told them (as all are where none is given)."""
    here = house()
    names, now = here.ground.commune_names(), here.clock()
    return [notice_told(notice, names, now, communes) for notice in notices]


def notices_of_ways(found: Answer, written: Sequence[Notice] | None = None) -> list[list[Notice]]:
    """Return what is to be known of the lines that each way of an answer takes on its day."""
    told = house().notices.of_lines(found.asked.day, written)
    taken = [found.planner.taken(way.journeys) if told else frozenset() for way in found.ways]
    return [[one.notice for one in told if one.taken_as & lines] for lines in taken]


def notices_of_calls(found: Answer, written: Sequence[Notice] | None = None) -> list[list[Notice]]:
    """Return what is to be known of each service that an answer tells to call, on its day."""
    told = house().notices.of_lines(found.asked.day, written)
    return [[one.notice for one in told if service.line in one.taken_as] for service in found.to_ask]


def notices_of_answer(
    of_lines: Sequence[Sequence[Notice]], written: Sequence[Notice], communes: Sequence[str]
) -> list[Told]:
    """Return in words what concerns the communes of a question, and the lines of its answer: the grave first.

    What is about a line concerns whoever takes it, wherever they live, and nobody else.
    """
    here = house()
    around = [notice for notice in here.notices.seen(*communes, written=written) if notice.line is None]
    return told_of(seen([*around, *(notice for notices in of_lines for notice in notices)], here.clock()), *communes)


@pages.get("/a-savoir")
def index() -> str:
    """Show all that is to be known."""
    return render_template("notices.html", notices=notices_for())


@pages.route("/a-savoir/ecrire", methods=["GET", "POST"])
def write() -> str | BaseResponse | tuple[str, int]:
    """Write a notice, see it as it will be shown, and see those that are written."""
    here, form = house(), request.form
    if request.method == "GET":
        return _form(MultiDict({"gravite": CALM, "du": here.today().isoformat()}))
    try:
        draft, now = _draft(form), here.clock()
        drafted = here.notices.drafted(draft, now=now)
        promised = _promised(here, draft, drafted)
        # Who was not shown the visits that stay promised is shown them before anything is published.
        if form.get("acte") == "publier" and form.get("passages", "") == _known_by(promised):
            made = here.notices.write(draft, now=now, who=who())
            flash("L'information est publiée : elle est en bas de cette page, où vous pourrez la terminer.")
            return redirect(url_for("notices.write", publiee=made.id), code=303)
    except MobilityError as error:
        return _form(form, faults=beside(error, FIELDS)), 400
    names = here.ground.commune_names()
    return _form(form, preview=notice_told(drafted, names, now), shown=shown_words(drafted, names), promised=promised)


def _promised(here: House, draft: Draft, drafted: Notice) -> list[Event]:
    """Return the visits that a notice might be taken to cancel: those of its communes and days.

    Of the whole territory it is so only where it speaks of the bus, of a line never.
    """
    might = draft.line is None and (draft.communes or is_of_the_bus(draft))
    return here.notices.visits_within(drafted) if might else []


def _known_by(promised: Sequence[Event]) -> str:
    """Return by what the form remembers that visits were shown."""
    return " ".join(event.uid for event in promised[:NAMED])


def _draft(form: MultiDict[str, str]) -> Draft:
    """Read what is written, all of its faults at once: what is no day yet stands in for today."""
    here, where = house(), form.get("ou")
    today, communes = here.today(), form.getlist("commune") if where == "communes" else []
    text = form.get("texte", "").replace("\r\n", "\n")
    line = _line(form.get("ligne", "")) if where == "ligne" else None
    with Faults() as faults:
        if where == "communes" and not communes:
            faults.add(MobilityError("empty-value", "choose a commune", field="commune"))
        first = faults.of(lambda: parse_day(form.get("du", ""), field="first"), None)
        last = faults.of(lambda: parse_day(form["au"], field="last"), None) if form.get("au") else None
        ends = last if first else None
        draft = Draft(form.get("titre", ""), text, form.get("gravite", CALM), communes, first or today, ends, line)
        here.notices.drafted(draft, now=here.clock())
    return draft


def _line(text: str) -> tuple[str, str]:
    """Read the feed and the identifier of a line; no feed has a stroke in its name."""
    feed, _, identifier = text.partition("/")
    return feed, identifier


def _form(
    values: MultiDict[str, str], *, faults: Mapping[str, str] | None = None, preview: Told | None = None,
    shown: Sequence[str] = (), promised: Sequence[Event] = (),
) -> str:  # fmt: skip
    here = house()
    lines, written = here.notices.lines(), here.notices.written()
    if faults and not lines:
        # Without a line to choose there is no field to say it beside.
        faults = {"" if field == "ligne" else field: sentence for field, sentence in faults.items()}
    return render_template(
        "notices_write.html", values=values, faults=faults or {}, preview=preview, shown=shown, gravities=GRAVITIES,
        communes=sorted(here.ground.territory.communes, key=lambda commune: alphabetical(commune.name)),
        lines=[(operator, list(run)) for operator, run in groupby(lines, lambda served: served.operator)],
        written=told_of(written), promised=promised_words(promised, here.clock()), known=_known_by(promised),
        first_day=promised[0].starts.astimezone(here.clock().tzinfo).date() if promised else None,
        gone={notice.id for notice in written if notice.line and not here.notices.line_of(notice)},
    )  # fmt: skip


@pages.post("/a-savoir/<identifier>/terminer")
def end(identifier: str) -> BaseResponse:
    """End a notice that was written by hand."""
    here = house()
    here.notices.end(identifier, now=here.clock(), who=who())
    return redirect(url_for("notices.write"), code=303)


@pages.get("/a-savoir.atom")
def feed() -> BaseResponse:
    """Send all that is to be known as an Atom feed."""
    return _feed("À savoir, mobilité et services publics", url_for("notices.index"))


@pages.get("/communes/<insee>/a-savoir.atom")
def feed_of_commune(insee: str) -> BaseResponse:
    """Send what is to be known in a commune as an Atom feed."""
    commune = house().ground.territory.find_commune(insee, field="commune")
    return _feed(f"À savoir {at_place(commune.name)}", url_for("communes.show", insee=commune.insee), commune.insee)


def _feed(title: str, page: str, *communes: str) -> BaseResponse:
    here = house()
    address = here.settings.public_url
    entries = [
        AtomEntry(
            f"{address}{url_for('notices.index')}#{told.id}", told.title, told.updated, f"{address}{page}", told.summary
        )
        for told in notices_for(*communes)
    ]
    document = atom_feed(title, address, request.path, entries, here.today())
    return open_answer(Response(document, mimetype="application/atom+xml"))


@pages.get("/a-savoir.json")
def listing() -> BaseResponse:
    """Send all that is to be known, for programs."""
    here = house()
    found = here.notices.seen()
    document = {
        "notices": [
            {
                "id": notice.id, "kind": notice.kind, "gravity": notice.gravity, "communes": sorted(notice.communes),
                "line": asdict(notice.line) if notice.line else None,
                "begins": notice.begins.isoformat(), "ends": notice.ends.isoformat() if notice.ends else None,
                "updated": notice.updated.isoformat(), "title": told.title, "text": told.summary,
            }
            for notice, told in zip(found, notices_for(), strict=True)
        ]
    }  # fmt: skip
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return open_answer(Response(text + "\n", content_type="application/json"))
