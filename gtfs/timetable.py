"""A day's timetable as flat arrays, ready for search.

Trips with the same stops, the same boarding rules and no overtaking form a *pattern*. The trips of the day before that
run past midnight, and those of the day after, are part of the day, so that a search may cross midnight. Times are
seconds after the start of the service day (noon minus twelve hours, as GTFS counts), shifted where clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gtfs.booking_rules import BothEnds, read_booking_rules
from gtfs.feed_tables import FeedTables
from gtfs.footpaths import FootPaths, ways_on_foot
from gtfs.frames import pd
from gtfs.stop_times import TripTimes, read_seconds, read_stop_times
from mobility.clock import WEEKDAYS
from mobility.errors import MobilityError
from mobility.places import Point
from mobility.travel import Roads

NEAR_ORIGIN = 0.01
"""Degrees around 0, 0 within which a point is a mistake."""

SHORTEST_HEADWAY = 10
"""Seconds between two departures of one line below which a headway is a mistake."""

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Timetable:
    """One day of a feed.

    For S stops, P patterns and T trips: the stops of pattern p are ``pattern_stops[first_stop[p]:first_stop[p + 1]]``
    (int32), its trips ``first_trip[p]:first_trip[p + 1]`` in order; the times of its t-th trip start at
    ``first_time[p] + t * stops`` in ``arrivals`` and ``departures`` (int32 seconds). ``boards`` and ``alights`` (bool)
    go with ``pattern_stops``. The patterns through stop s are ``stop_patterns[first_pattern[s]:first_pattern[s + 1]]``
    with their ``stop_positions``. The ways on foot from stop s are ``foot_stops[first_foot[s]:first_foot[s + 1]]`` with
    ``foot_seconds``; the first leads to s itself and lasts the time to change there.
    ``left_out`` tells why some trips cannot be ridden, ``on_request`` how to ask for the others (by identifier, at each
    stop) where they stop only for who asks. ``trip_days`` are the days from ``day`` to that of each trip's service.
    """

    day: date
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    points: tuple[Point | None, ...]
    trip_ids: tuple[str, ...]
    trip_lines: tuple[str, ...]
    trip_headsigns: tuple[str, ...]
    pattern_stops: Ints
    first_stop: Ints
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    first_trip: Ints
    first_time: Ints
    arrivals: Ints
    departures: Ints
    first_pattern: Ints
    stop_patterns: Ints
    stop_positions: Ints
    first_foot: Ints
    foot_stops: Ints
    foot_seconds: Ints
    trip_days: tuple[int, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    on_request: dict[str, tuple[BothEnds, ...]] = field(default_factory=dict)

    @cached_property
    def stop_index(self) -> dict[str, int]:
        """Return the index of each stop by its identifier."""
        return {stop: index for index, stop in enumerate(self.stop_ids)}


@dataclass(frozen=True)
class _Trip:
    stops: tuple[int, ...]
    rules: tuple[tuple[bool, bool], ...]
    arrivals: NDArray[np.int64]
    departures: NDArray[np.int64]
    trip_id: str
    line: str
    headsign: str
    days: int


@dataclass(frozen=True)
class FeedDay:
    """A feed that takes part in a joint timetable, with the day of it that is served, and the prefix of its names."""

    feed: FeedTables
    day: date
    prefix: str = ""


def build_timetable(feed: FeedTables, day: date, *, roads: Roads | None = None) -> Timetable:
    """Build the timetable of a day. ``roads`` lead the walks between stops (straight lines without)."""
    return join_timetables([FeedDay(feed, day)], day, roads=roads)


def join_timetables(parts: Sequence[FeedDay], day: date, *, roads: Roads | None = None) -> Timetable:
    """Build one timetable of several feeds, each with the day of it that stands for ``day``.

    Stops and trips are named ``prefix + identifier``; one walks between the stops of different feeds.
    """
    points: list[Point | None] = []
    names: list[str] = []
    trips: list[_Trip] = []
    left_out: dict[str, str] = {}
    on_request: dict[str, tuple[BothEnds, ...]] = {}
    indices: list[dict[str, int]] = []
    for part in parts:
        stops = part.feed["stops.txt"]
        own_points = stop_points(part.feed)
        index = {stop: number for number, stop in enumerate(stops["stop_id"], start=len(points))}
        if len(index) < len(stops):
            line = int(stops["stop_id"].duplicated().to_numpy().argmax()) + 2
            raise MobilityError(
                "stop-twice", f"line {line} tells a stop that another line has told", line=line,
                field=f"{part.feed.name}/stops.txt",
            )  # fmt: skip
        lonlat = np.array([(p.lon, p.lat) if p else (np.nan, np.nan) for p in own_points]).reshape(-1, 2)
        read = read_stop_times(part.feed, index, lonlat, first=len(points))
        left_out |= {part.prefix + trip: why for trip, why in read.left_out.items()}
        on_request |= _on_request(part, read.trips)
        trips += _trips_of_day(part, read.trips)
        points += own_points
        names += [str(name) for name in stops["stop_name"]]
        indices.append(index)
    ids = tuple(part.prefix + stop for part, index in zip(parts, indices, strict=True) for stop in index)
    feet = ways_on_foot([(part.feed, index) for part, index in zip(parts, indices, strict=True)], points, roads)
    return replace(_pack(day, trips, ids, names, points, feet), left_out=left_out, on_request=on_request)


def _on_request(part: FeedDay, by_trip: dict[str, TripTimes]) -> dict[str, tuple[BothEnds, ...]]:
    """Return how to ask for the trips that stop only for who asks."""
    if not any(times.requests for times in by_trip.values()):
        return {}
    rules = read_booking_rules(part.feed)
    routes = dict(zip(part.feed["trips.txt"]["trip_id"], part.feed["trips.txt"]["route_id"], strict=True))
    return {
        part.prefix + trip: rules.requests(str(routes.get(trip, "")), times)
        for trip, times in by_trip.items()
        if times.requests
    }


def _trips_of_day(part: FeedDay, by_trip: dict[str, TripTimes]) -> list[_Trip]:
    """Return what runs on a day of a feed: its own trips, those of the day before past midnight, the next day's."""
    zone = feed_zone(part.feed)
    frequencies = _frequencies(part.feed)
    routes = part.feed["routes.txt"]
    short, long = (part.feed.column("routes.txt", f"route_{kind}_name") for kind in ("short", "long"))
    lines = {route: one or other for route, one, other in zip(routes["route_id"], short, long, strict=True)}
    trips: list[_Trip] = []
    for offset_days in (-1, 0, 1):
        other = part.day + timedelta(days=offset_days)
        shift = _shift(part.day, other, zone)
        for row in running_trips(part.feed, other).itertuples():
            times = by_trip.get(str(row.trip_id))
            if times is None:
                continue
            for start in frequencies.get(str(row.trip_id), [None]):
                moved = shift if start is None else shift + start - int(times.departures[0])
                arrivals, departures = times.arrivals + moved, times.departures + moved
                # Only what touches the day and the night after it: a search looks no farther.
                if departures[-1] >= 0 and departures[0] <= 36 * 3600:
                    trips.append(
                        _Trip(
                            times.stops, times.rules, arrivals, departures, part.prefix + str(row.trip_id),
                            str(lines.get(str(row.route_id), "")), str(getattr(row, "trip_headsign", "")), offset_days,
                        )
                    )  # fmt: skip
    return trips


