"""The planner's pages: state a problem and solve it, check a calendar typed by hand, give a road extract."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from data.plan_files import parse_plan
from maps.folium_page import draw_page
from mobility.bus_calendar import BusCalendar, Plan, Solution, StageProof
from mobility.bus_service import BusService, make_calendar
from mobility.clock import MINUTE, format_clock, parse_clock
from mobility.errors import MobilityError
from mobility.need import DEFAULT_PRESET, PRESETS, Intent, intend
from mobility.places import Place, Point
from mobility.problem import Bus, CalendarProblem, Position, Session
from mobility.territory import COUNTER
from mobility.travel import Progress
from routing.osm_reader import SUFFIXES
from routing.road_source import box_around, read_network
from tours.judge import judge_calendar
from webapp.accounts.visitor import may, role_of_job
from webapp.map_content import calendar_map, visit_lines
from webapp.messages import french_error
from webapp.pages.calendar import week_grid
from webapp.protection import nonce
from webapp.site import Site, site
from webapp.study import explain, keep

pages = Blueprint("planner", __name__)
RULE_ROWS = 4
_WEEKDAYS = tuple("1234567")


@pages.get("/preparer")
def prepare() -> str:
    """Show the form that states a problem."""
    return _form(request.args, "")


def _form(values: MultiDict[str, str], trouble: str) -> str:
    here = site()
    service = here.workspace.service
    bus = service.buses[0]
    hours = {s.name: s for s in service.sessions}
    return render_template(
        "prepare.html", service=service, bus=bus, hours=hours, values=values, trouble=trouble, rows=range(RULE_ROWS),
        crew_start=format_clock(bus.crew_start), crew_end=format_clock(bus.crew_end),
        usual_sessions={s.key for s in service.sessions}, presets=PRESETS, default_preset=DEFAULT_PRESET,
        stops=sorted(here.workspace.stops, key=lambda s: s.place.name), has_plan=here.stamp is not None,
    )  # fmt: skip


@pages.post("/preparer")
def start() -> BaseResponse | tuple[str, int]:
    """Start a search, or show the form again with what must be mended."""
    here = site()
    try:
        intent = stated_intent(request.form)
        problem = here.workspace.problem(intent, service=stated_service(here, request.form))
        problem = _published(here, problem, request.form)
    except MobilityError as error:
        return _form(request.form, french_error(error, here.names())), 400
    job = here.jobs.start(
        lambda progress: here.workspace.plan(problem, intent=intent, limit=180.0, progress=progress),
        {"kind": "plan"},
    )
    return redirect(url_for("planner.job", job_id=job.id), code=303)


def stated_intent(form: MultiDict[str, str]) -> Intent:
    """Read what matters: a preset, and the settings that depart from it (empty fields change nothing)."""
    return intend(
        form.get("preset", DEFAULT_PRESET),
        near=_share(form, "near", MINUTE, 0, 60),
        far=_share(form, "far", MINUTE, 1, 120),
        vulnerability=_share(form, "vulnerability", 0.01, 0, 100),
        transit=_share(form, "transit", 0.01, 0, 100),
    )


def _share(form: MultiDict[str, str], name: str, unit: float, low: int, high: int) -> float | None:
    return _whole(form, name, 0, low, high) * unit if form.get(name, "").strip() else None


def stated_service(here: Site, form: MultiDict[str, str]) -> BusService:
    """Apply the form to the territory's bus service; every fault names its field."""
    service = here.workspace.service
    first = service.buses[0]
    count = _whole(form, "buses", len(service.buses), 1, 20)
    try:
        bus = replace(
            first,
            depot=_depot(form, first),
            crew_start=parse_clock(form.get("crew_start") or format_clock(first.crew_start), field="crew_start"),
            crew_end=parse_clock(form.get("crew_end") or format_clock(first.crew_end), field="crew_end"),
        )
    except ValueError as error:
        raise MobilityError("bad-crew-hours", str(error), field="crew hours") from None
    rules = replace(
        service.rules,
        max_visits=_whole(form, "max_visits", service.rules.max_visits, 1, service.cycle_weeks),
        area_floor=_whole(form, "area_floor", service.rules.area_floor, 0, 10),
        locks=_positions(form, "lock"),
        bans=_positions(form, "ban"),
    )
    buses = tuple(replace(bus, id=f"bus-{number + 1}") for number in range(count))
    return replace(service, buses=buses, sessions=_sessions(form, service), rules=rules)


