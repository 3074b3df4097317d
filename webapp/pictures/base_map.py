"""The base map of a territory: what its tiles are made of, and where a page finds them."""

from functools import lru_cache

from desks.ground import Ground
from maps.vector_tiles import NamedPoint, RoadLine, VectorTiles

KEPT = 4000
"""Tiles kept ready."""
IGN = "ign"
"""The setting that shows the tiles of the national mapping agency instead: pages then call its host."""
IGN_HOST = "https://data.geopf.fr"
IGN_TILES = (
    f"{IGN_HOST}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal"
    "&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)


class BaseMap:
    """The tiles of one site, made when first asked for."""

    def __init__(self, ground: Ground) -> None:
        territory = ground.territory
        ranks = _ranks(ground)
        names = [
            NamedPoint(settlement.place.point, settlement.place.name, ranks.get(settlement.id, 6))
            for settlement in territory.settlements
        ]
        roads = (RoadLine(points, _kind(name)) for name, points in ground.roads.drawn())
        tiles = VectorTiles(ground.folder.contours(), roads, names)
        self.tile = lru_cache(KEPT)(tiles.tile)


def _ranks(ground: Ground) -> dict[str, int]:
    """Rank the communes by people: the largest are named from afar."""
    communes = sorted(ground.territory.communes, key=lambda commune: -commune.population)
    return {
        commune.insee: 1 if number < 2 else 2 if number < 8 else 4 if number < 30 else 5
        for number, commune in enumerate(communes)
    }


def _kind(name: str) -> int:
    """Return how large a road is, by its number: motorways and former national roads first."""
    word = name.replace(" ", "").upper()
    if word.startswith(("A", "N", "D8")):
        return 1
    return 2 if word.startswith("D") and word[1:].isdigit() and int(word[1:]) < 1000 else 3
