"""The lines of a feed as people know them, and the communes where each stops."""

from collections import defaultdict
from collections.abc import Mapping

from gtfs.feed_tables import FeedTables
from mobility.territory import folded
from mobility.transport import Line, ServedLine


def served_lines(feed: str, tables: FeedTables, communes: Mapping[str, str]) -> tuple[ServedLine, ...]:
    """Return the lines of a feed that stop in some commune, in the order of the feed.

    ``feed`` is the name under which it is kept, ``communes`` the commune of each stop ("" where it is in none). What
    one operator calls by one name is one line, in however many parts its feed tells it (a part for each way, often).
    """
    where = _communes(tables, communes)
    found: dict[tuple[str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
    for route, name, title, operator in _told(tables):
        if where[route]:
            found[operator, folded(name)].append((route, name, title, operator))
    return tuple(
        ServedLine(
            Line(feed, route, name), title, operator, frozenset(part[0] for part in parts),
            frozenset().union(*(where[part[0]] for part in parts)),
        )
        for parts in found.values()
        for route, name, title, operator in parts[:1]
    )  # fmt: skip


def _told(tables: FeedTables) -> list[tuple[str, str, str, str]]:
    """Return the identifier, the name, where it leads and who runs it of each line that the feed tells."""
    agencies = tables.column("agency.txt", "agency_name").tolist()
    named = dict(zip(tables.column("agency.txt", "agency_id"), agencies, strict=True))
    only = agencies[0] if len(agencies) == 1 else ""
    columns = (tables.column("routes.txt", name) for name in ("route_id", "agency_id", "route_short_name",
               "route_long_name"))  # fmt: skip
    found = []
    for route, agency, *names in zip(*columns, strict=True):
        short, long = (" ".join(str(name).split()) for name in names)
        name = short or long or str(route)
        found.append((str(route), name, "" if folded(long) == folded(name) else long, str(named.get(agency, only))))
    return found


def _communes(tables: FeedTables, communes: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the communes where each line of a feed stops, by its identifier."""
    routes = dict(zip(tables["trips.txt"]["trip_id"], tables["trips.txt"]["route_id"], strict=True))
    calls = tables["stop_times.txt"]
    # Of a region's feed, few of a million calls are here: the others are left out before any is looked at by itself.
    calls = calls[calls["stop_id"].isin([stop for stop, commune in communes.items() if commune])]
    found: dict[str, set[str]] = defaultdict(set)
    for trip, stop in zip(calls["trip_id"], calls["stop_id"], strict=True):
        found[str(routes.get(trip, ""))].add(communes[stop])
    return found
