"""A page per commune: its next dates in words, or why the bus does not come."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from desks.calendar.next_visits import nearest_stops
from desks.house import House
from desks.ways.nearby import counters_near
from mobility.errors import MobilityError
from webapp.pages.question import suggestions_of
from webapp.server.visitor import own_places
from webapp.wiring import house
from webapp.words import answers
from webapp.words.errors import french_error
from webapp.words.french import alphabetical, at_place

pages = Blueprint("communes", __name__)
NEXT_DATES = 6


@pages.get("/communes")
def index() -> str | Response | tuple[str, int]:
    """List the communes; `?nom=` leads to one, by whatever name people give it."""
    name = request.args.get("nom", "").strip()[:120]
    if not name:
        return _list()
    try:
        return redirect(url_for("communes.show", insee=_meant(house(), name)))
    except MobilityError as error:
        likely = [(said, url_for("communes.index", nom=said)) for said in suggestions_of(error)]
        return _list(name, {"nom": french_error(error, suggests=False, named=False)}, likely), 404


def _meant(here: House, name: str) -> str:
    """Return the commune that a name means, old names and villages included; raises with those that are like it."""
    territory = here.ground.territory
    try:
        return territory.find_commune(name, field="commune").insee
    except MobilityError:
        # However the question of the first page understands it: "Saint Cirq" is one commune.
        place = own_places().find(name, field="commune", now=here.clock())
        insee = here.ground.communes.at(place.point) or ""
        if insee not in territory.by_insee:
            raise
        return insee


def _list(
    said: str = "", faults: Mapping[str, str] = MappingProxyType({}), likely: Sequence[tuple[str, str]] = ()
) -> str:
    here = house()
    plan = here.calendar.plan()
    visited = {plan.problem.stops_by_id[v.stop].commune for v in plan.solution.calendar.visits}
    former: dict[str, list[str]] = {}
    for old, insee in here.ground.territory.former_names.items():
        if not old.isdigit() and old != here.ground.territory.by_insee[insee].name:
            former.setdefault(insee, []).append(old)
    communes = sorted(here.ground.territory.communes, key=lambda c: alphabetical(c.name))
    coming = here.calendar.dated().coming(plan.problem, here.clock())[:NEXT_DATES]
    return render_template(
        "communes.html", said=said, faults=faults, likely=likely, communes=communes, visited=visited, former=former,
        coming=coming, plan=plan,
    )  # fmt: skip


@pages.get("/communes/<insee>")
def show(insee: str) -> str:
    """Show one commune."""
    here = house()
    commune = here.ground.territory.find_commune(insee, field="commune")
    plan, study = here.calendar.explained()
    stops = [s for s in plan.problem.stops if s.commune == commune.insee]
    visited = [s for s in stops if plan.solution.calendar.at(s.id)]
    # Only where the bus does not stop: a study may be of another hour than the calendar.
    price = None if visited else next((p for p in study.get("prices", []) if p["commune"] == commune.insee), None)
    needs = [need for need in here.planning.needs(plan.intent.settings) if need.settlement.commune == commune.insee]
    names = here.ground.names(plan.problem)
    home = next((s.place for s in here.ground.territory.settlements if s.id == commune.insee), None)
    return render_template(
        "commune.html", commune=commune, plan=plan,
        replaced=[at_place(names.get(stop, stop)) for stop in price["replaced"]] if price else [],
        visited=visited, needs=needs, price=price,
        coming=here.calendar.dated().coming(plan.problem, here.clock(), {s.id for s in visited})[:NEXT_DATES],
        services=[service for service in here.ground.territory.services if service.commune == commune.insee],
        nearest=nearest_stops(plan, here.calendar.dated(), commune.insee, here.clock()),
        pole=commune.insee in here.ground.territory.poles, today=here.today(), telephone=here.ground.telephone,
        counters=counters_near(here.ground, home, here.clock()) if home else [], words=answers,
    )  # fmt: skip
