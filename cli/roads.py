"""`mobility roads`: networks, matrices, paths, isochrones, and the embedded table of links."""

import json
import time
from pathlib import Path

import click
import numpy as np
import shapely

from cli.options import house_for, parse_point, roads_option, territory_option
from cli.output import json_option, reported, show
from data.private_files import private_state
from data.territory_files import write_links
from desks.ground import Ground
from desks.house import House
from desks.settings import read_settings
from mobility.errors import MobilityError
from mobility.places import Place
from mobility.travel import Roads, TravelTimes
from routing.link_roads import STRETCH, spanner
from routing.osm_download import download_roads
from routing.profiles import PROFILES
from routing.road_source import box_around, check_source, open_roads, read_network
from routing.street_roads import StreetRoads

profile_option = click.option(
    "--profile", type=click.Choice(list(PROFILES)), default="car", show_default=True, help="Vehicle."
)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@profile_option
@click.option("--territory", help="Keep only the roads around this territory.")
@json_option
@reported
def build(source: Path, profile: str, territory: str | None, *, as_json: bool) -> None:
    """Read an OSM extract or road tables into the cache, and describe the network.

    Example: mobility roads build midi-pyrenees.osm.pbf --profile bus --territory cahors
    """
    check_source(source)
    private_state(read_settings().state)
    box = box_around([p.point for p in house_for(territory).ground.places]) if territory else None
    started = time.monotonic()
    network = read_network(source, profile, cache=read_settings().road_cache, box=box)
    document = {
        "profile": profile,
        "junctions": len(network.nodes),
        "edges": len(network.ends),
        "kilometres": round(float(network.metres.sum()) / 1000, 1),
        "main_part": round(float(network.main_part.mean()), 4),
        "attribution": network.attribution,
        "seconds": round(time.monotonic() - started, 3),
    }
    show(document, [f"{key}: {value}" for key, value in document.items()], as_json=as_json)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--box", required=True, help="WEST,SOUTH,EAST,NORTH in degrees.")
@click.option("--server", default="https://overpass-api.de/api", show_default=True, help="Overpass server.")
@json_option
@reported
def download(target: Path, box: str, server: str, *, as_json: bool) -> None:
    """Download the roads of a small area from an Overpass server into an .osm file.

    Example: mobility roads download cahors.osm --box 1.35,44.40,1.50,44.50
    """
    try:
        west, south, east, north = (float(part) for part in box.split(","))
    except ValueError:
        raise MobilityError("bad-box", f"'{box}' is not WEST,SOUTH,EAST,NORTH", field="--box", value=box) from None
    edges = download_roads(target, (west, south, east, north), server=server)
    show({"file": str(target), "segments": edges}, [f"{edges} segments written to {target}"], as_json=as_json)


def roads_for(house: House, roads: str | None) -> Roads:
    """Return the roads asked for, whole: places given by position may lie outside the territory."""
    return open_roads(Path(roads), cache=house.settings.road_cache) if roads else house.ground.roads


def place_named(text: str, ground: Ground, *, field: str) -> Place:
    """Return the place that "LON,LAT", an identifier or a commune's name means."""
    if text.count(",") == 1 and not any(c.isalpha() for c in text):
        return Place(text, text, parse_point(text, field=field))
    for service in ground.territory.services:
        if service.place.id == text:
            return service.place
    if text in ground.territory.settlements_by_id:
        return ground.territory.settlements_by_id[text].place
    commune = ground.territory.find_commune(text, field=field)
    return ground.territory.settlements_by_id[commune.insee].place


@click.command()
@territory_option
@roads_option
@profile_option
@click.option("--from", "origins", multiple=True, help="Commune, place or LON,LAT (default: all communes).")
@click.option("--to", "destinations", multiple=True, help="The same, for the destinations.")
@json_option
@reported
def matrix(
    territory: str | None, roads: str | None, profile: str, origins: tuple[str, ...], destinations: tuple[str, ...],
    *, as_json: bool,
) -> None:  # fmt: skip
    """Print seconds and metres between places.

    Example: mobility roads matrix --from Lherm --from Cours --to Cahors
    """
    house = house_for(territory, roads)
    ground = house.ground
    communes = [c.insee for c in ground.territory.communes]
    starts = [place_named(text, ground, field="--from") for text in origins or communes]
    ends = [place_named(text, ground, field="--to") for text in destinations or communes]
    times = roads_for(house, roads).travel_times(starts, ends, profile)
    lines = [
        f"{start.name} -> {end.name}: {times.seconds[i, j] / 60:.1f} min, {times.metres[i, j] / 1000:.1f} km"
        f"{' (straight line)' if times.estimated[i, j] else ''}"
        for i, start in enumerate(starts)
        for j, end in enumerate(ends)
    ]
    show(_matrix_document(times), lines, as_json=as_json)


