"""A day's timetable as flat arrays, ready for search.

Trips with the same stops, the same boarding rules and no overtaking form a *pattern*. The trips of the day before that
run past midnight, and those of the day after, are part of the day, so that a search may cross midnight. Times are
seconds after the start of the service day (noon minus twelve hours, as GTFS counts), shifted where clocks change.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gtfs.feed_tables import FeedTables
from mobility.errors import MobilityError
from mobility.places import Point

CHANGE = 60
"""Seconds to change between vehicles at one stop where the feed does not tell."""
WALK_SPEED = 1.1
"""Metres a second on foot (4 km/h): older people's pace."""
WALK_DETOUR = 1.3
LONGEST_WALK = 600.0
"""Metres of straight line that are walked between stops."""
NOT_OFFERED = "1"
"""Value of pickup_type and drop_off_type where nobody gets on or off."""

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
    """

    day: date
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    points: tuple[Point, ...]
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

    @cached_property
    def stop_index(self) -> dict[str, int]:
        """Return the index of each stop by its identifier."""
        return {stop: index for index, stop in enumerate(self.stop_ids)}

    @property
    def connections(self) -> int:
        """Return the number of hops of all trips from one stop to the next."""
        lengths = np.diff(self.first_stop)
        return int(((lengths - 1) * np.diff(self.first_trip)).sum())


@dataclass(frozen=True)
class _Trip:
    stops: tuple[int, ...]
    rules: tuple[tuple[bool, bool], ...]
    arrivals: NDArray[np.int64]
    departures: NDArray[np.int64]
    trip_id: str
    route_id: str
    headsign: str


def build_timetable(feed: FeedTables, day: date) -> Timetable:
    """Build the timetable of a day."""
    stops = feed["stops.txt"]
    index = {stop: number for number, stop in enumerate(stops["stop_id"])}
    zone = ZoneInfo(str(feed["agency.txt"]["agency_timezone"].iloc[0]))
    by_trip = _stop_times(feed, index)
    frequencies = _frequencies(feed)
    trips: list[_Trip] = []
    for offset_days in (-1, 0, 1):
        other = day + timedelta(days=offset_days)
        shift = _shift(day, other, zone)
        for row in _running(feed, other).itertuples():
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
                            times.stops, times.rules, arrivals, departures, str(row.trip_id), str(row.route_id),
                            str(getattr(row, "trip_headsign", "")),
                        )
                    )  # fmt: skip
    return _pack(feed, day, trips, index)


def _shift(day: date, other: date, zone: ZoneInfo) -> int:
    """Return the seconds from the start of one service day to that of another, clocks' changes counted."""
    starts = [datetime.combine(d, time(12), zone).timestamp() - 43_200 for d in (day, other)]
    return round(starts[1] - starts[0])


def _running(feed: FeedTables, day: date) -> pd.DataFrame:
    """Return the trips that run on a day, by calendar and exceptions."""
    text = day.strftime("%Y%m%d")
    running: set[str] = set()
    if "calendar.txt" in feed:
        calendar = feed["calendar.txt"]
        weekday = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[day.weekday()]
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


@dataclass(frozen=True)
class _Times:
    stops: tuple[int, ...]
    rules: tuple[tuple[bool, bool], ...]
    arrivals: NDArray[np.int64]
    departures: NDArray[np.int64]


