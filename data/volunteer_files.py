"""Volunteers from a table."""

from pathlib import Path

from data.csv_tables import read_table
from mobility.clock import parse_clock, parse_weekdays
from mobility.door_legs import Volunteer
from mobility.places import Place

VOLUNTEER_COLUMNS = ("id", "lon", "lat", "weekdays", "opens", "closes", "reach_km")


def read_volunteers(path: Path) -> list[Volunteer]:
    """Read volunteers (CSV: id, lon, lat, weekdays as 12345, opens, closes, reach_km of the whole drive)."""
    volunteers = []
    for row in read_table(path, VOLUNTEER_COLUMNS):
        identifier = row.required("id")
        weekdays = parse_weekdays(row.required("weekdays"), field=row.where("weekdays"))
        opens, closes = (parse_clock(row.required(c), field=row.where(c)) for c in ("opens", "closes"))
        volunteers.append(
            Volunteer(
                identifier, Place(f"home-{identifier}", identifier, row.point()), weekdays, opens, closes,
                1000 * row.number("reach_km"),
            )
        )  # fmt: skip
    return volunteers
