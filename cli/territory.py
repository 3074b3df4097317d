"""`mobility territory`: the territories at hand, built and checked."""

from pathlib import Path

import click

from cli.options import in_house, territory_option
from cli.output import EXIT_BROKEN, json_option, reported, show
from data.open_tables import OpenTables
from data.territory_build import build_territory
from data.territory_files import find_folder, list_territories, read_stops, read_territory
from data.territory_hours import read_hours
from desks.house import House
from desks.settings import read_settings
from mobility.clock import ZONE
from mobility.places import great_circle
from webapp.words.french import of_place


@click.command("list")
@json_option
@reported
def list_command(*, as_json: bool) -> None:
    """List the territories at hand.

    Example: mobility territory list
    """
    names = list_territories()
    show(names, names, as_json=as_json)


@click.command("show")
@in_house()
def show_command(house: House, *, as_json: bool) -> None:
    """Show a territory's communes, services and sums.

    Example: mobility territory show --json
    """
    ground = house.ground
    facts = ground.territory
    document = {
        "id": facts.id,
        "title": facts.title,
        "communes": len(facts.communes),
        "population": facts.population,
        "stated_population": facts.stated_population,
        "areas": {area.name: sum(c.area == area.siren for c in facts.communes) for area in facts.areas},
        "settlements": len(facts.settlements),
        "stops": len(ground.stops),
        "services": {k: len(facts.services_of_kind(k)) for k in sorted({s.kind for s in facts.services})},
        "poles": sorted(facts.by_insee[insee].name for insee in facts.poles),
    }
    lines = [f"{key}: {value}" for key, value in document.items()]
    show(document, lines, as_json=as_json)


@click.command("build")
@click.argument("folder", required=False)
@click.option("--tables", type=click.Path(path_type=Path), required=True, help="Folder of open-data tables.")
@json_option
@reported
def build_command(folder: str | None, tables: Path, *, as_json: bool) -> None:
    """Build a territory's folder from open-data tables, by the selection in its territory.toml.

    stops.csv is written only where there is none. Example: mobility territory build cahors --tables ../shared/data
    """
    counts = build_territory(find_folder(folder or read_settings().territory), OpenTables(tables), of_place)
    show(counts, [f"{count} {what}" for what, count in counts.items()], as_json=as_json)


@click.command("check")
@territory_option
@json_option
@reported
def check_command(territory: str | None, *, as_json: bool) -> None:
    """Check that a territory's files agree with each other; exit code 1 where they do not.

    Example: mobility territory check --territory cahors
    """
    folder = find_folder(territory or read_settings().territory)
    facts = read_territory(folder)
    read_hours(folder, ZONE, facts.holidays)
    faults = []
    for stop in read_stops(folder, facts):
        commune = facts.by_insee[stop.commune]
        metres = great_circle(stop.place.point, commune.point)
        if metres > 15_000:
            faults.append(f"stops.csv: {stop.place.name} lies {metres / 1000:.0f} km from its commune's town hall")
        if stop.commune in facts.poles:
            faults.append(f"stops.csv: {stop.place.name} is in a pole and will never be visited")
    for commune in facts.communes:
        if commune.population <= 0:
            faults.append(f"communes.csv: {commune.name} has no inhabitants")
    drawn = {feature["properties"].get("insee") for feature in folder.contours()["features"]}
    faults += [f"contours.geojson: {c.name} has no contour" for c in facts.communes if c.insee not in drawn]
    show({"faults": faults}, faults or ["no fault found"], as_json=as_json)
    if faults:
        raise SystemExit(EXIT_BROKEN)
