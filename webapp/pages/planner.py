"""The planner's pages: follow a search to its result, check a calendar typed by hand, give a road extract."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.plan_files import parse_plan
from data.scenarios import Scenario
from data.spreadsheets import LARGEST
from desks.calendar.roads import drop_sent_roads, keep_sent_roads
from desks.house import House
from desks.imports.desk import receive
from desks.imports.stops import forget_own_stops
from mobility.accounts import PLANNER
from mobility.bus_calendar import BusCalendar, Plan, Solution, proofs_beside
from mobility.bus_service import make_calendar, restated
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem
from mobility.territory import COUNTER
from mobility.written import is_number
from routing.osm_reader import SUFFIXES
from tours.judge import judge_calendar
from webapp.pages.calendar import mondays, week_grid
from webapp.pages.form_values import WEEKDAYS
from webapp.pages.list_reader import list_reader, worked_on
from webapp.pictures.calendar_map import calendar_map, visit_lines
from webapp.server.map_answer import map_answer
from webapp.server.visitor import may, own_job, visitor, who
from webapp.wiring import house, jobs
from webapp.words.calendar import EDITED_NAME, FIRST_NAME
from webapp.words.errors import french_error
from webapp.words.french import alphabetical
from webapp.words.notices import Follows, follows_words

pages = Blueprint("planner", __name__)
OVER = {
    "cancelled": ("Calcul arrêté", "Il a été arrêté : rien n'a changé."),
    "interrupted": (
        "Calcul interrompu", "Le site a été arrêté deux fois pendant ce calcul : il n'est pas repris de lui-même.",
    ),
}  # fmt: skip
"""What is said of work that ended without a result."""
CONFIRMED = "sur"
"""What is sent by whoever adopts a calendar and has seen what follows."""
LEFT = "Une autre version du site l'a commencé ; celle-ci ne sait pas le faire. Il n'empêche aucun autre calcul."


@pages.get("/travaux/<job_id>")
def job(job_id: str) -> str | BaseResponse:
    """Show a job's progress, and where its result is."""
    here = house()
    found = own_job(job_id)
    if found is None:
        raise MobilityError("no-plan", "this work is forgotten", field="plan")
    if found.state == "failed" and found.error:
        trouble = french_error(found.error, here.ground.names())
        return render_template("job.html", job=found, title="Le calcul n'a pas abouti", sentence=trouble)
    if found.state in OVER:
        title, sentence = OVER[found.state]
        return render_template("job.html", job=found, title=title, sentence=sentence)
    if found.state == "done":
        return redirect(_result_of(found.kind, job_id))
    if not jobs().does(found.kind):
        return render_template("job.html", job=found, title="Calcul laissé de côté", sentence=LEFT)
    return render_template("job.html", job=found)


def _result_of(kind: str, job_id: str) -> str:
    """Return where the result of a kind of work is shown."""
    if kind == "plan":
        return url_for("planner.result", job_id=job_id)
    if kind == "gaps":
        return url_for("gaps.index")
    if kind == "roads":
        return url_for("planner.roads", prises=1)
    if kind == "rides":
        return url_for("desk.batch_result", job_id=job_id)
    return url_for("desk.figures", recherche=job_id) if kind == "recruits" else url_for("calendar.home")


@pages.get("/travaux/<job_id>.json")
def job_state(job_id: str) -> Response | tuple[Response, int]:
    """Return a job's progress for the page that waits for it."""
    found = own_job(job_id)
    if found is None:
        return jsonify({"state": "unknown"}), 404
    return jsonify({"state": found.state, "stage": found.stage, "share": round(found.share, 3), "curve": found.curve})


@pages.post("/travaux/<job_id>/annuler")
def cancel(job_id: str) -> BaseResponse:
    """Stop a job."""
    found = own_job(job_id)
    if found is None:
        abort(404)
    jobs().stop(job_id, who=who())
    return redirect(url_for("planner.job", job_id=job_id), code=303)


@pages.post("/travaux/<job_id>/recommencer")
def start_again(job_id: str) -> BaseResponse:
    """Start a job again that failed, was stopped or interrupted."""
    found = own_job(job_id)
    if found is None:
        abort(404)
    job_id = jobs().start_again(found, who=who()).id if found.finished else job_id
    return redirect(url_for("planner.job", job_id=job_id), code=303)


@pages.get("/travaux/<job_id>/resultat")
def result(job_id: str) -> str | BaseResponse:
    """Show the calendar that a job found, beside the current one."""
    here = house()
    found = jobs().find(job_id)
    if found is None or not isinstance(found.result, Plan):
        return redirect(url_for("prepare.index"))
    scenario = str(found.request.get("scenario", ""))
    return _shown_result(here, job_id, found.result, scenario)


