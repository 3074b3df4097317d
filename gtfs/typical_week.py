"""The typical week of a line at a territory's stations: from a whole feed to a small table of facts, and back."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from gtfs.feed_files import FeedFiles, row_bytes
from gtfs.feed_tables import FeedTables
from gtfs.stop_search import service_span
from gtfs.stop_times import read_stop_times
from gtfs.timetable import running_trips, stop_points
from mobility.clock import WEEKDAYS, ZONE
from mobility.errors import MobilityError
from mobility.places import Place
from mobility.territory import folded
from mobility.transport import Call, Operator, Train, TrainTable

MOSTLY = 0.5
"""Share of a weekday's dates on which a train must run to belong to the typical week."""
RAIL = "2"


def typical_week(
    feed: FeedTables,
    stations: Sequence[str],
    *,
    operator: Operator,
    line: str,
) -> TrainTable:
    """Return the trains that call at one of some stations (by name), with their calls at all of them.

    Of the versions of a train (works, holidays), the one that ran on most dates of a weekday stands for that weekday.
    """
    stops = feed["stops.txt"]
    index = {stop: number for number, stop in enumerate(stops["stop_id"])}
    points = stop_points(feed)
    lonlat = np.array([(p.lon, p.lat) if p else (np.nan, np.nan) for p in points]).reshape(-1, 2)
    times = read_stop_times(feed, index, lonlat).trips
    names = stops["stop_name"].tolist()
    wanted = set(stations)
    first, last = service_span(feed)
    dates: dict[int, int] = Counter()
    versions: dict[tuple[str, int], Counter[tuple[Call, ...]]] = defaultdict(Counter)
    day = first
    calls_of: dict[str, tuple[Call, ...]] = {}
    for trip, of_trip in times.items():
        calls_of[trip] = tuple(
            Call(names[stop], int(arrival), int(departure))
            for stop, arrival, departure in zip(of_trip.stops, of_trip.arrivals, of_trip.departures, strict=True)
            if names[stop] in wanted
        )
    while day <= last:
        dates[day.isoweekday()] += 1
        for row in running_trips(feed, day).itertuples():
            calls = calls_of.get(str(row.trip_id), ())
            if len(calls) >= 2:
                versions[_number(row), day.isoweekday()][calls] += 1
        day += timedelta(days=1)
    weekdays: dict[tuple[str, tuple[Call, ...]], set[int]] = defaultdict(set)
    for (number, weekday), counted in versions.items():
        calls, _ = max(counted.items(), key=lambda item: (item[1], item[0][0].departure))
        if sum(counted.values()) >= MOSTLY * dates[weekday]:
            weekdays[number, calls].add(weekday)
    trains = [Train(number, frozenset(days), calls) for (number, calls), days in weekdays.items()]
    trains.sort(key=lambda train: (train.calls[0].departure, train.number, min(train.weekdays)))
    placed = {name: point for name, point in zip(names, points, strict=True) if point}
    places = [Place(folded(name).replace(" ", "-"), name, placed[name]) for name in stations if name in placed]
    missing = wanted - set(names)
    if missing:
        raise MobilityError(
            "no-such-stop", f"no stop '{sorted(missing)[0]}' in the feed", field="--station", value=sorted(missing)[0],
            suggestions=[],
        )  # fmt: skip
    return TrainTable(operator, line, first, last, tuple(places), tuple(trains))


def _number(row: object) -> str:
    """Return a train's number: its short name, its headsign where that is a number, else its identifier."""
    short, headsign = (str(getattr(row, f"trip_{name}", "")) for name in ("short_name", "headsign"))
    return short or (headsign if headsign.isdigit() else str(getattr(row, "trip_id")))  # noqa: B009


def train_feed(table: TrainTable) -> FeedFiles:
    """Write a table of trains as a GTFS feed, with identifiers that do not change with the table."""
    agency = {
        "agency_id": table.operator.id, "agency_name": table.operator.name, "agency_url": table.operator.url,
        "agency_timezone": str(ZONE), "agency_lang": "fr", "agency_phone": table.operator.telephone,
    }  # fmt: skip
    by_name = {place.name: place for place in table.stations}
    trips, times, services = [], [], {}
    seen: Counter[str] = Counter()
    for train in table.trains:
        service = "".join(str(day) for day in sorted(train.weekdays))
        services[service] = train.weekdays
        trip = f"{train.number}-{service}"
        seen[trip] += 1
        trip = trip if seen[trip] == 1 else f"{trip}-{seen[trip]}"
        trips.append(("ter", service, trip, train.calls[-1].station, train.number))
        for position, call in enumerate(train.calls):
            clocks = (gtfs_clock(call.arrival), gtfs_clock(call.departure))
            times.append((trip, *clocks, by_name[call.station].id, position))
    calendar = [
        (service, *(int(day in days) for day in range(1, 8)), f"{table.first:%Y%m%d}", f"{table.last:%Y%m%d}")
        for service, days in sorted(services.items())
    ]
    info = {
        "feed_publisher_name": table.attribution or table.operator.name, "feed_publisher_url": table.operator.url,
        "feed_lang": "fr", "feed_start_date": f"{table.first:%Y%m%d}", "feed_end_date": f"{table.last:%Y%m%d}",
        "feed_version": f"{table.first.isoformat()}-facts", "feed_contact_url": table.operator.url,
    }  # fmt: skip
    tables: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = {
        "agency.txt": (tuple(agency), [tuple(agency.values())]),
        "stops.txt": (
            ("stop_id", "stop_name", "stop_lat", "stop_lon"),
            [(p.id, p.name, f"{p.point.lat:.6f}", f"{p.point.lon:.6f}") for p in table.stations],
        ),
        "routes.txt": (
            ("route_id", "agency_id", "route_short_name", "route_type"),
            [("ter", table.operator.id, table.line, RAIL)],
        ),
        "trips.txt": (("route_id", "service_id", "trip_id", "trip_headsign", "trip_short_name"), trips),
        "stop_times.txt": (("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"), times),
        "calendar.txt": (("service_id", *WEEKDAYS, "start_date", "end_date"), calendar),
        "feed_info.txt": (tuple(info), [tuple(info.values())]),
    }
    return FeedFiles("trains", {name: row_bytes(columns, rows) for name, (columns, rows) in tables.items()})


def gtfs_clock(seconds: int) -> str:
    """Write seconds as GTFS does: "25:10:00"."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
