"""The calendar for everyone: map, weeks, comparison, need, choices explained, dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.holidays import school_years_known
from data.season_files import SeasonChoice, parse_choice
from desks.calendar.replacing import accept, accept_first, cancel, cancelled_visits, keep_season, returnable, take_back
from desks.calendar.season import build_season, chosen_season, closure_key, stamp_of_season
from desks.house import House
from mobility.accounts import PLANNER
from mobility.bus_calendar import BusCalendar, Plan, Visit
from mobility.clock import parse_day
from mobility.dates import ISO_PARITY, Closure, DatedVisit, DateRange, Move, MoveKey
from mobility.disclosure import UNMET
from mobility.errors import Faults, MobilityError
from mobility.problem import CalendarProblem
from mobility.territory import Commune
from tours.judge import judge_calendar
from webapp.pages.form_values import beside
from webapp.pictures.calendar_map import (
    calendar_map,
    commune_coverage,
    coverage_map,
    need_map,
    stop_numbers,
    visit_lines,
)
from webapp.pictures.charts import frontier_chart
from webapp.server.map_answer import map_answer
from webapp.server.visitor import may, who
from webapp.wiring import house
from webapp.words.disclosure import number_of
from webapp.words.errors import french_error, french_rule
from webapp.words.french import alphabetical, at_place, capital, counted, day_words

LONGEST_REASON = 80
"""Letters of why there is no visit."""
TOLD = "Les agendas, la page « À savoir » et le téléphone le disent déjà."
PART_OF_DAY = {"morning": " le matin", "afternoon": " l'après-midi"}
CANCELLED_VISIT = "passage annulé"
"""Why a visit is held on another day where nobody says it."""
COMING = 4
"""Next visits that a page begins with."""
WEEKS_TOLD = 3
"""Coming weeks that are told by their dates, of each place in the cycle."""
pages = Blueprint("calendar", __name__)


@pages.get("/comprendre")
def home() -> str:
    """Show the calendar and its proof: figures, map, weeks; who needs it; how it compares with the reference."""
    here = house()
    plan, study = here.calendar.explained()
    calendar, settings = plan.solution.calendar, plan.intent.settings
    rows, broken = compared(here, plan)
    return render_template(
        "calendar.html",
        plan=plan,
        study=study,
        grid=week_grid(calendar, plan.problem),
        mondays=mondays(here, plan.problem),
        season=here.calendar.dated().season,
        lines=visit_lines(calendar, plan.problem),
        coming=_coming(here),
        needs=sorted(here.planning.shown().needs(settings), key=lambda need: -need.value),
        settings=settings,
        asked_by=number_of(UNMET),
        rows=rows,
        judged_broken=broken,
    )


def _coming(here: House) -> list[DatedVisit]:
    return here.calendar.dated().coming(here.calendar.plan().problem, here.clock())[:COMING]


def mondays(here: House, problem: CalendarProblem) -> dict[int, list[date]]:
    """Return when the coming weeks of each place in the cycle begin; nothing where the season does not tell them."""
    season = build_season(here.ground.territory, chosen_season(here.plans), here.today())
    weeks = range(1, problem.cycle_weeks + 1)
    if problem.cycle_weeks == 1 or (problem.cycle_weeks > 2 and season.policy == ISO_PARITY):
        return {week: [] for week in weeks}
    return {week: season.mondays_of(week, problem.cycle_weeks, here.today(), WEEKS_TOLD) for week in weeks}


def compared(here: House, plan: Plan) -> tuple[list[tuple[Commune, float, float, float]], list[str]]:
    """Return each commune's need, what is covered of it now and by the reference, and the rules that one breaks."""
    reference = here.planning.reference(plan.problem)
    judged = judge_calendar(reference, plan.problem) if reference else None
    after = commune_coverage(plan.judgement.served, plan.problem)
    before = commune_coverage(judged.served, plan.problem) if judged else {}
    rows = [
        (commune, *after[commune.insee], before.get(commune.insee, (0.0, 0.0))[1])
        for commune in here.ground.territory.communes
        if after.get(commune.insee, (0.0, 0.0))[0] >= 0.5
    ]
    rows.sort(key=lambda row: -row[1])
    return rows, [french_rule(rule, here.ground.names(plan.problem)) for rule in judged.broken] if judged else []


