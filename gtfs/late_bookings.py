"""A timetable without the stops that can no longer be booked, so that what can still be taken is found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gtfs.booking_rules import BothEnds
from gtfs.timetable import Timetable, offsets, patterns_by_stop
from mobility.clock import DAY
from mobility.transport import OnRequest


@dataclass(frozen=True)
class _Alone:
    """A trip that becomes a pattern of its own: where one may still get on and off it."""

    trip: int
    pattern: int
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]


def still_bookable(timetable: Timetable, now: datetime) -> Timetable:
    """Return the timetable without boarding and alighting where it is too late to book, at a local moment."""
    closed = [
        alone
        for number, trip in enumerate(timetable.trip_ids)
        if (asked := timetable.on_request.get(trip)) and (alone := _closed(timetable, number, asked, now))
    ]
    return _apart(timetable, closed) if closed else timetable


def _span(t: Timetable, number: int, pattern: int) -> slice:
    """Return where the times of a trip lie."""
    length = int(t.first_stop[pattern + 1] - t.first_stop[pattern])
    start = int(t.first_time[pattern]) + (number - int(t.first_trip[pattern])) * length
    return slice(start, start + length)


def _closed(t: Timetable, number: int, asked: Sequence[BothEnds], now: datetime) -> _Alone | None:
    pattern = int(np.searchsorted(t.first_trip, number, side="right")) - 1
    stops = slice(int(t.first_stop[pattern]), int(t.first_stop[pattern + 1]))
    departures = t.departures[_span(t, number, pattern)].tolist()
    days = t.trip_days[number]

    def late(end: OnRequest | None, departure: int) -> bool:
        day = t.day + timedelta(days=days)
        return bool(end and end.booking and end.booking.too_late(day, departure - days * DAY, now))

    # One gets off later than one got on: what is too late here is so for every ride.
    ends = [(late(on, at), late(off, at)) for (on, off), at in zip(asked, departures, strict=True)]
    if not any(on or off for on, off in ends):
        return None
    shut = np.array(ends, dtype=bool)
    return _Alone(number, pattern, t.boards[stops] & ~shut[:, 0], t.alights[stops] & ~shut[:, 1])


def _apart(t: Timetable, closed: Sequence[_Alone]) -> Timetable:
    """Take trips out of their patterns, which may be left without any, and put each into one of its own at the end."""
    kept = np.ones(len(t.trip_ids), dtype=bool)
    kept[[alone.trip for alone in closed]] = False
    counts, lengths = np.diff(t.first_trip), np.diff(t.first_stop)
    of_trip = np.repeat(np.arange(len(counts)), counts)
    remaining = np.repeat(kept, lengths[of_trip])
    order = [*np.flatnonzero(kept).tolist(), *(alone.trip for alone in closed)]
    new_counts = [*np.bincount(of_trip[kept], minlength=len(counts)).tolist(), *(1 for _ in closed)]
    new_lengths = [*lengths.tolist(), *(int(lengths[alone.pattern]) for alone in closed)]
    own = [slice(int(t.first_stop[a.pattern]), int(t.first_stop[a.pattern + 1])) for a in closed]
    times = [_span(t, alone.trip, alone.pattern) for alone in closed]
    pattern_stops = np.concatenate([t.pattern_stops, *(t.pattern_stops[stops] for stops in own)])
    first_stop = offsets(new_lengths)
    first_pattern, stop_patterns, stop_positions = patterns_by_stop(pattern_stops, first_stop, len(t.stop_ids))
    return replace(
        t,
        trip_ids=tuple(t.trip_ids[number] for number in order),
        trip_lines=tuple(t.trip_lines[number] for number in order),
        trip_headsigns=tuple(t.trip_headsigns[number] for number in order),
        trip_days=tuple(t.trip_days[number] for number in order),
        pattern_stops=pattern_stops,
        first_stop=first_stop,
        boards=np.concatenate([t.boards, *(alone.boards for alone in closed)]),
        alights=np.concatenate([t.alights, *(alone.alights for alone in closed)]),
        first_trip=offsets(new_counts),
        first_time=offsets([length * count for length, count in zip(new_lengths, new_counts, strict=True)]),
        arrivals=np.concatenate([t.arrivals[remaining], *(t.arrivals[span] for span in times)]),
        departures=np.concatenate([t.departures[remaining], *(t.departures[span] for span in times)]),
        first_pattern=first_pattern,
        stop_patterns=stop_patterns,
        stop_positions=stop_positions,
    )
