"""Matrices, paths and isochrones on a street network: the routing that the use cases ask for."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from mobility.errors import MobilityError
from mobility.places import Place, Point
from mobility.travel import ON_FOOT, Path, TravelTimes
from routing.dijkstra import Entries, grow_tree, many_to_many, tree_arcs
from routing.network import RoadNetwork, concatenated
from routing.snapping import MAX_SNAP, Snap, Snapper

ISOCHRONE_WIDTH = 250.0
"""Metres around a reached road that count as reached."""


class StreetNetwork:
    """One vehicle's network with what is needed to search it."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self.snapper = Snapper(network)

    @cached_property
    def _tails(self) -> NDArray[np.int32]:
        arcs = self.network.adjacency
        return np.repeat(np.arange(len(arcs.first) - 1, dtype=np.int32), np.diff(arcs.first))

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        arcs = self.network.adjacency
        return arcs.first, arcs.head, arcs.seconds, arcs.metres

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], *, limit: float = np.inf
    ) -> TravelTimes:
        """Return the fastest times; pairs beyond ``limit`` seconds are ``inf``."""
        from_snaps = self.snapper.snap(origins)
        to_snaps = self.snapper.snap(destinations)
        leave = self._entries(from_snaps, leaving=True)
        reach = self._entries(to_snaps, leaving=False)
        seconds, metres = many_to_many(self._arrays(), leave, reach, limit)
        self._same_edges(from_snaps, to_snaps, seconds, metres)
        beyond = seconds > limit
        seconds[beyond] = metres[beyond] = np.inf
        return TravelTimes(
            origins=tuple(place.id for place in origins),
            destinations=tuple(place.id for place in destinations),
            seconds=seconds.astype(np.float32),
            metres=metres.astype(np.float32),
            estimated=np.zeros(seconds.shape, dtype=bool),
        )

    def _entries(self, snaps: Sequence[Snap], *, leaving: bool) -> Entries:
        """Return the two junctions around each snap, with the seconds and metres between them and the place."""
        edges = np.array([snap.edge for snap in snaps])
        along = np.array([snap.fraction for snap in snaps])
        forward, backward = self.network.seconds[edges, 0], self.network.seconds[edges, 1]
        length = self.network.metres[edges]
        with np.errstate(invalid="ignore"):
            if leaving:
                seconds = np.column_stack([along * backward, (1 - along) * forward])
            else:
                seconds = np.column_stack([along * forward, (1 - along) * backward])
        # At the very end of a one-way edge 0 x inf is not a number: the junction itself is reached.
        at_start, at_end = along <= 0, along >= 1
        seconds[at_start, 0] = 0.0
        seconds[at_end, 1] = 0.0
        metres = np.column_stack([along * length, (1 - along) * length])
        return self.network.ends[edges].astype(np.int64), seconds.astype(np.float64), metres.astype(np.float64)

    def _same_edges(
        self,
        origins: Sequence[Snap],
        destinations: Sequence[Snap],
        seconds: NDArray[np.float64],
        metres: NDArray[np.float64],
    ) -> None:
        """Let places on the same edge meet along it."""
        to_edges = np.array([snap.edge for snap in destinations])
        for i, origin in enumerate(origins):
            for j in np.flatnonzero(to_edges == origin.edge).tolist():
                way = destinations[j].fraction - origin.fraction
                direct = abs(way) * self.network.seconds[origin.edge, 0 if way >= 0 else 1] if way else 0.0
                if direct < seconds[i, j]:
                    seconds[i, j] = direct
                    metres[i, j] = abs(way) * self.network.metres[origin.edge]

    def _grow(self, origin: Snap, limit: float) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        seeds, seconds, metres = self._entries([origin], leaving=True)
        nothing = np.zeros(len(self.network.nodes), dtype=bool)
        grown: tuple[NDArray[Any], NDArray[Any], NDArray[Any]] = grow_tree(
            *self._arrays(), seeds[0], seconds[0], metres[0], nothing, limit
        )
        return grown

    def path(self, origin: Place, destination: Place) -> Path:
        """Return the fastest way, with its line and the names of its roads."""
        start, end = self.snapper.snap([origin, destination])
        time, length, arc_in = self._grow(start, np.inf)
        ends, end_seconds, end_metres = self._entries([end], leaving=False)
        totals = time[ends[0]] + end_seconds[0]
        side = int(np.argmin(totals))
        way = end.fraction - start.fraction
        direct = abs(way) * float(self.network.seconds[start.edge, 0 if way >= 0 else 1]) if way else 0.0
        if start.edge == end.edge and direct <= totals[side]:
            metres = abs(way) * float(self.network.metres[start.edge])
            pieces = [(start.edge, start.fraction, end.fraction)]
            seconds = direct
        else:
            if not np.isfinite(totals[side]):
                raise MobilityError(
                    "no-way", f"no road leads from {origin.name} to {destination.name}", field="destination",
                    origin=origin.name, destination=destination.name,
                )  # fmt: skip
            node = int(ends[0, side])
            arcs = tree_arcs(arc_in, self._tails, node)
            root = int(self._tails[arcs[0]]) if arcs else node
            entry = 1.0 if root == self.network.ends[start.edge, 1] else 0.0
            adjacency = self.network.adjacency
            pieces = [(start.edge, start.fraction, entry)]
            pieces += [
                (int(adjacency.edge[arc]), *((1.0, 0.0) if adjacency.backward[arc] else (0.0, 1.0))) for arc in arcs
            ]
            pieces.append((end.edge, float(side), end.fraction))
            seconds, metres = float(totals[side]), float(length[node] + end_metres[0, side])
        line = concatenated([self._part(*piece) for piece in pieces])
        return Path(
            seconds=seconds,
            metres=metres,
            points=tuple(Point(float(lon), float(lat)) for lon, lat in line),
            roads=self._named(pieces),
        )

    def _part(self, edge: int, start: float, end: float) -> NDArray[np.float64]:
        """Return the points of an edge between two fractions of it, in the order of travel."""
        line = shapely.LineString(self.network.edge_points(edge))
        low, high = min(start, end), max(start, end)
        part = shapely.get_coordinates(substring(line, low, high, normalized=True))
        if len(part) < 2:
            part = np.repeat(part, 2, axis=0)
        return part if end >= start else part[::-1]

    def _named(self, pieces: Sequence[tuple[int, float, float]]) -> tuple[tuple[str, float], ...]:
        runs: list[tuple[str, float]] = []
        for edge, start, end in pieces:
            name = self.network.names[self.network.name[edge]]
            metres = abs(end - start) * float(self.network.metres[edge])
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + metres)
            elif metres > 0:
                runs.append((name, metres))
        return tuple(runs)

    def isochrone(self, origin: Place, seconds: float) -> shapely.MultiPolygon:
        """Return the ground within ``ISOCHRONE_WIDTH`` of the roads reached in so many seconds, in WGS 84."""
        start = self.snapper.snap([origin])[0]
        time, _, _ = self._grow(start, seconds)
        parts = [
            (start.edge, start.fraction, min(1.0, start.fraction + self._share(start.edge, 0, seconds))),
            (start.edge, max(0.0, start.fraction - self._share(start.edge, 1, seconds)), start.fraction),
        ]
        for arc in np.flatnonzero(np.isfinite(time[self._tails])):
            edge, backward = int(self.network.adjacency.edge[arc]), bool(self.network.adjacency.backward[arc])
            share = min(1.0, self._share(edge, int(backward), seconds - time[self._tails[arc]]))
            parts.append((edge, 1.0 - share, 1.0) if backward else (edge, 0.0, share))
        lines = [self._part(edge, low, high) for edge, low, high in parts if high > low]
        if not lines:
            lines = [np.array([start.lonlat, start.lonlat])]
        project = self.snapper.to_metres
        metric = [shapely.LineString(np.column_stack(project.transform(p[:, 0], p[:, 1]))) for p in lines]
        ground = shapely.union_all(shapely.buffer(metric, ISOCHRONE_WIDTH, quad_segs=3)).simplify(25)
        back: Callable[[NDArray[Any]], NDArray[Any]] = lambda xy: np.column_stack(  # noqa: E731
            project.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        )
        polygon = shapely.transform(ground, back)
        return polygon if isinstance(polygon, shapely.MultiPolygon) else shapely.MultiPolygon([polygon])

    def _share(self, edge: int, direction: int, seconds: float) -> float:
        full = float(self.network.seconds[edge, direction])
        return max(0.0, seconds / full) if np.isfinite(full) else 0.0


