"""The planner's ground: state a scenario on the week grid and the map, judged at once, then searched."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from desks.calendar.scenarios import plan_of
from desks.house import House
from mobility.bus_calendar import Plan
from mobility.bus_service import restated
from mobility.clock import format_clock
from mobility.errors import MobilityError
from mobility.need import DEFAULT_PRESET, PRESETS
from tours.judge import judge_calendar
from webapp.pages.form_values import beside
from webapp.pages.planning_form import MOST, RULE_ROWS, SLOTS_STATED, STANDS, open_slots, stated_problem
from webapp.pictures.calendar_map import stops_content
from webapp.server.map_answer import map_answer
from webapp.server.visitor import visitor
from webapp.wiring import house, jobs
from webapp.words.errors import french_error
from webapp.words.french import alphabetical, day_words

pages = Blueprint("prepare", __name__)
NOT_STATED = ("nom", "scenario")
"""Fields that are about the scenario, not part of it."""


@pages.get("/preparer")
def index() -> str:
    """Show the form that states a problem, filled in from a scenario where one is named."""
    asked = request.args.get("scenario", "")
    if not asked:
        return _form(request.args)
    kept = house().scenarios.find(asked)
    return _form(MultiDict({**kept.form, "nom": kept.name, "scenario": kept.id}))


def _form(values: MultiDict[str, str], faults: Mapping[str, str] = MappingProxyType({})) -> str:
    here = house()
    service = here.ground.service
    bus = service.buses[0]
    base = _base(here, values.get("scenario", ""))
    return render_template(
        "prepare.html", service=service, bus=bus, hours={s.name: s for s in service.sessions}, values=values,
        faults=faults, rows=range(RULE_ROWS), taken={kind: _taken(values, kind) for kind in ("lock", "ban")},
        crew_start=format_clock(bus.crew_start), crew_end=format_clock(bus.crew_end),
        opened=open_slots(values, service), stated=SLOTS_STATED, visits=_visits(base), presets=PRESETS,
        default_preset=DEFAULT_PRESET, most=MOST, preview=_preview(here, values),
        has_plan=here.calendar.stamp is not None,
        stops=sorted(here.ground.stops, key=lambda s: alphabetical(s.place.name)),
    )  # fmt: skip


def _taken(values: MultiDict[str, str], kind: str) -> int:
    """Return how many rows of locks or bans there are up to the last one that is filled in."""
    filled = [row for row in range(RULE_ROWS) if values.get(f"{kind}-stop-{row}")]
    return max(filled, default=-1) + 1


def _base(here: House, scenario: str) -> Plan | None:
    """Return the calendar that a form starts from: its scenario's, else the one in force."""
    if scenario:
        kept = here.scenarios.find(scenario)
        if kept.plan:
            return plan_of(kept)
    return here.calendar.saved()


def _visits(base: Plan | None) -> dict[tuple[int, int, str], list[tuple[str, str]]]:
    """Return the stops of a calendar, (identifier, name), by half-day of the cycle."""
    found: dict[tuple[int, int, str], list[tuple[str, str]]] = {}
    for visit in base.solution.calendar.visits if base else ():
        name = base.problem.stops_by_id[visit.stop].place.name if base else ""
        found.setdefault((visit.week, visit.weekday, visit.session), []).append((visit.stop, name))
    return found


def _preview(here: House, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what a form comes to: its means, its need, and what the calendar it starts from is worth under it."""
    try:
        base = _base(here, form.get("scenario", ""))
        problem = stated_problem(here.planning.shown(), form, here.calendar.saved())
    except MobilityError as error:
        return {"trouble": french_error(error, here.ground.names())}
    slots = len(problem.sessions) * problem.cycle_weeks - len(problem.rules.skipped)
    told: dict[str, Any] = {"problem": problem, "visits": slots * len(problem.buses), "names": here.ground.names()}
    if base:
        told["judged"] = judge_calendar(restated(base.solution.calendar, problem), problem)
    return told


@pages.post("/preparer/juger")
def judge() -> str:
    """Judge a form as it stands, for the page that changes it."""
    return render_template("_preview.html", preview=_preview(house(), request.form))


@pages.post("/preparer")
def start() -> BaseResponse | tuple[str, int]:
    """Start a search, or show the form again with what must be mended."""
    here = house()
    form = request.form
    try:
        stated_problem(here.planning, form, here.calendar.saved())
    except MobilityError as error:
        return _form(form, beside(error, STANDS, here.ground.names())), 400
    now, stated = here.clock(), {name: value for name, value in form.items() if name not in NOT_STATED}
    name = form.get("nom", "").strip() or f"Scénario du {day_words(now.date())}, {now:%H:%M}"
    kept = here.scenarios.add(name, stated, visitor().key)
    job = jobs().start("plan", {"form": stated, "scenario": kept.id})
    return redirect(url_for("planner.job", job_id=job.id), code=303)


@pages.get("/preparer/carte")
def stops_map() -> Response:
    """Draw every possible stop: those that the form's script can lock or close by a click."""
    here = house()
    base = _base(here, request.args.get("scenario", ""))
    visited = set(base.solution.calendar.stops()) if base else set()
    return map_answer(stops_content(here.ground, visited))
