"""Identifiers that last: a stop or a line that is still there keeps the name it was first published under."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gtfs.feed_tables import FeedTables
from gtfs.timetable import stop_points
from mobility.places import Point, great_circle
from mobility.territory import folded

SAME_STOP = 100.0
"""Metres within which a stop of the same name is the same stop."""


@dataclass
class IdRegistry:
    """What has been published: for stops and routes, public identifier to what it stands for.

    ``stops`` hold (name, lon, lat, identifier in the source's last version); ``routes`` (names, that identifier).
    """

    stops: dict[str, tuple[str, float, float, str]] = field(default_factory=dict)
    routes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def update(self, feed: FeedTables) -> tuple[dict[str, str], dict[str, str]]:
        """Take in a version of a feed; return the public identifiers of its stops and of its routes."""
        return self._update_stops(feed), self._update_routes(feed)

    def _update_stops(self, feed: FeedTables) -> dict[str, str]:
        public = {source: known for known, (_, _, _, source) in self.stops.items()}
        stops = feed["stops.txt"]
        present = set(stops["stop_id"])
        gone: dict[str, list[tuple[str, Point]]] = {}
        for known, (name, lon, lat, source) in self.stops.items():
            if source not in present:
                gone.setdefault(folded(name), []).append((known, Point(lon, lat)))
        result = {}
        for stop, name, point in zip(stops["stop_id"], stops["stop_name"], stop_points(feed), strict=True):
            lasting = public.get(stop, "")
            if not lasting and point:
                matches = gone.get(folded(str(name)), [])
                near = sorted((great_circle(point, there), known) for known, there in matches)
                if near and near[0][0] <= SAME_STOP:
                    lasting = near[0][1]
                    gone[folded(str(name))] = [match for match in matches if match[0] != lasting]
            lasting = lasting or _free(stop, self.stops)
            result[stop] = lasting
            self.stops[lasting] = (str(name), point.lon if point else 0.0, point.lat if point else 0.0, stop)
        return result

    def _update_routes(self, feed: FeedTables) -> dict[str, str]:
        public = {source: known for known, (_, source) in self.routes.items()}
        routes = feed["routes.txt"]
        short, long = (feed.column("routes.txt", f"route_{kind}_name") for kind in ("short", "long"))
        present = set(routes["route_id"])
        gone = {name: known for known, (name, source) in self.routes.items() if source not in present}
        result = {}
        for route, one, other in zip(routes["route_id"], short, long, strict=True):
            name = folded(f"{one} {other}")
            known = public.get(route) or (gone.pop(name, None) if name else None) or _free(route, self.routes)
            result[route] = known
            self.routes[known] = (name, route)
        return result


def _free(identifier: str, taken: Mapping[str, object]) -> str:
    """Return an identifier that no other thing was ever published under."""
    if identifier not in taken:
        return identifier
    number = 2
    while f"{identifier}~{number}" in taken:
        number += 1
    return f"{identifier}~{number}"