class StreetRoads:
    """The roads of a territory for several vehicles, each network loaded when first asked for."""

    def __init__(self, load: Callable[[str], StreetNetwork]) -> None:
        self._load = load
        self._networks: dict[str, StreetNetwork] = {}

    def network(self, profile: str) -> StreetNetwork:
        """Return the network of a vehicle."""
        if profile not in self._networks:
            self._networks[profile] = self._load(profile)
        return self._networks[profile]

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str, *, limit: float = float("inf")
    ) -> TravelTimes:
        """Return the matrix of fastest times; pairs beyond ``limit`` seconds are ``inf``."""
        return self.network(profile).travel_times(origins, destinations, limit=limit)

    def path(self, origin: Place, destination: Place, profile: str) -> Path:
        """Return the fastest way between two places."""
        return self.network(profile).path(origin, destination)

    def drawn(self) -> Iterator[tuple[str, Sequence[Point]]]:
        """Return every edge that cars drive."""
        network = self.network("car").network
        for edge in range(len(network.ends)):
            points = [Point(float(lon), float(lat)) for lon, lat in network.edge_points(edge)]
            yield network.names[int(network.name[edge])], points

    def junctions(self, spacing: float) -> list[Point]:
        """Return one junction that one walks to in each square of ``spacing`` metres, in a fixed order."""
        network = self.network(ON_FOOT)
        main = np.unique(network.network.ends[network.network.main_part])
        nodes = network.network.nodes[main]
        x, y = network.snapper.to_metres.transform(nodes[:, 0], nodes[:, 1])
        cells = np.floor(np.column_stack([x, y]) / spacing).astype(np.int64)
        _, first = np.unique(cells, axis=0, return_index=True)
        return [Point(float(lon), float(lat)) for lon, lat in nodes[first]]

    def metres_to_road(self, places: Sequence[Place]) -> list[float]:
        """Return the metres from each place to the nearest way that one walks along."""
        return [snap.distance for snap in self.network(ON_FOOT).snapper.snap(places, max_distance=np.inf)]

    def covers(self, places: Sequence[Place]) -> list[bool]:
        """Tell, for each place, whether a road that a car can drive is near."""
        snaps = self.network("car").snapper.snap(places, max_distance=np.inf)
        return [snap.distance <= MAX_SNAP for snap in snaps]
