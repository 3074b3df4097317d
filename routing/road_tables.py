"""Roads as two CSV tables: nodes with their positions, edges with the road numbers."""

import csv
import re
from pathlib import Path

from mobility.errors import MobilityError
from routing.access import may_drive
from routing.network import NetworkDraft, RoadNetwork
from routing.osm_reader import Box
from routing.profiles import VehicleProfile
from routing.speeds import driving_speed

ATTRIBUTION = "© les contributeurs d'OpenStreetMap, Travel Mapping (ODbL)"
NODE_TABLE, EDGE_TABLE = "tm_nodes.csv", "tm_edges.csv"

FORMER_NATIONAL = 600
"""Departmental roads numbered from here on are mostly former national roads, wider and faster (réforme of 2006)."""

_DEPARTMENTAL = re.compile(r"^D(\d+)")


def read_road_tables(folder: Path, profile: VehicleProfile, *, box: Box | None = None) -> RoadNetwork:
    """Read ``tm_nodes.csv`` (node, lat, lon) and ``tm_edges.csv`` (from, to, refs, systems); all roads are two-way."""
    draft = NetworkDraft()
    for line, row in _lines(folder / NODE_TABLE, ("node", "lat", "lon")):
        try:
            draft.positions[int(row["node"])] = (float(row["lon"]), float(row["lat"]))
        except ValueError:
            raise _broken(NODE_TABLE, line, "node, lat and lon must be numbers") from None
    for line, row in _lines(folder / EDGE_TABLE, ("from", "to", "refs", "systems")):
        try:
            keys = [int(row["from"]), int(row["to"])]
        except ValueError:
            raise _broken(EDGE_TABLE, line, "from and to must be numbers") from None
        if not all(key in draft.positions for key in keys):
            raise _broken(EDGE_TABLE, line, f"an end of the edge {keys[0]}-{keys[1]} is not in {NODE_TABLE}")
        if box and not any(_inside(box, draft.positions[key]) for key in keys):
            continue
        tags = {"highway": road_class(row["refs"], row["systems"])}
        if not may_drive(tags, profile):
            continue
        speed = driving_speed(tags, "forward", profile)
        draft.ways.append((keys, speed, speed, row["refs"].split("|")[0]))
    return draft.finish(ATTRIBUTION)


def road_class(refs: str, systems: str) -> str:
    """Return the OSM class that a numbered road most likely has, from its number and its system."""
    kinds = systems.split("|")
    if "fraa" in kinds:
        return "motorway"
    if "fran" in kinds:
        return "primary"
    numbers = [int(match[1]) for ref in refs.split("|") if (match := _DEPARTMENTAL.match(ref))]
    return "secondary" if numbers and max(numbers) >= FORMER_NATIONAL else "tertiary"


def _lines(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise MobilityError(
                    "missing-column",
                    f"the column {' and '.join(missing)} is missing",
                    field=path.name,
                    columns=missing,
                    expected=list(columns),
                    found=list(reader.fieldnames or []),
                )
            rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path)) from None
    for line, row in rows:
        if any(row[column] is None for column in columns):
            raise _broken(path.name, line, "the line is cut off")
    return rows


def _broken(table: str, line: int, reason: str) -> MobilityError:
    return MobilityError("broken-road-table", reason, field=f"{table}, line {line}", reason=reason)


def _inside(box: Box, position: tuple[float, float]) -> bool:
    west, south, east, north = box
    return west <= position[0] <= east and south <= position[1] <= north
