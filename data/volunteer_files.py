"""Volunteers from a table."""

from pathlib import Path

from data.csv_tables import read_table
from mobility.clock import parse_clock
from mobility.door_legs import Volunteer
from mobility.errors import MobilityError
from mobility.places import Place, Point

VOLUNTEER_COLUMNS = ("id", "lon", "lat", "weekdays", "opens", "closes", "reach_km")


def read_volunteers(path: Path) -> list[Volunteer]:
    """Read volunteers (CSV: id, lon, lat, weekdays as 12345, opens, closes, reach_km of the whole drive)."""
    volunteers = []
    for row in read_table(path, VOLUNTEER_COLUMNS):
        identifier, weekdays = row.required("id"), row.required("weekdays")
        if not set(weekdays) <= set("1234567"):
            raise MobilityError(
                "bad-weekday", f"'{weekdays}' is not a set of weekdays like 12345", field=row.where("weekdays"),
                value=weekdays,
            )  # fmt: skip
        try:
            point = Point(row.number("lon"), row.number("lat"))
        except ValueError as error:
            raise MobilityError("bad-point", str(error), field=row.where("lon, lat")) from None
        opens, closes = (parse_clock(row.required(c), field=row.where(c)) for c in ("opens", "closes"))
        volunteers.append(
            Volunteer(
                identifier, Place(f"home-{identifier}", identifier, point), frozenset(int(d) for d in weekdays), opens,
                closes, 1000 * row.number("reach_km"),
            )
        )  # fmt: skip
    return volunteers
