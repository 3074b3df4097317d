"""The kinds of long work of the site, each from its request alone: what a restart takes up again."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from data.plan_files import parse_plan, plan_text
from desks.accounts.policy import scope_of_job
from desks.calendar.roads import take_roads
from desks.calendar.solving import solve_apart
from desks.house import House
from desks.jobs import Control, Work
from desks.rides.batch import run_batch
from desks.rides.desk import RideDesk
from desks.rides.recruiting import recruits
from mobility.bus_calendar import Plan
from webapp.pages.planning_form import stated_intent, stated_problem

SEARCH_LIMIT = 180.0
"""Seconds that a search for a calendar may take."""


def kinds_of_work(here: Callable[[], House]) -> dict[str, Work]:
    """Return every kind of work of a site."""
    return {
        "plan": Work(lambda request, control: _plan(here(), request, control), plan_text, _loaded),
        "study": Work(lambda _, control: here().calendar.explain(control.tell), background=True),
        "gaps": Work(lambda _, control: _gaps(here(), control), background=True),
        "roads": Work(lambda request, control: _roads(here(), request, control)),
        "rides": Work(
            lambda request, control: run_batch(
                _desk(here(), request), _days(request), now=here().clock(), progress=control.tell
            ),
        ),
        "recruits": Work(
            lambda request, control: recruits(_desk(here(), request), _days(request), progress=control.tell),
        ),
    }


def _gaps(here: House, control: Control) -> None:
    here.access.gaps(control.tell)


def _roads(here: House, request: Mapping[str, Any], control: Control) -> None:
    take_roads(here.settings, here.planning, here.store, request, control.tell, now=here.clock)


def _desk(here: House, request: Mapping[str, Any]) -> RideDesk:
    """Return the desk for whose requests the work is."""
    return here.rides.within(scope_of_job(request))


def _days(request: Mapping[str, Any]) -> list[date]:
    return [date.fromisoformat(day) for day in request["days"]]


def _loaded(text: str) -> Plan:
    return parse_plan(text, "plan.json")


def _plan(here: House, request: Mapping[str, Any], control: Control) -> Plan:
    """Find the calendar of a scenario, and keep it there."""
    form = MultiDict(request["form"])
    problem = stated_problem(here.planning, form, here.calendar.saved())
    plan = solve_apart(problem, stated_intent(form), limit=SEARCH_LIMIT, control=control)
    if request.get("scenario"):
        here.scenarios.keep_plan(request["scenario"], plan)
    return plan
