"""The complete validator's notices, located: which stop, which line of which file, where on the map.

The validator is gtfs-guru (``docs/decisions/007-validator.md``): it speaks the canonical codes of the GTFS community.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import gtfs_guru

from gtfs.feed_tables import FeedTables
from gtfs.timetable import stop_points
from mobility.errors import MobilityError
from mobility.issues import Issue, IssueGroup, ranked
from mobility.places import Point

SAMPLES = 50
"""Issues kept of each code."""
_STOP_KEYS = ("stopId", "stopId1", "stopIdA")
_TRIP_KEYS = ("tripId", "tripIdA")
_LINES = ("csvRowNumber", "csvRowNumber1", "csvRowNumberA", "tripCsvRowNumber", "stopTimeCsvRowNumber",
          "newCsvRowNumber", "rowNumber", "currCsvRowNumber", "stopCsvRowNumber", "routeCsvRowNumber")  # fmt: skip
_NAMES = ("stopName", "stopName1", "routeShortName", "routeLongName", "agencyName", "stopId", "routeId", "tripId",
          "serviceId", "bookingRuleId", "shapeId", "featureId", "locationId")  # fmt: skip
_VALUES = ("fieldValue", "value", "serviceWindowEndDate", "feedEndDate", "speedKph", "actual")


def validator_name() -> str:
    """Return the validator's name and version."""
    return f"gtfs-guru {gtfs_guru.version()}"


def validate_feed(path: Path, today: date, feed: FeedTables | None = None) -> list[IssueGroup]:
    """Run the validator on a zip or a folder, as on a day. ``feed`` locates the notices where it could be read."""
    try:
        result = gtfs_guru.validate(str(path), date=today.isoformat())
    except (RuntimeError, ValueError, OSError) as error:
        raise MobilityError(
            "broken-feed", f"the validator cannot read this feed ({error})", field=path.name, reason=str(error)
        ) from None
    locator = _Locator(feed) if feed else None
    samples: dict[tuple[str, str], list[Issue]] = defaultdict(list)
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for notice in result.notices:
        key = notice.code, notice.severity.lower()
        totals[key] += 1
        if len(samples[key]) < SAMPLES:
            samples[key].append(_issue(notice, locator))
    return ranked([IssueGroup(code, severity, totals[code, severity], tuple(samples[code, severity]))
                   for code, severity in totals])  # fmt: skip


def _issue(notice: Any, locator: "_Locator | None") -> Issue:
    context: Mapping[str, Any] = notice.context() if callable(notice.context) else notice.context
    line = notice.row or next((context[key] for key in _LINES if isinstance(context.get(key), int)), None)
    file = notice.file or str(context.get("filename") or context.get("childFilename") or _usual_file(notice.code))
    point, name = locator.find(context, file, line) if locator else (None, "")
    return Issue(
        file=file,
        line=line,
        field=notice.field or str(context.get("fieldName") or context.get("columnName") or ""),
        value=next((str(context[key]) for key in _VALUES if context.get(key) not in (None, "")), ""),
        object=name or next((str(context[key]) for key in _NAMES if context.get(key)), ""),
        point=point,
    )


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = gtfs_guru.notice_schema()
    return schema


def _usual_file(code: str) -> str:
    """Return the file that a kind of notice is about, where it is about one only."""
    files = _schema().get(code, {}).get("references", {}).get("fileReferences", [])
    return str(files[0]) if len(files) == 1 else ""


class _Locator:
    """Finds the stop that a notice speaks of."""

    def __init__(self, feed: FeedTables) -> None:
        stops = feed["stops.txt"]
        self._ids = stops["stop_id"].tolist()
        self._names = dict(zip(self._ids, stops["stop_name"], strict=True))
        self._points = dict(zip(self._ids, _points(feed), strict=True))
        times = feed["stop_times.txt"].drop_duplicates("trip_id")
        self._first_stops = dict(zip(times["trip_id"], times["stop_id"], strict=True))
        self._stops_by_line = feed["stop_times.txt"]["stop_id"].tolist()

    def find(self, context: Mapping[str, Any], file: str, line: int | None) -> tuple[Point | None, str]:
        stop = next((str(context[key]) for key in _STOP_KEYS if context.get(key)), "")
        if not stop and file == "stops.txt" and line and 2 <= line < len(self._ids) + 2:
            stop = self._ids[line - 2]
        if not stop and file == "stop_times.txt" and line and 2 <= line < len(self._stops_by_line) + 2:
            stop = self._stops_by_line[line - 2]
        if not stop:
            trip = next((str(context[key]) for key in _TRIP_KEYS if context.get(key)), "")
            return self._points.get(self._first_stops.get(trip, "")), ""
        return self._points.get(stop), str(self._names.get(stop, ""))


def _points(feed: FeedTables) -> list[Point | None]:
    try:
        return stop_points(feed)
    except MobilityError:
        # A coordinate that is no number is among the notices themselves: nothing can be put on the map then.
        return [None] * len(feed["stops.txt"])
