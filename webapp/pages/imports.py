"""Lists taken in: a spreadsheet is sent, its columns matched on screen, its good lines kept, its faults named."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from types import MappingProxyType

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from data.imports import WaitingFile
from data.spreadsheets import LARGEST, Cell
from desks.imports import desk as imports
from desks.imports.half_days import WHOLE_DAY, hours_cells
from desks.imports.headers import Column
from desks.imports.reading import Line, Reader
from desks.imports.subjects import SUBJECTS, Subject, find_subject
from mobility.bus_service import make_calendar
from mobility.clock import DAY, HOUR, MINUTE, format_clock
from mobility.errors import MobilityError
from mobility.written import is_number, written_clock
from webapp.pages.form_values import beside
from webapp.pages.list_reader import list_reader, worked_on
from webapp.pages.planner import verification
from webapp.server.visitor import may, own_desk
from webapp.wiring import house
from webapp.words import imports as words
from webapp.words.errors import french_error
from webapp.words.french import day_words, hours_words, time_words

pages = Blueprint("imports", __name__, url_prefix="/bureau/listes")
SHOWN = 10
"""Lines of a file that its preview shows."""
SHOWN_FAULTS = 100
HOURS = {"opens": "de", "closes": "a"}
"""The fields of the hours that are typed once for all lines, by their columns."""


def _scenario() -> str:
    """Return the scenario that a calendar is sent for ("": the calendar in force)."""
    return request.args.get("scenario", "")


def _may_take(subject: Subject) -> bool:
    """Tell whether the territory has lists of a subject, and the visitor may take them in."""
    return house().ground.modules.has(subject.module) and may(subject.role)


@pages.route("/", methods=["GET", "POST"])
def index() -> str | BaseResponse | tuple[str, int]:
    """Ask for a file; show those that wait."""
    trouble, reader = "", list_reader(_scenario())
    if request.method == "POST":
        try:
            return redirect(url_for("imports.show", identifier=_sent(reader)), code=303)
        except MobilityError as error:
            trouble = french_error(error, house().ground.names())
    page = _asking(reader, trouble=trouble)
    return (page, 400) if trouble else page


def _asking(reader: Reader, **told: object) -> str:
    """Return the page that asks for a file, below what is ``told`` of the one before."""
    subjects = {name: words.SUBJECTS[name] for name, subject in SUBJECTS.items() if _may_take(subject)}
    waiting = [file for file in imports.waiting(reader) if file.subject in subjects]
    return render_template(
        "imports.html", subjects=subjects, hints=words.HINTS, waiting=waiting, chosen=request.values.get("liste", ""),
        zone=own_desk().zone, **told,
    )  # fmt: skip


def _sent(reader: Reader) -> str:
    """Keep the file that was sent; return its identifier."""
    subject = find_subject(request.form.get("liste", ""))
    if not _may_take(subject):
        abort(403)
    sent = request.files.get("fichier")
    if sent is None or not sent.filename:
        raise MobilityError("empty-value", "no file was sent", field="file")
    return imports.receive(reader, subject.id, sent.filename[:200], sent.read(LARGEST + 1))


@pages.get("/<identifier>")
def show(identifier: str) -> str:
    """Show how a file is matched, and what its lines are."""
    reader = list_reader(_scenario())
    return _shown(reader, imports.look(reader, _allowed(reader, identifier)))


def _allowed(reader: Reader, identifier: str) -> WaitingFile:
    file = imports.find(reader, identifier)
    if not _may_take(find_subject(file.subject)):
        abort(403)
    return file


def _shown(reader: Reader, look: imports.Look, faults: Mapping[str, str] = MappingProxyType({})) -> str:
    names = reader.ground.names()
    weeks = reader.problem().cycle_weeks if "week" in look.matching.columns else 0
    columns = words.column_words(look.subject.id)
    return render_template(
        "import.html", look=look, columns=columns, subject=words.SUBJECTS[look.subject.id],
        given=_typed_hours(look), typed=faults, whole_day=hours_words(*WHOLE_DAY),
        missing=words.missing_words(look.missing, columns),
        faults=_fault_words(look, look.faults, names),
        preview=look.lines[:SHOWN], cell_words=lambda line, column: cell_words(line, column, names, weeks),
    )  # fmt: skip


@pages.post("/<identifier>")
def act(identifier: str) -> str | BaseResponse | tuple[str, int]:
    """Match a file anew, take its good lines in, or forget it."""
    reader = list_reader(_scenario())
    file = _allowed(reader, identifier)
    what = request.form.get("acte", "")
    if what in {"relire", "heures", "journee"}:
        try:
            wanted = what == "heures"
            given = hours_cells(*WHOLE_DAY) if what == "journee" else _hours(request.form, wanted=wanted)
        except MobilityError as error:
            return _shown(reader, imports.look(reader, file), beside(error, HOURS)), 400
        imports.match(reader, identifier, *_matching(request.form, imports.opened(reader, file)), given)
        return redirect(url_for("imports.show", identifier=identifier, scenario=_scenario() or None), code=303)
    if what == "oublier":
        imports.forget(reader, identifier)
        return redirect(url_for("imports.index"), code=303)
    if what != "prendre":
        abort(400)
    look = imports.look_at(reader, file)
    try:
        report = imports.take(reader, look, saw=request.form.get("vu"))
    except MobilityError as error:
        if error.code != "list-changed":
            raise
        return _shown(reader, imports.look(reader, _allowed(reader, identifier)), beside(error, HOURS)), 400
    if look.subject.keep is None:
        scenario, plan = worked_on(house(), _scenario())
        return verification(plan, make_calendar(list(look.good), plan.problem), "", scenario, report.faults)
    faults = _fault_words(look, report.faults, house().ground.names())
    return _asking(reader, told=words.report_words(report), count=len(report.faults), file=look.file, faults=faults)


def _fault_words(look: imports.Look, faults: Sequence[MobilityError], names: Mapping[str, str]) -> list[str]:
    """Write the first faults of a file's lines."""
    columns = words.column_words(look.subject.id)
    return [
        words.fault_words(fault, names, columns, file=look.file.name, sheet=look.sheet.name)
        for fault in faults[:SHOWN_FAULTS]
    ]