def feed_zone(feed: FeedTables) -> ZoneInfo:
    """Return the time zone of a feed."""
    agencies = feed["agency.txt"]["agency_timezone"]
    name = str(agencies.iloc[0]) if len(agencies) else ""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise MobilityError(
            "bad-time-zone", f"'{name}' is no time zone; write for instance Europe/Paris",
            field=f"{feed.name}/agency.txt", value=name,
        ) from None  # fmt: skip


def stop_points(feed: FeedTables) -> list[Point | None]:
    """Return the point of each stop; None where it is blank, or where "0, 0" stands for not known."""
    stops = feed["stops.txt"]
    points: list[Point | None] = []
    for line, (lon, lat) in enumerate(zip(stops["stop_lon"], stops["stop_lat"], strict=True), start=2):
        try:
            point = Point(float(lon), float(lat)) if lon.strip() and lat.strip() else None
        except ValueError:
            raise MobilityError(
                "bad-feed-point", f"line {line}: '{lat}, {lon}' is no latitude and longitude",
                field=f"{feed.name}/stops.txt", line=line, value=f"{lat}, {lon}",
            ) from None  # fmt: skip
        known = point is not None and max(abs(point.lon), abs(point.lat)) > NEAR_ORIGIN
        points.append(point if known else None)
    return points


def _shift(day: date, other: date, zone: ZoneInfo) -> int:
    """Return the seconds from the start of one service day to that of another, clocks' changes counted."""
    starts = [datetime.combine(d, time(12), zone).timestamp() - 43_200 for d in (day, other)]
    return round(starts[1] - starts[0])


def running_trips(feed: FeedTables, day: date) -> pd.DataFrame:
    """Return the trips that run on a day, by calendar and exceptions."""
    text = day.strftime("%Y%m%d")
    running: set[str] = set()
    if "calendar.txt" in feed:
        calendar = feed["calendar.txt"]
        weekday = WEEKDAYS[day.weekday()]
        if weekday in calendar.columns:
            on = (calendar[weekday] == "1") & (calendar["start_date"] <= text) & (text <= calendar["end_date"])
            running |= set(calendar.loc[on, "service_id"])
    if "calendar_dates.txt" in feed:
        exceptions = feed["calendar_dates.txt"]
        today = exceptions[exceptions["date"] == text]
        running |= set(today.loc[today["exception_type"] == "1", "service_id"])
        running -= set(today.loc[today["exception_type"] == "2", "service_id"])
    trips = feed["trips.txt"]
    return trips[trips["service_id"].isin(running)]


