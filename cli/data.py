"""`mobility data`: where the facts come from, and the days that are special."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from cli.options import day_option, in_house
from cli.output import json_option, reported, show
from data.anonymised import anonymised_copy
from data.holidays import public_holidays, school_holidays
from data.sources import read_sources
from desks.house import House


@click.command()
@json_option
@reported
def sources(*, as_json: bool) -> None:
    """List every dataset with its producer, vintage and licence.

    Example: mobility data sources
    """
    found = read_sources()
    lines = [f"{s.id}: {s.producer}, {s.dataset} ({s.vintage}), {s.licence}" for s in found]
    show([asdict(source) for source in found], lines, as_json=as_json)


@click.command()
@day_option("--from", "first", required=True, help="First day.")
@day_option("--to", "last", required=True, help="Last day.")
@in_house()
def holidays(house: House, first: date, last: date, *, as_json: bool) -> None:
    """List public and school holidays between two days.

    Example: mobility data holidays --from 2026-12-01 --to 2027-06-30
    """
    territory = house.ground.territory
    zone = territory.school_zone
    days = public_holidays(first, last, territory.holidays)
    ranges = school_holidays(first, last, zone)
    document = {
        "public": {day.isoformat(): name for day, name in days.items()},
        "school": [{"name": r.name, "first": r.first, "last": r.last} for r in ranges],
        "zone": zone,
        "region": territory.holidays.region,
    }
    lines = [f"{day} {name}" for day, name in days.items()]
    lines += [f"{r.first} to {r.last} {r.name} (zone {zone})" for r in ranges]
    show(document, lines, as_json=as_json)


@click.command("anonymised-copy")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@in_house()
def anonymised(house: House, out: Path, *, as_json: bool) -> None:
    """Write a copy of the database in which nobody is to be found, for tests and studies; its journal stays behind.

    \b
    Example:
      mobility data anonymised-copy copy.sqlite
    """
    counts = anonymised_copy(house.store, out)
    show(counts, [f"{table}: {count}" for table, count in counts.items() if count], as_json=as_json)
