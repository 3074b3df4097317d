"""`mobility backup`: the whole installation in one file, and back."""

from pathlib import Path

import click

from cli.options import in_house
from cli.output import json_option, reported, show
from data.backup import Backup, make_backup, read_backup, restore_backup
from desks.house import House


def _told(found: Backup, file: Path, *, as_json: bool) -> None:
    document = {"file": str(file), "made": found.made, "revision": found.revision, "rows": dict(found.rows)}
    lines = [f"{file}: made {found.made}, {sum(found.rows.values())} rows, {len(found.files)} parts"]
    show(document, lines, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_house()
def make(house: House, file: Path, *, as_json: bool) -> None:
    """Write a backup; the site may go on serving meanwhile.

    \b
    Example:
      mobility backup make mobility-2026-12-01.zip
    """
    _told(make_backup(house.store, house.plans.folder, file, now=house.clock()), file, as_json=as_json)


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
@in_house()
def restore(house: House, file: Path, *, replace: bool, as_json: bool) -> None:
    """Restore a backup, to SQLite or PostgreSQL whichever it came from. Stop the site first.

    \b
    Example:
      mobility backup restore mobility-2026-12-01.zip --replace
    """
    _told(restore_backup(house.store, house.plans.folder, file, replace=replace), file, as_json=as_json)
