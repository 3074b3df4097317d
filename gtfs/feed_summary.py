"""What a feed offers on a typical working day, line by line, as gtfs-kit computes it."""

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gtfs.booking_rules import booked_trips
from gtfs.day_types import DAY_TYPES, typical_day
from gtfs.feed_tables import FeedTables
from gtfs.timetable import running_trips
from mobility.late import late
from mobility.transport import Booking

if TYPE_CHECKING:
    import gtfs_kit
else:
    gtfs_kit = late("gtfs_kit")


@dataclass(frozen=True)
class LineSummary:
    """A line on a day: its trips, the first and the last departure ("06:12:00"), and minutes between trips at noon.

    ``booked`` of the trips stop somewhere only for who has booked; ``bookings`` tell whom to ask.
    """

    name: str
    trips: int
    first: str
    last: str
    headway: float | None
    booked: int = 0
    bookings: tuple[Booking, ...] = ()


def summarise_lines(path: Path, feed: FeedTables) -> list[LineSummary]:
    """Return the lines of a feed file on its typical Tuesday, the busiest first."""
    day = typical_day(feed, DAY_TYPES["weekday"])
    kit = gtfs_kit.read_feed(str(path), dist_units="km")
    stats: list[dict[str, Any]] = gtfs_kit.compute_route_stats(kit, [f"{day:%Y%m%d}"]).to_dict("records")
    bookings = booked_trips(feed)
    running = running_trips(feed, day)
    asked: dict[str, list[Booking]] = defaultdict(list)
    for route, trip in zip(running["route_id"], running["trip_id"], strict=True):
        asked[route] += [bookings[trip]] if trip in bookings else []
    found = [
        LineSummary(
            str(row.get("route_short_name") or row["route_id"]), int(row["num_trips"]), str(row["start_time"]),
            str(row["end_time"]), _number(row.get("mean_headway")),
            len(asked[row["route_id"]]), tuple(dict.fromkeys(asked[row["route_id"]])),
        )
        for row in stats
        if row["num_trips"]
    ]  # fmt: skip
    return sorted(found, key=lambda line: (-line.trips, line.name))


def _number(value: Any) -> float | None:
    return None if value is None or math.isnan(float(value)) else round(float(value), 1)
