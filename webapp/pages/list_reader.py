"""With what the visitor's lists are read: their own records, and the calendar that they are working on."""

from functools import cache

from data.scenarios import Scenario
from desks.calendar.scenarios import plan_of
from desks.house import House
from desks.imports.reading import Reader
from mobility.bus_calendar import Plan
from webapp.server.visitor import own_desk, own_places, visitor
from webapp.wiring import house
from webapp.words.rides import alias_words


def worked_on(here: House, asked: str) -> tuple[Scenario | None, Plan]:
    """Return the scenario that is worked on, with its calendar; without one, the calendar in force."""
    if not asked:
        return None, here.calendar.plan()
    kept = here.scenarios.find(asked)
    return kept, plan_of(kept)


def list_reader(scenario: str = "") -> Reader:
    """Return with what a list is read; the visits of one answer the problem of a scenario, or of today's calendar."""
    here = house()
    problem = cache(lambda: worked_on(here, scenario)[1].problem)
    return Reader(own_desk(), own_places(), here.plans, here.clock(), visitor().key, problem, alias_words)