def _shown_result(here: House, job_id: str, plan: Plan, scenario: str, follows: Follows | None = None) -> str:
    return shown(
        here, plan, map_page=url_for("planner.result_map", job_id=job_id),
        adopt=url_for("planner.adopt", job_id=job_id), scenario=scenario, follows=follows,
    )  # fmt: skip


def shown(
    here: House, plan: Plan, *, map_page: str, adopt: str, scenario: str, name: str = "", follows: Follows | None = None
) -> str:
    """Show a calendar that was found beside the one in force, and what ``follows`` where it is about to be adopted.

    Without the address of its map (``map_page`` "") it is shown without.
    """
    return render_template(
        "result.html", plan=plan, current=here.calendar.saved(), measured=here.calendar.measure(plan),
        map_page=map_page, adopt=adopt, scenario=scenario, name=name, follows=follows,
        grid=week_grid(plan.solution.calendar, plan.problem), mondays=mondays(here, plan.problem),
        lines=visit_lines(plan.solution.calendar, plan.problem),
    )  # fmt: skip


@pages.get("/travaux/<job_id>/carte")
def result_map(job_id: str) -> Response:
    """Draw the map of the calendar that a job found."""
    here = house()
    found = jobs().find(job_id)
    if found is None or not isinstance(found.result, Plan):
        abort(404)
    content = calendar_map(here.ground, found.result.solution.calendar, found.result.problem)
    return map_answer(content)


@pages.post("/travaux/<job_id>/adopter")
def adopt(job_id: str) -> BaseResponse | str:
    """Say what follows of a job's calendar; once that is confirmed, put it in force."""
    here = house()
    found = jobs().find(job_id)
    if found is None or not isinstance(found.result, Plan):
        return redirect(url_for("prepare.index"), code=303)
    scenario = str(found.request.get("scenario", ""))
    if not confirmed():
        return _shown_result(here, job_id, found.result, scenario, follows_of(here, found.result))
    name = here.scenarios.find(scenario).name if scenario else ""
    return adopted(here, found.result, name or "Calendrier")


def confirmed() -> bool:
    """Tell whether whoever adopts a calendar has seen what follows."""
    return request.form.get("adopter") == CONFIRMED


def follows_of(here: House, plan: Plan) -> Follows:
    """Say what would follow for those who count on the calendar in force if another took its place."""
    found = here.calendar.following(plan)
    return follows_words(found.missed, found.lost, here.ground.commune_names(), here.clock())


def adopted(here: House, plan: Plan, name: str, study: dict[str, Any] | None = None) -> BaseResponse:
    """Put a calendar in force, have it explained in the background, and show it."""
    here.calendar.put(plan, name, author=visitor().key, first_name=FIRST_NAME, study=study)
    if not study or "prices" not in study:
        jobs().start("study")
    flash(f"Le calendrier « {name} » est maintenant en vigueur.")
    return redirect(url_for("calendar.home"), code=303)


@pages.get("/arrets")
def stops() -> str:
    """List the candidate stops with what is known of each."""
    ground = house().ground
    found = sorted(ground.stops, key=lambda s: alphabetical(s.place.name))
    return render_template(
        "stops.html", stops=found, names=ground.commune_names(), own=ground.has_own_stops, planner=may(PLANNER)
    )  # fmt: skip


@pages.post("/arrets")
def territory_stops() -> BaseResponse:
    """Let the territory's stops count again in place of a planner's own list."""
    here = house()
    forget_own_stops(here.rides, visitor().key, here.clock())
    flash("Les arrêts du territoire comptent à nouveau.")
    return redirect(url_for("planner.stops"), code=303)


@pages.get("/verifier")
def verify() -> str:
    """Show a calendar, a scenario's or the one in force, as a grid that can be edited and judged."""
    scenario, plan = worked_on(house(), request.args.get("scenario", ""))
    return verification(plan, plan.solution.calendar, "", scenario)


