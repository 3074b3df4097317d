"""Build a territory's folder from open-data tables, by the selection that its ``territory.toml`` states."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import geopandas

from data.commune_finder import CommuneFinder
from data.csv_tables import Row, write_table
from data.everyday import write_everyday
from data.open_tables import OpenTables, opening_hours
from data.territory_files import SERVICE_COLUMNS, TerritoryFolder
from mobility.errors import MobilityError
from mobility.places import Point, great_circle

CONTOUR_TOLERANCE = 0.0012
"""Degrees (about 100 m) within which contours are simplified, neighbours staying joined."""
SERVICE_MARGIN = 25_000.0
"""Metres around the territory's communes within which outside services are kept."""


def build_territory(folder: TerritoryFolder, tables: OpenTables, of_place: Callable[[str], str]) -> dict[str, int]:
    """Write communes, former communes, services, contours and (unless there) stops; return their numbers.

    ``of_place`` writes that something is a place's, in its names: "du Montat", "d'Assier".
    ``stops.csv`` is never overwritten: planners correct it by hand.
    """
    selection = folder.settings().get("selection", {})
    today, former = tables.communes()
    points = tables.points()
    chosen = _select(today, points, selection)
    codes = {row.text("insee") for row in chosen}
    names = folder.settings().get("names", {})
    counts = {"communes": _write_communes(folder, chosen, points, tables.social(), names)}
    rows = [row for row in former if row.text("commune_parent") in codes]
    counts["former communes"] = _write_former(folder, rows)
    near = [points[code].point() for code in codes]
    counts["services"] = _write_services(folder, tables, near, today, of_place)
    all_names = {row.text("insee"): row.text("nom") for row in today} | names
    counts["everyday services"] = write_everyday(folder, tables, points, codes, all_names, of_place)
    counts["contours"] = _write_contours(folder.path / "contours.geojson", tables.contours(), codes)
    if not (folder.path / "stops.csv").exists():
        counts["stops"] = _write_stops(folder, chosen, rows, points)
    return counts


def _select(today: list[Row], points: dict[str, Row], selection: dict[str, Any]) -> list[Row]:
    """Return whole intercommunalities, then the town halls nearest to a centre in others."""
    chosen = [row for row in today if row.text("epci_siren") in selection.get("whole_epcis", [])]
    nearest = selection.get("nearest")
    if nearest:
        centre = points[nearest["centre"]].point()
        others = [row for row in today if row.text("epci_siren") in nearest["epcis"]]
        others.sort(key=lambda row: great_circle(centre, points[row.text("insee")].point()))
        chosen += others[: nearest["count"]]
    chosen += [row for row in today if row.text("insee") in selection.get("communes", [])]
    if not chosen:
        raise MobilityError(
            "empty-selection", "the selection holds no commune of these tables", field="territory.toml, selection"
        )
    return sorted(chosen, key=lambda row: row.text("insee"))


def _write_communes(
    folder: TerritoryFolder, rows: list[Row], points: dict[str, Row], social: dict[str, Row], names: dict[str, str]
) -> int:
    columns = (
        "insee", "name", "epci_siren", "epci_name", "population", "lon", "lat", "point_source", "households",
        "carless_share", "living_standard", "active", "unemployed", "area_km2",
    )  # fmt: skip
    lines = []
    for row in rows:
        code = row.text("insee")
        point, facts = points[code], social.get(code)

        def fact(column: str, facts: Row | None = facts) -> str:
            return facts.text(column) if facts else ""

        lines.append((
            code, names.get(code, row.text("nom")), row.text("epci_siren"), row.text("epci_nom"),
            row.text("population_municipale"),
            point.text("lon"), point.text("lat"), point.text("chosen"), fact("menages_2021"),
            fact("part_menages_sans_voiture_2020"), fact("median_niveau_de_vie_2021"), fact("actifs_15_64_2021"),
            fact("chomeurs_15_64_2021"), fact("superficie_km2"),
        ))  # fmt: skip
    write_table(folder.path / "communes.csv", columns, lines)
    return len(lines)


