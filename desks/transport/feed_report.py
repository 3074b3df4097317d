"""The report of a feed: the validator's notices and the house's own rules, with the commune of each."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.kept_files import keep, read_kept
from desks.ground import Ground
from desks.transport.feeds import Feeds, KeptFeed
from gtfs.feed_tables import FeedTables, read_feed_tables
from gtfs.line_calls import RAIL_TYPES
from gtfs.rules.facts import Surroundings
from gtfs.rules.rulebook import own_issues
from gtfs.validation import validate_feed, validator_name
from mobility.errors import MobilityError
from mobility.issues import ERROR, INFO, WARNING, Issue, IssueGroup, count, ranked
from mobility.places import Point

REPORT_FORMAT = 1


@dataclass(frozen=True)
class FeedReport:
    """What was checked, as on which day, and what was found. ``unread`` is the error that stopped the own rules."""

    feed: str
    version: str
    day: date
    validator: str
    groups: tuple[IssueGroup, ...]
    unread: str = ""

    def count(self, severity: str) -> int:
        """Return the number of issues of a severity."""
        return count(self.groups, severity)

    @property
    def badge(self) -> str:
        """Return "good" (nothing that misleads), "fair" (warnings) or "bad" (errors)."""
        return "bad" if self.count(ERROR) or self.unread else "fair" if self.count(WARNING) else "good"


def surroundings(ground: Ground) -> Surroundings:
    """Return what the own rules ask of the territory."""
    return Surroundings(ground.communes.at, ground.road_metres)


def check_path(
    path: Path, feeds: Feeds, ground: Ground, day: date, *, name: str = "", version: str = "",
    before: FeedTables | None = None,
) -> FeedReport:  # fmt: skip
    """Check a feed file or folder as on a day; with ``before``, also what it loses since that version."""
    unread = ""
    try:
        tables: FeedTables | None = read_feed_tables(path)
    except MobilityError as error:
        tables, unread = None, str(error)
    try:
        groups = validate_feed(path, day, tables)
    except MobilityError:
        if not unread:
            raise
        groups = []
    if tables is not None:
        around = surroundings(ground)
        rail = [feed.tables for feed in feeds.all() if feed.name != name and _has_trains(feed.tables)]
        try:
            groups += own_issues(tables, around, before=before, rail=rail)
        except MobilityError as error:
            unread = str(error)
        groups = [group.placed(around.commune_at) for group in groups]
    return FeedReport(name or path.name, version, day, validator_name(), tuple(ranked(groups)), unread)


def _has_trains(tables: FeedTables) -> bool:
    return bool(set(tables["routes.txt"]["route_type"]) & RAIL_TYPES)


def report_of(feed: KeptFeed, feeds: Feeds, ground: Ground, day: date) -> FeedReport:
    """Return the report of a kept feed's current version, from its file where it is of this day."""
    before = [feed.folder.path / version.file for version in feed.folder.versions()[-2:-1]]
    return kept_report(
        feed.path, feeds, ground, day, name=feed.name, version=feed.version.file,
        before=next((path for path in before if path.exists()), None),
    )  # fmt: skip


def kept_report(
    path: Path, feeds: Feeds, ground: Ground, day: date, *, name: str, version: str, before: Path | None
) -> FeedReport:
    """Return the report of a version of a feed, from the file beside it where it is of this day."""
    kept = path.with_suffix(".report.json")
    report = _read_report(kept, day)
    if report is None:
        lost = read_feed_tables(before) if before else None
        report = check_path(path, feeds, ground, day, name=name, version=version, before=lost)
        keep(kept, json.dumps(report_document(report), ensure_ascii=False))
    return report


def _read_report(path: Path, day: date) -> FeedReport | None:
    """Return a report kept in a file, where it is whole and of a day."""
    report = read_kept(path, parse_report, None)
    return report if report and report.day == day else None


def report_document(report: FeedReport) -> dict[str, Any]:
    """Return a report as JSON; points are GeoJSON positions."""
    return {
        "format": REPORT_FORMAT, "feed": report.feed, "version": report.version, "day": report.day.isoformat(),
        "validator": report.validator, "badge": report.badge, "unread": report.unread,
        "counts": {severity: report.count(severity) for severity in (ERROR, WARNING, INFO)},
        "groups": [
            {
                "code": group.code, "severity": group.severity, "total": group.total,
                "samples": [_issue_document(issue) for issue in group.samples],
            }
            for group in report.groups
        ],
    }  # fmt: skip


def _issue_document(issue: Issue) -> dict[str, Any]:
    return asdict(issue) | {"point": [issue.point.lon, issue.point.lat] if issue.point else None}


def parse_report(document: dict[str, Any]) -> FeedReport | None:
    """Read a report written by :func:`report_document`; None for one of another format."""
    if document.get("format") != REPORT_FORMAT:
        return None
    groups = tuple(
        IssueGroup(
            group["code"], group["severity"], group["total"],
            tuple(Issue(**{**s, "point": Point(*s["point"]) if s["point"] else None}) for s in group["samples"]),
        )
        for group in document["groups"]
    )  # fmt: skip
    return FeedReport(
        document["feed"], document["version"], date.fromisoformat(document["day"]), document["validator"], groups,
        document["unread"],
    )  # fmt: skip
