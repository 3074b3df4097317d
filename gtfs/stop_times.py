"""The stop times of every trip: read, ordered, their blanks filled in, what cannot be left out and told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gtfs.feed_tables import FeedTables
from gtfs.frames import pd
from mobility.errors import MobilityError

NOT_OFFERED = "1"
"""Value of pickup_type and drop_off_type where nobody gets on or off."""
BY_TELEPHONE, BY_DRIVER = "2", "3"
"""Values where one must telephone the agency before, or settle it with the driver."""

REQUEST_COLUMNS = ("pickup_type", "drop_off_type", "pickup_booking_rule_id", "drop_off_booking_rule_id")
StopRequest = tuple[str, str]
"""How a stop is asked for, as a feed writes it: its type (``BY_TELEPHONE``, ``BY_DRIVER`` or other), and its rule."""


@dataclass(frozen=True)
class TripTimes:
    """A trip's stops (indices), whether one boards and alights at each, and its times (int64 seconds).

    ``requests`` tell how boarding and alighting are asked for at each stop; empty where no stop of the trip is.
    """

    stops: tuple[int, ...]
    rules: tuple[tuple[bool, bool], ...]
    arrivals: NDArray[np.int64]
    departures: NDArray[np.int64]
    requests: tuple[tuple[StopRequest, StopRequest], ...] = ()


@dataclass(frozen=True)
class StopTimes:
    """The trips of a feed by identifier, and why others cannot be ridden ("untimed", "backwards", "one-stop")."""

    trips: dict[str, TripTimes]
    left_out: dict[str, str]


def read_stop_times(
    feed: FeedTables, index: dict[str, int], points: NDArray[np.float64], *, first: int = 0
) -> StopTimes:
    """Read ``stop_times.txt``.

    ``index`` numbers the stops from ``first``, ``points`` (stops, 2) holds their longitudes and latitudes.
    A blank time is interpolated: by ``shape_dist_traveled`` where the trip tells it throughout, else by the straight
    distance between stops, else evenly. Trips whose ends have no time, or whose times run backwards, are left out.
    Rows with a pick-up window (on-demand services) are no stop times.
    """
    table = feed["stop_times.txt"]
    for column in ("start_pickup_drop_off_window", "location_id", "location_group_id"):
        if column in table.columns:
            table = table[table[column].str.strip() == ""]
    _check_stops(table, index, feed.name)
    sequence = _sequence(table, feed.name)
    order = np.lexsort((sequence, table["trip_id"].to_numpy()))
    ids = table["trip_id"].to_numpy()[order]
    stops = table["stop_id"].map(index).to_numpy(dtype=np.int64)[order]
    arrivals, departures = (
        read_seconds(table[c], f"{feed.name}/stop_times.txt")[order] for c in ("arrival_time", "departure_time")
    )
    arrivals = np.where(np.isnan(arrivals), departures, arrivals)
    departures = np.where(np.isnan(departures), arrivals, departures)
    told = table["shape_dist_traveled"] if "shape_dist_traveled" in table.columns else pd.Series([""] * len(table))
    along = pd.to_numeric(told, errors="coerce").to_numpy()[order]
    columns = [stop_time_texts(table, column)[order] for column in REQUEST_COLUMNS]
    boards, alights = columns[0] != NOT_OFFERED, columns[1] != NOT_OFFERED
    asked = _asked(columns)
    trips: dict[str, TripTimes] = {}
    left_out: dict[str, str] = {}
    starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])) if len(ids) else np.empty(0, dtype=int)
    for start, end in zip(starts, [*starts[1:], len(ids)][: len(starts)], strict=True):
        span = slice(start, end)
        trip = str(ids[start])
        times = arrivals[span], departures[span]
        if end - start < 2:
            left_out[trip] = "one-stop"
            continue
        if np.isnan(times[0]).any():
            if np.isnan(times[0][0]) or np.isnan(times[0][-1]):
                left_out[trip] = "untimed"
                continue
            position = _positions(along[span], points[stops[span] - first])
            known = np.flatnonzero(~np.isnan(times[0]))
            times = _filled(times[0], position, known), _filled(times[1], position, known)
        if (times[1] < times[0]).any() or (times[0][1:] < times[1][:-1]).any():
            left_out[trip] = "backwards"
            continue
        trips[trip] = TripTimes(
            tuple(stops[span].tolist()),
            tuple(zip(boards[span].tolist(), alights[span].tolist(), strict=True)),
            np.rint(times[0]).astype(np.int64),
            np.rint(times[1]).astype(np.int64),
            _requests([column[span] for column in columns]) if asked[span].any() else (),
        )
    return StopTimes(trips, left_out)


def _check_stops(table: pd.DataFrame, index: dict[str, int], name: str) -> None:
    unknown = ~table["stop_id"].isin(index)
    if unknown.any():
        line = int(table.index[unknown.to_numpy()][0]) + 2
        raise MobilityError(
            "unknown-stop", f"line {line} names a stop that stops.txt does not have",
            field=f"{name}/stop_times.txt", line=line,
        )  # fmt: skip


def stop_time_texts(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Return a column's texts, blanks where there is none of that name; what a spreadsheet made of them is undone."""
    if column not in table.columns:
        return np.full(len(table), "", dtype=object)
    return table[column].str.strip().str.removesuffix(".0").to_numpy(dtype=object)


