"""Ways on foot between stops: changing at a stop, the feed's transfers and pathways, and walks by road."""

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gtfs.feed_tables import FeedTables
from mobility.places import EARTH_RADIUS, Place, Point
from mobility.travel import ON_FOOT, WALK_SPEED, Roads

CHANGE = 60
"""Seconds to change between vehicles at one stop where the feed does not tell."""
WALK_DETOUR = 1.3
"""Metres walked per metre of straight line, where no road network tells."""
LONGEST_WALK = 600.0
"""Metres of straight line that are walked between stops."""
NEVER = 10**7
"""Seconds of a change that a feed forbids."""
STATION = "1"
_LONGEST_NUMBER = 18
"""Digits of a number that a feed tells."""
_BLOCK = 200
"""Stops whose walks are asked of the road network at once."""


@dataclass(frozen=True)
class FootPaths:
    """Those from stop s are ``stops[first[s]:first[s + 1]]`` with ``seconds``; the first leads to s itself (int32)."""

    first: NDArray[np.int32]
    stops: NDArray[np.int32]
    seconds: NDArray[np.int32]


def ways_on_foot(
    feeds: Sequence[tuple[FeedTables, Mapping[str, int]]], points: Sequence[Point | None], roads: Roads | None = None
) -> FootPaths:
    """Return the ways on foot between the stops of some feeds, each with the numbers of its stops.

    Short walks follow ``roads`` where they are given and come near both stops, else a lengthened straight line. The
    feeds' pathways are preferred inside stations, and their transfers to everything else.
    """
    seconds = _walks(points, roads)
    for feed, index in feeds:
        _walk_pathways(seconds, feed, index)
        _obey_transfers(seconds, feed, index)
    for stop, ways in enumerate(seconds):
        # The way to the stop itself stands first, also where the feed forbids changing there.
        seconds[stop] = {stop: ways.get(stop, NEVER), **{k: v for k, v in ways.items() if k != stop}}
    flat = [way for ways in seconds for way in ways.items()]
    sizes = np.cumsum([0, *(len(ways) for ways in seconds)])
    return FootPaths(
        sizes.astype(np.int32),
        np.array([stop for stop, _ in flat], dtype=np.int32),
        np.array([walk for _, walk in flat], dtype=np.int32),
    )


def _walks(points: Sequence[Point | None], roads: Roads | None) -> list[dict[int, int]]:
    """Return the changes at each stop and the walks between stops close to each other."""
    seconds: list[dict[int, int]] = [{stop: CHANGE} for stop in range(len(points))]
    pairs = _close_pairs(points)
    by_road = _walks_by_road(points, pairs, roads) if roads else {}
    for (one, other), metres in pairs.items():
        straight = metres * WALK_DETOUR / WALK_SPEED
        for pair in ((one, other), (other, one)):
            walk = by_road.get(pair, straight)
            if math.isfinite(walk):
                seconds[pair[0]][pair[1]] = max(CHANGE, math.ceil(walk))
    return seconds


def _close_pairs(points: Sequence[Point | None]) -> dict[tuple[int, int], float]:
    """Return the pairs of stops within ``LONGEST_WALK`` of each other, with the straight metres."""
    placed = [stop for stop, point in enumerate(points) if point is not None]
    lat = np.radians([p.lat if p else 0.0 for p in points])
    lon = np.radians([p.lon if p else 0.0 for p in points])
    order = sorted(placed, key=lambda stop: float(lat[stop]))
    reach = LONGEST_WALK / EARTH_RADIUS
    pairs = {}
    for place, stop in enumerate(order):
        for other in order[place + 1 :]:
            if lat[other] - lat[stop] > reach:
                break
            angle = math.hypot((lon[other] - lon[stop]) * math.cos(lat[stop]), lat[other] - lat[stop])
            if angle <= reach:
                pairs[stop, other] = angle * EARTH_RADIUS
    return pairs


