"""The tables of a GTFS feed, read with errors that name the file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from gtfs.feed_files import FeedFiles, read_feed_files
from gtfs.frames import pd
from mobility.errors import MobilityError

REQUIRED = {
    "agency.txt": ("agency_timezone",),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_sequence"),
}
OPTIONAL = {
    "calendar.txt": ("service_id", "monday", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers.txt": ("from_stop_id", "to_stop_id", "transfer_type"),
    "pathways.txt": ("from_stop_id", "to_stop_id", "is_bidirectional"),
    "booking_rules.txt": ("booking_rule_id", "booking_type"),
    "location_group_stops.txt": ("location_group_id", "stop_id"),
    "location_groups.txt": ("location_group_id",),
    "feed_info.txt": (),
    "attributions.txt": (),
    "shapes.txt": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
}
WANTED = {
    "stops.txt": ("stop_name", "stop_lat", "stop_lon"),
    "stop_times.txt": ("stop_id", "arrival_time", "departure_time"),
}
"""Columns without which no fixed line can be read, and that a feed of on-demand services alone may leave out."""

FLEXIBLE = ("booking_rules.txt", "locations.geojson", "location_group_stops.txt")
"""Files of which a feed of on-demand services has one at least."""


@dataclass(frozen=True)
class FeedTables:
    """Tables by file name, every value as text ("" where empty), beside the files they were read from."""

    name: str
    tables: Mapping[str, pd.DataFrame]
    source: FeedFiles = field(default_factory=lambda: FeedFiles("", {}))

    def __getitem__(self, file: str) -> pd.DataFrame:
        return self.tables[file]

    def __contains__(self, file: str) -> bool:
        return file in self.tables

    def column(self, file: str, column: str) -> pd.Series[str]:
        """Return a column, or blanks where the file has none of that name."""
        frame = self.tables[file]
        if column in frame.columns:
            return frame[column]
        return pd.Series([""] * len(frame), index=frame.index, dtype=str)


def feed_date(text: str) -> date | None:
    """Read a day of a table (YYYYMMDD), or None where it is none."""
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None


def read_feed_tables(path: Path) -> FeedTables:
    """Read a feed, a zip file or a folder."""
    return feed_tables(read_feed_files(path))


def feed_tables(feed: FeedFiles) -> FeedTables:
    """Read the tables of a feed. Raises :class:`MobilityError` naming the file, and the column or line at fault."""
    tables = {}
    flexible = any(file in feed.files for file in FLEXIBLE)
    for file, columns in (REQUIRED | OPTIONAL).items():
        if file in feed.files:
            wanted = columns if flexible else (*columns, *WANTED.get(file, ()))
            tables[file] = read_text_table(feed.files[file], f"{feed.name}/{file}", wanted)
        elif file in REQUIRED:
            raise MobilityError("missing-feed-file", f"the feed has no {file}", field=f"{feed.name}/{file}", value=file)
    if "calendar.txt" not in tables and "calendar_dates.txt" not in tables:
        raise MobilityError(
            "missing-feed-file", "the feed has neither calendar.txt nor calendar_dates.txt",
            field=f"{feed.name}/calendar.txt", value="calendar.txt",
        )  # fmt: skip
    for file, columns in WANTED.items():
        missing = [column for column in columns if column not in tables[file].columns]
        tables[file] = tables[file].assign(**dict.fromkeys(missing, ""))
    return FeedTables(feed.name, tables, feed)


def read_text_table(content: bytes, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a table as text; ``name`` says where it is in errors, ``columns`` must be there."""
    try:
        with warnings.catch_warnings():
            # A value too many on a line is left out; the validator tells it.
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False
            )
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MobilityError(
            "feed-not-utf8", f"line {line} is not UTF-8 text; save the feed again as UTF-8", field=name, line=line
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise MobilityError("broken-csv", f"this table cannot be read ({error}); is it cut off?", field=name) from None
    frame.columns = [str(column).strip() for column in frame.columns]
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise MobilityError(
            "missing-column", f"the column {' and '.join(missing)} is missing", field=name, columns=missing,
            expected=list(columns), found=list(frame.columns),
        )  # fmt: skip
    return frame.fillna("")
