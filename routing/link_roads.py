"""The embedded roads: a small table of links between places, and straight lines where nothing else is known.

The table is a *spanner* of the true travel times: a pair of places gets a link of its own unless the links already
chosen join it within a stated stretch, so every pair of the table is at most that much too long.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from mobility.errors import MobilityError
from mobility.places import Place, Point, great_circle, within
from mobility.travel import ON_FOOT, WALK_SPEED, Path, RoadLink, Roads, TravelTimes

DETOUR = 1.35
"""Metres of road per metre of straight line: the usual order of magnitude of rural networks."""
STRAIGHT_SPEED_KMH = {"car": 50.0, "bus": 42.0, ON_FOOT: WALK_SPEED * 3.6}
"""Speed over the lengthened straight line, of the same order as the tables of usual speeds."""
MAX_ANCHOR = 10_000.0
"""Metres from every place of the table beyond which a place is off the map."""
STRETCH = 1.02
"""Longest stretch of the spanner: no pair of the table is more than 2 % slower than on the roads."""
LONGEST_DRAWN = 5000.0
"""Metres of straight line between the ends of the links that a map shows."""
PROFILES = ("car", "bus")
"""Vehicles that the embedded table knows."""


class LinkRoads:
    """Roads known by links between named places; any other place hangs on the nearest of them in a straight line."""

    def __init__(self, places: Sequence[Place], links: Sequence[RoadLink]) -> None:
        self._places = {place.id: place for place in places}
        self._links: dict[str, list[tuple[str, RoadLink]]] = defaultdict(list)
        for link in links:
            for one, other in ((link.start, link.end), (link.end, link.start)):
                if one not in self._places:
                    raise MobilityError(
                        "unknown-place", f"the link {link.start}-{link.end} leads to no known place",
                        field="neighbours.csv", value=one,
                    )  # fmt: skip
                self._links[one].append((other, link))
        self._trees: dict[
            tuple[str, str], tuple[dict[str, float], dict[str, float], dict[str, tuple[str, RoadLink]]]
        ] = {}

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str, *, limit: float = float("inf")
    ) -> TravelTimes:
        """Return the matrix of fastest times along the links; pairs beyond ``limit`` seconds are ``inf``."""
        seconds = np.full((len(origins), len(destinations)), np.inf, dtype=np.float32)
        metres = seconds.copy()
        estimated = np.zeros(seconds.shape, dtype=bool)
        ends = [self._anchor(place) for place in destinations]
        for row, origin in enumerate(origins):
            start, start_metres = self._anchor(origin)
            time, length, _ = self._tree(start, profile)
            for column, (destination, (end, end_metres)) in enumerate(zip(destinations, ends, strict=True)):
                straight = self._straight_metres(origin, destination)
                off_road = start_metres + end_metres
                through = time.get(end, np.inf) + self._straight_seconds(off_road, profile)
                direct = self._straight_seconds(straight, profile)
                is_direct = (off_road > 0 or end not in time) and direct < through
                seconds[row, column] = direct if is_direct else through
                metres[row, column] = straight if is_direct else length.get(end, np.inf) + off_road
                estimated[row, column] = is_direct or off_road > 0
        metres[seconds > limit] = np.inf
        seconds[seconds > limit] = np.inf
        return TravelTimes(
            tuple(place.id for place in origins), tuple(place.id for place in destinations), seconds, metres, estimated
        )

    def path(self, origin: Place, destination: Place, profile: str) -> Path:
        """Return the way from link to link, drawn as straight lines between the places."""
        start, start_metres = self._anchor(origin)
        end, end_metres = self._anchor(destination)
        time, length, came = self._tree(start, profile)
        off_road = start_metres + end_metres
        if end not in time:
            metres = self._straight_metres(origin, destination)
            seconds = self._straight_seconds(metres, profile)
            return Path(seconds, metres, (origin.point, destination.point), (("", metres),), estimated=True)
        points, roads = [destination.point], []
        node = end
        while node != start:
            points.append(self._places[node].point)
            before, link = came[node]
            names = link.roads if link.start == before else link.roads[::-1]
            roads.append((" / ".join(names), link.metres[profile]))
            node = before
        points += [self._places[start].point, origin.point]
        line = [p for i, p in enumerate(points[::-1]) if i == 0 or p != points[::-1][i - 1]]
        seconds = time[end] + self._straight_seconds(off_road, profile)
        return Path(seconds, length[end] + off_road, tuple(line), tuple(roads[::-1]), estimated=off_road > 0)

    def drawn(self) -> Iterator[tuple[str, Sequence[Point]]]:
        """Return the short links as straight lines between their ends, without a name: they are no road as it lies.

        A long straight line would mislead: it is left out.
        """
        for start, links in self._links.items():
            for end, _ in links:
                ends = self._places[start].point, self._places[end].point
                if start < end and great_circle(*ends) <= LONGEST_DRAWN:
                    yield "", ends

    def covers(self, places: Sequence[Place]) -> list[bool]:
        """Tell, for each place, whether a place of the table is near."""
        known = [place.point for place in self._places.values()]
        return [any(within(point, place.point, MAX_ANCHOR) for point in known) for place in places]

    def _anchor(self, place: Place) -> tuple[str, float]:
        """Return the table's place where a place hangs, and the road metres to it (0 for the place itself)."""
        if self._places.get(place.id) and self._places[place.id].point == place.point:
            return place.id, 0.0
        near = [known for known in self._places.values() if within(known.point, place.point, MAX_ANCHOR)]
        if not near:
            raise MobilityError(
                "off-the-map",
                f"no known place within {MAX_ANCHOR:.0f} m of {place.name}; check its position",
                field=place.id, names=place.name, metres=round(MAX_ANCHOR),
            )  # fmt: skip
        nearest = min(near, key=lambda known: great_circle(known.point, place.point))
        return nearest.id, self._straight_metres(nearest, place)

    @staticmethod
    def _straight_metres(a: Place, b: Place) -> float:
        return great_circle(a.point, b.point) * DETOUR

    @staticmethod
    def _straight_seconds(metres: float, profile: str) -> float:
        return metres / (STRAIGHT_SPEED_KMH[profile] / 3.6)

    def _tree(
        self, start: str, profile: str
    ) -> tuple[dict[str, float], dict[str, float], dict[str, tuple[str, RoadLink]]]:
        """Return seconds, metres and the last link from a place to all that links reach."""
        if (start, profile) not in self._trees:
            time, length, came = {start: 0.0}, {start: 0.0}, {}
            queue = [(0.0, start)]
            while queue:
                seconds, node = heapq.heappop(queue)
                if seconds > time[node]:
                    continue
                for other, link in self._links[node]:
                    after = seconds + _seconds(link, profile)
                    if after < time.get(other, np.inf):
                        time[other], length[other] = after, length[node] + link.metres[profile]
                        came[other] = (node, link)
                        heapq.heappush(queue, (after, other))
            self._trees[start, profile] = time, length, came
        return self._trees[start, profile]