def _stop_times(feed: FeedTables, index: dict[str, int]) -> dict[str, _Times]:
    """Return the stop times of each trip, blanks filled in; trips without two timed stops are left out."""
    table = feed["stop_times.txt"]
    unknown = ~table["stop_id"].isin(index)
    if unknown.any():
        line = int(unknown.to_numpy().argmax()) + 2
        raise MobilityError(
            "unknown-stop", f"line {line} names a stop that stops.txt does not have",
            field=f"{feed.name}/stop_times.txt", line=line,
        )  # fmt: skip
    sequence = pd.to_numeric(table["stop_sequence"], errors="coerce")
    order = np.lexsort((sequence.to_numpy(), table["trip_id"].to_numpy()))
    trip_ids = table["trip_id"].to_numpy()[order]
    stops = table["stop_id"].map(index).to_numpy()[order]
    arrivals, departures = (
        _seconds(table[c], f"{feed.name}/stop_times.txt")[order] for c in ("arrival_time", "departure_time")
    )
    arrivals = np.where(np.isnan(arrivals), departures, arrivals)
    departures = np.where(np.isnan(departures), arrivals, departures)
    boards, alights = (
        (table[c].to_numpy()[order] != NOT_OFFERED) if c in table.columns else np.ones(len(table), dtype=bool)
        for c in ("pickup_type", "drop_off_type")
    )
    starts = np.flatnonzero(np.concatenate([[True], trip_ids[1:] != trip_ids[:-1]]))
    result = {}
    for start, end in zip(starts, [*starts[1:], len(trip_ids)], strict=True):
        times = arrivals[start:end], departures[start:end]
        if np.isnan(times[0]).any():
            known = np.flatnonzero(~np.isnan(times[0]))
            if len(known) < 2 or known[0] != 0 or known[-1] != end - start - 1:
                continue
            positions = np.arange(end - start)
            # Without distances, a blank stop lies evenly between the timed ones around it.
            times = tuple(np.where(np.isnan(t), np.interp(positions, known, t[known]), t) for t in times)  # type: ignore[assignment]
        if end - start >= 2:
            result[str(trip_ids[start])] = _Times(
                tuple(stops[start:end].tolist()),
                tuple(zip(boards[start:end].tolist(), alights[start:end].tolist(), strict=True)),
                np.rint(times[0]).astype(np.int64),
                np.rint(times[1]).astype(np.int64),
            )
    return result


def _seconds(column: pd.Series, name: str) -> NDArray[np.float64]:
    """Read "25:10:00" as seconds; blanks are nan; anything else is an error that names the line."""
    parts = column.str.strip().str.extract(r"^(\d{1,3}):(\d{2}):(\d{2})$").astype(float)
    seconds = (parts[0] * 3600 + parts[1] * 60 + parts[2]).to_numpy()
    wrong = np.isnan(seconds) & (column.str.strip() != "").to_numpy()
    if wrong.any():
        line = int(wrong.argmax()) + 2
        raise MobilityError(
            "bad-feed-time", f"line {line}: '{column.iloc[line - 2]}' is not a time (HH:MM:SS)", field=name, line=line,
            value=str(column.iloc[line - 2]),
        )  # fmt: skip
    return np.asarray(seconds, dtype=np.float64)


def _frequencies(feed: FeedTables) -> dict[str, list[int | None]]:
    """Return the departures of each trip that runs by headway."""
    departures: dict[str, list[int | None]] = {}
    if "frequencies.txt" in feed:
        table = feed["frequencies.txt"]
        spans = [_seconds(table[c], f"{feed.name}/frequencies.txt") for c in ("start_time", "end_time")]
        for trip, start, end, headway in zip(table["trip_id"], *spans, table["headway_secs"], strict=True):
            departures.setdefault(str(trip), []).extend(range(int(start), int(end), max(1, int(headway))))
    return departures


