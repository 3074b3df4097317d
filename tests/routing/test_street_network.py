"""The network read from a hand-drawn town: who goes where, by which roads, in how long."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point as Shape

from mobility.errors import MobilityError
from mobility.places import Place, Point, great_circle
from routing.network_cache import cached_network
from routing.osm_reader import read_osm
from routing.profiles import BUS, CAR, FOOT, find_profile
from routing.road_source import box_around, open_roads, read_network
from routing.road_tables import read_road_tables
from routing.street_roads import StreetNetwork, StreetRoads
from tests.conftest import CASES

TOWN = CASES / "osm" / "town.osm"


def place(lon, lat, name="here"):
    return Place(f"{lon},{lat}", name, Point(lon, lat))


SOUTH_WEST, SOUTH, SOUTH_EAST = place(1.441, 44.4501), place(1.4501, 44.4499), place(1.459, 44.4501)
NORTH_WEST, NORTH, NORTH_EAST = place(1.441, 44.4601), place(1.4499, 44.4601), place(1.459, 44.4599)


@pytest.fixture(scope="module")
def town():
    return StreetNetwork(read_osm(TOWN, CAR))


def names(path):
    return [name for name, _ in path.roads]


def test_one_way_is_kept(town):
    assert "Rue Droite" in names(town.path(SOUTH, NORTH))
    assert "Rue Droite" not in names(town.path(NORTH, SOUTH))


def test_a_bollard_closes_a_street_but_leaves_both_ends(town):
    way = town.path(SOUTH_WEST, NORTH_WEST)
    assert "Rue Barrée" not in names(way)
    end = place(1.4399, 44.4535, "south end")
    assert names(town.path(SOUTH_WEST, end))[-1] == "Rue Barrée"


def test_a_gate_is_passed_by_car_and_a_low_bridge_stops_the_bus(town):
    assert "Chemin du Gué" in names(town.path(SOUTH_EAST, NORTH_EAST))
    bus = StreetNetwork(read_osm(TOWN, BUS))
    assert "Chemin du Gué" not in names(bus.path(SOUTH_EAST, NORTH_EAST))


def test_private_foot_and_bad_tracks_are_left_out(town):
    kilometres = float(town.network.metres.sum()) / 1000
    assert set(town.network.names) == {
        "D1",
        "D2",
        "D3",
        "Rue Haute",
        "Rue Droite",
        "Rue Barrée",
        "Chemin du Gué",
        "Île",
    }
    assert 7 < kilometres < 14


def test_an_island_of_roads_is_not_snapped_to(town):
    snap = town.snapper.snap([place(1.451, 44.4441)])[0]
    assert town.network.names[town.network.name[snap.edge]] == "D1"


def test_snaps_to_the_edge_not_to_its_end(town):
    snap = town.snapper.snap([place(1.4433, 44.4502)])[0]
    assert snap.fraction == pytest.approx(0.33, abs=0.01)
    assert snap.distance == pytest.approx(22, abs=1)
    assert snap.lonlat[1] == pytest.approx(44.45, abs=1e-5)


def test_a_place_off_the_map_is_named(town):
    with pytest.raises(MobilityError, match="no road within 1000 m of Nowhere") as caught:
        town.travel_times([place(1.50, 44.50, "Nowhere")], [SOUTH])
    assert caught.value.code == "off-the-map"


def test_matrix_agrees_with_scipy(town):
    """Seconds between junctions equal those of a plain Dijkstra on the same arcs."""
    network = town.network
    arcs = network.adjacency
    tails = np.repeat(np.arange(len(network.nodes)), np.diff(arcs.first))
    graph = csr_matrix((arcs.seconds.astype(float), (tails, arcs.head)), shape=(len(network.nodes),) * 2)
    reference = dijkstra(graph)
    # The bollard is one point and two junctions, and the island is never snapped to: both are left out.
    barred = 1.44, 44.455
    inside = [
        n
        for n in range(len(network.nodes))
        if network.main_part[(network.ends == n).any(axis=1)].any() and tuple(network.nodes[n]) != barred
    ]
    places = [place(*network.nodes[n], name=str(n)) for n in inside]
    found = town.travel_times(places, places)
    assert np.allclose(found.seconds, reference[np.ix_(inside, inside)], rtol=1e-3, atol=0.5)


def test_path_and_matrix_tell_the_same(town):
    for origin in (SOUTH_WEST, NORTH, SOUTH_EAST):
        for destination in (NORTH_EAST, SOUTH, NORTH_WEST):
            times = town.travel_times([origin], [destination])
            way = town.path(origin, destination)
            assert way.seconds == pytest.approx(float(times.seconds[0, 0]), abs=0.1)
            assert way.metres == pytest.approx(float(times.metres[0, 0]), abs=1)
            drawn = sum(great_circle(a, b) for a, b in zip(way.points, way.points[1:], strict=False))
            assert drawn == pytest.approx(way.metres, rel=0.01)
            assert sum(metres for _, metres in way.roads) == pytest.approx(way.metres, rel=0.01)


def test_two_places_on_one_edge(town):
    a, b = place(1.442, 44.45), place(1.444, 44.45)
    assert town.path(a, b).metres == pytest.approx(great_circle(a.point, b.point), rel=0.01)
    assert town.travel_times([a], [a]).seconds[0, 0] == 0


def test_two_places_on_a_one_way_edge_go_round(town):
    low, high = place(1.45, 44.453), place(1.45, 44.457)
    up, down = town.travel_times([low], [high]), town.travel_times([high], [low])
    assert down.metres[0, 0] > 3 * up.metres[0, 0]


def test_limit_leaves_far_pairs_out(town):
    times = town.travel_times([SOUTH_WEST], [SOUTH, NORTH_EAST], limit=60)
    assert np.isfinite(times.seconds[0, 0])
    assert np.isinf(times.seconds[0, 1])
    assert times.seconds.dtype == np.float32


def test_isochrone_grows_and_holds_what_is_reached(town):
    near, far = town.isochrone(SOUTH_WEST, 30), town.isochrone(SOUTH_WEST, 120)
    assert near.area < far.area
    assert far.buffer(0.0006).contains(near)  # both are simplified to 25 m
    for target in (SOUTH, SOUTH_EAST, NORTH, NORTH_EAST, NORTH_WEST):
        seconds = town.travel_times([SOUTH_WEST], [target]).seconds[0, 0]
        if seconds < 115:
            assert far.contains(Shape(target.point.lon, target.point.lat))
    assert not near.contains(Shape(NORTH_EAST.point.lon, NORTH_EAST.point.lat))


@pytest.mark.parametrize("name", ["cut.osm", "not-osm.osm", "empty.osm.pbf"])
def test_a_broken_extract_names_the_file(name):
    with pytest.raises(MobilityError) as caught:
        read_osm(CASES / "osm" / name, CAR)
    assert caught.value.code == "broken-osm"
    assert name in str(caught.value)


def test_an_extract_elsewhere_has_no_roads():
    with pytest.raises(MobilityError, match="no road that this vehicle can drive"):
        read_osm(TOWN, CAR, box=(5.0, 45.0, 5.1, 45.1))


def test_unknown_sources_are_refused(tmp_path):
    with pytest.raises(MobilityError, match="does not exist"):
        open_roads(tmp_path / "missing.osm.pbf")
    other = tmp_path / "roads.txt"
    other.write_text("x")
    with pytest.raises(MobilityError, match="roads come from an extract"):
        open_roads(other)


def test_damaged_cache_is_rebuilt(tmp_path, caplog):
    built = []

    def build():
        built.append(1)
        return read_osm(TOWN, CAR)

    first = cached_network(tmp_path, TOWN, CAR, None, build)
    again = cached_network(tmp_path, TOWN, CAR, None, build)
    assert len(built) == 1
    assert np.array_equal(first.seconds, again.seconds)
    assert first.names == again.names
    (entry,) = tmp_path.glob("*.network")
    raw = bytearray(entry.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    entry.write_bytes(bytes(raw))
    cached_network(tmp_path, TOWN, CAR, None, build)
    assert len(built) == 2
    assert "damaged" in caplog.text
    entry.write_bytes(entry.read_bytes()[:100])
    cached_network(tmp_path, TOWN, CAR, None, build)
    assert len(built) == 3


def test_cache_is_keyed_by_profile_and_content(tmp_path):
    source = tmp_path / "a.osm"
    source.write_bytes(TOWN.read_bytes())
    for profile in ("car", "bus"):
        read_network(source, profile, cache=tmp_path / "cache")
    source.write_bytes(TOWN.read_bytes().replace(b"Rue Haute", b"Rue Basse"))
    assert "Rue Basse" in read_network(source, "car", cache=tmp_path / "cache").names
    assert len(list((tmp_path / "cache").glob("*.network"))) == 3


def test_road_tables(tmp_path):
    (tmp_path / "tm_nodes.csv").write_text("node,lat,lon\n0,44.45,1.44\n1,44.45,1.45\n2,44.46,1.45\n")
    (tmp_path / "tm_edges.csv").write_text("from,to,refs,systems\n0,1,D820,fraoccd46\n1,2,D10,fraoccd46\n")
    network = read_road_tables(tmp_path, CAR)
    assert set(network.names) == {"D820", "D10"}
    fast, slow = (float(network.metres[i] / network.seconds[i, 0]) for i in (0, 1))
    assert fast > slow
    (tmp_path / "tm_edges.csv").write_text("from,to,refs,systems\n0,9,D820,fraoccd46\n")
    with pytest.raises(MobilityError, match="line 2: an end of the edge 0-9"):
        read_road_tables(tmp_path, CAR)
    (tmp_path / "tm_edges.csv").write_text("from,to,refs\n0,1,D820\n")
    with pytest.raises(MobilityError, match="the column systems is missing"):
        read_road_tables(tmp_path, CAR)


def test_box_has_its_margin():
    west, south, east, north = box_around([Point(1.44, 44.45)], 10_000)
    assert great_circle(Point(west, 44.45), Point(east, 44.45)) == pytest.approx(20_000, rel=0.01)
    assert great_circle(Point(1.44, south), Point(1.44, north)) == pytest.approx(20_000, rel=0.01)


def test_liechtenstein_and_its_half(shared, tmp_path):
    """A real extract: every village reaches every other; cut in half, it is refused."""
    source = shared / "data" / "osm" / "liechtenstein.osm.pbf"
    network = StreetNetwork(read_osm(source, CAR))
    vaduz, balzers, ruggell = place(9.5215, 47.1410), place(9.5025, 47.0660), place(9.5254, 47.2380)
    times = network.travel_times([vaduz, balzers, ruggell], [vaduz, balzers, ruggell])
    assert np.isfinite(times.seconds).all()
    assert 8_000 < times.metres[0, 1] < 12_000
    half = tmp_path / "half.osm.pbf"
    half.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    with pytest.raises(MobilityError, match="cut off"):
        read_osm(half, CAR)
    bavaria = shared / "data" / "osm" / "north-bayreuth.osm.gz"
    cut = tmp_path / "cut.osm.gz"
    cut.write_bytes(bavaria.read_bytes()[: bavaria.stat().st_size // 2])
    with pytest.raises(MobilityError, match="cut off"):
        read_osm(cut, CAR)


def test_the_roads_of_the_lot_reach_every_commune(shared):
    from data.territory_files import find_folder, read_territory
    from desks.settings import default_territory

    territory = read_territory(find_folder(default_territory()))
    places = [territory.settlements_by_id[commune.insee].place for commune in territory.communes]
    roads = open_roads(shared / "data" / "roads", box=box_around([p.point for p in places]))
    times = roads.travel_times(places, places, "bus")
    assert np.isfinite(times.seconds).all()
    assert max(snap.distance for snap in roads.network("bus").snapper.snap(places)) < 700


def test_one_walks_both_ways_along_any_path_but_private_ones():
    foot = StreetNetwork(read_osm(TOWN, FOOT))
    assert "Rue Droite" in names(foot.path(NORTH, SOUTH)), "one-way signs do not concern walkers"
    assert "Rue Barrée" in names(foot.path(SOUTH_WEST, NORTH_WEST)), "nor do bollards"
    way = foot.path(SOUTH, NORTH)
    assert way.seconds == pytest.approx(way.metres / 1.1, rel=1e-3)
    assert foot.network.metres.sum() > StreetNetwork(read_osm(TOWN, CAR)).network.metres.sum()


def test_junctions_and_metres_to_the_road():
    roads = StreetRoads(lambda name: StreetNetwork(read_osm(TOWN, find_profile(name))))
    fine, coarse = roads.junctions(50), roads.junctions(5000)
    assert len(fine) > len(coarse) >= 1
    assert roads.metres_to_road([Place("j", "Junction", fine[0])])[0] < 1
    north = Place("n", "North", Point(fine[0].lon, fine[0].lat + 0.05))
    assert roads.metres_to_road([north])[0] > 1000
