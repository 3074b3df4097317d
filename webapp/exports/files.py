"""Every download of a plan, by name: the same for the site and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from data.plan_files import plan_text
from desks.ground import Ground
from desks.house import House
from mobility.bus_calendar import Plan
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
    now: datetime

    def visits(self) -> list[DatedVisit]:
        """Return the dated visits asked for: all, or those of one commune."""
        stops = self.plan.problem.stops_by_id
        return [v for v in self.dated.visits if self.insee in (None, stops[v.visit.stop].commune)]

    @property
    def ground(self) -> Ground:
        return self.house.ground

    @property
    def stamp(self) -> datetime:
        written = self.house.calendar.stamp
        return datetime.fromtimestamp(written / 1e9, UTC).replace(microsecond=0) if written else self.now


def _ical(export: _Export) -> bytes:
    where = export.ground.commune_names()[export.insee] if export.insee else export.ground.territory.title
    return write_ical(
        export.visits(), export.plan.problem, name=f"Bus des services publics, {where}",
        public_url=export.house.settings.public_url, telephone=export.ground.telephone, stamp=export.stamp,
    )  # fmt: skip


def _poster(export: _Export) -> bytes:
    if export.insee is None:
        raise MobilityError("poster-of-what", "a poster is made for one commune", field="commune")
    commune = export.ground.territory.by_insee[export.insee]
    coming = [v for v in export.visits() if v.day >= export.now.date()][:DATES]
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
        plan.solution.calendar, plan.problem, export.ground.roads,
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
    kind: str, house: House, plan: Plan, dated: DatedCalendar, *, insee: str | None, now: datetime
) -> bytes:
    """Return the content of a download; ``insee`` restricts it to one commune where that makes sense."""
    return EXPORTS[kind](_Export(house, plan, dated, insee, now))
