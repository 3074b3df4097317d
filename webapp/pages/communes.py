"""A page per commune: its next dates in words, or why the bus does not come."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.bus_calendar import Plan
from mobility.dates import DatedVisit
from mobility.problem import Stop
from webapp.site import Site, site

pages = Blueprint("communes", __name__)
NEXT_DATES = 6


@pages.get("/communes")
def index() -> str | Response:
    """List the communes; `?nom=` leads to one, old names included."""
    here = site()
    name = request.args.get("nom", "").strip()
    if name:
        commune = here.workspace.territory.find_commune(name, field="commune")
        return redirect(url_for("communes.show", insee=commune.insee))
    plan = here.plan()
    visited = {plan.problem.stops_by_id[v.stop].commune for v in plan.solution.calendar.visits}
    former: dict[str, list[str]] = {}
    for old, insee in here.workspace.territory.former_names.items():
        if not old.isdigit() and old != here.workspace.territory.by_insee[insee].name:
            former.setdefault(insee, []).append(old)
    communes = sorted(here.workspace.territory.communes, key=lambda c: c.name)
    return render_template("communes.html", communes=communes, visited=visited, former=former)


@pages.get("/communes/<insee>")
def show(insee: str) -> str:
    """Show one commune."""
    here = site()
    commune = here.workspace.territory.find_commune(insee, field="commune")
    plan = here.plan()
    stops = [s for s in plan.problem.stops if s.commune == commune.insee]
    visited = [s for s in stops if plan.solution.calendar.at(s.id)]
    price = next((p for p in here.study().get("prices", []) if p["commune"] == commune.insee), None)
    needs = [need for need in here.workspace.needs(plan.intent.settings) if need.settlement.commune == commune.insee]
    return render_template(
        "commune.html", commune=commune, plan=plan,
        replaced=[here.names()[stop] for stop in price["replaced"]] if price else [],
        visited=visited, needs=needs, price=price,
        coming=here.dated().next_at([s.id for s in visited], here.today(), NEXT_DATES),
        services=[service for service in here.workspace.territory.services if service.commune == commune.insee],
        nearest=nearest_stops(here, plan, commune.insee), pole=commune.insee in here.workspace.territory.poles,
    )  # fmt: skip


def nearest_stops(here: Site, plan: Plan, insee: str) -> list[tuple[Stop, float, DatedVisit | None]]:
    """Return the three visited stops nearest by car to a commune, with the seconds to drive and the next visit."""
    times = plan.problem.access
    if insee not in times.origins:
        return []
    stops = [plan.problem.stops_by_id[stop] for stop in plan.solution.calendar.stops()]
    found = [(stop, times.seconds_between(insee, stop.id)) for stop in stops if stop.commune != insee]
    found.sort(key=lambda row: row[1])
    coming = here.dated()
    return [
        (stop, seconds, next(iter(coming.next_at([stop.id], here.today(), 1)), None)) for stop, seconds in found[:3]
    ]