def week_grid(calendar: BusCalendar, problem: CalendarProblem) -> list[dict[str, Any]]:
    """Return the sessions of the week as rows, with the visits of each week of the cycle as cells."""
    numbers = stop_numbers(calendar)
    rows = []
    for session in sorted(problem.sessions, key=lambda s: (s.weekday, s.opens)):
        cells: list[list[tuple[int, Visit]]] = []
        for week in range(1, problem.cycle_weeks + 1):
            found = [v for v in calendar.visits if (v.week, v.weekday, v.session) == (week, *session.key)]
            cells.append([(numbers[v.stop], v) for v in found])
        rows.append({"session": session, "cells": cells})
    return rows


@pages.get("/cartes/<name>")
def map_page(name: str) -> Response:
    """Draw one of the maps, for the frames of the pages."""
    here = house()
    ground, plan = here.ground, here.calendar.plan()
    calendar, problem = plan.solution.calendar, plan.problem
    if name == "calendrier":
        content = calendar_map(ground, calendar, problem)
    elif name == "besoin":
        content = need_map(ground, here.planning.shown().needs(plan.intent.settings))
    elif name == "couverture":
        content = coverage_map(ground, calendar, plan.judgement.served, problem, "Couverture du calendrier proposé")
    elif name == "couverture-reference" and (reference := here.planning.reference(problem)):
        judged = judge_calendar(reference, problem)
        title = f"Couverture du calendrier de {ground.service.reference_name}"
        content = coverage_map(ground, reference, judged.served, problem, title)
    else:
        raise MobilityError("no-file", "no such map", field="")
    return map_answer(content)


@pages.get("/choix")
def choices() -> str:
    """Explain the choices: intentions, prices, gains, frontier."""
    here = house()
    plan, study = here.calendar.explained()
    return render_template(
        "choices.html", plan=plan, study=study, names=here.ground.names(plan.problem),
        chart=frontier_chart(study.get("frontier", []), plan.judgement),
    )  # fmt: skip


FIELDS = {
    "first_week": "first_week", "first": "first", "last": "last", "closure_first": "closure-first",
    "closure_last": "closure-last", "dates": "closure-last", "closure_stop": "closure-stop",
    "closure_name": "closure-name", "day": "annule",
}  # fmt: skip
"""Where the forms of the dates say a fault, by the field of the error; elsewhere above the form."""


@pages.get("/dates")
def dates() -> str | tuple[str, int]:
    """Show the season's dates, with what is skipped and moved; propose planners replacements for a cancelled day."""
    text = request.args.get("annule") if may(PLANNER) else None
    try:
        cancelled = None if text is None else _coming_day(text, "day")
    except MobilityError as error:
        return _dates(beside(error, FIELDS)), 400
    return _dates({}, cancelled=cancelled)


def _coming_day(text: str, field: str) -> date:
    """Read a day of which something is still to be said."""
    day = parse_day(text, field=field)
    if day < house().today():
        raise MobilityError("day-over", f"{day} is over", field=field, value=day.isoformat())
    return day


def _dates(faults: Mapping[str, str], typed: Mapping[str, str] | None = None, cancelled: date | None = None) -> str:
    """Show the dates; what was ``typed`` and met ``faults`` (by the names of the fields) stays in the form."""
    here = house()
    choice, dated, plan = chosen_season(here.plans), here.calendar.dated(), here.calendar.plan()
    season, weeks = dated.season, plan.problem.cycle_weeks
    first_week = season.cycle_week(max(season.days.first, here.today()), weeks)
    return render_template(
        "dates.html", plan=plan, dated=dated, form=_shown(choice, first_week, typed or {}), faults=faults,
        closures=[(f"garder-{closure_key(closure)}", closure) for closure in choice.closures],
        returnable=returnable(here.calendar), coming=_coming(here), months=_by_month(dated.visits),
        last_of=_last_by_commune(here, dated.visits),
        names=here.ground.names(plan.problem),
        kept_away={(s.dated.usual.day, s.visit.session, s.visit.bus, s.visit.stop) for s in dated.skipped},
        cancelled=cancelled, gone=cancelled_visits(here.calendar, cancelled) if cancelled else [],
        reason=request.values.get("raison", "").strip()[:LONGEST_REASON],
        stops=sorted(plan.problem.stops, key=lambda s: alphabetical(s.place.name)),
        school_known=school_years_known(season.days.last),
    )  # fmt: skip