def _pack(feed: FeedTables, day: date, trips: list[_Trip], index: dict[str, int]) -> Timetable:
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
    routes = feed["routes.txt"].set_index("route_id")
    lines = {
        str(route): str(row.get("route_short_name") or row.get("route_long_name") or "")
        for route, row in routes.iterrows()
    }
    first_pattern, stop_patterns, stop_positions = _patterns_by_stop(patterns, len(index))
    stops = feed["stops.txt"]
    points = tuple(
        Point(float(lon or 0), float(lat or 0)) for lon, lat in zip(stops["stop_lon"], stops["stop_lat"], strict=True)
    )
    first_foot, foot_stops, foot_seconds = _ways_on_foot(feed, points, index)
    return Timetable(
        day=day,
        stop_ids=tuple(index),
        stop_names=tuple(stops["stop_name"]),
        points=points,
        trip_ids=tuple(trip.trip_id for trip in ordered),
        trip_lines=tuple(lines.get(trip.route_id, "") for trip in ordered),
        trip_headsigns=tuple(trip.headsign for trip in ordered),
        pattern_stops=np.array([s for stops_, _, _ in patterns for s in stops_], dtype=np.int32),
        first_stop=_offsets(lengths),
        boards=np.array([b for _, rules, _ in patterns for b, _ in rules], dtype=bool),
        alights=np.array([a for _, rules, _ in patterns for _, a in rules], dtype=bool),
        first_trip=_offsets(counts),
        first_time=_offsets([length * count for length, count in zip(lengths, counts, strict=True)]),
        arrivals=_flat([trip.arrivals for trip in ordered]),
        departures=_flat([trip.departures for trip in ordered]),
        first_pattern=first_pattern,
        stop_patterns=stop_patterns,
        stop_positions=stop_positions,
        first_foot=first_foot,
        foot_stops=foot_stops,
        foot_seconds=foot_seconds,
    )


def _offsets(sizes: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(list(sizes), dtype=np.int64)]).astype(np.int32)


def _flat(parts: Sequence[NDArray[np.int64]]) -> Ints:
    return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, dtype=np.int32)


def _patterns_by_stop(
    patterns: Sequence[tuple[tuple[int, ...], object, object]], stops: int
) -> tuple[Ints, Ints, Ints]:
    through: list[list[tuple[int, int]]] = [[] for _ in range(stops)]
    for pattern, (visited, _, _) in enumerate(patterns):
        for position, stop in enumerate(visited):
            through[stop].append((pattern, position))
    flat = [pair for pairs in through for pair in pairs]
    return (
        _offsets([len(pairs) for pairs in through]),
        np.array([pattern for pattern, _ in flat], dtype=np.int32),
        np.array([position for _, position in flat], dtype=np.int32),
    )


def _ways_on_foot(feed: FeedTables, points: Sequence[Point], index: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    """Return the ways on foot: changing at a stop, the feed's transfers, and short walks between stops."""
    seconds: list[dict[int, int]] = [{stop: CHANGE} for stop in range(len(points))]
    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    order = np.argsort(lat)
    reach = LONGEST_WALK / 6_371_008.8
    for place, stop in enumerate(order):
        for other in order[place + 1 :]:
            if lat[other] - lat[stop] > reach:
                break
            dx = (lon[other] - lon[stop]) * math.cos(lat[stop])
            angle = math.hypot(dx, lat[other] - lat[stop])
            if angle <= reach:
                walk = max(CHANGE, math.ceil(angle * 6_371_008.8 * WALK_DETOUR / WALK_SPEED))
                seconds[stop][int(other)] = seconds[other][int(stop)] = walk
    if "transfers.txt" in feed:
        for row in feed["transfers.txt"].itertuples():
            pair = index.get(str(row.from_stop_id)), index.get(str(row.to_stop_id))
            if pair[0] is None or pair[1] is None:
                continue
            if row.transfer_type == "3":
                seconds[pair[0]].pop(pair[1], None)
            elif row.transfer_type in {"", "0", "1", "2"}:
                told = str(getattr(row, "min_transfer_time", "") or "")
                seconds[pair[0]][pair[1]] = max(1, int(told)) if told.isdigit() else CHANGE
    for stop, ways in enumerate(seconds):
        # The way to the stop itself stands first, also where the feed forbids changing there.
        seconds[stop] = {stop: ways.get(stop, 10**7), **{k: v for k, v in ways.items() if k != stop}}
    flat = [way for ways in seconds for way in ways.items()]
    return (
        _offsets([len(ways) for ways in seconds]),
        np.array([stop for stop, _ in flat], dtype=np.int32),
        np.array([walk for _, walk in flat], dtype=np.int32),
    )
