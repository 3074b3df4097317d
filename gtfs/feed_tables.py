"""The tables of a GTFS feed that a timetable is made of, read with errors that name the file."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mobility.errors import MobilityError

REQUIRED = {
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
    "agency.txt": ("agency_timezone",),
}
OPTIONAL = {
    "calendar.txt": ("service_id", "monday", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers.txt": ("from_stop_id", "to_stop_id", "transfer_type"),
}
LARGEST = 2_000_000_000
"""Bytes that all tables may unzip to: more is no timetable."""


@dataclass(frozen=True)
class FeedTables:
    """Tables by file name, every value as text ("" where empty)."""

    name: str
    tables: dict[str, pd.DataFrame]

    def __getitem__(self, file: str) -> pd.DataFrame:
        return self.tables[file]

    def __contains__(self, file: str) -> bool:
        return file in self.tables


def read_feed_tables(path: Path) -> FeedTables:
    """Read a feed, a zip file or a folder."""
    if not path.exists():
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path))
    contents = _folder(path) if path.is_dir() else _zip(path)
    tables = {}
    for file, columns in (REQUIRED | OPTIONAL).items():
        if file in contents:
            tables[file] = _table(contents[file], f"{path.name}/{file}", columns)
        elif file in REQUIRED:
            raise MobilityError("missing-feed-file", f"the feed has no {file}", field=f"{path.name}/{file}", value=file)
    if "calendar.txt" not in tables and "calendar_dates.txt" not in tables:
        raise MobilityError(
            "missing-feed-file", "the feed has neither calendar.txt nor calendar_dates.txt",
            field=f"{path.name}/calendar.txt", value="calendar.txt",
        )  # fmt: skip
    return FeedTables(path.name, tables)


def _folder(path: Path) -> dict[str, bytes]:
    return {file: (path / file).read_bytes() for file in REQUIRED | OPTIONAL if (path / file).exists()}


def _zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = {info.filename: info for info in archive.infolist() if info.filename in REQUIRED | OPTIONAL}
            if sum(info.file_size for info in wanted.values()) > LARGEST:
                raise MobilityError("feed-too-large", "the feed unzips to more than 2 GB", field=path.name)
            return {name: archive.read(info) for name, info in wanted.items()}
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise MobilityError(
            "broken-feed", f"this is not a whole zip file ({error}); download it again", field=path.name,
            reason=str(error),
        ) from None  # fmt: skip


def _table(content: bytes, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise MobilityError("not-utf8", "this file is not UTF-8 text", field=name) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise MobilityError("broken-csv", f"this table cannot be read ({error}); is it cut off?", field=name) from None
    frame.columns = [str(column).strip() for column in frame.columns]
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise MobilityError(
            "missing-column", f"the column {' and '.join(missing)} is missing", field=name, columns=missing,
            expected=list(columns), found=list(frame.columns),
        )  # fmt: skip
    return frame