def _whole(form: MultiDict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = form.get(name, "").strip() or str(default)
    if not _is_number(text) or not low <= int(text) <= high:
        raise MobilityError(
            "bad-number",
            f"'{text}' is not a number between {low} and {high}",
            field=name,
            value=text,
            low=low,
            high=high,
        )
    return int(text)


def _is_number(text: str) -> bool:
    """Tell whether a text is digits alone: "²" is a digit to Python, but no number."""
    return text.isascii() and text.isdigit()


def _depot(form: MultiDict[str, str], bus: Bus) -> Place:
    lon, lat = form.get("lon", "").strip(), form.get("lat", "").strip()
    if not lon and not lat:
        return bus.depot
    try:
        point = Point(float(lon.replace(",", ".")), float(lat.replace(",", ".")))
    except ValueError:
        raise MobilityError("bad-point", "not a longitude and latitude", field="depot") from None
    return bus.depot if point == bus.depot.point else Place("depot", "Le dépôt", point)


def _sessions(form: MultiDict[str, str], service: BusService) -> tuple[Session, ...]:
    if "sessions-stated" not in form:
        return service.sessions
    hours = {session.name: session for session in service.sessions}
    own = {session.key: session for session in service.sessions}
    return tuple(
        own.get((weekday, name)) or Session(weekday, name, model.opens, model.closes)
        for weekday in range(1, 7)
        for name, model in hours.items()
        if f"session-{weekday}-{name}" in form
    )


def _positions(form: MultiDict[str, str], kind: str) -> tuple[Position, ...]:
    positions = []
    for row in range(RULE_ROWS):
        stop = form.get(f"{kind}-stop-{row}", "")
        if stop:
            week, weekday = form.get(f"{kind}-week-{row}", ""), form.get(f"{kind}-weekday-{row}", "")
            session = form.get(f"{kind}-session-{row}", "")
            if weekday and weekday not in _WEEKDAYS:
                raise MobilityError("bad-weekday", f"'{weekday}' is not a weekday", field=f"{kind}s", value=weekday)
            positions.append(
                Position(
                    stop, int(week) if _is_number(week) else None, int(weekday) if weekday else None, session or None
                )
            )
    return tuple(positions)


def _published(here: Site, problem: CalendarProblem, form: MultiDict[str, str]) -> CalendarProblem:
    if not form.get("max_changes", "").strip():
        return problem
    old = here.plan().solution.calendar
    changes = _whole(form, "max_changes", 0, 0, 200)
    positions = tuple(Position(v.stop, v.week, v.weekday, v.session) for v in old.visits)
    return problem.with_rules(published=positions, max_changes=changes)


@pages.get("/travaux/<job_id>")
def job(job_id: str) -> str | BaseResponse:
    """Show a job's progress, and where its result is."""
    here = site()
    found = here.jobs.find(job_id)
    if found is None:
        raise MobilityError("no-plan", "this work is forgotten", field="plan")
    if not may(role_of_job(found.request["kind"])):
        abort(403)
    if found.state == "failed" and found.error:
        trouble = french_error(found.error, here.names())
        return render_template("error.html", title="La recherche n'a pas abouti", sentence=trouble, back="/preparer")
    if found.state == "done":
        return redirect(_result_of(found.request["kind"], job_id))
    return render_template("job.html", job=found)


def _result_of(kind: str, job_id: str) -> str:
    """Return where the result of a kind of work is shown."""
    if kind == "plan":
        return url_for("planner.result", job_id=job_id)
    if kind == "rides":
        return url_for("desk.batch_result", job_id=job_id)
    return url_for("desk.needs", recherche=job_id) if kind == "recruits" else url_for("calendar.home")


@pages.get("/travaux/<job_id>.json")
def job_state(job_id: str) -> Response | tuple[Response, int]:
    """Return a job's progress for the page that waits for it."""
    found = site().jobs.find(job_id)
    if found is None or not may(role_of_job(found.request["kind"])):
        return jsonify({"state": "unknown"}), 404
    return jsonify({"state": found.state, "stage": found.stage, "share": round(found.share, 3)})


@pages.get("/travaux/<job_id>/resultat")
def result(job_id: str) -> str | BaseResponse:
    """Show the calendar that a job found, beside the current one."""
    here = site()
    found = here.jobs.find(job_id)
    if found is None or not isinstance(found.result, Plan):
        return redirect(url_for("planner.prepare"))
    plan = found.result
    current = here.plan() if here.stamp is not None else None
    measured = None
    if current:
        judged = here.workspace.problem(current.intent)
        known = all(stop in judged.stops_by_id for stop in plan.solution.calendar.stops())
        measured = judge_calendar(plan.solution.calendar, plan.problem if not known else _on(judged, plan.problem))
    return render_template(
        "result.html", plan=plan, current=current, measured=measured, job=found,
        grid=week_grid(plan.solution.calendar, plan.problem), lines=visit_lines(plan.solution.calendar, plan.problem),
    )  # fmt: skip


@pages.get("/travaux/<job_id>/carte")
def result_map(job_id: str) -> Response:
    """Draw the map of the calendar that a job found."""
    here = site()
    found = here.jobs.find(job_id)
    if found is None or not isinstance(found.result, Plan):
        abort(404)
    content = calendar_map(here.workspace, found.result.solution.calendar, found.result.problem)
    return Response(draw_page(content, assets=url_for("static", filename="vendor/"), nonce=nonce()))


def _on(need_of: CalendarProblem, means_of: CalendarProblem) -> CalendarProblem:
    """Return a problem with the needs of one and the buses, sessions and rules of another."""
    return replace(means_of, groups=need_of.groups)


@pages.post("/travaux/<job_id>/adopter")
def adopt(job_id: str) -> BaseResponse:
    """Make a job's calendar the current one, and study it."""
    here = site()
    found = here.jobs.find(job_id)
    if found is None or not isinstance(found.result, Plan):
        return redirect(url_for("planner.prepare"), code=303)
    return _study(here, found.result)


def _study(here: Site, plan: Plan) -> BaseResponse:
    def work(progress: Progress) -> None:
        keep(here.workspace, plan, explain(here.workspace, plan, progress))

    job = here.jobs.start(work, {"kind": "study"})
    return redirect(url_for("planner.job", job_id=job.id), code=303)


@pages.get("/arrets")
def stops() -> str:
    """List the candidate stops with what is known of each."""
    workspace = site().workspace
    found = sorted(workspace.stops, key=lambda s: s.place.name)
    return render_template("stops.html", stops=found, names={c.insee: c.name for c in workspace.territory.communes})


@pages.get("/verifier")
def verify() -> str:
    """Show the current calendar as a grid that can be edited and judged."""
    plan = site().plan()
    return _verification(plan, plan.solution.calendar, "")


@pages.post("/verifier")
def check() -> str | tuple[str, int] | BaseResponse:
    """Judge a calendar edited in the grid or sent as a file."""
    here = site()
    plan = here.plan()
    try:
        calendar = _typed(here, plan.problem)
    except MobilityError as error:
        return _verification(plan, plan.solution.calendar, french_error(error, here.names())), 400
    if "adopter" in request.form:
        judged = judge_calendar(calendar, plan.problem)
        if not judged.broken:
            bound = max(judged.need, plan.solution.stages[0].bound)
            proof = (StageProof("need", judged.need, bound, 0.0),)
            return _study(here, Plan(plan.problem, Solution(calendar, proof, 0.0), judged, plan.intent))
    if request.headers.get("X-Requested-With") == "fetch":
        judged = judge_calendar(calendar, plan.problem)
        return render_template("_verdict.html", plan=plan, judged=judged, names=here.names())
    return _verification(plan, calendar, "")


def _typed(here: Site, problem: CalendarProblem) -> BusCalendar:
    """Read the calendar of the form: the file where one is sent, else the grid's choices."""
    sent = request.files.get("fichier")
    if sent and sent.filename:
        raw = sent.read(5_000_001)
        if len(raw) > 5_000_000:
            raise MobilityError("too-large", "the file is too large", field=sent.filename, megabytes=5)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise MobilityError("not-utf8", "not UTF-8", field=sent.filename) from None
        if sent.filename.endswith(".json"):
            visits = parse_plan(text, sent.filename).solution.calendar.visits
            return make_calendar([(v.week, v.weekday, v.session, v.bus, v.stop) for v in visits], problem)
        return here.workspace.parse_calendar(text, sent.filename, problem)
    rows = []
    for key, stop in request.form.items():
        parts = key.split("|")
        known = len(parts) == 5 and parts[0] == "visite" and _is_number(parts[1]) and parts[2] in _WEEKDAYS
        if known and stop:
            rows.append((int(parts[1]), int(parts[2]), parts[3], parts[4], stop))
    return make_calendar(rows, problem)


def _verification(plan: Plan, calendar: BusCalendar, trouble: str) -> str:
    here = site()
    return render_template(
        "verify.html", plan=plan, calendar=calendar, judged=judge_calendar(calendar, plan.problem), trouble=trouble,
        names=here.names(), stops=sorted(plan.problem.stops, key=lambda s: s.place.name),
        chosen={(v.week, v.weekday, v.session, v.bus): v.stop for v in calendar.visits},
    )  # fmt: skip


@pages.get("/routes")
def roads() -> str:
    """Show where the road times come from, and take an extract."""
    return _roads("")


def _roads(trouble: str) -> str:
    workspace = site().workspace
    source = workspace.road_source
    counters = workspace.territory.services_of_kind(COUNTER)
    near = workspace.roads.covers([service.place for service in counters])
    return render_template(
        "roads.html", source=source.name if source else "", trouble=trouble, suffixes=SUFFIXES,
        left_out=[service.place.name for service, covered in zip(counters, near, strict=True) if not covered],
    )  # fmt: skip


@pages.post("/routes")
def upload_roads() -> BaseResponse | tuple[str, int]:
    """Check an extract for car and bus, then swap it in; a bad one changes nothing."""
    here = site()
    sent = request.files.get("fichier")
    folder = here.workspace.settings.state / here.workspace.folder.id / "roads"
    try:
        if not sent or not sent.filename:
            raise MobilityError("no-file", "no file was sent", field="file")
        suffix = next((s for s in SUFFIXES if sent.filename.endswith(s)), None)
        if suffix is None:
            raise MobilityError("unknown-roads", "not an extract", field=sent.filename)
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f"trial{suffix}"
        sent.save(trial)
        try:
            _try_roads(here, trial)
        except MobilityError as error:
            if error.code == "broken-osm":
                error.field = sent.filename
            raise
        else:
            for old in folder.glob("roads.*"):
                old.unlink()
            trial.replace(folder / f"roads{suffix}")
        finally:
            trial.unlink(missing_ok=True)
    except MobilityError as error:
        return _roads(french_error(error, here.names())), 400
    here.reopen()
    return redirect(url_for("planner.roads"), code=303)


def _try_roads(here: Site, path: Path) -> None:
    """Read an extract and ask it for every place of the territory."""
    box = box_around([place.point for place in here.workspace.places])
    for profile in ("car", "bus"):
        read_network(path, profile, cache=here.workspace.settings.road_cache, box=box)
    trial = here.workspace.with_roads(str(path))
    trial.problem()
