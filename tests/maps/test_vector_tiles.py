"""The base map's tiles: what is in them, and at which zoom."""

import mapbox_vector_tile
import pytest

from maps.vector_tiles import NamedPoint, RoadLine, VectorTiles
from mobility.places import Point

SQUARE = {
    "features": [
        {"geometry": {"type": "Polygon", "coordinates": [[[1, 44], [2, 44], [2, 45], [1, 45], [1, 44]]]}}
    ]
}  # fmt: skip
ROADS = [RoadLine((Point(1.2, 44.5), Point(1.6, 44.5)), 1), RoadLine((Point(1.4, 44.4), Point(1.4, 44.6)), 3)]
NAMES = [NamedPoint(Point(1.44, 44.45), "Cahors", 1), NamedPoint(Point(1.5, 44.4), "Hameau", 6)]


@pytest.fixture(scope="module")
def tiles():
    return VectorTiles(SQUARE, ROADS, NAMES)


def at(zoom, lon, lat):
    """The tile of a point."""
    import math

    count = 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lon + 180) / 360 * count), int(row * count)


def decoded(tiles, *where):
    return mapbox_vector_tile.decode(tiles.tile(*where))


def test_large_roads_and_names_come_first(tiles):
    far = decoded(tiles, *at(8, 1.44, 44.45))
    assert [feature["properties"]["kind"] for feature in far["roads"]["features"]] == [1]
    assert [feature["properties"]["name"] for feature in far["names"]["features"]] == ["Cahors"]
    near = decoded(tiles, *at(13, 1.4, 44.5))
    assert sorted(feature["properties"]["kind"] for feature in near["roads"]["features"]) == [1, 3]
    hamlet = decoded(tiles, *at(12, 1.5, 44.4))
    assert [feature["properties"]["name"] for feature in hamlet["names"]["features"]] == ["Hameau"]


def test_lines_stay_within_their_tile(tiles):
    roads = decoded(tiles, *at(10, 1.44, 44.45))["roads"]["features"]
    assert roads
    for feature in roads:
        geometry = feature["geometry"]
        parts = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        assert all(-100 <= value <= 4200 for part in parts for position in part for value in position)


def test_a_point_is_drawn_where_it_is(tiles):
    zoom, column, row = at(12, 1.44, 44.45)
    (feature,) = decoded(tiles, zoom, column, row)["names"]["features"]
    x, _ = feature["geometry"]["coordinates"]
    lon = (column + x / 4096) / 2**zoom * 360 - 180
    assert lon == pytest.approx(1.44, abs=1e-4)


@pytest.mark.parametrize("where", [(3, 0, 0), (20, 0, 0), (10, 5000, 2), (10, 2, 1024), (10, -1, 4)])
def test_tiles_that_are_not_there(tiles, where):
    with pytest.raises(ValueError, match="no such tile"):
        tiles.tile(*where)
