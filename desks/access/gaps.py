"""The study of the gaps: what each place reaches without a car, layer by layer, beside the usual indicators."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from data.everyday import read_services
from desks.transport.feeds import KeptFeed
from gtfs.access_reach import TimetableReach
from gtfs.day_types import typical_day
from gtfs.feed_tables import FeedTables
from gtfs.journey_search import JourneySearch
from gtfs.merge import clip_feed
from gtfs.stop_classes import place_supply, served_stops
from gtfs.timetable import FeedDay, join_timetables
from mobility.access import (
    BUS,
    CARS,
    LAYERS,
    LINES,
    NEEDS,
    VANS,
    WALKING,
    WHOLE_WEEK,
    Access,
    DayReach,
    ServicePoint,
    assess_access,
    supply_ratio,
)
from mobility.bus_calendar import Plan
from mobility.door_legs import Feet, Vans, Volunteer, VolunteerCars
from mobility.gaps import GapStudy, Home, Indicators
from mobility.journeys import DoorLegs
from mobility.places import Place, Point
from mobility.transport import OnDemandService
from mobility.travel import Progress, Roads, no_progress
from routing.road_source import box_around
from routing.street_roads import StreetRoads

if TYPE_CHECKING:
    from desks.workspace import Workspace

SURROUNDINGS = 50_000.0
"""Metres around the territory within which trips count: a connection farther away is no daily outing."""
CATCHMENT = 20.0
"""Minutes by car within which a counter serves people, in the floating catchment."""


def stamp_of(workspace: "Workspace", feeds: Sequence[KeptFeed], plan: Plan | None) -> str:
    """Return what changes whenever the study would."""
    digest = hashlib.sha256(workspace.files_stamp.encode())
    for feed in feeds:
        digest.update(f"{feed.name}{feed.version.sha256}".encode())
    if plan:
        for visit in plan.solution.calendar.visits:
            digest.update(repr(visit).encode())
    return digest.hexdigest()


def study_gaps(
    workspace: "Workspace",
    feeds: Sequence[KeptFeed],
    on_demand: Sequence[OnDemandService],
    today: date,
    *,
    plan: Plan | None = None,
    volunteers: Sequence[Volunteer] = (),
    extra: Sequence[Home] = (),
    progress: Progress = no_progress,
) -> GapStudy:
    """Study every settlement (and ``extra`` homes): each layer on top of the others."""
    homes = [*settlement_homes(workspace), *extra]
    services = read_services(workspace.folder, workspace.territory)
    places = [home.place for home in homes]
    points = [service.place for service in services]
    walked = workspace.roads if workspace.road_metres else None
    legs: dict[str, DoorLegs] = {WALKING: Feet(walked)}
    if any(service.runs for service in on_demand):
        legs[VANS] = Vans(on_demand, workspace.roads)
    if volunteers:
        legs[CARS] = VolunteerCars(volunteers, workspace.kept_roads)
    layers = [layer for layer in LAYERS if layer in legs or layer == LINES or (layer == BUS and plan)]
    reaches: dict[str, dict[int, DayReach]] = {}
    near = nearby_feeds(workspace, feeds)
    on_foot = TimetableReach(None, [legs[WALKING]], today, places, points)
    reaches[WALKING] = dict.fromkeys(WHOLE_WEEK, on_foot)
    for number, weekday in enumerate(WHOLE_WEEK):
        progress("access", number / len(WHOLE_WEEK))
        engine = _engine(near, weekday, today, walked)
        used = [legs[WALKING]]
        for layer in layers:
            if layer in {VANS, CARS}:
                used = [*used, legs[layer]]
            if layer in {LINES, VANS, CARS}:
                reach = _day_reach(near, weekday, today, used, places, points, walked, engine)
                reaches.setdefault(layer, {})[weekday] = reach
    accesses: list[Access] = []
    for layer in layers:
        before = reaches[layer] if layer != BUS else reaches[layers[-2]]
        comes = visits_on_foot(places, plan, walked) if layer == BUS and plan else None
        accesses += assess_access(places, services, NEEDS, before, layer, comes=comes)
    progress("access", 1.0)
    return GapStudy(
        stamp_of(workspace, feeds, plan), tuple(homes), tuple(layers), tuple(accesses),
        _indicators(workspace, homes, services, list(near.values())), {s.place.id: s.place.name for s in services},
    )  # fmt: skip


def settlement_homes(workspace: "Workspace") -> list[Home]:
    """Return the settlements with their people."""
    territory = workspace.territory
    return [Home(s.place, s.commune, territory.by_insee[s.commune].area, s.population) for s in territory.settlements]


def junction_homes(workspace: "Workspace", roads: StreetRoads, spacing: float) -> list[Home]:
    """Return one road junction of each square of so many metres inside the communes, with no people of its own."""
    found: list[Home] = []
    for number, point in enumerate(roads.junctions(spacing)):
        commune = workspace.communes.at(point)
        if commune:
            name = f"{workspace.territory.by_insee[commune].name}, carrefour {number}"
            area = workspace.territory.by_insee[commune].area
            found.append(Home(Place(f"junction-{number}", name, point), commune, area, 0.0))
    return found


def visits_on_foot(places: Sequence[Place], plan: Plan, walked: Roads | None = None) -> dict[str, float]:
    """Return the days a week on which the bus stops within a walk of each place: half for a fortnightly visit."""
    stops = [plan.problem.stops_by_id[stop].place for stop in plan.solution.calendar.stops()]
    feet = Feet(walked)
    counts: dict[str, float] = {}
    for place in places:
        near = {way.place for way in feet.ways_from(place, stops, date.min)}
        days = {(v.week, v.weekday) for v in plan.solution.calendar.visits if v.stop in near}
        if days:
            counts[place.id] = len(days) / plan.problem.cycle_weeks
    return counts


def _indicators(
    workspace: "Workspace", homes: Sequence[Home], services: Sequence[ServicePoint], feeds: Sequence[FeedTables]
) -> dict[str, Indicators]:
    places = [home.place for home in homes]
    near = workspace.roads.covers([service.place for service in services])
    known = [service for service, covered in zip(services, near, strict=True) if covered]
    times = workspace.roads.travel_times(places, [service.place for service in known], "car").seconds / 60
    kinds = {need.id: [n for n, s in enumerate(known) if s.kind in need.kinds] for need in NEEDS}
    counters = kinds["counter"]
    hours = np.array([
        sum(end - start for spans in known[n].hours.values() for start, end in spans) / 3600 or 35.0 for n in counters
    ])  # fmt: skip
    people = np.array([home.people for home in homes])
    supply = supply_ratio(times[:, counters].astype(np.float64), people, hours, CATCHMENT)
    stops = served_stops([feed for feed in feeds if _runs(feed)])
    found = {}
    for row, home in enumerate(homes):
        departures, swiss = place_supply(home.place.point, stops)
        minutes = {need: float(times[row, columns].min()) for need, columns in kinds.items() if columns}
        found[home.place.id] = Indicators(minutes, departures, swiss, float(supply[row]) * 1000)
    return found


def carless_counter_days(
    workspace: "Workspace", feeds: Sequence[KeptFeed], on_demand: Sequence[OnDemandService]
) -> dict[str, float]:
    """Return the days a week on which each place reaches a counter without a car, the bus itself left out."""
    today = date.today()  # noqa: DTZ011
    homes = [home.place for home in settlement_homes(workspace)]
    counters = [s for s in read_services(workspace.folder, workspace.territory) if s.kind == "counter"]
    walked = workspace.roads if workspace.road_metres else None
    legs: list[DoorLegs] = [Feet(walked)]
    if any(service.runs for service in on_demand):
        legs.append(Vans(on_demand, workspace.roads))
    near = nearby_feeds(workspace, feeds)
    reaches: dict[int, DayReach] = {
        weekday: _day_reach(near, weekday, today, legs, homes, [c.place for c in counters], walked)
        for weekday in WHOLE_WEEK
    }
    need = next(need for need in NEEDS if need.id == "counter")
    return {a.place: a.days for a in assess_access(homes, counters, [need], reaches, LINES) if a.days}


def _day_reach(
    feeds: Mapping[str, FeedTables], weekday: int, today: date, legs: Sequence[DoorLegs], homes: Sequence[Place],
    services: Sequence[Place], walked: Roads | None, engine: JourneySearch | None = None,
) -> TimetableReach:  # fmt: skip
    """Return the ways of a typical day, with a search made for it unless one is given."""
    day = today + timedelta(days=(weekday - today.isoweekday()) % 7)
    return TimetableReach(engine or _engine(feeds, weekday, day, walked), legs, day, homes, services)


def nearby_feeds(workspace: "Workspace", feeds: Sequence[KeptFeed]) -> dict[str, FeedTables]:
    """Return the feeds with the trips that come within ``SURROUNDINGS`` of the territory alone."""
    box = box_around([settlement.place.point for settlement in workspace.territory.settlements], SURROUNDINGS)

    def inside(point: Point) -> bool:
        return box[0] <= point.lon <= box[2] and box[1] <= point.lat <= box[3]

    return {feed.name: clip_feed(feed.tables, inside) for feed in feeds}


def _engine(feeds: Mapping[str, FeedTables], weekday: int, day: date, walked: Roads | None) -> JourneySearch | None:
    parts = [FeedDay(feed, typical_day(feed, weekday), f"{name}:") for name, feed in feeds.items() if _runs(feed)]
    return JourneySearch(join_timetables(parts, day, roads=walked)) if parts else None


def _runs(feed: FeedTables) -> bool:
    return len(feed["trips.txt"]) > 0