def _matrix_document(times: TravelTimes) -> dict[str, object]:
    def numbers(array: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> list[list[float | None]]:
        return [[round(float(v), 1) if np.isfinite(v) else None for v in row] for row in array]

    return {
        "origins": times.origins,
        "destinations": times.destinations,
        "seconds": numbers(times.seconds),
        "metres": numbers(times.metres),
        "estimated": times.estimated.tolist(),
    }


@click.command()
@click.argument("origin")
@click.argument("destination")
@territory_option
@roads_option
@profile_option
@json_option
@reported
def path(
    origin: str, destination: str, territory: str | None, roads: str | None, profile: str, *, as_json: bool
) -> None:
    """Print the way between two places: as GeoJSON with --json.

    Example: mobility roads path Cahors Lherm --profile bus
    """
    house = house_for(territory, roads)
    ground = house.ground
    start, end = (place_named(text, ground, field="place") for text in (origin, destination))
    way = roads_for(house, roads).path(start, end, profile)
    document = {
        "type": "Feature",
        "properties": {
            "seconds": round(way.seconds, 1),
            "metres": round(way.metres, 1),
            "roads": [[name, round(metres)] for name, metres in way.roads],
            "estimated": way.estimated,
        },
        "geometry": {"type": "LineString", "coordinates": [[p.lon, p.lat] for p in way.points]},
    }
    lines = [f"{way.seconds / 60:.1f} min, {way.metres / 1000:.1f} km"]
    lines += [f"  {name or '(no number)'}: {metres / 1000:.1f} km" for name, metres in way.roads]
    show(document, lines, as_json=as_json)


@click.command()
@click.argument("origin")
@click.option("--minutes", type=click.FloatRange(0, 240), default=15.0, show_default=True)
@territory_option
@roads_option
@profile_option
@json_option
@reported
def isochrone(
    origin: str, minutes: float, territory: str | None, roads: str | None, profile: str, *, as_json: bool
) -> None:
    """Print the ground reached by road in some minutes, as GeoJSON; it needs true roads (--roads).

    Example: mobility roads isochrone Cahors --minutes 15 --roads ../shared/data/roads --json
    """
    house = house_for(territory, roads)
    ground = house.ground
    network = roads_for(house, roads)
    if not isinstance(network, StreetRoads):
        raise MobilityError(
            "needs-roads", "an isochrone needs true roads; give an OSM extract or road tables", field="--roads"
        )
    ground = network.network(profile).isochrone(place_named(origin, ground, field="place"), minutes * 60)
    document = {
        "type": "Feature",
        "properties": {"minutes": minutes, "profile": profile},
        "geometry": json.loads(shapely.to_geojson(shapely.set_precision(ground, 1e-5))),
    }
    show(document, [shapely.to_wkt(ground, rounding_precision=4)], as_json=as_json)


@click.command()
@territory_option
@click.option("--roads", "source", type=click.Path(path_type=Path), required=True, help="OSM extract or road tables.")
@click.option("--stretch", type=click.FloatRange(1.0, 2.0), default=STRETCH, show_default=True,
              help="Longest stretch of any pair.")  # fmt: skip
@json_option
@reported
def neighbours(territory: str | None, source: Path, stretch: float, *, as_json: bool) -> None:
    """Compute a territory's table of links from true roads, and write its neighbours.csv.

    Example: mobility roads neighbours --roads ../shared/data/roads
    """
    ground = house_for(territory, str(source)).ground
    near = ground.roads.covers(ground.places)
    places = [place for place, covered in zip(ground.places, near, strict=True) if covered]
    left_out = [place.name for place, covered in zip(ground.places, near, strict=True) if not covered]
    links = spanner(places, ground.roads, stretch=stretch)
    write_links(ground.folder, links)
    document = {"places": len(places), "links": len(links), "stretch": stretch, "left_out": left_out}
    lines = [f"{len(links)} links between {len(places)} places"]
    lines += [f"left out, far from these roads: {name}" for name in left_out]
    show(document, lines, as_json=as_json)
