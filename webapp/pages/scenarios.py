"""Scenarios side by side: kept, named, compared on map, table and money, put in force, withdrawn; and the history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from data.plan_files import parse_plan
from data.scenarios import Scenario
from desks.calendar.scenarios import plan_of
from desks.calendar.study import score
from desks.house import House
from mobility.bus_calendar import Plan
from mobility.clock import HOUR
from mobility.errors import MobilityError
from webapp.pages.form_values import beside
from webapp.pages.planner import adopted, confirmed, follows_of, shown
from webapp.pictures.calendar_map import calendar_map, visit_lines
from webapp.server.map_answer import map_answer
from webapp.server.visitor import who
from webapp.wiring import house
from webapp.words.french import alphabetical
from webapp.words.notices import Follows

pages = Blueprint("scenarios", __name__)
PER_KM, PER_HOUR = 0.90, 55.0
"""Euros of a kilometre (camper van, fuel, upkeep) and of an hour of two agents: starting points to be adapted, told as
such on the page."""
MOST_SIDES = 4
"""Calendars that one page compares."""
WEEKS_A_YEAR = 47
"""Weeks in which the bus goes out: five are for leave and public holidays, an assumption."""


@dataclass(frozen=True)
class Side:
    """One calendar of a comparison: its figures, and what a year of it costs."""

    name: str
    plan: Plan
    figures: dict[str, Any]
    covered: float
    """Share of the need covered, by the measure of the calendar in force."""
    hours: float
    euros: float
    map_page: str


@pages.get("/scenarios")
def index() -> str:
    """List the scenarios and the calendars that are or were in force."""
    return _list({})


def _list(faults: Mapping[str, str]) -> str:
    here = house()
    kept, past = here.scenarios.all(), here.calendar.history()
    plans = {scenario.id: parse_plan(scenario.plan, scenario.name) for scenario in kept if scenario.plan}
    return render_template(
        "scenarios.html",
        scenarios=kept,
        plans=plans,
        current=here.calendar.saved(),
        past=past,
        zone=here.rides.zone,
        faults=faults,
        values=request.form,
    )


@pages.get("/scenarios/<identifier>")
def show(identifier: str) -> str | Response:
    """Show the calendar of a scenario beside the one in force."""
    kept = house().scenarios.find(identifier)
    if not kept.plan:
        return redirect(url_for("prepare.index", scenario=identifier))
    return _shown_scenario(kept)


def _shown_scenario(kept: Scenario, follows: Follows | None = None) -> str:
    return shown(
        house(), plan_of(kept), map_page=url_for("scenarios.map_page", identifier=kept.id), scenario=kept.id,
        adopt=url_for("scenarios.act", identifier=kept.id, acte="en-vigueur"), name=kept.name, follows=follows,
    )  # fmt: skip


@pages.get("/scenarios/<identifier>/carte")
def map_page(identifier: str) -> Response:
    """Draw the map of a scenario ("actuel": the calendar in force)."""
    here = house()
    plan = here.calendar.plan() if identifier == "actuel" else plan_of(here.scenarios.find(identifier))
    content = calendar_map(here.ground, plan.solution.calendar, plan.problem)
    return map_answer(content)


@pages.post("/scenarios/<identifier>")
def act(identifier: str) -> Response | str | tuple[str, int]:
    """Rename or forget a scenario, or put its calendar in force."""
    here = house()
    kept = here.scenarios.find(identifier)
    what = request.values.get("acte", "")
    try:
        if what == "en-vigueur":
            if not confirmed():
                return _shown_scenario(kept, follows_of(here, plan_of(kept)))
            return adopted(here, plan_of(kept), kept.name)
        if what == "renommer":
            here.scenarios.rename(identifier, request.form.get("nom", ""), who=who())
        elif what == "oublier":
            here.scenarios.forget(identifier, who=who())
        else:
            abort(400)
    except MobilityError as error:
        return _list(beside(error, {"name": f"nom-{identifier}"}, here.ground.names())), 400
    return redirect(url_for("scenarios.index"), code=303)


@pages.post("/calendriers/<int:number>/retablir")
def restore(number: int) -> Response | str:
    """Withdraw the calendar in force, once it is confirmed: one that was before comes back, with its study."""
    here = house()
    if number > 10**9:
        abort(404)
    known = here.calendar.entry(number)
    plan = parse_plan(known.plan, known.name)
    if not confirmed():
        return shown(here, plan, map_page="", adopt=request.path, scenario="", name=known.name,
                     follows=follows_of(here, plan))  # fmt: skip
    name = known.name.removesuffix(" (rétabli)") + " (rétabli)"
    return adopted(here, plan, name, json.loads(known.study or "{}"))


@pages.get("/scenarios/comparer")
def compare() -> str | Response:
    """Compare two calendars or more on the map, in a table and in money."""
    here = house()
    chosen = [name for name in dict.fromkeys(request.args.getlist("s")) if name][:MOST_SIDES]
    if len(chosen) == 1:
        chosen.append("actuel")
    chosen = list(dict.fromkeys(chosen))
    if len(chosen) < 2:
        return _list({"": "Choisissez au moins deux calendriers à comparer."})
    per_km, per_hour = _euros("km", PER_KM), _euros("heure", PER_HOUR)
    sides = [_side(here, name, per_km, per_hour) for name in chosen]
    stops = [
        {line["name"]: line["when"] for line in visit_lines(s.plan.solution.calendar, s.plan.problem)} for s in sides
    ]
    names = sorted(set().union(*stops), key=alphabetical)
    rows = [(name, [side.get(name, "") for side in stops]) for name in names]
    return render_template(
        "scenario_compare.html", sides=sides, rows=rows, per_km=per_km, per_hour=per_hour, chosen=chosen,
        weeks=WEEKS_A_YEAR,
    )  # fmt: skip


def _euros(name: str, default: float) -> float:
    text = request.args.get(name, "").replace(",", ".").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        return default
    return value if 0 <= value <= 1000 else default


def _side(here: House, name: str, per_km: float, per_hour: float) -> Side:
    scenario = None if name == "actuel" else here.scenarios.find(name)
    plan = plan_of(scenario) if scenario else here.calendar.plan()
    figures = score(plan.solution.calendar, plan.problem, plan.judgement)
    sessions = {session.key: session for session in plan.problem.sessions}
    opened = sum(
        sessions[v.weekday, v.session].closes - sessions[v.weekday, v.session].opens
        for v in plan.solution.calendar.visits
    )
    hours = (opened + figures["driving"]) / HOUR
    measured = here.calendar.measure(plan)
    year = WEEKS_A_YEAR / plan.problem.cycle_weeks
    euros = year * (per_km * figures["distance"] / 1000 + per_hour * hours)
    return Side(
        scenario.name if scenario else "Calendrier en vigueur", plan, figures,
        measured.share if measured else figures["share"], hours, euros,
        url_for("scenarios.map_page", identifier=name),
    )  # fmt: skip


@pages.get("/historique")
def past() -> str:
    """Show which calendars were in force, and when."""
    here = house()
    entries = here.calendar.history()
    plans = {known.number: parse_plan(known.plan, known.name) for known in entries}
    return render_template("history.html", past=entries, plans=plans, zone=here.rides.zone)
