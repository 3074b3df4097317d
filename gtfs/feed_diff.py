"""What changes for people between two versions of a feed: lines, stops, hours, first and last departures by commune."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_tables import FeedTables
from gtfs.stop_search import service_span
from gtfs.timetable import build_timetable, stop_points
from mobility.errors import MobilityError
from mobility.places import Point, great_circle
from mobility.territory import folded

MOVED = 100.0
"""Metres from which a stop of the same name has moved."""


@dataclass(frozen=True)
class LineChange:
    """A line that one version has and the other has not, with the communes it served."""

    name: str
    communes: tuple[str, ...]


@dataclass(frozen=True)
class StopChange:
    """A stop that came ("added"), went ("removed"), or moved by so many ``metres``."""

    kind: str
    name: str
    commune: str
    metres: float = 0.0


@dataclass(frozen=True)
class Offer:
    """What a commune has on a typical day: departures, the first and the last (seconds), the lines."""

    departures: int = 0
    first: int | None = None
    last: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class CommuneChange:
    """A commune's offer on a type of day, before and after."""

    commune: str
    day_type: str
    before: Offer
    after: Offer


@dataclass(frozen=True)
class FeedDiff:
    """Everything that changes; ``spans`` are the days of service before and after."""

    spans: tuple[tuple[date, date], tuple[date, date]]
    days: dict[str, tuple[date, date]]
    lines_added: tuple[LineChange, ...]
    lines_removed: tuple[LineChange, ...]
    stops: tuple[StopChange, ...]
    communes: tuple[CommuneChange, ...]

    @property
    def empty(self) -> bool:
        """Tell whether nothing changes for anyone."""
        return not (self.lines_added or self.lines_removed or self.stops or self.communes)


def compare_feeds(before: FeedTables, after: FeedTables, commune_at: Callable[[Point], str]) -> FeedDiff:
    """Compare two versions; places outside of all communes count under the commune ""."""
    days: dict[str, tuple[date, date]] = {}
    offers: dict[str, tuple[dict[str, Offer], dict[str, Offer]]] = {}
    for day_type, weekday in DAY_TYPES.items():
        try:
            pair = typical_day(before, weekday), typical_day(after, weekday)
        except MobilityError:
            continue
        days[day_type] = pair
        offers[day_type] = (offer_by_commune(before, pair[0], commune_at), offer_by_commune(after, pair[1], commune_at))
    changes = [
        CommuneChange(commune, day_type, then.get(commune, Offer()), now.get(commune, Offer()))
        for day_type, (then, now) in offers.items()
        for commune in sorted(then.keys() | now.keys())
        if then.get(commune, Offer()) != now.get(commune, Offer())
    ]
    lines_then, lines_now = (_lines(feed, commune_at) for feed in (before, after))
    return FeedDiff(
        spans=(service_span(before), service_span(after)),
        days=days,
        lines_added=tuple(LineChange(n, tuple(sorted(c))) for n, c in lines_now.items() if n not in lines_then),
        lines_removed=tuple(LineChange(n, tuple(sorted(c))) for n, c in lines_then.items() if n not in lines_now),
        stops=tuple(_stop_changes(before, after, commune_at)),
        communes=tuple(changes),
    )


def offer_by_commune(feed: FeedTables, day: date, commune_at: Callable[[Point], str]) -> dict[str, Offer]:
    """Return what each commune has on a day; a trip that stops twice in a commune counts once, at its first stop."""
    timetable = build_timetable(feed, day)
    communes = [commune_at(point) if point else "" for point in timetable.points]
    departures: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    lines: dict[str, set[str]] = defaultdict(set)
    for pattern in range(len(timetable.first_stop) - 1):
        base, end = int(timetable.first_stop[pattern]), int(timetable.first_stop[pattern + 1])
        for number in range(int(timetable.first_trip[pattern]), int(timetable.first_trip[pattern + 1])):
            row = int(timetable.first_time[pattern]) + (number - int(timetable.first_trip[pattern])) * (end - base)
            for position in range(end - base - 1):
                stop = int(timetable.pattern_stops[base + position])
                leaves = int(timetable.departures[row + position])
                if timetable.boards[base + position] and 0 <= leaves < 24 * 3600:
                    start = int(timetable.departures[row])
                    departures[communes[stop]].setdefault((timetable.trip_ids[number], start), leaves)
                    lines[communes[stop]].add(timetable.trip_lines[number])
    return {
        commune: Offer(len(times), min(times.values()), max(times.values()), tuple(sorted(lines[commune])))
        for commune, times in departures.items()
    }


def _lines(feed: FeedTables, commune_at: Callable[[Point], str]) -> dict[str, set[str]]:
    """Return the lines by name, with the communes where they stop."""
    routes = feed["routes.txt"]
    short, long = (feed.column("routes.txt", f"route_{kind}_name") for kind in ("short", "long"))
    names = {
        route: " ".join(filter(None, (one.strip(), other.strip() if other != one else ""))) or route
        for route, one, other in zip(routes["route_id"], short, long, strict=True)
    }
    points = dict(zip(feed["stops.txt"]["stop_id"], stop_points(feed), strict=True))
    communes = {stop: commune_at(point) if point else "" for stop, point in points.items()}
    trips = dict(zip(feed["trips.txt"]["trip_id"], feed["trips.txt"]["route_id"], strict=True))
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    pairs = feed["stop_times.txt"][["trip_id", "stop_id"]].drop_duplicates()
    for trip, stop in zip(pairs["trip_id"], pairs["stop_id"], strict=True):
        if trips.get(trip) in names and communes.get(stop):
            found[names[trips[trip]]].add(communes[stop])
    return found


def _stop_changes(before: FeedTables, after: FeedTables, commune_at: Callable[[Point], str]) -> list[StopChange]:
    """Compare stops by identifier; one that only changed its identifier (same name, same place) has not changed."""
    then, now = (called_stops(feed) for feed in (before, after))
    changes = []
    for stop in sorted(then.keys() & now.keys()):
        metres = great_circle(then[stop][1], now[stop][1])
        if metres > MOVED:
            changes.append(StopChange("moved", now[stop][0], commune_at(now[stop][1]), metres))
    gone = {stop: then[stop] for stop in sorted(then.keys() - now.keys())}
    new = {stop: now[stop] for stop in sorted(now.keys() - then.keys())}
    for kind, some, others in (("removed", gone, now), ("added", new, then)):
        places: dict[str, list[Point]] = defaultdict(list)
        for name, point in others.values():
            places[folded(name)].append(point)
        changes += [
            StopChange(kind, name, commune_at(point))
            for name, point in some.values()
            if not any(great_circle(point, place) <= MOVED for place in places[folded(name)])
        ]
    return list(dict.fromkeys(changes))


def called_stops(feed: FeedTables) -> dict[str, tuple[str, Point]]:
    """Return the name and the point of each stop where a vehicle stops; those without a point are left out."""
    stops = feed["stops.txt"]
    called = set(feed["stop_times.txt"]["stop_id"])
    return {
        stop: (str(name), point)
        for stop, name, point in zip(stops["stop_id"], stops["stop_name"], stop_points(feed), strict=True)
        if stop in called and point
    }
