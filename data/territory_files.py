"""A territory's folder, read into the language of the service."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.csv_tables import Row, read_table, table_text, write_table
from data.holidays import stated_holidays
from data.private_files import private_folder, swap_in
from mobility.clock import WEEKDAYS, parse_weekday
from mobility.errors import MobilityError
from mobility.places import Place, great_circle
from mobility.problem import Stop
from mobility.territory import Area, Commune, FixedService, Settlement, Territory
from mobility.travel import RoadLink

TERRITORIES = Path(__file__).parent / "territories"
SETTINGS = "territory.toml"
SAME_PLACE = 700.0
"""A former commune's point closer than this (metres) to the chief town is the chief town."""


@dataclass(frozen=True)
class TerritoryFolder:
    """Where a territory's files are."""

    path: Path

    @property
    def id(self) -> str:
        """Return the territory's identifier, the name of its folder."""
        return self.path.name

    def settings(self) -> dict[str, Any]:
        """Return ``territory.toml``."""
        return read_toml(self.path / SETTINGS)

    def contours(self) -> dict[str, Any]:
        """Return the contours of the communes as GeoJSON (an empty collection where there is none)."""
        path = self.path / "contours.geojson"
        if not path.exists():
            return {"type": "FeatureCollection", "features": []}
        try:
            contours: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise MobilityError("bad-json", f"this is not GeoJSON ({error})", field=str(path)) from None
        return contours


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a fault names the file and the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MobilityError("bad-toml", f"this is not TOML ({error})", field=str(path), reason=str(error)) from None


def list_territories() -> list[str]:
    """Return the identifiers of the territories at hand."""
    return sorted(path.parent.name for path in TERRITORIES.glob(f"*/{SETTINGS}"))


def find_folder(name: str) -> TerritoryFolder:
    """Return the folder of a territory, by its name among those at hand or by a path."""
    for path in (TERRITORIES / name, Path(name)):
        if (path / SETTINGS).exists():
            return TerritoryFolder(path)
    raise MobilityError(
        "unknown-territory",
        f"no territory '{name}' (at hand: {', '.join(list_territories()) or 'none'})",
        field="territory",
        value=name,
        known=list_territories(),
    )


def read_territory(folder: TerritoryFolder) -> Territory:
    """Read a territory's folder."""
    settings = folder.settings()
    communes = [_commune(row) for row in read_table(folder.path / "communes.csv", _COMMUNE_COLUMNS)]
    by_insee = {commune.insee: commune for commune in communes}
    areas = {
        row.text("epci_siren"): Area(row.text("epci_siren"), row.text("epci_name"))
        for row in read_table(folder.path / "communes.csv", ("epci_siren", "epci_name"))
    }
    former_path = folder.path / "former_communes.csv"
    former = read_table(former_path, ("insee", "name", "commune")) if former_path.exists() else []
    former = [row for row in former if row.text("commune") in by_insee]
    poles = frozenset(settings.get("poles", []))
    if poles - by_insee.keys():
        raise MobilityError(
            "unknown-commune",
            f"the poles {sorted(poles - by_insee.keys())} are not communes of this territory",
            field="territory.toml, poles",
            value=", ".join(sorted(poles - by_insee.keys())),
            suggestions=[],
        )
    return Territory(
        id=folder.id,
        title=str(settings.get("title", folder.id)),
        communes=tuple(communes),
        areas=tuple(sorted(areas.values(), key=lambda area: area.siren)),
        settlements=tuple(_settlements(communes, former)),
        services=tuple(_service(row) for row in read_table(folder.path / "services.csv", SERVICE_COLUMNS)),
        former_names=_former_names(former, by_insee),
        poles=poles,
        school_zone=str(settings.get("school_zone", "")),
        stated_population=settings.get("stated_population"),
        large_urban=frozenset(settings.get("large_urban", [])),
        holidays=stated_holidays(settings.get("holidays", {}), by_insee, f"{SETTINGS}, holidays"),
    )


_COMMUNE_COLUMNS = ("insee", "name", "epci_siren", "epci_name", "population", "lon", "lat")
SERVICE_COLUMNS = ("id", "kind", "name", "commune", "lon", "lat", "hours", "telephone", "source")


def _commune(row: Row) -> Commune:
    active, unemployed = row.optional_number("active"), row.optional_number("unemployed")
    return Commune(
        insee=row.required("insee"),
        name=row.required("name"),
        area=row.required("epci_siren"),
        point=row.point(),
        population=round(row.number("population")),
        households=row.optional_whole("households"),
        carless_share=row.optional_number("carless_share"),
        living_standard=row.optional_number("living_standard"),
        unemployment=unemployed / active if active and unemployed is not None else None,
    )


def _service(row: Row) -> FixedService:
    return FixedService(
        place=Place(row.required("id"), row.required("name"), row.point()),
        kind=row.required("kind"),
        commune=row.text("commune"),
        hours=row.text("hours"),
        telephone=row.text("telephone"),
        source=row.text("source"),
    )


def _former_names(former: list[Row], by_insee: dict[str, Commune]) -> dict[str, str]:
    names = {row.required("name"): row.text("commune") for row in former}
    names |= {row.required("insee"): row.text("commune") for row in former if row.text("insee") not in by_insee}
    return names