def _seconds(link: RoadLink, profile: str) -> float:
    """Return the seconds of a link; one walks along the road that cars take."""
    return link.metres["car"] / WALK_SPEED if profile == ON_FOOT else link.seconds[profile]


def spanner(places: Sequence[Place], roads: Roads, *, stretch: float = STRETCH) -> list[RoadLink]:
    """Choose the links that join all pairs of places within a stretch of their true times, for car and bus.

    Pairs are taken from the nearest on (greedy spanner); the longer direction of a pair counts.
    """
    times = {profile: roads.travel_times(places, places, profile) for profile in PROFILES}
    # Rounded first, so that the stretch holds for the figures that the table keeps.
    seconds = {profile: np.maximum(t.seconds, t.seconds.T).astype(float).round(1) for profile, t in times.items()}
    metres = {profile: np.maximum(t.metres, t.metres.T).astype(float).round() for profile, t in times.items()}
    size = len(places)
    pairs = sorted((float(seconds["car"][i, j]), i, j) for i in range(size) for j in range(i + 1, size))
    known = {profile: np.where(np.eye(size, dtype=bool), 0.0, np.inf) for profile in PROFILES}
    links = []
    for car_seconds, i, j in pairs:
        joined = all(known[profile][i, j] <= stretch * seconds[profile][i, j] for profile in PROFILES)
        if not np.isfinite(car_seconds) or joined:
            continue
        path = roads.path(places[i], places[j], "car")
        names = tuple(dict.fromkeys(name for name, length in path.roads if name and length >= 500))
        links.append(
            RoadLink(
                places[i].id,
                places[j].id,
                {profile: float(metres[profile][i, j]) for profile in PROFILES},
                {profile: float(seconds[profile][i, j]) for profile in PROFILES},
                names,
            )
        )
        for profile in PROFILES:
            through = known[profile][:, i, None] + seconds[profile][i, j] + known[profile][None, j, :]
            known[profile] = np.minimum(known[profile], np.minimum(through, through.T))
    return links
