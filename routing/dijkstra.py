"""Shortest paths by time on flat arrays, compiled by Numba and kept on disk between starts."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.late import kernel

NO_ARC = -1


@kernel
def _push(heap_key, heap_node, size, key, node):
    position = size
    while position > 0:
        parent = (position - 1) >> 1
        if heap_key[parent] <= key:
            break
        heap_key[position] = heap_key[parent]
        heap_node[position] = heap_node[parent]
        position = parent
    heap_key[position] = key
    heap_node[position] = node
    return size + 1


@kernel
def _pop(heap_key, heap_node, size):
    size -= 1
    key, node = heap_key[size], heap_node[size]
    position = 0
    while True:
        child = 2 * position + 1
        if child >= size:
            break
        if child + 1 < size and heap_key[child + 1] < heap_key[child]:
            child += 1
        if heap_key[child] >= key:
            break
        heap_key[position] = heap_key[child]
        heap_node[position] = heap_node[child]
        position = child
    heap_key[position] = key
    heap_node[position] = node
    return size


@kernel
def _grow(first, head, seconds, metres, seeds, seed_seconds, seed_metres, wanted, limit, time, length, arc_in,
          heap_key, heap_node):  # fmt: skip
    """Grow one tree into ``time``, ``length`` and ``arc_in``; stop when all ``wanted`` nodes are settled."""
    time[:] = np.inf
    length[:] = np.inf
    arc_in[:] = NO_ARC
    size = 0
    for i in range(len(seeds)):
        if seed_seconds[i] < time[seeds[i]]:
            time[seeds[i]] = seed_seconds[i]
            length[seeds[i]] = seed_metres[i]
            size = _push(heap_key, heap_node, size, seed_seconds[i], seeds[i])
    left = 0
    for i in range(len(wanted)):
        left += wanted[i]
    settled = np.zeros(len(time), dtype=np.bool_)
    while size > 0:
        key, node = heap_key[0], heap_node[0]
        size = _pop(heap_key, heap_node, size)
        if settled[node]:
            continue
        if key > limit:
            break
        settled[node] = True
        if wanted[node]:
            left -= 1
            if left == 0:
                break
        for arc in range(first[node], first[node + 1]):
            after = key + seconds[arc]
            if after < time[head[arc]]:
                time[head[arc]] = after
                length[head[arc]] = length[node] + metres[arc]
                arc_in[head[arc]] = arc
                size = _push(heap_key, heap_node, size, after, head[arc])
    for node in range(len(time)):
        if not settled[node]:
            time[node] = np.inf
            length[node] = np.inf


@kernel
def grow_tree(first, head, seconds, metres, seeds, seed_seconds, seed_metres, wanted, limit):
    """Return (seconds, metres, arc that leads in) for each node, from seeds with their own costs.

    ``wanted`` (N,) bool names the nodes after which the search may stop (none: all are settled); nodes beyond
    ``limit`` seconds, or not settled, are ``inf``. Arcs as in :class:`routing.network.Adjacency`.
    """
    nodes, arcs = len(first) - 1, len(head)
    time, length = np.empty(nodes), np.empty(nodes)
    arc_in = np.empty(nodes, dtype=np.int64)
    heap_key, heap_node = np.empty(arcs + len(seeds) + 1), np.empty(arcs + len(seeds) + 1, dtype=np.int64)
    _grow(first, head, seconds, metres, seeds, seed_seconds, seed_metres, wanted, limit, time, length, arc_in,
          heap_key, heap_node)  # fmt: skip
    return time, length, arc_in


@kernel
def _fill(first, head, seconds, metres, seeds, seed_seconds, seed_metres, ends, end_seconds, end_metres, limit,
          out_seconds, out_metres):  # fmt: skip
    nodes, arcs = len(first) - 1, len(head)
    wanted = np.zeros(nodes, dtype=np.bool_)
    for j in range(len(ends)):
        for side in range(2):
            if np.isfinite(end_seconds[j, side]):
                wanted[ends[j, side]] = True
    time, length = np.empty(nodes), np.empty(nodes)
    arc_in = np.empty(nodes, dtype=np.int64)
    heap_key, heap_node = np.empty(arcs + 3), np.empty(arcs + 3, dtype=np.int64)
    for i in range(len(seeds)):
        _grow(first, head, seconds, metres, seeds[i], seed_seconds[i], seed_metres[i], wanted, limit, time, length,
              arc_in, heap_key, heap_node)  # fmt: skip
        for j in range(len(ends)):
            for side in range(2):
                total = time[ends[j, side]] + end_seconds[j, side]
                if total < out_seconds[i, j]:
                    out_seconds[i, j] = total
                    out_metres[i, j] = length[ends[j, side]] + end_metres[j, side]


Entries = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
"""Two junctions of each snapped place (n, 2), with the seconds and metres between them and the place; an infinite
cost closes an entry."""


def many_to_many(
    arcs: tuple[NDArray[Any], ...], leave: Entries, reach: Entries, limit: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds and metres (origins, destinations) between snapped places; beyond ``limit`` seconds, ``inf``.

    ``arcs`` are first, head, seconds and metres of :class:`routing.network.Adjacency`. The origins are shared
    between threads, since the compiled code holds no lock.
    """
    shape = (len(leave[0]), len(reach[0]))
    seconds, metres = np.full(shape, np.inf), np.full(shape, np.inf)
    threads = max(1, min(os.cpu_count() or 1, len(leave[0]) // 4))

    def fill(part: slice) -> None:
        _fill(*arcs, *(entry[part] for entry in leave), *reach, limit, seconds[part], metres[part])

    edges = np.linspace(0, len(leave[0]), threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, [slice(a, b) for a, b in itertools.pairwise(edges)]))
    return seconds, metres


def tree_arcs(arc_in: NDArray[np.int64], tails: NDArray[np.int32], node: int) -> list[int]:
    """Return the arcs that lead from a tree's root to a node, in the order of travel."""
    arcs = []
    while arc_in[node] != NO_ARC:
        arcs.append(int(arc_in[node]))
        node = int(tails[arc_in[node]])
    return arcs[::-1]
