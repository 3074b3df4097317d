"""The composition root: a territory with its roads, its bus and the tools that plan for it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from data.bus_files import read_calendar_rows, read_reference, read_service
from data.commune_finder import CommuneFinder
from data.csv_tables import parse_table
from data.plan_files import parse_plan
from data.plan_store import PlanStore
from data.store import Store
from data.territory_files import TerritoryFolder, find_folder, read_links, read_stops, read_territory
from data.unmet_needs import unmet_people
from desks.access.gaps import carless_counter_days, stamp_of
from desks.settings import Settings
from desks.transport.feeds import Feeds
from mobility.bus_calendar import BusCalendar, Plan
from mobility.bus_service import BusService, make_calendar, state_problem
from mobility.need import Intent, Need, NeedSettings, assess_need, intend
from mobility.places import Place
from mobility.planning import plan_calendar
from mobility.problem import CalendarProblem, Stop
from mobility.territory import Territory
from mobility.travel import Progress, Roads, no_progress
from mobility.travel_cache import CachedRoads
from routing.link_roads import LinkRoads
from routing.road_source import box_around, open_roads
from routing.street_roads import StreetRoads
from tours.calendar_solver import solve_calendar
from tours.conflicts import conflicting_rules
from tours.judge import judge_calendar

CURRENT_PLAN = "current"
COUNTER_DAYS = "counter-days"
UNMET_SPAN = timedelta(days=365)
"""How long an unmet need counts."""


@dataclass(frozen=True)
class Workspace:
    """Everything one territory's pages and commands need, wired together."""

    settings: Settings
    folder: TerritoryFolder
    territory: Territory
    stops: tuple[Stop, ...]
    service: BusService

    @cached_property
    def store(self) -> PlanStore:
        """Return where this territory's plans are kept."""
        return PlanStore(self.settings.state / self.folder.id)

    @cached_property
    def telephone(self) -> str:
        """Return the number to call about anything ("" where there is none)."""
        return str(self.folder.settings().get("telephone", ""))

    @property
    def uploaded_roads(self) -> Path | None:
        """Return the road extract that was sent by the site, if any."""
        found = sorted((self.settings.state / self.folder.id / "roads").glob("roads.*"))
        return found[0] if found else None

    @property
    def road_source(self) -> Path | None:
        """Return the road file in use; None for the embedded links."""
        return Path(self.settings.roads) if self.settings.roads else self.uploaded_roads

    @cached_property
    def roads(self) -> Roads:
        """Return the roads: an extract or road tables where one is set, else the embedded links."""
        source = self.road_source
        if source:
            box = box_around([place.point for place in self.places])
            return open_roads(source, cache=self.settings.road_cache, box=box)
        return LinkRoads(self.places, read_links(self.folder))

    @cached_property
    def kept_roads(self) -> CachedRoads:
        """Return the same roads, their matrices kept."""
        return CachedRoads(self.roads)

    @cached_property
    def communes(self) -> CommuneFinder:
        """Return what tells the commune of a point."""
        return CommuneFinder(self.folder.contours())

    @property
    def road_metres(self) -> Callable[[Sequence[Place]], Sequence[float]] | None:
        """Return what measures the way to the nearest road; None where only the large roads are known."""
        source = self.road_source
        return (
            self.roads.metres_to_road if source and source.is_file() and isinstance(self.roads, StreetRoads) else None
        )

    @cached_property
    def places(self) -> list[Place]:
        """Return the places whose ways to each other the embedded links hold."""
        settlements = [settlement.place for settlement in self.territory.settlements]
        depots = {bus.depot.id: bus.depot for bus in read_service(self.folder).buses}
        return [*settlements, *(service.place for service in self.territory.services), *depots.values()]

    def needs(self, settings: NeedSettings) -> tuple[Need, ...]:
        """Return the need of each settlement."""
        return assess_need(
            self.territory, self.roads, settings, counter_days=self.counter_days, asked=self.unmet("administration")
        )

    def unmet(self, purpose: str = "") -> dict[str, int]:
        """Return how many people of each commune lately asked for a ride (of a purpose) that nobody could give."""
        if not self.settings.database and not self.settings.rides_file.exists():
            return {}
        store = Store(self.settings.database_url)
        try:
            with store.reading() as tx:
                return unmet_people(tx, date.today() - UNMET_SPAN, purpose)  # noqa: DTZ011
        finally:
            store.close()

    @cached_property
    def counter_days(self) -> dict[str, float]:
        """Return the days a week on which each settlement reaches a counter without a car, the bus left out.

        Kept in the store until the territory's files or feeds change.
        """
        feeds = Feeds(self)
        in_use = feeds.all()
        stamp = stamp_of(self, in_use, None)
        kept = json.loads(self.store.text(COUNTER_DAYS) or "{}")
        if kept.get("stamp") != stamp:
            kept = {"stamp": stamp, "days": carless_counter_days(self, in_use, feeds.on_demand())}
            self.store.save(COUNTER_DAYS, kept)
        return {str(place): float(days) for place, days in kept["days"].items()}

    def problem(self, intent: Intent | None = None, *, service: BusService | None = None) -> CalendarProblem:
        """State the calendar problem of this territory under an intent (the default preset where none is given)."""
        needs = self.needs((intent or intend()).settings)
        return state_problem(self.territory, self.stops, service or self.service, needs, self.roads)

    def plan(
        self,
        problem: CalendarProblem,
        *,
        intent: Intent | None = None,
        limit: float = 120.0,
        gap: float = 0.0,
        progress: Progress = no_progress,
    ) -> Plan:
        """Plan a problem with the house's solver and judge."""
        return plan_calendar(
            problem, solve_calendar, judge_calendar, conflicting_rules,
            intent=intent or intend(), limit=limit, gap=gap, progress=progress,
        )  # fmt: skip

    def reference(self, problem: CalendarProblem) -> BusCalendar | None:
        """Return the calendar to compare with, where the territory has one."""
        rows = read_reference(self.folder, self.service, self.territory, problem.stops)
        return make_calendar(rows, problem) if rows else None

    def parse_calendar(self, text: str, name: str, problem: CalendarProblem) -> BusCalendar:
        """Read a calendar typed as CSV."""
        rows = parse_table(text, name, ("week", "weekday", "session", "stop"))
        return make_calendar(read_calendar_rows(rows, self.territory, problem.stops, problem.buses[0].id), problem)

    def saved_plan(self, name: str = CURRENT_PLAN) -> Plan | None:
        """Return a saved plan, or None."""
        text = self.store.text(name)
        return parse_plan(text, f"{name}.json") if text else None

    @cached_property
    def files_stamp(self) -> str:
        """Return a hash of the territory's files and roads, and of the code that measures access on them."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.path.iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
        if self.road_source:
            digest.update(str(self.road_source.stat()).encode())
        for package in ("mobility", "routing", "gtfs"):
            for path in sorted((Path(__file__).parent.parent / package).glob("*.py")):
                digest.update(path.read_bytes())
        return digest.hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """Return a hash of the files that a plan rests on: it changes when the saved plan is out of date."""
        digest = hashlib.sha256(stamp_of(self, Feeds(self).all(), None).encode())
        digest.update(json.dumps(sorted(self.unmet("administration").items())).encode())
        for path in sorted((Path(__file__).parent.parent / "tours").glob("*.py")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def with_roads(self, roads: str) -> "Workspace":
        """Return the same workspace on other roads."""
        return replace(self, settings=replace(self.settings, roads=roads))


def open_workspace(settings: Settings) -> Workspace:
    """Read a territory and wire it."""
    folder = find_folder(settings.territory)
    territory = read_territory(folder)
    return Workspace(settings, folder, territory, read_stops(folder, territory), read_service(folder))