def _frequencies(feed: FeedTables) -> dict[str, list[int | None]]:
    """Return the departures of each trip that runs by headway."""
    departures: dict[str, list[int | None]] = {}
    if "frequencies.txt" not in feed:
        return departures
    table = feed["frequencies.txt"]
    name = f"{feed.name}/frequencies.txt"
    starts, ends = (read_seconds(table[c], name) for c in ("start_time", "end_time"))
    headways = pd.to_numeric(table["headway_secs"], errors="coerce").to_numpy(dtype=np.float64)
    for row, (trip, start, end, headway) in enumerate(zip(table["trip_id"], starts, ends, headways, strict=True)):
        if not (np.isfinite(start) and np.isfinite(end) and headway >= SHORTEST_HEADWAY):
            value = str(table["headway_secs"].iloc[row])
            raise MobilityError(
                "bad-feed-number", f"line {row + 2}: '{value}' is no headway, or a time is missing", field=name,
                line=row + 2, value=value, column="headway_secs",
            )  # fmt: skip
        departures.setdefault(str(trip), []).extend(range(int(start), int(end), int(headway)))
    return departures


def _pack(
    day: date, trips: list[_Trip], ids: tuple[str, ...], names: list[str], points: list[Point | None],
    feet: FootPaths,
) -> Timetable:  # fmt: skip
    """Gather trips into patterns without overtaking, and flatten."""
    groups: dict[tuple[tuple[int, ...], tuple[tuple[bool, bool], ...]], list[list[_Trip]]] = {}
    for trip in sorted(trips, key=lambda t: (int(t.departures[0]), int(t.arrivals[-1]), t.trip_id)):
        lanes = groups.setdefault((trip.stops, trip.rules), [])
        for lane in lanes:
            last = lane[-1]
            if (trip.departures >= last.departures).all() and (trip.arrivals >= last.arrivals).all():
                lane.append(trip)
                break
        else:
            lanes.append([trip])
    patterns = [(stops, rules, lane) for (stops, rules), lanes in groups.items() for lane in lanes]
    lengths = [len(stops) for stops, _, _ in patterns]
    counts = [len(lane) for _, _, lane in patterns]
    ordered = [trip for _, _, lane in patterns for trip in lane]
    pattern_stops = np.array([stop for stops, _, _ in patterns for stop in stops], dtype=np.int32)
    first_stop = offsets(lengths)
    first_pattern, stop_patterns, stop_positions = patterns_by_stop(pattern_stops, first_stop, len(ids))
    return Timetable(
        day=day,
        stop_ids=ids,
        stop_names=tuple(names),
        points=tuple(points),
        trip_ids=tuple(trip.trip_id for trip in ordered),
        trip_lines=tuple(trip.line for trip in ordered),
        trip_headsigns=tuple(trip.headsign for trip in ordered),
        pattern_stops=pattern_stops,
        first_stop=first_stop,
        boards=np.array([b for _, rules, _ in patterns for b, _ in rules], dtype=bool),
        alights=np.array([a for _, rules, _ in patterns for _, a in rules], dtype=bool),
        first_trip=offsets(counts),
        first_time=offsets([length * count for length, count in zip(lengths, counts, strict=True)]),
        arrivals=_flat([trip.arrivals for trip in ordered]),
        departures=_flat([trip.departures for trip in ordered]),
        first_pattern=first_pattern,
        stop_patterns=stop_patterns,
        stop_positions=stop_positions,
        first_foot=feet.first,
        foot_stops=feet.stops,
        foot_seconds=feet.seconds,
        trip_days=tuple(trip.days for trip in ordered),
    )


def offsets(sizes: Iterable[int]) -> Ints:
    """Return where parts of so many elements begin in one array, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(list(sizes), dtype=np.int64)]).astype(np.int32)


def _flat(parts: Sequence[NDArray[np.int64]]) -> Ints:
    return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, dtype=np.int32)


def patterns_by_stop(pattern_stops: Ints, first_stop: Ints, stops: int) -> tuple[Ints, Ints, Ints]:
    """Return ``first_pattern``, ``stop_patterns`` and ``stop_positions`` of a timetable's patterns."""
    order = np.argsort(pattern_stops, kind="stable")
    pattern_of = np.repeat(np.arange(len(first_stop) - 1, dtype=np.int32), np.diff(first_stop))[order]
    positions = (order - first_stop[pattern_of]).astype(np.int32)
    return offsets(np.bincount(pattern_stops, minlength=stops).tolist()), pattern_of, positions