def _settlements(communes: list[Commune], former: list[Row]) -> list[Settlement]:
    """Share each commune's people between its chief town and the former communes with a point of their own.

    The former communes' populations are scaled so that the parts add up to today's figure.
    """
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in former:
        parts[row.text("commune")].append(row)
    settlements = []
    for commune in communes:
        apart = []
        for row in parts[commune.insee]:
            located = row.text("insee") != commune.insee and row.text("lon") and row.optional_number("population")
            if located and great_circle(row.point(), commune.point) > SAME_PLACE:
                apart.append(row)
        known = sum(row.number("population") for row in parts[commune.insee] if row.text("population"))
        scale = commune.population / max(known, commune.population) if known else 1.0
        people = [row.number("population") * scale for row in apart]
        rest = max(0.0, commune.population - sum(people))
        settlements.append(Settlement(Place(commune.insee, commune.name, commune.point), commune.insee, rest))
        settlements += [
            Settlement(Place(row.text("insee"), row.required("name"), row.point()), commune.insee, population)
            for row, population in zip(apart, people, strict=True)
        ]
    return settlements


_STOP_COLUMNS = ("id", "commune", "name", "lon", "lat", "spot", "closed")
_SEEN_COLUMNS = ("room_to_turn", "level", "toilets", "contact", "checked")
_SEEN_WORDS = {None: "", True: "yes", False: "no"}


def read_stops(folder: TerritoryFolder, territory: Territory, own: Path | None = None) -> tuple[Stop, ...]:
    """Read the candidate stops: a planner's ``own`` list where there is one, else the territory's ``stops.csv``."""
    stops = []
    path = own if own and own.exists() else folder.path / "stops.csv"
    for row in read_table(path, _STOP_COLUMNS):
        commune = territory.find_commune(row.required("commune"), field=row.where("commune"))
        place = Place(row.required("id"), row.required("name"), row.point())
        stops.append(
            Stop(
                place=place,
                commune=commune.insee,
                area=commune.area,
                spot=row.text("spot"),
                closed=_closed(row),
                checked=bool(_seen(row, "checked")),
                room_to_turn=_seen(row, "room_to_turn"),
                level=_seen(row, "level"),
                toilets=_seen(row, "toilets"),
                contact=row.text("contact"),
            )
        )
    return tuple(stops)


def write_own_stops(path: Path, stops: Iterable[Stop]) -> None:
    """Write a planner's own list of candidate stops, whole or not at all."""
    private_folder(path.parent)
    swap_in(path, stops_table(stops))


def stops_table(stops: Iterable[Stop]) -> str:
    """Return candidate stops in the columns of ``stops.csv``."""
    lines = [
        (
            stop.id, stop.commune, stop.place.name, stop.place.point.lon, stop.place.point.lat, stop.spot,
            "; ".join(f"{WEEKDAYS[weekday - 1]} {session}" for weekday, session in sorted(stop.closed)),
            *(_SEEN_WORDS[seen] for seen in (stop.room_to_turn, stop.level, stop.toilets)), stop.contact,
            _SEEN_WORDS[stop.checked],
        )
        for stop in stops
    ]  # fmt: skip
    return table_text((*_STOP_COLUMNS, *_SEEN_COLUMNS), lines)


def _seen(row: Row, column: str) -> bool | None:
    """Read yes, no, or nothing (nobody has looked)."""
    text = row.text(column).lower()
    if text not in {"", "yes", "no"}:
        raise MobilityError("not-yes-no", f"'{text}' is neither yes nor no", field=row.where(column), value=text)
    return text == "yes" if text else None


def _closed(row: Row) -> frozenset[tuple[int, str]]:
    """Read "wednesday afternoon; friday morning"."""
    closed = set()
    for part in filter(None, (piece.strip() for piece in row.text("closed").split(";"))):
        weekday, _, session = part.partition(" ")
        closed.add((parse_weekday(weekday, field=row.where("closed")), session.strip()))
    return frozenset(closed)


_LINK_COLUMNS = ("from", "to", "car_metres", "car_seconds", "bus_metres", "bus_seconds", "roads")


def read_links(folder: TerritoryFolder) -> list[RoadLink]:
    """Read the links between places, ``neighbours.csv`` (none where the file is missing)."""
    path = folder.path / "neighbours.csv"
    if not path.exists():
        return []
    return [
        RoadLink(
            row.required("from"),
            row.required("to"),
            {vehicle: row.number(f"{vehicle}_metres") for vehicle in ("car", "bus")},
            {vehicle: row.number(f"{vehicle}_seconds") for vehicle in ("car", "bus")},
            tuple(filter(None, row.text("roads").split("|"))),
        )
        for row in read_table(path, _LINK_COLUMNS)
    ]


def write_links(folder: TerritoryFolder, links: list[RoadLink]) -> None:
    """Write ``neighbours.csv``."""
    lines = [
        (
            link.start, link.end, link.metres["car"], link.seconds["car"], link.metres["bus"], link.seconds["bus"],
            "|".join(link.roads),
        )
        for link in links
    ]  # fmt: skip
    write_table(folder.path / "neighbours.csv", _LINK_COLUMNS, lines)
