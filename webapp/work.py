"""The kinds of long work of the site, each from its request alone: what a restart takes up again."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from data.plan_files import parse_plan, plan_document
from data.scenarios import history, keep_plan, keep_study, publish
from desks.calendar.solving import solve_apart
from desks.calendar.study import STUDY, compare, explain, keep
from desks.jobs import Control, Work
from desks.rides.batch import run_batch
from desks.rides.recruiting import recruits
from desks.workspace import CURRENT_PLAN
from mobility.bus_calendar import Plan
from webapp.pages.planning_form import stated_intent, stated_problem
from webapp.site import Site

SEARCH_LIMIT = 180.0
"""Seconds that a search for a calendar may take."""
FIRST_NAME = "Calendrier calculé à l'ouverture du site"


def kinds_of_work(here: Callable[[], Site]) -> dict[str, Work]:
    """Return every kind of work of a site."""
    return {
        "plan": Work(lambda request, control: _plan(here(), request, control), _dumped, _loaded),
        "study": Work(lambda _, control: _study(here(), control), background=True),
        "rides": Work(
            lambda request, control: run_batch(here().rides(), _days(request), progress=control.tell),
        ),
        "recruits": Work(
            lambda request, control: recruits(here().rides(), _days(request), progress=control.tell),
        ),
    }


def _days(request: Mapping[str, Any]) -> list[date]:
    return [date.fromisoformat(day) for day in request["days"]]


def _dumped(plan: Plan) -> str:
    return json.dumps(plan_document(plan), ensure_ascii=False)


def _loaded(text: str) -> Plan:
    return parse_plan(text, "plan.json")


def _plan(here: Site, request: Mapping[str, Any], control: Control) -> Plan:
    """Find the calendar of a scenario, and keep it there."""
    store, form = here.rides().store, MultiDict(request["form"])
    current = here.plan() if here.stamp is not None else None
    problem = stated_problem(here.workspace, form, current)
    plan = solve_apart(problem, stated_intent(form), limit=SEARCH_LIMIT, control=control)
    if request.get("scenario"):
        with store.writing() as tx:
            keep_plan(tx, request["scenario"], _dumped(plan), now=here.clock())
    return plan


def put_in_force(here: Site, plan: Plan, name: str, *, author: str, study: Mapping[str, Any] | None = None) -> None:
    """Put a calendar in force at once: the history keeps the one before, and what explains it follows.

    ``study`` is what was explained of it already (default: its comparison alone).
    """
    territory, store = here.workspace.folder.id, here.rides().store
    before = here.workspace.store.text(CURRENT_PLAN), here.workspace.store.text(STUDY)
    known = dict(study or compare(here.workspace, plan))
    keep(here.workspace, plan, known)
    with store.writing() as tx:
        if before[0] and not history(tx, territory):
            publish(tx, FIRST_NAME, before[0], before[1] or "", territory=territory, author="", now=here.clock())
        publish(
            tx, name, _dumped(plan), json.dumps(known, ensure_ascii=False), territory=territory, author=author,
            now=here.clock(),
        )  # fmt: skip


def _study(here: Site, control: Control) -> bool:
    """Explain the calendar in force; one that was replaced meanwhile is let be."""
    stamp, plan = here.stamp, here.plan()
    study = explain(here.workspace, plan, control.tell)
    if here.stamp != stamp:
        return False
    here.workspace.store.save(STUDY, study)
    with here.rides().store.writing() as tx:
        keep_study(tx, here.workspace.folder.id, json.dumps(study, ensure_ascii=False))
    return True
