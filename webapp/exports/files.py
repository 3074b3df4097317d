"""Every download of a plan, by name: the same for the site and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.plan_files import plan_text
from desks.calendar.agenda import planned_events
from desks.ground import Ground
from desks.house import House
from mobility.agenda import Event
from mobility.bus_calendar import Plan
from mobility.clock import ZONE
from mobility.dates import DatedCalendar, DatedVisit
from mobility.errors import MobilityError
from webapp.exports.ical import write_ical
from webapp.exports.poster import DATES, write_poster
from webapp.exports.road_book import write_road_book
from webapp.exports.tables import write_cycle_csv, write_dates_csv, write_geojson
from webapp.pictures.calendar_map import calendar_map

ROAD_ATTRIBUTION = "Routes : © les contributeurs d'OpenStreetMap, Travel Mapping (ODbL). Communes : IGN, INSEE."


@dataclass(frozen=True)
class _Export:
    house: House
    plan: Plan
    dated: DatedCalendar
    insee: str | None
    stop: str | None
    in_force: bool
    now: datetime

    def events(self) -> list[Event]:
        """Return the events asked for: all, those of one commune or of one stop.

        Those of a calendar that is not in force are told for the first time.
        """
        if self.in_force:
            told = self.house.calendar.agenda()
        else:
            told = planned_events(self.dated, self.plan.problem, ZONE, self.now.replace(microsecond=0))
        return [e for e in told if self.insee in (None, e.commune) and self.stop in (None, e.place.id)]

    def visits(self) -> list[DatedVisit]:
        """Return the dated visits asked for: all, or those of one commune."""
        stops = self.plan.problem.stops_by_id
        return [v for v in self.dated.visits if self.insee in (None, stops[v.visit.stop].commune)]

    @property
    def ground(self) -> Ground:
        return self.house.ground


def _ical(export: _Export) -> bytes:
    ground, events = export.ground, export.events()
    where = ground.commune_names()[export.insee] if export.insee else ground.territory.title
    if export.stop:
        if not events:
            raise MobilityError("no-visit", f"no visit at {export.stop}", field="commune", value=export.stop)
        # Of a stop that the bus has left, agendas must still hear that it does not come.
        where = ", ".join(filter(None, (events[-1].place.name, events[-1].spot)))
    return write_ical(
        events, territory=ground.folder.id, name=f"Bus des services publics, {where}",
        public_url=export.house.settings.public_url, telephone=ground.telephone,
    )  # fmt: skip


def _poster(export: _Export) -> bytes:
    if export.insee is None:
        raise MobilityError("poster-of-what", "a poster is made for one commune", field="commune")
    commune = export.ground.territory.by_insee[export.insee]
    coming = [v for v in export.visits() if not v.is_over(export.plan.problem, export.now)][:DATES]
    if not coming:
        raise MobilityError(
            "no-visit", f"the bus has no coming visit in {commune.name}", field="commune", value=commune.name
        )
    return write_poster(
        commune, coming, export.plan.problem, public_url=export.house.settings.public_url,
        telephone=export.ground.telephone, title=export.ground.territory.title, printed=export.now.date(),
    )  # fmt: skip


def _road_book(export: _Export) -> bytes:
    plan = export.plan
    return write_road_book(
        plan.solution.calendar, plan.problem, [v for v in export.visits() if v.day >= export.now.date()],
        export.ground.roads,
        calendar_map(export.ground, plan.solution.calendar, plan.problem),
        title=export.ground.territory.title, printed=export.now.date(), attribution=ROAD_ATTRIBUTION,
    )  # fmt: skip


def _geojson(export: _Export) -> bytes:
    plan = export.plan
    return write_geojson(plan.solution.calendar, plan.problem, export.visits(), ROAD_ATTRIBUTION).encode()


EXPORTS: dict[str, Callable[[_Export], bytes]] = {
    "ical": _ical,
    "csv": lambda export: write_cycle_csv(export.plan.solution.calendar, export.plan.problem).encode(),
    "dates-csv": lambda export: write_dates_csv(export.visits(), export.plan.problem).encode(),
    "geojson": _geojson,
    "json": lambda export: f"{plan_text(export.plan)}\n".encode(),
    "poster": _poster,
    "road-book": _road_book,
}


def export_plan(
    kind: str, house: House, plan: Plan, dated: DatedCalendar, *, insee: str | None = None, stop: str | None = None,
    in_force: bool, now: datetime,
) -> bytes:  # fmt: skip
    """Return the content of a download; ``insee`` and ``stop`` restrict it to one place where that makes sense.

    ``in_force`` says that the plan is the one in force: agendas may know its visits, and what came before them.
    """
    return EXPORTS[kind](_Export(house, plan, dated, insee, stop, in_force, now))
