"""The gaps as tables and geodata: one line a place, errand and layer; one feature a commune."""

import json
from collections.abc import Callable
from typing import Any

from data.csv_tables import handed_out
from data.geo_files import geoparquet
from desks.ground import Ground
from mobility.access import DAILY_ERRANDS
from mobility.gaps import GapStudy, Home, Indicators
from webapp.pictures.commune_map import ROAD_ATTRIBUTION
from webapp.words.french import alphabetical

ACCESS_COLUMNS = (
    "place", "name", "commune", "epci", "people", "need", "layer", "class", "days_per_week", "walk_min",
    "travel_there_and_back_min", "away_min", "service",
)  # fmt: skip
INDICATOR_COLUMNS = (
    "place", "name", "commune", "epci", "people", *(f"car_min_{e.id}" for e in DAILY_ERRANDS), "car_min_basket",
    "departures_per_working_day", "swiss_class", "counter_hours_per_1000",
)  # fmt: skip


def _minutes(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds / 60)


def _car_minutes(found: Indicators, errand: str) -> float | None:
    return round(found.minutes[errand], 1) if errand in found.minutes else None


def access_csv(study: GapStudy) -> str:
    """Return every access of the study."""
    homes = {home.place.id: home for home in study.homes}
    rows = []
    for access in sorted(study.accesses, key=lambda access: alphabetical(homes[access.place].place.name)):
        home, best = homes[access.place], access.best
        rows.append([
            access.place, home.place.name, home.commune, home.area, round(home.people, 1), access.errand, access.layer,
            access.scale, access.days, _minutes(access.walk), _minutes(best.travel) if best else None,
            _minutes(best.away) if best else None, best.service if best else "",
        ])  # fmt: skip
    return handed_out(ACCESS_COLUMNS, rows)


def indicator_csv(study: GapStudy) -> str:
    """Return the usual indicators of every place."""
    rows = []
    for home in sorted(study.homes, key=lambda home: alphabetical(home.place.name)):
        found = study.indicators[home.place.id]
        minutes = [_car_minutes(found, errand.id) for errand in DAILY_ERRANDS]
        rows.append([
            home.place.id, home.place.name, home.commune, home.area, round(home.people, 1), *minutes,
            round(found.basket, 1), found.departures, found.swiss, round(found.counter_hours, 2),
        ])  # fmt: skip
    return handed_out(INDICATOR_COLUMNS, rows)


def access_features(study: GapStudy, ground: Ground) -> list[dict[str, Any]]:
    """Return the communes' contours with the class and days of each errand, and the study's other points beside."""
    homes = {home.place.id: home for home in study.homes}
    contours = {feature["properties"]["insee"]: feature["geometry"] for feature in ground.folder.contours()["features"]}
    shapes = {insee: geometry for insee, geometry in contours.items() if insee in homes}
    for home in study.homes:
        point = {"type": "Point", "coordinates": [home.place.point.lon, home.place.point.lat]}
        shapes.setdefault(home.place.id, point)
    return [
        {"type": "Feature", "id": place, "geometry": shape, "properties": _properties(study, homes[place])}
        for place, shape in shapes.items()
    ]


def _properties(study: GapStudy, home: Home) -> dict[str, Any]:
    found = study.indicators[home.place.id]
    properties: dict[str, Any] = {
        "id": home.place.id, "name": home.place.name, "commune": home.commune, "epci": home.area,
        "people": round(home.people, 1),
    }  # fmt: skip
    for errand in DAILY_ERRANDS:
        access = study.at(home.place.id, errand.id)
        properties |= {f"{errand.id}_class": access.scale, f"{errand.id}_days": access.days}
        properties[f"{errand.id}_car_min"] = _car_minutes(found, errand.id)
    return properties | {
        "departures": found.departures, "swiss_class": found.swiss,
        "counter_hours_per_1000": round(found.counter_hours, 2),
    }  # fmt: skip


def access_geojson(study: GapStudy, ground: Ground) -> str:
    """Return the features as GeoJSON in WGS 84."""
    features = access_features(study, ground)
    document = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}
    return json.dumps(document, ensure_ascii=False) + "\n"


def access_geoparquet(study: GapStudy, ground: Ground) -> bytes:
    """Return the features as GeoParquet."""
    return geoparquet(access_features(study, ground))


ATTRIBUTION = f"{ROAD_ATTRIBUTION} ; SNCF Voyageurs ; ANCT ; Eurostat GISCO, FINESS"
EXPORTS: dict[str, Callable[[GapStudy, Ground], str | bytes]] = {
    "acces.csv": lambda study, _: access_csv(study),
    "indicateurs.csv": lambda study, _: indicator_csv(study),
    "acces.geojson": access_geojson,
    "acces.parquet": access_geoparquet,
}
"""The files of a study by name."""


def export_access(name: str, study: GapStudy, ground: Ground) -> str | bytes:
    """Return one of the files of a study."""
    return EXPORTS[name](study, ground)
