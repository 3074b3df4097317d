"""`mobility gtfs`: feeds found, fetched, imported and kept with their versions."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.gtfs_quality import UNLICENSED
from cli.options import feed_path, house_for, in_house
from cli.output import EXIT_BROKEN, json_option, plainly, reported, show, terminal_progress
from data.downloads import Version
from data.feed_credits import NONE
from data.sources import Source
from data.transport_files import write_trains
from desks.house import House
from desks.transport.feed_report import report_of
from desks.transport.feeds import Feeds, KeptFeed, keep_feed
from gtfs.feed_tables import read_feed_tables
from gtfs.stop_search import service_span
from gtfs.typical_week import typical_week
from mobility.errors import MobilityError
from mobility.issues import SEVERITIES
from mobility.licences import known_licence
from mobility.transport import Operator

producer_option = click.option("--producer", default="", help="Who made the feed, to be credited for it.")


@click.command("sources")
@click.option("--ask", is_flag=True, help="Ask the national access point which datasets cover the territory.")
@in_house()
def sources_command(house: House, *, ask: bool, as_json: bool) -> None:
    """List the sources of feeds of the territory.

    Example: mobility gtfs sources --ask
    """
    feeds = house.feeds.feeds
    sources = [_source(source) for source in feeds.sources()]
    lines = [f"{source['id']}: {source['address']}" for source in sources]
    document: dict[str, Any] = {"sources": sources}
    if ask:
        document["feeds"] = feeds.addresses(progress=terminal_progress(), tell=_complain)
        lines += ["", *(f"{name}: {address}" for name, address in document["feeds"].items())]
    show(document, lines, as_json=as_json)


def _source(source: Source) -> dict[str, str]:
    feed = source.feed
    address = (feed.url or feed.path or feed.api) if feed else ""
    return {"id": source.id, "dataset": source.dataset, "licence": source.licence, "address": address}


def _complain(error: MobilityError) -> None:
    click.echo(plainly(f"error: {error}"), err=True)


@click.command("fetch")
@click.argument("name", required=False)
@click.option("--url", help="Address of the zip file (default: that of the source, or where it was fetched last).")
@in_house()
def fetch_command(house: House, name: str | None, url: str | None, *, as_json: bool) -> None:
    """Fetch a feed, or all those of the territory's sources, where they have changed.

    A broken feed never replaces the one in use. Exit code 1 tells that one of several could not be fetched.

    \b
    Examples:
      mobility gtfs fetch
      mobility gtfs fetch ter --url https://example.org/ter.zip
    """
    feeds = house.feeds.feeds
    progress = terminal_progress()
    if name:
        version, new = feeds.fetch(name, url=url or "", progress=progress)
        _show(house, KeptFeed(name, feeds.folder(name)), version, new=new, as_json=as_json)
        return
    results: dict[str, dict[str, Any]] = {}
    troubles: list[MobilityError] = []

    def tell(error: MobilityError) -> None:
        troubles.append(error)
        _complain(error)

    for found, address in feeds.addresses(progress=progress, tell=tell).items():
        try:
            version, new = feeds.fetch(found, url=address if "://" in address else "", progress=progress)
            results[found] = asdict(version) | {"new": new}
        except MobilityError as error:
            tell(error)
    lines = [f"{found}: {'new version' if result['new'] else 'unchanged'}" for found, result in results.items()]
    show({"feeds": results, "errors": [str(error) for error in troubles]}, lines, as_json=as_json)
    if troubles:
        raise SystemExit(EXIT_BROKEN)


@click.command("import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@producer_option
@click.option("--licence", help="Licence that its producer gave it, such as lov2 or odbl.")
@json_option
@reported
def import_command(name: str, path: Path, producer: str, licence: str | None, *, as_json: bool) -> None:
    """Check a feed (a zip file or a folder) and keep it under a name.

    A feed whose licence neither you nor its source tells is searched for journeys here, and is not published.

    \b
    Examples:
      mobility gtfs import ter export-ter-gtfs-last.zip
      mobility gtfs import valley valley.zip --producer "Régie de la vallée" --licence lov2
    """
    given = known_licence(licence, field="--licence") if licence is not None else None
    house = house_for()
    feeds = house.feeds.feeds
    folder = feeds.folder(name)
    version, new = keep_feed(path, folder)
    if producer or given:
        feeds.tell_credit(name, producer=producer, licence=given, version=version)
    _show(house, KeptFeed(name, folder), version, new=new, as_json=as_json)


@click.command("licence")
@click.argument("name")
@click.argument("licence")
@producer_option
@in_house()
def licence_command(house: House, name: str, licence: str, producer: str, *, as_json: bool) -> None:
    """Tell under which licence the producer of a kept feed gives it: the site then publishes it.

    It holds for the versions kept now. "none" takes the licence back: the next publication withdraws them.

    \b
    Examples:
      mobility gtfs licence valley lov2 --producer "Régie de la vallée"
      mobility gtfs licence valley none
    """
    given = None if licence == NONE else known_licence(licence, field="LICENCE")
    feeds = house.feeds.feeds
    if given:
        feeds.tell_credit(name, producer=producer, licence=given)
    else:
        feeds.take_licence_back(name, producer=producer)
    document = _credit(feeds, feeds.find(name))
    credit = f"{name}: {document['producer']}, {document['licence']}"
    show(document, [credit if given else UNLICENSED.format(name=name)], as_json=as_json)


def _credit(feeds: Feeds, feed: KeptFeed) -> dict[str, str | None]:
    """Return whom to credit for a feed, and its licence (None where it is not known)."""
    licence = feeds.licence(feed.name)
    return {"producer": feeds.producer(feed), "licence": licence.name if licence else None}


@click.command("list")
@in_house()
def list_command(house: House, *, as_json: bool) -> None:
    """List the feeds in use, with their versions and the days they cover.

    Example: mobility gtfs list --json
    """
    today = house.today()
    found: dict[str, dict[str, Any]] = {}
    lines = []
    feeds = house.feeds.feeds
    for feed in feeds.all():
        found[feed.name] = {
            **_credit(feeds, feed),
            "days": [day.isoformat() for day in feed.span],
            "expired": feed.expired(today),
            "versions": [asdict(version) for version in feed.folder.versions()],
        }
        state = ", EXPIRED: journeys are to be confirmed" if feed.expired(today) else ""
        state += "" if found[feed.name]["licence"] else ", NO KNOWN LICENCE: not published"
        lines.append(f"{feed.name}: {' to '.join(found[feed.name]['days'])}{state}")
    show(found, lines or ["no feed is kept yet"], as_json=as_json)


@click.command("typical-week")
@click.argument("feed")
@click.option("--station", "stations", multiple=True, required=True, help="Name of a station (repeatable).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the territory.")
@click.option("--line", default="TER", show_default=True, help="Name of the line.")
@json_option
@reported
def typical_week_command(feed: str, stations: tuple[str, ...], out: Path, line: str, *, as_json: bool) -> None:
    """Draw the trains of the typical week from a whole feed into trains.csv and stations.csv.

    Example: mobility gtfs typical-week ter.zip --station Cahors --station Gourdon --out data/territories/cahors
    """
    table = typical_week(read_feed_tables(feed_path(feed)), stations, operator=Operator("train", line), line=line)
    write_trains(table, out)
    document = {"trains": len(table.trains), "stations": len(table.stations), "first": table.first, "last": table.last}
    show(document, [f"{len(table.trains)} trains, {table.first} to {table.last}, in {out}"], as_json=as_json)


def _show(house: House, feed: KeptFeed, version: Version, *, new: bool, as_json: bool) -> None:
    """Tell what came in, and what the check of it says."""
    first, last = service_span(read_feed_tables(feed.folder.path / version.file))
    report = report_of(feed, house.feeds.feeds, house.ground, house.today())
    counts = {severity: report.count(severity) for severity in SEVERITIES}
    credit = _credit(house.feeds.feeds, feed)
    document = asdict(version) | credit | {"new": new, "days": [first.isoformat(), last.isoformat()], "issues": counts}
    state = "new version" if new else "unchanged"
    told = ", ".join(f"{number} {severity}" for severity, number in counts.items())
    lines = [
        f"{feed.name}: {state}, {version.bytes} bytes, {first} to {last}", f"checked: {told}",
        f"{credit['producer']}, {credit['licence']}" if credit["licence"] else UNLICENSED.format(name=feed.name),
    ]  # fmt: skip
    show(document, lines, as_json=as_json)
