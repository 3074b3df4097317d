"""`mobility gtfs check`, `diff` and `publish`: the quality of a feed, what changes in it, and what goes out."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.options import day_option, feed_path, in_house
from cli.output import EXIT_BROKEN, show
from desks.house import House
from desks.transport.feed_report import FeedReport, check_path, report_document, report_of
from gtfs.feed_diff import FeedDiff, compare_feeds
from gtfs.feed_tables import read_feed_tables
from mobility.errors import MobilityError
from mobility.issues import ERROR, INFO, WARNING
from webapp.words.feeds import diff_words, notice_words, where_words

SHOWN = 3
"""Issues of each kind written in the terminal; the JSON has more."""
UNLICENSED = (
    "{name}: no licence is known, so it is searched for journeys and not published; ask its producer, then run: "
    "mobility gtfs licence {name} LICENCE --producer NAME"
)


@click.command("check")
@click.argument("feed")
@day_option("--date", "day", help="Check as on this day (default: today).")
@click.option("--before", type=click.Path(path_type=Path), help="Last version: what has been lost since is told.")
@in_house()
def check_command(house: House, feed: str, day: date | None, before: Path | None, *, as_json: bool) -> None:
    """Check a feed (a kept name, a zip or a folder): the validator's notices and the house's rules, in French.

    Exit code 1 tells that there are errors.

    Example: mobility gtfs check ter --json
    """
    feeds = house.feeds.feeds
    today = day or house.today()
    path = feed_path(feed, house)
    if before or Path(feed).exists():
        report = check_path(path, feeds, house.ground, today, before=read_feed_tables(before) if before else None)
    else:
        report = report_of(feeds.find(feed), feeds, house.ground, today)
    names = house.ground.commune_names()
    document = report_document(report)
    for group, written in zip(report.groups, document["groups"], strict=True):
        written["words"] = asdict(notice_words(group.code))
    show(document, _report_lines(report, names), as_json=as_json)
    if report.count(ERROR) or report.unread:
        raise SystemExit(EXIT_BROKEN)


def _report_lines(report: FeedReport, communes: dict[str, str]) -> list[str]:
    counts = ", ".join(f"{report.count(severity)} {severity}" for severity in (ERROR, WARNING, INFO))
    lines = [f"{report.feed} on {report.day}: {counts} ({report.validator} and own rules)"]
    lines += [f"unread: {report.unread}"] if report.unread else []
    for group in report.groups:
        words = notice_words(group.code)
        lines.append(f"[{group.severity}] {group.code} x{group.total} : {words.title}.")
        lines.append(f"    {words.effect} {words.mend}")
        lines += [f"    - {where_words(issue, communes)}" for issue in group.samples[:SHOWN]]
    return lines


@click.command("diff")
@click.argument("before")
@click.argument("after", required=False)
@in_house()
def diff_command(house: House, before: str, after: str | None, *, as_json: bool) -> None:
    """Tell what changes for people between two versions: two files, or the last two of a kept feed.

    \b
    Examples:
      mobility gtfs diff ter
      mobility gtfs diff old.zip new.zip
    """
    feeds = house.feeds.feeds
    if after is None:
        kept = feeds.find(before)
        versions = kept.folder.versions()
        if len(versions) < 2:
            raise MobilityError(
                "one-version", f"only one version of '{before}' is kept: nothing to compare", field="before",
                value=before,
            )  # fmt: skip
        paths = [kept.folder.path / version.file for version in versions[-2:]]
    else:
        paths = [feed_path(before, house), feed_path(after, house)]
    diff = compare_feeds(read_feed_tables(paths[0]), read_feed_tables(paths[1]), house.ground.communes.at)
    names = house.ground.commune_names()
    lines: list[str] = []
    for title, sentences in diff_words(diff, names):
        lines += ["", title, *(f"  {sentence}" for sentence in sentences)]
    show(diff_document(diff, names), lines[1:], as_json=as_json)


def diff_document(diff: FeedDiff, communes: dict[str, str]) -> dict[str, Any]:
    """Return a diff as JSON, with its sentences."""
    return asdict(diff) | {"words": [{"title": t, "sentences": s} for t, s in diff_words(diff, communes)]}


@click.command("publish")
@in_house()
def publish_command(house: House, *, as_json: bool) -> None:
    """Publish what has changed: the merged feed, each source, the on-demand services.

    The site serves them at addresses that last (/donnees). A feed without a known licence does not go out. A merge
    with errors is refused, the last one stays.

    Example: mobility gtfs publish
    """
    feeds, publication = house.feeds.feeds, house.last_published
    changed = publication.publish(house.clock())
    document = {
        name: {"new": changed.get(name, False), "versions": [asdict(v) for v in publication.feed(name).versions()]}
        for name in publication.names()
    }
    lines = [
        f"{name}: {'new version' if changed.get(name) else 'unchanged'}, {publication.feed(name).versions()[-1].id}"
        for name in publication.names()
    ]
    lines += [UNLICENSED.format(name=feed.name) for feed in feeds.all() if feeds.licence(feed.name) is None]
    show(document, lines or ["nothing to publish"], as_json=as_json)
