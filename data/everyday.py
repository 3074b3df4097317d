"""Services of daily life beside counters and stations: food shops, markets, places of work (``everyday.csv``)."""

import re
from collections.abc import Callable, Iterable

from data.csv_tables import Row, read_table, write_table
from data.open_tables import OpenTables
from data.territory_files import TerritoryFolder
from mobility.access import ServicePoint
from mobility.clock import OSM_WEEKDAYS, parse_clock
from mobility.errors import MobilityError
from mobility.places import Place, great_circle
from mobility.territory import FixedService, Territory, folded
from mobility.written import WEEKDAYS

COLUMNS = ("id", "kind", "name", "commune", "lon", "lat", "hours", "source")
FOOD_SHOPS = ("Hypermarché", "Supermarché", "Supérette", "Epicerie")
"""Columns of the table of shops that count as food shops: those where one finds a whole meal."""
MARGIN = 15_000.0
"""Metres around the territory's communes within which shops are kept."""
_HOURS = re.compile(r"(\d{1,2})h(\d{2})?-(\d{1,2})h(\d{2})?")
ALL_DAY = "08:00-18:00"


def write_everyday(
    folder: TerritoryFolder, tables: OpenTables, points: dict[str, Row], codes: Iterable[str], names: dict[str, str],
    of_place: Callable[[str], str],
) -> int:  # fmt: skip
    """Write the food shops, the markets and the places of work of a territory and its edge; return their number.

    Shops stand at the chief town of their commune. Places of work are the territory's poles and the nearest town: a
    choice of the project, jobs not being in the tables. ``of_place`` writes whose they are: "du Montat".
    """
    near = [points[code].point() for code in codes]
    lines: list[tuple[object, ...]] = []
    for row in tables.shops():
        code = row.text("CODGEO")
        counts = [(column.lower(), round(row.number(column))) for column in FOOD_SHOPS]
        if code not in points or not any(number for _, number in counts):
            continue
        where = points[code].point()
        if any(great_circle(where, place) <= MARGIN for place in near):
            told = ", ".join(
                f"{number} {word.replace('epi', 'épi')}{'s' if number > 1 else ''}" for word, number in counts if number
            )
            name = f"Commerces {of_place(names.get(code, row.text('commune').title()))} ({told})"
            lines.append((f"food-{code}", "food", name, code, where.lon, where.lat, "", "shops"))
    by_name = {folded(name): code for code, name in names.items()}
    for row in tables.markets():
        market = by_name.get(folded(row.text("commune")), "")
        if market in points and row.text("jour") in WEEKDAYS:
            place = points[market]
            day = WEEKDAYS.index(row.text("jour"))
            name = f"{row.text('nom')} ({row.text('jour')})"
            hours = f"{OSM_WEEKDAYS[day]} {_market_hours(row.text('horaire'))}"
            lines.append((f"market-{market}-{day + 1}", "market", name, market, place.text("lon"), place.text("lat"),
                          hours, "markets"))  # fmt: skip
    for code in sorted(folder.settings().get("poles", [])):
        place = points[code]
        name = f"Emplois {of_place(names.get(code, code))}"
        lines.append((f"work-{code}", "employment", name, code, place.text("lon"), place.text("lat"), "", "press-kit"))
    write_table(folder.path / "everyday.csv", COLUMNS, sorted(lines, key=lambda line: str(line[0])))
    return len(lines)


def _market_hours(text: str) -> str:
    match = _HOURS.search(text)
    if not match:
        return ALL_DAY
    return f"{int(match[1]):02}:{match[2] or '00'}-{int(match[3]):02}:{match[4] or '00'}"


def read_services(folder: TerritoryFolder, territory: Territory) -> list[ServicePoint]:
    """Return every service that access is measured to: counters, hospitals, stations, and those of ``everyday.csv``."""
    services = [_point(service) for service in territory.services]
    path = folder.path / "everyday.csv"
    if path.exists():
        for row in read_table(path, COLUMNS):
            place = Place(row.required("id"), row.required("name"), row.point())
            services.append(
                ServicePoint(place, row.required("kind"), parse_hours(row.text("hours"), row.where("hours")))
            )
    return services


def _point(service: FixedService) -> ServicePoint:
    return ServicePoint(service.place, service.kind, parse_hours(service.hours, service.place.id))


def parse_hours(text: str, where: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """Read "Mo 09:00-12:00,14:00-16:30; Tu …" as spans in seconds by ISO weekday."""
    hours: dict[int, tuple[tuple[int, int], ...]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        code, _, spans = part.partition(" ")
        pairs = [tuple(span.split("-")) for span in spans.split(",")]
        if code not in OSM_WEEKDAYS or any(len(pair) != 2 for pair in pairs):
            raise MobilityError("bad-hours", f"'{part}' is not like 'Mo 09:00-12:00'", field=where, value=part)
        hours[OSM_WEEKDAYS.index(code) + 1] = tuple(
            (parse_clock(start, field=where), parse_clock(end, field=where)) for start, end in pairs
        )
    return hours
