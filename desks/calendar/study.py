"""The study of a plan: how it compares, what each choice costs, where more means would help."""

import logging
from dataclasses import asdict
from typing import Any

from data.plan_files import visit_document
from desks.calendar.planning import Planning
from desks.calendar.saved import CURRENT_PLAN, Statement, clear, keep_copy, lay_ready, read_saved, swap
from desks.calendar.season import keep_season_copy
from mobility.bus_calendar import BusCalendar, Judgement, Plan
from mobility.errors import MobilityError
from mobility.need import PRESETS, intend
from mobility.problem import CalendarProblem
from mobility.travel import Progress, no_progress
from tours.judge import judge_calendar
from tours.what_if import answer_document, forced_prices, frontier, more_means

_log = logging.getLogger(__name__)
REACH = 600.0
"""Seconds by car to a visited stop within which residents are counted as near it."""


def score(calendar: BusCalendar, problem: CalendarProblem, judgement: Judgement) -> dict[str, Any]:
    """Return the figures by which calendars are compared.

    ``near`` counts, weights apart, the residents of places in need who live close to a visited stop.
    """
    stops = calendar.stops()
    known = [stop for stop in stops if stop in problem.stops_by_id]
    near = sum(
        group.population
        for group in problem.groups
        if group.need > 0 and any(problem.access.seconds_between(group.id, stop) <= REACH for stop in known)
    )
    return {
        "need": judgement.need,
        "total_need": judgement.total_need,
        "share": judgement.share,
        "weakest": judgement.weakest,
        "areas": [{**asdict(area), "share": area.share} for area in judgement.areas],
        "distance": judgement.distance,
        "driving": judgement.driving,
        "visits": len(calendar.visits),
        "stops": len(stops),
        "communes": len({problem.stops_by_id[stop].commune for stop in known}),
        "near": near,
        "residents_in_need": sum(group.population for group in problem.groups if group.need > 0),
        "broken": [asdict(rule) for rule in judgement.broken],
    }


def compare(planning: Planning, plan: Plan) -> dict[str, Any]:
    """Score the plan beside the territory's reference calendar, by the same judge."""
    result = {"plan": score(plan.solution.calendar, plan.problem, plan.judgement)}
    reference = planning.reference(plan.problem)
    if reference:
        judged = judge_calendar(reference, plan.problem)
        result["reference"] = score(reference, plan.problem, judged)
        result["reference"]["name"] = planning.ground.service.reference_name
        result["reference"]["served"] = {group: list(served) for group, served in judged.served.items()}
        result["reference"]["calendar"] = [visit_document(visit, plan.problem) for visit in reference.visits]
    return result


def compare_presets(planning: Planning, progress: Progress = no_progress) -> list[dict[str, Any]]:
    """Plan every preset, and measure each plan by the intent of every other: what each gives up."""
    problems = {name: planning.problem(intend(name)) for name in PRESETS}
    rows = []
    for number, (name, problem) in enumerate(problems.items()):
        progress("presets", number / len(problems))
        plan = planning.plan(problem, intent=intend(name))
        row = score(plan.solution.calendar, problem, plan.judgement)
        row["preset"], row["proof"], row["proven"] = name, str(plan.solution.proof), plan.solution.proven
        row["shares"] = {
            other: judge_calendar(plan.solution.calendar, judged).share for other, judged in problems.items()
        }
        rows.append(row)
    return rows


def explain(planning: Planning, plan: Plan, progress: Progress = no_progress) -> dict[str, Any]:
    """Return the whole study of a plan as a JSON document; every figure comes from a new solve or a new judgement."""
    problem, calendar = plan.problem, plan.solution.calendar
    document = compare(planning, plan)
    document["presets"] = compare_presets(planning, _part(progress, 0.0, 0.15))
    document["prices"] = [
        answer_document(price) for price in forced_prices(problem, calendar, progress=_part(progress, 0.15, 0.5))
    ]
    document["gains"] = [
        answer_document(gain) for gain in more_means(problem, calendar, progress=_part(progress, 0.5, 0.6))
    ]
    points = frontier(problem, plan.solution, progress=_part(progress, 0.6, 1.0))
    document["frontier"] = [asdict(point) for point in points]
    return document


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda stage, share: progress(stage, start + (end - start) * share)


def prepare(planning: Planning, progress: Progress = no_progress) -> Plan:
    """Return the current plan, planned and studied again where the files it rests on have changed.

    A plan that a planner has adopted is never replaced; one that cannot be read is set aside, never deleted, and its
    copy takes its place.
    """
    keep_season_copy(planning.plans)
    try:
        saved = read_saved(planning.plans)
    except MobilityError as error:
        aside = planning.plans.set_aside(CURRENT_PLAN)
        _log.warning("the saved plan cannot be read (%s): it is set aside as %s and planned again", error, aside)
        saved = None
    if saved and not saved.whole:
        aside = planning.plans.set_aside(CURRENT_PLAN)
        _log.warning("the saved plan cannot be read: it is set aside as %s, its copy takes its place", aside)
    if saved and (saved.statement.adopted or saved.statement.files == planning.fingerprint()):
        if not planning.plans.document(saved.study):
            planning.plans.save(saved.study, explain(planning, saved.plan, progress))
        keep_copy(planning.plans, saved)
        return saved.plan
    plan = planning.plan(planning.problem(), progress=_part(progress, 0.0, 0.2))
    study = explain(planning, plan, _part(progress, 0.2, 1.0))
    ready = lay_ready(planning.plans, plan, study, Statement(planning.fingerprint(), adopted=False))
    swap(planning.plans, ready)
    clear(planning.plans, ready)
    progress("done", 1.0)
    return plan
