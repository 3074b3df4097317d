"""What of the bus is due: where it stands today, and the calendars that were found and not yet decided on."""

from collections.abc import Iterator
from datetime import UTC, datetime

from desks.calendar.in_force import CalendarInForce
from desks.calendar.scenarios import Scenarios
from desks.day.due import Due, Visitor
from mobility.accounts import AGENT, PLANNER
from mobility.clock import clock_time


def visits_due(calendar: CalendarInForce, now: datetime, visitor: Visitor) -> Iterator[Due]:
    """Return where the bus stands today: who answers people sends them there."""
    if not visitor.roles & {AGENT, PLANNER} or calendar.stamp is None:
        return
    problem = calendar.plan().problem
    for dated in calendar.dated().visits:
        if dated.day == now.date():
            stop = problem.stops_by_id[dated.visit.stop]
            hours = dated.session(problem)
            at = clock_time(dated.day, hours.opens, now.tzinfo or UTC)
            told = {"spot": stop.spot, "until": hours.closes}
            yield Due("visit", at, stop.commune, shown=stop.place.name, facts=told)


def drafts_due(calendar: CalendarInForce, scenarios: Scenarios, visitor: Visitor) -> Iterator[Due]:
    """Return, to planners, the calendars that were found and neither put in force nor forgotten: all as one thing."""
    if PLANNER not in visitor.roles:
        return
    decided = {entry.plan for entry in calendar.history()}
    drafts = [scenario for scenario in scenarios.all() if scenario.plan and scenario.plan not in decided]
    if drafts:
        yield Due("draft", None, drafts[0].id, shown=drafts[0].name, facts={"count": len(drafts)})