def _write_former(folder: TerritoryFolder, rows: list[Row]) -> int:
    lines = [
        (
            row.text("insee"), row.text("nom"), row.text("commune_parent"), row.text("population_municipale"),
            row.text("mairie_lon") or row.text("centroid_lon"), row.text("mairie_lat") or row.text("centroid_lat"),
            "mairie" if row.text("mairie_lon") else "centroid",
        )
        for row in rows
    ]  # fmt: skip
    columns = ("insee", "name", "commune", "population", "lon", "lat", "point_source")
    write_table(folder.path / "former_communes.csv", columns, lines)
    return len(lines)


def _write_services(
    folder: TerritoryFolder, tables: OpenTables, near: list[Point], today: list[Row], of_place: Callable[[str], str]
) -> int:
    lines: list[tuple[object, ...]] = []
    for row in tables.counters():
        code = row.text("insee_com")
        lines.append((
            f"fs-{row.text('id_fs')}", "counter", row.text("lib_fs"), code, row.text("longitude"),
            row.text("latitude"), opening_hours(row), row.text("telephone"), "france-services",
        ))  # fmt: skip
    names = {row.text("nom").upper(): row.text("insee") for row in today}
    for row in tables.hospitals():
        code = names.get(row.text("city").upper(), "")
        name = " ".join(row.text("hospital_name").title().split())
        lines.append((
            f"hospital-{row.text('id')}", "hospital", name, code, row.text("lon"), row.text("lat"), "",
            _telephone(row.text("tel")), "hospitals",
        ))  # fmt: skip
    communes = CommuneFinder(tables.contours())
    for stop in tables.stations():
        name = f"Gare {of_place(stop['stop_name'])}"
        code = stop["stop_id"].rsplit("OCE", 1)[-1]
        commune = communes.at(Point(float(stop["stop_lon"]), float(stop["stop_lat"])))
        lines.append(
            (f"station-{code}", "station", name, commune, stop["stop_lon"], stop["stop_lat"], "", "", "sncf-ter")
        )
    for extra in folder.settings().get("services", []):
        lines.append(tuple(extra.get(column, "") for column in SERVICE_COLUMNS))
    kept = [line for line in lines if _is_near(Point(float(str(line[4])), float(str(line[5]))), near)]
    write_table(folder.path / "services.csv", SERVICE_COLUMNS, sorted(kept, key=lambda line: str(line[0])))
    return len(kept)


def _telephone(digits: str) -> str:
    digits = "".join(c for c in digits if c.isdigit()).rjust(10, "0")
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2)) if digits.strip("0") else ""


def _is_near(point: Point, places: Iterable[Point]) -> bool:
    return any(great_circle(point, place) <= SERVICE_MARGIN for place in places)


def _write_contours(path: Path, contours: Any, codes: set[str]) -> int:
    """Write the contours, simplified together so that neighbours stay joined, one commune a line."""
    features = [feature for feature in contours["features"] if feature["properties"]["insee"] in codes]
    frame = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326")[["insee", "nom", "geometry"]]
    frame.geometry = frame.geometry.simplify_coverage(CONTOUR_TOLERANCE).set_precision(0.0001)
    light = json.loads(frame.to_json(drop_id=True))["features"]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in light)
    path.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")
    return len(light)


def _write_stops(folder: TerritoryFolder, chosen: list[Row], former: list[Row], points: dict[str, Row]) -> int:
    """Propose one stop at each town hall outside the poles; someone must still check each on site."""
    poles = set(folder.settings().get("poles", []))
    lines: list[tuple[object, ...]] = []
    for row in chosen:
        code = row.text("insee")
        point = points[code]
        if code not in poles:
            lines.append((code, code, row.text("nom"), point.text("lon"), point.text("lat"), *_UNCHECKED))
        for part in former:
            has_hall = part.text("mairie_lon") and part.text("insee") != code
            if part.text("commune_parent") == code and code not in poles and has_hall:
                where = Point(part.number("mairie_lon"), part.number("mairie_lat"))
                if great_circle(where, point.point()) > 700:
                    lines.append((part.text("insee"), code, part.text("nom"), where.lon, where.lat, *_UNCHECKED))
    columns = (
        "id", "commune", "name", "lon", "lat", "spot", "closed", "room_to_turn", "level", "toilets", "contact",
        "checked", "note",
    )  # fmt: skip
    write_table(folder.path / "stops.csv", columns, lines)
    return len(lines)


_UNCHECKED = ("place de la mairie", "", "", "", "", "", "no", "")
