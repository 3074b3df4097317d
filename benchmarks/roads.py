"""Roads beside SciPy, igraph and OSMnx/networkx: reading, memory, matrices. `python -m benchmarks.roads`."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import igraph
import networkx
import numpy as np
import osmnx
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.measure import SHARED, apart, median_of, table
from mobility.places import Place, Point
from routing.dijkstra import many_to_many
from routing.network import RoadNetwork
from routing.network_cache import cached_network
from routing.osm_reader import read_osm
from routing.profiles import CAR
from routing.road_tables import read_road_tables
from routing.street_roads import StreetNetwork

NETWORKS = {
    "Liechtenstein": SHARED / "osm" / "liechtenstein.osm.pbf",
    "Porto": SHARED / "osm" / "porto.osm.pbf",
    "Lot (numbered roads)": SHARED / "roads",
}


def read(path: Path) -> RoadNetwork:
    """Read a network as the house does."""
    return read_road_tables(path, CAR) if path.is_dir() else read_osm(path, CAR)


def read_only(path: Path) -> tuple[int, int]:
    """Read a network and return its size."""
    network = read(path)
    return len(network.nodes), len(network.adjacency.head)


def read_cached(path: Path, cache: Path) -> int:
    """Read a network through the cache."""
    return len(cached_network(cache, path, CAR, None, lambda: read(path)).nodes)


def read_osmnx(path: Path) -> tuple[int, int]:
    """Read an OSM XML file with OSMnx, and add speeds and times."""
    graph = osmnx.graph_from_xml(path, simplify=True)
    osmnx.routing.add_edge_travel_times(osmnx.routing.add_edge_speeds(graph))
    return graph.number_of_nodes(), graph.number_of_edges()


def as_xml(path: Path, folder: Path) -> Path:
    """Write the highways of an extract as XML, the only form that OSMnx reads; not timed."""
    target = folder / f"{path.name.split('.')[0]}.osm"
    script = (
        "import osmium, sys\n"
        "keep = osmium.IdTracker()\n"
        "with osmium.BackReferenceWriter(sys.argv[2], sys.argv[1], overwrite=True) as writer:\n"
        "    for way in osmium.FileProcessor(sys.argv[1], osmium.osm.WAY)"
        ".with_filter(osmium.filter.KeyFilter('highway')):\n"
        "        writer.add(way)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path), str(target)], check=True)
    return target


def matrices(network: RoadNetwork) -> dict[str, dict[str, float]]:
    """Return the seconds of 63 x 63 and 1000 x 1000 matrices between junctions, by each peer, on the same arcs."""
    arcs = network.adjacency
    size = len(network.nodes)
    tails = np.repeat(np.arange(size), np.diff(arcs.first))
    # A SciPy matrix adds parallel arcs up: the peers get the faster one of each pair of junctions.
    order = np.lexsort((arcs.seconds, arcs.head, tails))
    pairs, first = np.unique(np.column_stack([tails, arcs.head])[order], axis=0, return_index=True)
    seconds = arcs.seconds[order][first].astype(float)
    graph = csr_matrix((seconds, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    ig = igraph.Graph(n=size, edges=pairs, directed=True)
    nx = networkx.DiGraph()
    nx.add_weighted_edges_from(zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), seconds.tolist(), strict=True))
    junctions = np.unique(network.ends[network.main_part])
    rng = np.random.default_rng(1)
    results: dict[str, dict[str, float]] = {}
    for count in (63, 1000):
        chosen = rng.choice(junctions, count, replace=len(junctions) < count)
        entry = np.column_stack([chosen, chosen])
        cost = np.column_stack([np.zeros(count), np.full(count, np.inf)])
        flat = (arcs.first, arcs.head, arcs.seconds, arcs.metres)
        ours = many_to_many(flat, (entry, cost, cost), (entry, cost, cost), np.inf)[0]
        theirs = dijkstra(graph, indices=chosen)[:, chosen]
        assert np.allclose(ours, theirs, rtol=1e-3, atol=1), "the peers disagree"
        peers: dict[str, Callable[[], object]] = {
            "ours (seconds and metres)": lambda e=entry, c=cost, f=flat: many_to_many(f, (e, c, c), (e, c, c), np.inf),  # type: ignore[misc]
            "SciPy (seconds only)": lambda c=chosen: dijkstra(graph, indices=c)[:, c],  # type: ignore[misc]
            "igraph (seconds only)": lambda c=chosen: ig.distances(  # type: ignore[misc]
                sorted(set(c.tolist())), sorted(set(c.tolist())), weights=seconds
            ),
        }
        if count == 63:
            peers["networkx (seconds only)"] = lambda c=chosen: [  # type: ignore[misc]
                networkx.single_source_dijkstra_path_length(nx, int(n), weight="weight") for n in c
            ]
        for name, work in peers.items():
            results.setdefault(name, {})[f"{count} x {count}"] = median_of(3 if count == 63 else 1, work)
    return results


def main() -> None:
    """Measure and print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        rows: list[list[object]] = []
        for name, path in NETWORKS.items():
            seconds, memory, (nodes, arcs) = apart(read_only, path)
            rows.append([name, "ours", f"{nodes} / {arcs}", f"{seconds:.2f}", f"{memory:.0f}"])
            apart(read_cached, path, Path(folder))
            seconds, memory, _ = apart(read_cached, path, Path(folder))
            rows.append([name, "ours, cached", f"{nodes} / {arcs}", f"{seconds:.2f}", f"{memory:.0f}"])
            if not path.is_dir():
                seconds, memory, (nodes, arcs) = apart(read_osmnx, as_xml(path, Path(folder)))
                rows.append([name, "OSMnx (highways as XML)", f"{nodes} / {arcs}", f"{seconds:.2f}", f"{memory:.0f}"])
        print(table(["network", "reader", "junctions / arcs", "seconds", "MiB"], rows), end="\n\n")
    rows = []
    for name, path in NETWORKS.items():
        for peer, times in matrices(read(path)).items():
            rows.append(
                [name, peer, *(f"{times[key]:.3f}" if key in times else "-" for key in ("63 x 63", "1000 x 1000"))]
            )
    print(table(["network", "matrix by", "63 x 63 (s)", "1000 x 1000 (s)"], rows), end="\n\n")
    network = read(NETWORKS["Porto"])
    street = StreetNetwork(network)
    rng = np.random.default_rng(2)
    places = [
        Place(str(n), str(n), Point(*map(float, network.nodes[n])))
        for n in rng.choice(np.unique(network.ends[network.main_part]), 1000)
    ]
    seconds = median_of(1, lambda: street.travel_times(places, places))
    print(f"Porto, 1000 x 1000 between places, snapping included: {seconds:.2f} s")


if __name__ == "__main__":
    main()
