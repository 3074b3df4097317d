"""`mobility backup`: the whole installation in one file, and back."""

from pathlib import Path

import click

from cli.options import house_for, territory_option
from cli.output import json_option, reported, show
from data.backup import Backup, make_backup, read_backup, restore_backup
from webapp.opening import local_now


def _told(found: Backup, file: Path, *, as_json: bool) -> None:
    document = {"file": str(file), "made": found.made, "revision": found.revision, "rows": dict(found.rows)}
    lines = [f"{file}: made {found.made}, {sum(found.rows.values())} rows, {len(found.files)} parts"]
    show(document, lines, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@territory_option
@json_option
@reported
def make(file: Path, territory: str | None, *, as_json: bool) -> None:
    """Write a backup; the site may go on serving meanwhile.

    \b
    Example:
      mobility backup make mobility-2026-12-01.zip
    """
    house = house_for(territory)
    store = house.store
    folder = house.settings.state / house.ground.folder.id
    _told(make_backup(store, folder, file, now=local_now()), file, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@reported
def check(file: Path, *, as_json: bool) -> None:
    """Check that a backup is whole.

    \b
    Example:
      mobility backup check mobility-2026-12-01.zip
    """
    _told(read_backup(file), file, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in place of the data there are.")
@territory_option
@json_option
@reported
def restore(file: Path, territory: str | None, *, replace: bool, as_json: bool) -> None:
    """Restore a backup, to SQLite or PostgreSQL whichever it came from. Stop the site first.

    \b
    Example:
      mobility backup restore mobility-2026-12-01.zip --replace
    """
    house = house_for(territory)
    store = house.store
    folder = house.settings.state / house.ground.folder.id
    _told(restore_backup(store, folder, file, replace=replace), file, as_json=as_json)