@pages.post("/verifier")
def check() -> str | tuple[str, int] | BaseResponse:
    """Judge a calendar edited in the grid or sent as a file."""
    here = house()
    scenario, plan = worked_on(here, request.form.get("scenario", ""))
    sent = request.files.get("fichier")
    try:
        if sent and sent.filename and not sent.filename.lower().endswith(".json"):
            reader = list_reader(scenario.id if scenario else "")
            waits = receive(reader, "calendar", sent.filename[:200], sent.read(LARGEST + 1))
            of = scenario.id if scenario else None
            return redirect(url_for("imports.show", identifier=waits, scenario=of), code=303)
        calendar = _typed(plan.problem)
    except MobilityError as error:
        return verification(plan, plan.solution.calendar, french_error(error, here.ground.names()), scenario), 400
    judged = judge_calendar(calendar, plan.problem)
    if request.headers.get("X-Requested-With") == "fetch":
        return render_template(
            "_verdict.html", plan=plan, judged=judged, names=here.ground.names(plan.problem), scenario=scenario
        )
    wanted = {"adopter", "garder"} & set(request.form)
    if wanted and not judged.broken:
        proof = proofs_beside(plan.solution.stages, judged, plan.problem.objectives)
        edited = Plan(plan.problem, Solution(calendar, proof, 0.0), judged, plan.intent)
        if "adopter" not in wanted:
            return _kept_aside(here, edited, scenario)
        if not confirmed():
            return verification(plan, calendar, "", scenario, follows=follows_of(here, edited))
        return adopted(here, edited, EDITED_NAME)
    nothing = "" if not wanted else "Rien n'est adopté." if "adopter" in wanted else "Rien n'est gardé."
    return verification(plan, calendar, "", scenario, nothing=nothing)


def _kept_aside(here: House, edited: Plan, scenario: Scenario | None) -> BaseResponse:
    """Keep a calendar that was edited by hand as a scenario of its own."""
    name = request.form.get("nom", "").strip() or EDITED_NAME
    made = here.scenarios.add(name, scenario.form if scenario else {}, visitor().key, edited)
    flash("Ce calendrier est gardé à part.")
    return redirect(url_for("scenarios.show", identifier=made.id), code=303)


def _typed(problem: CalendarProblem) -> BusCalendar:
    """Read the calendar of the form: the plan of a file where one is sent, else the grid's choices."""
    sent = request.files.get("fichier")
    if sent and sent.filename:
        raw = sent.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise MobilityError(
                "too-large", "the file is too large", field=sent.filename, megabytes=LARGEST // 1_000_000
            )  # fmt: skip
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise MobilityError("not-utf8", "not UTF-8", field=sent.filename) from None
        return restated(parse_plan(text, sent.filename).solution.calendar, problem)
    rows = []
    for key, stop in request.form.items():
        parts = key.split("|")
        known = len(parts) == 5 and parts[0] == "visite" and is_number(parts[1]) and parts[2] in WEEKDAYS
        if known and stop:
            rows.append((int(parts[1]), int(parts[2]), parts[3], parts[4], stop))
    return make_calendar(rows, problem)


def verification(
    plan: Plan,
    calendar: BusCalendar,
    trouble: str,
    scenario: Scenario | None,
    faults: Sequence[MobilityError] = (),
    nothing: str = "",
    follows: Follows | None = None,
) -> str:
    """Show a calendar in the grid, what the judge says of it, and the lines of its list that are not in it.

    ``nothing`` says what was asked for and is not done, as rules are broken; ``follows`` what follows of adopting it.
    """
    here = house()
    return render_template(
        "verify.html", plan=plan, calendar=calendar, judged=judge_calendar(calendar, plan.problem), trouble=trouble,
        faults=[french_error(fault, here.ground.names()) for fault in faults], scenario=scenario,
        names=here.ground.names(plan.problem),
        stops=sorted(plan.problem.stops, key=lambda s: alphabetical(s.place.name)), nothing=nothing,
        chosen={(v.week, v.weekday, v.session, v.bus): v.stop for v in calendar.visits}, follows=follows,
    )  # fmt: skip


@pages.get("/routes")
def roads() -> str:
    """Show where the road times come from, and take an extract."""
    return _roads("")


def _roads(trouble: str) -> str:
    here = house()
    ground, source = here.ground, here.ground.road_file
    counters = ground.territory.services_of_kind(COUNTER)
    near = ground.roads.covers([service.place for service in counters])
    return render_template(
        "roads.html", source=source.name if source and here.settings.roads else "", sent=bool(source),
        trouble=trouble, suffixes=SUFFIXES,
        taken=bool(request.args.get("prises")),
        left_out=[service.place.name for service, covered in zip(counters, near, strict=True) if not covered],
    )  # fmt: skip


@pages.post("/routes")
def upload_roads() -> BaseResponse | tuple[str, int]:
    """Keep an extract aside, to be checked for car and bus and then swapped in; a bad one changes nothing."""
    here = house()
    sent, territory = request.files.get("fichier"), here.ground.folder.id
    try:
        if not sent or not sent.filename:
            raise MobilityError("no-file", "no file was sent", field="file")
        kept = keep_sent_roads(here.settings, territory, sent.filename, sent.save)
    except MobilityError as error:
        return _roads(french_error(error, here.ground.names())), 400
    try:
        found = jobs().start("roads", {"kept": kept, "name": sent.filename[:200], "who": who()})
    except BaseException:
        drop_sent_roads(here.settings, territory, kept)
        raise
    return redirect(url_for("planner.job", job_id=found.id), code=303)
