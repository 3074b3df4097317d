"""`mobility rides import`: lists of drivers and of requests."""

from pathlib import Path

import click

from cli.options import in_house
from cli.output import EXIT_BROKEN, WHO, show
from desks.house import House
from desks.imports.desk import take_file
from desks.imports.reading import Reader
from webapp.words.rides import alias_words


@click.command("import")
@click.argument("kind", type=click.Choice(["drivers", "requests"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@in_house()
def import_(house: House, kind: str, file: Path, *, as_json: bool) -> None:
    """Import a spreadsheet of drivers or requests; lines that cannot be read are reported, the others kept.

    Columns are known by their French titles, or by these. Drivers: name, telephone, from, opens, closes, and where
    known to, day or weekdays, seats, abilities, reach_km, detour_minutes, mail, consent (yes). Requests: name,
    telephone, from, to, day, and arrive_by or depart_after, back_after, companions, wishes, errand, criterion, proof.
    What is known already changes nothing.

    \b
    Example:
      mobility rides import drivers conducteurs.xlsx
    """
    reader = Reader(
        house.rides, house.desk_places, house.plans, house.clock(), WHO, house.planning.problem, alias_words
    )
    report = take_file(reader, kind, file.name, file.read_bytes())
    lines = [f"{report.taken} lines taken, {report.doubles} known already"]
    lines += [f"refused: {fault}" for fault in report.faults]
    document = {"taken": report.taken, "known": report.doubles, "refused": [str(fault) for fault in report.faults]}
    show(document, lines, as_json=as_json)
    if report.faults:
        raise SystemExit(EXIT_BROKEN)
