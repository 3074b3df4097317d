"""Journey search beside pynigiri: a morning of pairs, one-to-all. `python -m benchmarks.journeys`.

pynigiri is no dependency of the project: install it first (`pip install pynigiri`). Both read the same feed for the
same day. Ways on foot differ: pynigiri closes the feed's transfers, ours walks up to 600 m.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pynigiri

from benchmarks.measure import SHARED, table
from gtfs.feed_tables import read_feed_tables
from gtfs.journey_search import JourneySearch
from gtfs.timetable import build_timetable

FEEDS = {
    "Cairns": ("cairns_gtfs.zip", date(2014, 6, 3), 300),
    "national TER": ("sncf-ter-20250122_export-ter-gtfs-last.zip", date(2025, 3, 4), 150),
}
EIGHT, SEVEN, NOON = 8 * 3600, 7 * 3600, 12 * 3600


def milliseconds(works: list[Callable[[], object]]) -> str:
    """Return the median and the 95th percentile of the milliseconds of many calls, the first left out."""
    works[0]()
    spent = []
    for work in works:
        started = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - started))
    return f"{statistics.median(spent):.2f} ({sorted(spent)[int(0.95 * len(spent))]:.2f})"


def nigiri_queries(
    path: Path, day: date, zone: ZoneInfo, pairs: list[tuple[str, str]], hours: tuple[int, int]
) -> list[Callable[[], object]]:
    """Return pynigiri's pair queries for the departures between two hours."""
    source = pynigiri.TimetableSource("feed", str(path), pynigiri.LoaderConfig())
    timetable = pynigiri.load_timetable([source], str(day - timedelta(days=1)), str(day + timedelta(days=2)))
    moments = [int(datetime.combine(day, clock(hour), zone).timestamp() // 60) for hour in hours]
    works: list[Callable[[], object]] = []
    for origin, destination in pairs:
        query = pynigiri.Query()
        query.start_match_mode = query.dest_match_mode = pynigiri.LocationMatchMode.EXACT
        query.start = [pynigiri.Offset(timetable.find_location(origin), 0, 0)]
        query.destination = [pynigiri.Offset(timetable.find_location(destination), 0, 0)]
        query.start_time = tuple(moments)
        works.append(lambda q=query: pynigiri.route(timetable, q))  # type: ignore[misc]
    return works


def main() -> None:
    """Measure and print the table."""
    rows = []
    for name, (file, day, count) in FEEDS.items():
        path = SHARED / "gtfs" / file
        feed = read_feed_tables(path)
        zone = ZoneInfo(str(feed["agency.txt"]["agency_timezone"].iloc[0]))
        timetable = build_timetable(feed, day)
        engine = JourneySearch(timetable)
        rng = np.random.default_rng(5)
        active = np.unique(timetable.pattern_stops)
        chosen = [tuple(int(s) for s in rng.choice(active, 2, replace=False)) for _ in range(count)]
        pairs = [(timetable.stop_ids[a], timetable.stop_ids[b]) for a, b in chosen]
        size = f"{len(active)} stops, {len(timetable.departures) - len(timetable.trip_ids)} hops"
        ours: list[tuple[str, list[Callable[[], object]]]] = [
            (
                "pair, all choices 7:00-12:00",
                [lambda a=a, b=b: engine.window([a], [b], SEVEN, NOON, walking=False) for a, b in chosen],
            ),  # type: ignore[misc]
            (
                "the same, walking counted too",
                [lambda a=a, b=b: engine.window([a], [b], SEVEN, NOON) for a, b in chosen],
            ),  # type: ignore[misc]
            ("one to all at 8:00", [lambda a=a: engine.arrivals([a], EIGHT) for a, _ in chosen]),  # type: ignore[misc]
            (
                "one to all, every departure 8:00-12:00",
                [lambda a=a: engine.profile_from(engine.standing_at([a]), EIGHT, NOON) for a, _ in chosen],
            ),  # type: ignore[misc]
        ]
        works = nigiri_queries(path, day, zone, pairs, (7, 12))
        rows.append([name, size, ours[0][0], "pynigiri", milliseconds(works)])
        for query, works in ours:
            rows.append([name, size, query, "ours", milliseconds(works)])
    print(table(["feed", "size", "query", "by", "median ms (95th percentile)"], rows))


if __name__ == "__main__":
    main()