def _shown(choice: SeasonChoice, first_week: int, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the form shows: what was typed on the season as it is, else that season, with the stamp of it.

    Of what was typed on another, what it adds stays.
    """
    stamp = stamp_of_season(choice)
    if typed.get("vu") == stamp:
        return typed
    ticked = [f"garder-{closure_key(closure)}" for closure in choice.closures]
    return {
        "vu": stamp, "policy": choice.policy, "first": str(choice.first or ""), "last": str(choice.last or ""),
        "first_week": str(first_week), "jours-feries": "deplacer" if choice.move_holidays else "supprimer",
        **dict.fromkeys([*ticked, *(["pause-scolaire"] if choice.pause_school else [])], "on"),
        **{name: told for name, told in typed.items() if name.startswith("closure-")},
    }  # fmt: skip


def _by_month(visits: Iterable[DatedVisit]) -> list[tuple[date, list[DatedVisit]]]:
    """Return visits in order month by month, each with its first day that has one."""
    months = [list(found) for _, found in groupby(visits, key=lambda visit: (visit.day.year, visit.day.month))]
    return [(found[0].day, found) for found in months]


def _last_by_commune(here: House, visits: Iterable[DatedVisit]) -> list[tuple[str, date]]:
    """Return the last day on which the bus comes to each commune, by the names of the communes."""
    names, stops = here.ground.commune_names(), here.calendar.plan().problem.stops_by_id
    last = {stops[visit.visit.stop].commune: visit.day for visit in sorted(visits, key=lambda visit: visit.day)}
    return sorted(((names[insee], day) for insee, day in last.items()), key=lambda pair: alphabetical(pair[0]))


@pages.post("/dates")
def save_dates() -> BaseResponse | tuple[str, int]:
    """Keep the season that the planner chose; what somebody else has set meanwhile is shown instead."""
    here, form = house(), request.form
    try:
        before = here.calendar.dated().visits
        keep_season(here.calendar, lambda known: _stated(here, known, form), who=who())
    except MobilityError as error:
        return _dates(beside(error, FIELDS, here.ground.names()), form), 400
    flash(f"La saison est enregistrée.{_changed_words(before, here.calendar.dated().visits)}")
    return redirect(url_for("calendar.dates"), code=303)


def _changed_words(before: Sequence[DatedVisit], after: Sequence[DatedVisit]) -> str:
    """Say how many visits more or fewer a season has than it had, and when the last is; "" where it has as many."""
    change = len(after) - len(before)
    if not change:
        return ""
    each = " Le dernier dans chaque commune est écrit plus bas, sous « Toutes les dates »."
    last = f" Le dernier est le {day_words(after[-1].day, year=True)}.{each}" if after else ""
    told = f"{counted(abs(change), 'passage')} de {'plus' if change > 0 else 'moins'}"
    return f" {capital(told)} : {len(after)} au lieu de {len(before)}.{last}"


def _stated(here: House, known: SeasonChoice, form: Mapping[str, str]) -> SeasonChoice:
    """Return the season as the form states it; refused where another is known by now than whoever filled it in saw."""
    # Whoever gives a reason, a last day or a stop closes something: without a first day it would be forgotten unsaid.
    closes = any(form.get(f"closure-{part}", "").strip() for part in ("first", "last", "name", "stop"))
    with Faults() as faults:
        closure = faults.of(lambda: _closure(here, form), None) if closes else None
        told = parse_choice({
            "policy": form.get("policy"), "first": form.get("first"), "last": form.get("last"),
            "first_week": form.get("first_week") or 1,
            "move_holidays": form.get("jours-feries") == "deplacer", "pause_school": "pause-scolaire" in form,
        })  # fmt: skip
        if told.last and told.last != known.last:
            _coming_day(told.last.isoformat(), "last")
    closures = [one for one in known.closures if f"garder-{closure_key(one)}" in form]
    closures += [closure] if closure and closure not in closures else []
    # The form tells the week of its first day, of today where that is over.
    anchor = max(told.first or here.today(), here.today())
    choice = replace(told, anchor=anchor, closures=tuple(closures), moves=known.moves, taken=known.taken)
    # A form that was sent twice finds what it asks for.
    if choice != known and form.get("vu") != stamp_of_season(known):
        raise MobilityError("season-changed", "someone else has set the season meanwhile", field="")
    build_season(here.ground.territory, choice, here.today()).cycle_week(
        here.today(), here.calendar.plan().problem.cycle_weeks
    )
    return choice


def _closure(here: House, form: Mapping[str, str]) -> Closure:
    """Read a closure that is added; without a last day it lasts one."""
    stop, told = form.get("closure-stop") or None, form.get("closure-last")
    name = form.get("closure-name", "").strip()[:LONGEST_REASON]
    with Faults() as faults:
        if not name:
            faults.add(MobilityError("empty-value", "everybody reads why the bus stays away", field="closure_name"))
        if stop and stop not in here.calendar.plan().problem.stops_by_id:
            faults.add(MobilityError("not-a-candidate", f"'{stop}' is no stop", field="closure_stop", value=stop))
        first = faults.of(lambda: parse_day(form.get("closure-first", ""), field="closure_first"), None)
        last = faults.of(lambda: _coming_day(told, "closure_last"), None) if told else first
        if first and not told:
            _coming_day(first.isoformat(), "closure_first")
        return Closure(DateRange(name, first or last or date.min, last or date.max), stop)


@pages.post("/dates/remplacer")
def move_visit() -> BaseResponse | tuple[str, int]:
    """Cancel visits of a day, hold them where it was proposed, or let one stand on its usual day again."""
    here, form = house(), request.form
    cancelled = None
    try:
        if form.get("acte") == "reprendre":
            take_back(here.calendar, _visit_key(form), who=who())
            flash(f"Le passage reprend sa date habituelle. {TOLD}")
            return redirect(url_for("calendar.dates", _anchor="deplaces"), code=303)
        cancelled = parse_day(form.get("annule"), field="")
        reason = (form.get("raison") or "").strip()[:LONGEST_REASON]
        act = {"annuler": _cancel_visits, "tous": _accept_first}.get(form.get("acte", ""), _accept)
        flash(f"{act(here, form, cancelled, reason)} {TOLD}")
    except MobilityError as error:
        field = "raison" if error.code == "no-reason" else "annule"
        return _dates({field: french_error(error, named=False)}, cancelled=cancelled), 400
    # What is left of the day stays in view.
    return redirect(url_for("calendar.dates", annule=cancelled, raison=reason, _anchor="annuler"), code=303)


def _visit_key(form: Mapping[str, str]) -> MoveKey:
    usual = parse_day(form.get("habituel"), field="")
    return (usual, form.get("moment", ""), form.get("bus", ""), form.get("arret", ""))


def _cancel_visits(here: House, form: Mapping[str, str], day: date, reason: str) -> str:
    if day < here.today():
        raise MobilityError("day-over", f"{day} is over", field="", value=day.isoformat())
    stop = form.get("arret") or None
    session = form.get("seance") or None
    if session and session not in {known.name for known in here.calendar.plan().problem.sessions}:
        abort(400)
    cancel(here.calendar, day, reason, stop, session, who=who())
    where = f" {at_place(here.ground.names(here.calendar.plan().problem).get(stop, stop))}" if stop else ""
    where += PART_OF_DAY.get(session or "", "")
    return f"Le {day_words(day)}, le bus ne vient pas{where} : c'est annulé."


def _accept_first(here: House, _: Mapping[str, str], day: date, reason: str) -> str:
    count = accept_first(here.calendar, day, reason or CANCELLED_VISIT, who=who())
    return f"{capital(counted(count, 'passage déplacé', 'passages déplacés'))}."


def _accept(here: House, form: Mapping[str, str], cancelled: date, reason: str) -> str:
    day = parse_day(form.get("le"), field="")
    move = Move(*_visit_key(form), day, form.get("a", ""), reason or CANCELLED_VISIT)
    accept(here.calendar, cancelled, move, who=who())
    return f"Le passage est déplacé au {day_words(day)}."
