"""`mobility gtfs`: feeds fetched, imported and kept with their versions."""

import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from data.downloads import DownloadFolder, Version, fetch, keep_copy
from gtfs.feed_tables import read_feed_tables
from gtfs.stop_search import service_span
from mobility.errors import MobilityError
from webapp.cli.output import json_option, reported, show, terminal_progress
from webapp.settings import Settings, read_settings

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,40}$")


@click.group()
def gtfs() -> None:
    """Fetch and keep transport feeds (GTFS)."""


def feed_folder(settings: Settings, name: str) -> DownloadFolder:
    """Return where a feed of a name is kept."""
    if not _NAME.match(name):
        raise MobilityError(
            "bad-name", f"'{name}' cannot name a feed; use small letters, digits and hyphens", field="name", value=name
        )
    return DownloadFolder(settings.state / "feeds" / name)


def feed_path(text: str) -> Path:
    """Return the feed that a path or the name of a kept feed means."""
    if Path(text).exists() or not _NAME.match(text):
        return Path(text)
    return feed_folder(read_settings(), text).current() or Path(text)


def check_feed(path: Path) -> None:
    """Refuse what is no whole feed, or one whose calendars hold no day."""
    service_span(read_feed_tables(path))


@gtfs.command("fetch")
@click.argument("name")
@click.option("--url", help="Address of the zip file (default: where it was fetched last).")
@json_option
@reported
def fetch_command(name: str, url: str | None, *, as_json: bool) -> None:
    """Fetch a feed where it has changed; a broken one never replaces the one in use.

    Example: mobility gtfs fetch ter --url https://example.org/ter.zip
    """
    folder = feed_folder(read_settings(), name)
    known = folder.versions()
    address = url or (known[-1].url if known else "")
    if not address:
        raise MobilityError("no-address", f"no address is known for the feed '{name}'; give --url", field="--url")
    version, new = fetch(address, folder, check=check_feed, progress=terminal_progress())
    _show(folder, version, new=new, as_json=as_json)


@gtfs.command("import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@reported
def import_command(name: str, path: Path, *, as_json: bool) -> None:
    """Check a feed (a zip file or a folder) and keep it under a name.

    Example: mobility gtfs import ter export-ter-gtfs-last.zip
    """
    folder = feed_folder(read_settings(), name)
    check_feed(path)
    source = path
    if path.is_dir():
        folder.path.mkdir(parents=True, exist_ok=True)
        source = Path(shutil.make_archive(str(folder.path / "import"), "zip", path))
    version, new = keep_copy(source, folder, url=str(path.name))
    if source != path:
        source.unlink()
    _show(folder, version, new=new, as_json=as_json)


@gtfs.command("list")
@json_option
@reported
def list_command(*, as_json: bool) -> None:
    """List the feeds kept, with their versions and the days they cover.

    Example: mobility gtfs list --json
    """
    root = read_settings().state / "feeds"
    feeds: dict[str, dict[str, list[Any]]] = {}
    for path in sorted(root.glob("*/versions.json")):
        folder = DownloadFolder(path.parent)
        current = folder.current()
        span = service_span(read_feed_tables(current)) if current else None
        feeds[path.parent.name] = {
            "days": [day.isoformat() for day in span] if span else [],
            "versions": [asdict(version) for version in folder.versions()],
        }
    lines = [f"{name}: {' to '.join(feed['days'])}, {len(feed['versions'])} version(s)" for name, feed in feeds.items()]
    show(feeds, lines or ["no feed is kept yet"], as_json=as_json)


def _show(folder: DownloadFolder, version: Version, *, new: bool, as_json: bool) -> None:
    first, last = service_span(read_feed_tables(folder.path / version.file))
    document = asdict(version) | {"new": new, "days": [first.isoformat(), last.isoformat()]}
    state = "new version" if new else "unchanged"
    show(document, [f"{folder.path.name}: {state}, {version.bytes} bytes, {first} to {last}"], as_json=as_json)