def _walks_by_road(
    points: Sequence[Point | None], pairs: Mapping[tuple[int, int], float], roads: Roads
) -> dict[tuple[int, int], float]:
    """Return the seconds of the walks that the roads know, pair by pair and way by way."""
    near: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    stops = sorted(near)
    places = {stop: Place(str(stop), str(stop), point) for stop in stops if (point := points[stop]) is not None}
    known = dict(zip(stops, roads.covers([places[stop] for stop in stops]), strict=True)) if stops else {}
    # Neighbours in the order of their latitude share most of their own neighbours.
    walkers = sorted((stop for stop in stops if known[stop]), key=lambda stop: places[stop].point.lat)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(walkers), _BLOCK):
        block = walkers[start : start + _BLOCK]
        ends = sorted({other for stop in block for other in near[stop] if known[other]})
        if not ends:
            continue
        times = roads.travel_times([places[s] for s in block], [places[s] for s in ends], ON_FOOT)
        for stop in block:
            for other in near[stop]:
                if known[other]:
                    found[stop, other] = times.seconds_between(str(stop), str(other))
    return found


def _walk_pathways(seconds: list[dict[int, int]], feed: FeedTables, index: Mapping[str, int]) -> None:
    """Replace the walks inside stations by those along the feed's pathways, through entrances and generic nodes."""
    if "pathways.txt" not in feed:
        return
    graph: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for row in feed["pathways.txt"].itertuples():
        ends = index.get(str(row.from_stop_id)), index.get(str(row.to_stop_id))
        if ends[0] is None or ends[1] is None:
            continue
        lasts = _pathway_seconds(row)
        graph[ends[0]].append((ends[1], lasts))
        if str(row.is_bidirectional) == "1":
            graph[ends[1]].append((ends[0], lasts))
    kinds = dict(zip(index.values(), feed.column("stops.txt", "location_type"), strict=True))
    platforms = [stop for stop in graph if kinds[stop] in {"", "0"}]
    for platform in platforms:
        times = {platform: 0.0}
        queue = [(0.0, platform)]
        while queue:
            time, at = heapq.heappop(queue)
            if time > times[at]:
                continue
            for other, lasts in graph[at]:
                if time + lasts < times.get(other, math.inf):
                    times[other] = time + lasts
                    heapq.heappush(queue, (time + lasts, other))
        for other, time in times.items():
            if other != platform and kinds[other] in {"", "0"}:
                seconds[platform][other] = max(1, math.ceil(time))


def _pathway_seconds(row: object) -> float:
    for column, rate in (("traversal_time", 1.0), ("length", 1 / WALK_SPEED)):
        try:
            told = float(getattr(row, column, "")) * rate
        except ValueError:
            continue
        # No number, an endless one or one below zero is the validator's to report.
        if 0 <= told <= NEVER:
            return told
    return float(CHANGE)


def _change_seconds(told: str) -> int:
    """Return how long a change takes by the feed; what is no such number is the validator's to report."""
    if not (told.isascii() and told.isdigit() and len(told) <= _LONGEST_NUMBER):
        return CHANGE
    return max(1, min(int(told), NEVER))


def _obey_transfers(seconds: list[dict[int, int]], feed: FeedTables, index: Mapping[str, int]) -> None:
    """Apply the rules between pairs of stops; a rule for a station holds for each of its platforms.

    Rules for one trip or one line only are passed over.
    """
    if "transfers.txt" not in feed:
        return
    names = {number: stop for stop, number in index.items()}
    platforms: dict[str, list[int]] = defaultdict(list)
    for number, parent in zip(index.values(), feed.column("stops.txt", "parent_station"), strict=True):
        if parent:
            platforms[parent].append(number)
    for row in feed["transfers.txt"].itertuples():
        if any(str(getattr(row, c, "") or "") for c in ("from_trip_id", "to_trip_id", "from_route_id", "to_route_id")):
            continue
        sides = []
        for stop in (str(row.from_stop_id), str(row.to_stop_id)):
            own_number = index.get(stop)
            sides.append(platforms.get(stop, []) or ([] if own_number is None else [own_number]))
        told = str(getattr(row, "min_transfer_time", "") or "").strip()
        for one in sides[0]:
            for other in sides[1]:
                own = names[one] == row.from_stop_id and names[other] == row.to_stop_id
                if row.transfer_type == "3" and own:
                    seconds[one].pop(other, None)
                elif row.transfer_type in {"", "0", "1", "2"} and (own or other in seconds[one]):
                    seconds[one][other] = _change_seconds(told)