def _asked(columns: list[NDArray[np.object_]]) -> NDArray[np.bool_]:
    """Tell at which stop times somebody must be asked. ``columns`` are those of ``REQUEST_COLUMNS``."""
    types, rules = columns[:2], columns[2:]
    asked = np.zeros(len(columns[0]), dtype=bool)
    for kind, rule in zip(types, rules, strict=True):
        asked |= (kind == BY_TELEPHONE) | (kind == BY_DRIVER) | ((rule != "") & (kind != NOT_OFFERED))
    return asked


def _requests(columns: list[NDArray[np.object_]]) -> tuple[tuple[StopRequest, StopRequest], ...]:
    return tuple(
        ((str(pickup), str(pickup_rule)), (str(drop_off), str(drop_off_rule)))
        for pickup, drop_off, pickup_rule, drop_off_rule in zip(*columns, strict=True)
    )


def _sequence(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    sequence: NDArray[np.float64] = pd.to_numeric(table["stop_sequence"], errors="coerce").to_numpy(dtype=np.float64)
    if np.isnan(sequence).any():
        line = int(table.index[np.isnan(sequence)][0]) + 2
        value = str(table["stop_sequence"].loc[line - 2])
        raise MobilityError(
            "bad-feed-number", f"line {line}: '{value}' is not a number (stop_sequence)",
            field=f"{name}/stop_times.txt", line=line, value=value, column="stop_sequence",
        )  # fmt: skip
    return sequence


def _positions(along: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far along its trip each stop lies, growing, in any unit."""
    if not np.isnan(along).any() and (np.diff(along) > 0).all():
        return along
    steps = np.hypot(np.diff(points[:, 0]) * np.cos(np.radians(points[:-1, 1])), np.diff(points[:, 1]))
    if not np.isfinite(steps).all() or steps.sum() <= 0:
        steps = np.ones(len(points) - 1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _filled(times: NDArray[np.float64], position: NDArray[np.float64], known: NDArray[np.int64]) -> NDArray[np.float64]:
    filled: NDArray[np.float64] = np.where(np.isnan(times), np.interp(position, position[known], times[known]), times)
    return filled


def read_seconds(column: pd.Series[str], name: str) -> NDArray[np.float64]:
    """Read "25:10:00" as seconds; blanks are nan; anything else is an error that names the line."""
    # A feed repeats its times over and over: each is read once.
    codes, uniques = pd.factorize(column)
    parts = pd.Series(uniques, dtype=str).str.strip().str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype(float)
    known = (parts[0] * 3600 + parts[1] * 60 + parts[2]).to_numpy(dtype=np.float64)
    seconds: NDArray[np.float64] = known[codes] if len(known) else np.empty(0, dtype=np.float64)
    wrong = np.isnan(seconds) & (column.str.strip() != "").to_numpy()
    if wrong.any():
        at = int(wrong.argmax())
        line, value = int(column.index[at]) + 2, str(column.iloc[at])
        raise MobilityError(
            "bad-feed-time", f"line {line}: '{value}' is not a time (HH:MM:SS)", field=name, line=line, value=value
        )
    return seconds
