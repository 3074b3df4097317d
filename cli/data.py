"""`mobility data`: where the facts come from, and the days that are special."""

from dataclasses import asdict
from datetime import date

import click

from cli.options import day_option, in_house
from cli.output import json_option, reported, show
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
    zone = house.ground.territory.school_zone
    days = public_holidays(first, last)
    ranges = school_holidays(first, last, zone)
    document = {
        "public": {day.isoformat(): name for day, name in days.items()},
        "school": [{"name": r.name, "first": r.first, "last": r.last} for r in ranges],
        "zone": zone,
    }
    lines = [f"{day} {name}" for day, name in days.items()]
    lines += [f"{r.first} to {r.last} {r.name} (zone {zone})" for r in ranges]
    show(document, lines, as_json=as_json)
