"""A road network as flat arrays, and its drawing from ways."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    from scipy import sparse
    from scipy.sparse import csgraph
else:
    sparse, csgraph = late("scipy.sparse"), late("scipy.sparse.csgraph")


@dataclass(frozen=True)
class RoadNetwork:
    """Roads that one vehicle can drive, as edges between junctions.

    For N junctions, E edges and K shape points: ``nodes`` (N, 2) float64 and ``shape`` (K, 2) float64 are longitudes
    and latitudes; ``ends`` (E, 2) int32; ``metres`` (E,) float32; ``seconds`` (E, 2) float32, forward and backward,
    ``inf`` where an edge is not driven that way; ``name`` (E,) int32 into ``names``; the points of edge e are
    ``shape[shape_start[e]:shape_start[e + 1]]``. ``attribution`` credits the source.
    """

    nodes: NDArray[np.float64]
    ends: NDArray[np.int32]
    metres: NDArray[np.float32]
    seconds: NDArray[np.float32]
    name: NDArray[np.int32]
    names: tuple[str, ...]
    shape: NDArray[np.float64]
    shape_start: NDArray[np.int64]
    attribution: str = ""

    @cached_property
    def adjacency(self) -> "Adjacency":
        """Return the arcs, sorted by the junction they leave."""
        return Adjacency.of(self)

    @cached_property
    def main_part(self) -> NDArray[np.bool_]:
        """Return, for each edge, whether it lies in the largest part where every junction reaches every other."""
        forward, backward = np.isfinite(self.seconds[:, 0]), np.isfinite(self.seconds[:, 1])
        tails = np.concatenate([self.ends[forward, 0], self.ends[backward, 1]])
        heads = np.concatenate([self.ends[forward, 1], self.ends[backward, 0]])
        size = len(self.nodes)
        arcs = sparse.csr_matrix((np.ones(len(tails), dtype=np.int8), (tails, heads)), shape=(size, size))
        _, labels = csgraph.connected_components(arcs, directed=True, connection="strong")
        main = np.bincount(labels).argmax()
        inside: NDArray[np.bool_] = (labels[self.ends[:, 0]] == main) & (labels[self.ends[:, 1]] == main)
        return inside

    def edge_points(self, edge: int) -> NDArray[np.float64]:
        """Return the points (n, 2) of an edge."""
        return self.shape[self.shape_start[edge] : self.shape_start[edge + 1]]


@dataclass(frozen=True)
class Adjacency:
    """Arcs in compressed rows: those leaving junction n are ``first[n]:first[n + 1]``.

    ``edge`` is the edge of an arc, ``backward`` whether it runs against the edge's drawing.
    """

    first: NDArray[np.int64]
    head: NDArray[np.int32]
    seconds: NDArray[np.float32]
    metres: NDArray[np.float32]
    edge: NDArray[np.int32]
    backward: NDArray[np.bool_]

    @staticmethod
    def of(network: RoadNetwork) -> "Adjacency":
        """Sort a network's arcs."""
        forward = np.flatnonzero(np.isfinite(network.seconds[:, 0])).astype(np.int32)
        backward = np.flatnonzero(np.isfinite(network.seconds[:, 1])).astype(np.int32)
        edge = np.concatenate([forward, backward])
        reverse = np.concatenate([np.zeros(len(forward), dtype=bool), np.ones(len(backward), dtype=bool)])
        tail = np.where(reverse, network.ends[edge, 1], network.ends[edge, 0])
        head = np.where(reverse, network.ends[edge, 0], network.ends[edge, 1])
        order = np.argsort(tail, kind="stable")
        counts = np.bincount(tail, minlength=len(network.nodes))
        return Adjacency(
            first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            head=head[order].astype(np.int32),
            seconds=network.seconds[edge[order], reverse[order].astype(int)],
            metres=network.metres[edge[order]],
            edge=edge[order],
            backward=reverse[order],
        )


@dataclass
class NetworkDraft:
    """Ways gathered by a reader, cut at their junctions by :meth:`finish`.

    A way is a list of node keys with the speeds forward and backward in km/h (0 where not driven) and a name; node
    keys not in ``blocked`` join the ways that share them.
    """

    positions: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: list[tuple[list[int], float, float, str]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)

    def finish(self, attribution: str) -> RoadNetwork:
        """Cut the ways at junctions and measure the pieces."""
        pieces = list(self._pieces())
        if not pieces:
            raise MobilityError("no-roads", "no road that this vehicle can drive lies in the area", field="roads")
        junction: dict[object, int] = {}
        nodes: list[tuple[float, float]] = []
        ends = np.empty((len(pieces), 2), dtype=np.int32)
        for number, (keys, _, _, _) in enumerate(pieces):
            for side, key in ((0, keys[0]), (1, keys[-1])):
                # Each way that meets a closed barrier ends there alone.
                identity: object = (key, number, side) if key in self.blocked else key
                if identity not in junction:
                    junction[identity] = len(nodes)
                    nodes.append(self.positions[key])
                ends[number, side] = junction[identity]
        counts = np.array([len(keys) for keys, _, _, _ in pieces])
        shape = np.array([self.positions[key] for keys, _, _, _ in pieces for key in keys], dtype=np.float64)
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        metres = _lengths(shape, start)
        speeds = np.array([(forward, backward) for _, forward, backward, _ in pieces]) / 3.6
        with np.errstate(divide="ignore"):
            seconds = np.where(speeds > 0, metres[:, None] / np.where(speeds > 0, speeds, 1), np.inf)
        names = sorted({name for _, _, _, name in pieces})
        index = {name: i for i, name in enumerate(names)}
        return RoadNetwork(
            nodes=np.array(nodes, dtype=np.float64),
            ends=ends,
            metres=metres.astype(np.float32),
            seconds=seconds.astype(np.float32),
            name=np.array([index[name] for _, _, _, name in pieces], dtype=np.int32),
            names=tuple(names),
            shape=shape,
            shape_start=start,
            attribution=attribution,
        )

    def _pieces(self) -> "list[tuple[list[int], float, float, str]]":
        uses: dict[int, int] = {}
        for keys, _, _, _ in self.ways:
            for key in keys:
                uses[key] = uses.get(key, 0) + 1
        pieces = []
        for keys, forward, backward, name in self.ways:
            piece = [keys[0]]
            for key in keys[1:]:
                if key == piece[-1]:
                    continue
                piece.append(key)
                if uses[key] > 1 or key in self.blocked:
                    pieces.append((piece, forward, backward, name))
                    piece = [key]
            if len(piece) > 1:
                pieces.append((piece, forward, backward, name))
        return pieces


def _lengths(shape: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the great-circle length in metres of each run of points."""
    steps = great_circles(shape[:-1], shape[1:])
    steps[start[1:-1] - 1] = 0.0
    total = np.concatenate([[0.0], np.cumsum(steps)])
    lengths: NDArray[np.float64] = total[start[1:] - 1] - total[start[:-1]]
    return np.maximum(lengths, 0.1)


def great_circles(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the great-circle metres between points (n, 2) of longitude and latitude."""
    from_rad, to_rad = np.radians(a), np.radians(b)
    half = (to_rad - from_rad) / 2
    h = np.sin(half[..., 1]) ** 2 + np.cos(from_rad[..., 1]) * np.cos(to_rad[..., 1]) * np.sin(half[..., 0]) ** 2
    metres: NDArray[np.float64] = 2 * 6_371_008.8 * np.arcsin(np.sqrt(h))
    return metres


def concatenated(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Join lines end to end, dropping the points they share."""
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])