def _hours(form: MultiDict[str, str], *, wanted: bool) -> dict[str, Cell]:
    """Read the hours that are given for all lines without their own, if ``wanted`` ones that must be there.

    The end must come after the start.
    """
    typed = {name: form.get(typed, "").strip() for name, typed in HOURS.items()}
    given = {name: written_clock(told, field=name) for name, told in typed.items() if told}
    if (given or wanted) and "opens" not in given:
        raise MobilityError("empty-value", "say when it starts", field="opens")
    if given.get("closes", DAY) <= given.get("opens", 0):
        raise MobilityError("bad-half-day", "a half-day must end after it begins", field="closes")
    return {name: format_clock(told) for name, told in given.items()}


def _typed_hours(look: imports.Look) -> dict[str, str]:
    """Return what stands in the fields of the hours: as just typed, else as given before."""
    before = {typed: look.matching.given.get(name) for name, typed in HOURS.items()}
    given = {typed: time_words(written_clock(told)) if told else "" for typed, told in before.items()}
    return {typed: request.form.get(typed, told) for typed, told in given.items()}


def _matching(form: MultiDict[str, str], look: imports.Look) -> tuple[str, int, dict[str, int]]:
    """Read what was chosen: the sheet, the line of the titles, and the columns (of another sheet: none yet)."""
    sheet = form.get("feuille", look.sheet.name)
    titled = form.get("titres", "")
    columns = {
        column.name: int(told)
        for column in look.subject.columns
        if is_number(told := form.get(f"colonne-{column.name}", "")) and int(told) < len(look.choices)
    }
    other = sheet != look.sheet.name
    return sheet, int(titled) if is_number(titled) and len(titled) < 7 else 0, {} if other else columns


def cell_words(line: Line, column: Column, names: Mapping[str, str], cycle_weeks: int) -> str:
    """Write what a cell was understood to tell; where it was not, or is text, what it holds."""
    told = words.understood_words(column.kind, line.get(column.name), names, cycle_weeks)
    cell = line.entry.cell(column.name)
    if told:
        return told
    if isinstance(cell, date):
        return day_words(cell, year=True)
    if isinstance(cell, time):
        return time_words(cell.hour * HOUR + cell.minute * MINUTE)
    return line.entry.text(column.name)
