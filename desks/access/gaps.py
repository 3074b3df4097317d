"""The study of the gaps: what each place reaches without a car, layer by layer, beside the usual indicators."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from desks.ground import Ground
from desks.stamps import access_stamp
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
    DAILY_ERRANDS,
    LAYERS,
    LINES,
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

SURROUNDINGS = 50_000.0
"""Metres around the territory within which trips count: a connection farther away is no daily outing."""
CATCHMENT = 20.0
"""Minutes by car within which a counter serves people, in the floating catchment."""


def study_gaps(
    ground: Ground,
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
    homes = [*settlement_homes(ground), *extra]
    services = ground.everyday
    places = [home.place for home in homes]
    points = [service.place for service in services]
    legs = door_legs(ground, on_demand, volunteers)
    layers = [layer for layer in LAYERS if layer in legs or (layer == LINES and feeds) or (layer == BUS and plan)]
    near = nearby_feeds(ground, feeds)
    reaches = week_reaches(near, legs, today, places, points, ground.walked_roads, progress)
    accesses: list[Access] = []
    for layer in layers:
        before = reaches[layer] if layer != BUS else reaches[layers[-2]]
        comes = visits_on_foot(places, plan, ground.walked_roads) if layer == BUS and plan else None
        accesses += assess_access(places, services, DAILY_ERRANDS, before, layer, comes=comes)
    progress("access", 1.0)
    return GapStudy(
        access_stamp(ground, feeds, plan), tuple(homes), tuple(layers), tuple(accesses),
        _indicators(ground, homes, services, list(near.values())), {s.place.id: s.place.name for s in services},
    )  # fmt: skip


def carless_counter_days(
    ground: Ground, feeds: Sequence[KeptFeed], on_demand: Sequence[OnDemandService], today: date
) -> dict[str, float]:
    """Return the days a week on which each place reaches a counter without a car, the bus itself left out."""
    homes = [home.place for home in settlement_homes(ground)]
    counters = [service for service in ground.everyday if service.kind == "counter"]
    legs = door_legs(ground, on_demand)
    widest = VANS if VANS in legs else LINES
    near = nearby_feeds(ground, feeds)
    points = [counter.place for counter in counters]
    reaches = week_reaches(near, legs, today, homes, points, ground.walked_roads, only=widest)
    errand = next(errand for errand in DAILY_ERRANDS if errand.id == "counter")
    return {a.place: a.days for a in assess_access(homes, counters, [errand], reaches[widest], widest) if a.days}


def door_legs(
    ground: Ground, on_demand: Sequence[OnDemandService], volunteers: Sequence[Volunteer] = ()
) -> dict[str, DoorLegs]:
    """Return what joins doors and stops, by the layer that brings it."""
    legs: dict[str, DoorLegs] = {WALKING: Feet(ground.walked_roads)}
    if any(service.runs for service in on_demand):
        legs[VANS] = Vans(on_demand, ground.roads)
    if volunteers:
        legs[CARS] = VolunteerCars(volunteers, ground.kept_roads)
    return legs


def week_reaches(
    feeds: Mapping[str, FeedTables], legs: Mapping[str, DoorLegs], today: date, homes: Sequence[Place],
    services: Sequence[Place], walked: Roads | None, progress: Progress = no_progress, *, only: str = "",
) -> dict[str, dict[int, DayReach]]:  # fmt: skip
    """Return, by layer and weekday, the ways from homes to services in the week that begins ``today``.

    Each layer stands on those before it; ``only`` names the one layer that is asked for (default: all).
    """
    reaches: dict[str, dict[int, DayReach]] = {}
    if not only:
        on_foot = TimetableReach(None, [legs[WALKING]], today, homes, services)
        reaches[WALKING] = dict.fromkeys(WHOLE_WEEK, on_foot)
    for number, weekday in enumerate(WHOLE_WEEK):
        progress("access", number / len(WHOLE_WEEK))
        day = today + timedelta(days=(weekday - today.isoweekday()) % 7)
        engine = _engine(feeds, weekday, day, walked)
        used = [legs[WALKING]]
        for layer in (layer for layer in (LINES, VANS, CARS) if layer == LINES or layer in legs):
            if layer != LINES:
                used = [*used, legs[layer]]
            if only in {"", layer}:
                reaches.setdefault(layer, {})[weekday] = TimetableReach(engine, used, day, homes, services)
    return reaches


def settlement_homes(ground: Ground) -> list[Home]:
    """Return the settlements with their people."""
    territory = ground.territory
    return [Home(s.place, s.commune, territory.by_insee[s.commune].area, s.population) for s in territory.settlements]


def junction_homes(ground: Ground, roads: StreetRoads, spacing: float, named: Callable[[str, int], str]) -> list[Home]:
    """Return one road junction of each square of so many metres inside the communes, with no people of its own."""
    found: list[Home] = []
    for number, point in enumerate(roads.junctions(spacing)):
        commune = ground.communes.at(point)
        if commune:
            name = named(ground.territory.by_insee[commune].name, number)
            area = ground.territory.by_insee[commune].area
            found.append(Home(Place(f"junction-{number}", name, point), commune, area, 0.0))
    return found


def visits_on_foot(places: Sequence[Place], plan: Plan, walked: Roads | None = None) -> dict[str, float]:
    """Return the days a week on which the bus stops within a walk of each place: half for a fortnightly visit."""
    stops = [plan.problem.stops_by_id[stop].place for stop in plan.solution.calendar.stops()]
    feet = Feet(walked)
    counts: dict[str, float] = {}
    for place in places:
        near = {way.place for way in feet.ways(place, stops, date.min, outward=True)}
        days = {(v.week, v.weekday) for v in plan.solution.calendar.visits if v.stop in near}
        if days:
            counts[place.id] = len(days) / plan.problem.cycle_weeks
    return counts


def _indicators(
    ground: Ground, homes: Sequence[Home], services: Sequence[ServicePoint], feeds: Sequence[FeedTables]
) -> dict[str, Indicators]:
    places = [home.place for home in homes]
    near = ground.roads.covers([service.place for service in services])
    known = [service for service, covered in zip(services, near, strict=True) if covered]
    times = ground.roads.travel_times(places, [service.place for service in known], "car").seconds / 60
    kinds = {errand.id: [n for n, s in enumerate(known) if s.kind in errand.kinds] for errand in DAILY_ERRANDS}
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
        minutes = {errand: float(times[row, columns].min()) for errand, columns in kinds.items() if columns}
        found[home.place.id] = Indicators(minutes, departures, swiss, float(supply[row]) * 1000)
    return found


def nearby_feeds(ground: Ground, feeds: Sequence[KeptFeed]) -> dict[str, FeedTables]:
    """Return the feeds with the trips that come within ``SURROUNDINGS`` of the territory alone."""
    box = box_around([settlement.place.point for settlement in ground.territory.settlements], SURROUNDINGS)

    def inside(point: Point) -> bool:
        return box[0] <= point.lon <= box[2] and box[1] <= point.lat <= box[3]

    return {feed.name: clip_feed(feed.tables, inside) for feed in feeds}


def _engine(feeds: Mapping[str, FeedTables], weekday: int, day: date, walked: Roads | None) -> JourneySearch | None:
    parts = [FeedDay(feed, typical_day(feed, weekday), f"{name}:") for name, feed in feeds.items() if _runs(feed)]
    return JourneySearch(join_timetables(parts, day, roads=walked)) if parts else None


def _runs(feed: FeedTables) -> bool:
    return len(feed["trips.txt"]) > 0
