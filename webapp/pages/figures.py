"""*Chiffres*: rides, calls and the bus in one place, each table under its caption."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request

from data.calls import DONE, OPEN
from data.figures import calls_since, requests_by_month, unmet_by_reason
from data.register import A_MONTH
from data.ride_report import yearly_figures
from desks.house import House
from desks.released import if_told
from mobility.accounts import AGENT
from mobility.disclosure import DRIVERS, RIDERS, TRIPS
from mobility.modules import RIDES
from webapp.pages.desk import pages
from webapp.pages.form_values import number_within
from webapp.pages.unmet import needs_found
from webapp.server.visitor import may, own_desk, visitor
from webapp.wiring import house
from webapp.words import disclosure
from webapp.words.french import MONTHS
from webapp.words.rides import STATES

CALL_WORDS = {"call": "Appels", "sms": "SMS", "callback": "Rappels promis"}


@dataclass(frozen=True)
class Bus:
    """What the calendar in force does in a year: visits by month, and what a cycle of it covers."""

    months: list[tuple[str, int]]
    skipped: int
    stops: int
    share: float
    weakest: float
    metres: float


@pages.get("/chiffres")
def figures() -> str:
    """Show the figures of a year, as far as the visitor's roles reach."""
    here = house()
    year = number_within(request.args.get("annee"), 2018, 2100, otherwise=here.today().year)
    rides = _rides(here, year) if may(AGENT) and here.ground.modules.has(RIDES) else None
    calls = _calls(here) if may(AGENT) else None
    needs = needs_found(here, request.args.get("recherche", "")) if rides else {}
    return render_template(
        "figures.html", needs=needs, year=year, this_year=here.today().year, rides=rides, calls=calls,
        call_days=A_MONTH.days, bus=_bus(here, year), RIDERS=RIDERS,
        DRIVERS=DRIVERS, TRIPS=TRIPS, told=disclosure,
    )  # fmt: skip


def _rides(here: House, year: int) -> dict[str, Any]:
    desk = own_desk()
    with desk.store.reading() as tx:
        counted = requests_by_month(tx, year)
        report, reasons = yearly_figures(tx, year), unmet_by_reason(tx, year)
    months = [
        (MONTHS[month - 1], [counted.get((month, state), 0) for state in STATES])
        for month in range(1, 13) if any(counted.get((month, state)) for state in STATES)
    ]  # fmt: skip
    return {
        "months": months, "total": [sum(column) for column in zip(*(row for _, row in months), strict=True)],
        "report": report, "reasons": reasons, "rules": desk.rules.on(date(year, 12, 31)),
        "criteria": {criterion.id: criterion.words for criterion in desk.rules.criteria},
        # What may be told to everybody is counted over all structures: whoever sees one only is not handed the others.
        "public": if_told(lambda: here.public_rides.year(year), None) if visitor().scope.everything else None,
    }  # fmt: skip


def _calls(here: House) -> list[tuple[str, int, int]]:
    """Return how many calls of each kind lately came in: answered, and waiting."""
    with own_desk().store.reading() as tx:
        came = calls_since(tx, here.clock() - A_MONTH)
    return [(words, came.get((kind, DONE), 0), came.get((kind, OPEN), 0)) for kind, words in CALL_WORDS.items()]


def _bus(here: House, year: int) -> Bus | None:
    if here.calendar.stamp is None:
        return None
    plan, dated = here.calendar.plan(), here.calendar.dated()
    counted = Counter(visit.day.month for visit in dated.visits if visit.day.year == year)
    return Bus(
        [(MONTHS[month - 1], number) for month, number in sorted(counted.items())],
        sum(visit.day.year == year for visit in dated.skipped), len(plan.solution.calendar.stops()),
        plan.judgement.share, plan.judgement.weakest, plan.judgement.distance,
    )  # fmt: skip
