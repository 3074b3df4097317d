"""`mobility access`: what each place can reach without a car."""

from pathlib import Path
from typing import Any

import click

from cli.options import in_house
from cli.output import show, terminal_progress
from data.gap_files import ACCESS, study_document
from data.volunteer_files import read_volunteers
from desks.access.gaps import junction_homes, study_gaps
from desks.ground import Ground
from desks.house import House
from mobility.access import CLASSES
from mobility.errors import MobilityError
from mobility.gaps import GapStudy, Home
from routing.street_roads import StreetRoads
from webapp.exports.access import EXPORTS, export_access
from webapp.words.access import junction_words


@click.command()
@click.option("--volunteers", type=click.Path(path_type=Path), help="Volunteers who drive (CSV), as a layer.")
@click.option(
    "--junctions",
    type=click.IntRange(200, 5000),
    help="With an OSM extract: also one road junction in each square of so many metres.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for CSV, GeoJSON and GeoParquet.")
@in_house(roads=True)
def compute(house: House, volunteers: Path | None, junctions: int | None, out: Path | None, *, as_json: bool) -> None:
    """Compute, for each place and errand, how many days a week one can go and come back, layer by layer.

    \b
    Examples:
      mobility access compute
      mobility access compute --roads midi-pyrenees.osm.pbf --junctions 500 --out access/
    """
    ground, feeds = house.ground, house.feeds
    study = study_gaps(
        ground, feeds.all(), feeds.on_demand(), house.today(),
        plan=house.planning.saved_plan(), volunteers=read_volunteers(volunteers) if volunteers else (),
        extra=_junctions(ground, junctions) if junctions else (), progress=terminal_progress(),
    )  # fmt: skip
    if not volunteers and not junctions:
        house.plans.save(ACCESS, study_document(study))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for name in EXPORTS:
            content = export_access(name, study, ground)
            (out / name).write_bytes(content.encode() if isinstance(content, str) else content)
    document: dict[str, Any] = study_document(study)
    document["shares"] = [
        {"area": s.area, "need": s.errand, "layer": s.layer, "people": dict(s.people)} for s in study.shares()
    ]
    show(document, _lines(study), as_json=as_json)


def _junctions(ground: Ground, spacing: int) -> list[Home]:
    if not isinstance(ground.roads, StreetRoads) or ground.road_metres is None:
        raise MobilityError("whole-roads-needed", "junctions need an OSM extract; give --roads", field="--junctions")
    return junction_homes(ground, ground.roads, spacing, junction_words)


def _lines(study: GapStudy) -> list[str]:
    lines = [f"{'errand':<10}{'layer':<12}" + "".join(f"{name:>9}" for name in CLASSES)]
    for share in study.shares():
        if not share.area:
            people = "".join(f"{share.people[name]:>9.0f}" for name in CLASSES)
            lines.append(f"{share.errand:<10}{share.layer:<12}{people}")
    return lines
