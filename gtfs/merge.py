"""One feed for a territory: the trips of each source that touch it, under identifiers that last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gtfs.feed_files import FeedFiles, table_bytes
from gtfs.feed_tables import FeedTables, read_text_table
from gtfs.flexible import zone_features
from gtfs.frames import pd
from gtfs.timetable import stop_points
from mobility.places import Point

ID_COLUMNS = {
    "agency_id", "route_id", "trip_id", "service_id", "shape_id", "block_id", "zone_id", "level_id", "pathway_id",
    "booking_rule_id", "pickup_booking_rule_id", "drop_off_booking_rule_id", "location_id", "location_group_id",
    "attribution_id", "stop_id", "parent_station", "from_stop_id", "to_stop_id", "from_route_id", "to_route_id",
    "from_trip_id", "to_trip_id",
}  # fmt: skip
"""Columns whose values name something: each gets its source's prefix, so that sources never clash."""
STOP_COLUMNS = ("stop_id", "parent_station", "from_stop_id", "to_stop_id")
ROUTE_COLUMNS = ("route_id", "from_route_id", "to_route_id")
MERGED = (
    "agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt", "calendar_dates.txt",
    "frequencies.txt", "shapes.txt", "transfers.txt", "pathways.txt", "levels.txt", "booking_rules.txt",
    "location_groups.txt", "location_group_stops.txt",
)  # fmt: skip
"""Files that are merged. Fares and translations stay with their source: they hold for its whole network."""
ONLY_AGENCY = "operator"
"""Identifier of the operator of a feed that names only one."""


@dataclass(frozen=True)
class MergeSource:
    """A feed that takes part, with what its licence asks to be said. ``stops`` and ``routes`` rename identifiers.

    ``licence`` must be given: nothing is joined on terms that nobody has told.
    """

    name: str
    feed: FeedTables
    attribution: str
    licence: str
    url: str = ""
    stops: Mapping[str, str] | None = None
    routes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Publisher:
    """Who publishes the merge, and where one may write to them."""

    name: str
    url: str
    mail: str = ""
    language: str = "fr"


def merge_feeds(
    sources: Sequence[MergeSource], inside: Callable[[Point], bool], publisher: Publisher, *, version: str,
    span: tuple[date, date],
) -> FeedFiles:  # fmt: skip
    """Merge feeds into one, keeping whole every trip that stops inside.

    Identifiers are ``name:identifier``. ``attributions.txt`` credits each source, ``feed_info.txt`` the publisher.
    """
    parts = [_prefixed(source, _kept(source.feed, inside)) for source in sources]
    frames = {
        file: pd.concat([part[file] for part in parts if file in part], ignore_index=True).fillna("")
        for file in MERGED
        if any(file in part for part in parts)
    }
    files = {name: table_bytes(frame) for name, frame in frames.items() if len(frame)}
    features = [feature for source in sources for feature in _zones(source, frames["stop_times.txt"])]
    if features:
        document = {"type": "FeatureCollection", "features": features}
        files["locations.geojson"] = json.dumps(document, ensure_ascii=False).encode()
    info = {
        "feed_publisher_name": publisher.name, "feed_publisher_url": publisher.url, "feed_lang": publisher.language,
        "default_lang": publisher.language, "feed_start_date": f"{span[0]:%Y%m%d}",
        "feed_end_date": f"{span[1]:%Y%m%d}", "feed_version": version, "feed_contact_email": publisher.mail,
        "feed_contact_url": publisher.url,
    }  # fmt: skip
    credits_ = [
        {
            "attribution_id": source.name, "organization_name": f"{source.attribution} ({source.licence})",
            "is_producer": "1", "attribution_url": source.url,
        }
        for source in sources
    ]  # fmt: skip
    files["feed_info.txt"] = table_bytes(pd.DataFrame([info]))
    files["attributions.txt"] = table_bytes(pd.DataFrame(credits_))
    return FeedFiles("merged", files)


def clip_feed(feed: FeedTables, inside: Callable[[Point], bool]) -> FeedTables:
    """Return a feed with the trips that stop inside alone, each whole: a national feed becomes light to search."""
    return FeedTables(feed.name, _kept(feed, inside), feed.source)


def _table(feed: FeedTables, file: str) -> pd.DataFrame | None:
    if file in feed:
        return feed[file]
    if file in feed.source.files:
        return read_text_table(feed.source.files[file], f"{feed.name}/{file}", ())
    return None


def _kept(feed: FeedTables, inside: Callable[[Point], bool]) -> dict[str, pd.DataFrame]:
    """Return the tables of the trips that stop inside, or whose on-demand zone is not told by a stop."""
    stops, times = feed["stops.txt"], feed["stop_times.txt"]
    near = {stop for stop, point in zip(stops["stop_id"], stop_points(feed), strict=True) if point and inside(point)}
    flexible = pd.Series(data=False, index=times.index)
    for column in ("location_id", "location_group_id"):
        if column in times.columns:
            flexible |= times[column] != ""
    trips = set(times.loc[times["stop_id"].isin(near) | flexible, "trip_id"])
    kept = {file: frame for file in MERGED if (frame := _table(feed, file)) is not None}
    _keep_rows(kept, "trip_id", trips, ("trips.txt", "stop_times.txt", "frequencies.txt"))
    _keep_rows(kept, "route_id", set(kept["trips.txt"]["route_id"]), ("routes.txt",))
    if "agency_id" in kept["agency.txt"].columns and "agency_id" in kept["routes.txt"].columns:
        agencies = set(kept["routes.txt"]["agency_id"])
        if agencies - {""}:
            _keep_rows(kept, "agency_id", agencies, ("agency.txt",))
    _keep_rows(kept, "service_id", set(kept["trips.txt"]["service_id"]), ("calendar.txt", "calendar_dates.txt"))
    if "shape_id" in kept["trips.txt"].columns:
        _keep_rows(kept, "shape_id", set(kept["trips.txt"]["shape_id"]), ("shapes.txt",))
    else:
        kept.pop("shapes.txt", None)
    _keep_stops(kept, set(kept["stop_times.txt"]["stop_id"]) - {""})
    return kept


def _keep_rows(kept: dict[str, pd.DataFrame], column: str, values: set[str], files: Iterable[str]) -> None:
    for file in files:
        if file in kept:
            kept[file] = kept[file][kept[file][column].isin(values)]


def _keep_stops(kept: dict[str, pd.DataFrame], called: set[str]) -> None:
    """Keep the stops called at, those of kept zones, their stations, and what lies in these stations."""
    if "location_group_stops.txt" in kept:
        groups = set(kept["stop_times.txt"].get("location_group_id", pd.Series(dtype=str))) - {""}
        _keep_rows(kept, "location_group_id", groups, ("location_groups.txt", "location_group_stops.txt"))
        called = called | set(kept["location_group_stops.txt"]["stop_id"])
    stops = kept["stops.txt"]
    if "parent_station" in stops.columns:
        stations = set(stops.loc[stops["stop_id"].isin(called), "parent_station"]) - {""}
        within = stops["stop_id"].isin(called | stations)
        if "location_type" in stops.columns:
            # Entrances, junctions of ways and boarding areas belong to their station.
            within |= stops["parent_station"].isin(stations) & stops["location_type"].isin({"2", "3", "4"})
        kept["stops.txt"] = stops[within]
    else:
        kept["stops.txt"] = stops[stops["stop_id"].isin(called)]
    known = set(kept["stops.txt"]["stop_id"])
    for file in ("transfers.txt", "pathways.txt"):
        if file in kept:
            both = kept[file]["from_stop_id"].isin(known) & kept[file]["to_stop_id"].isin(known)
            kept[file] = kept[file][both]
    if "transfers.txt" in kept:
        frame = kept["transfers.txt"]
        for kind in ("trip", "route"):
            known_ids = set(kept[f"{kind}s.txt"][f"{kind}_id"]) | {""}
            for column in (f"from_{kind}_id", f"to_{kind}_id"):
                if column in frame.columns:
                    frame = frame[frame[column].isin(known_ids)]
        kept["transfers.txt"] = frame
    if "levels.txt" in kept:
        levels = set(kept["stops.txt"].get("level_id", pd.Series(dtype=str)))
        _keep_rows(kept, "level_id", levels, ("levels.txt",))


def _prefixed(source: MergeSource, kept: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    prefix = f"{source.name}:"
    for file in ("agency.txt", "routes.txt"):
        frame = kept[file]
        only = frame["agency_id"] if "agency_id" in frame.columns else pd.Series([""] * len(frame), index=frame.index)
        kept[file] = frame.assign(agency_id=only.where(only != "", _only_agency(source.feed)))
    result = {}
    for file, frame in kept.items():
        changed = frame.copy()
        for column in ID_COLUMNS & set(frame.columns):
            values = frame[column]
            renames = source.stops if column in STOP_COLUMNS else source.routes if column in ROUTE_COLUMNS else None
            if renames:
                values = values.map(lambda value, names=renames: names.get(value, value))
            changed[column] = (prefix + values).where(values != "", "")
        result[file] = changed
    return result


def _only_agency(feed: FeedTables) -> str:
    ids = [value for value in feed.column("agency.txt", "agency_id") if value]
    return str(ids[0]) if ids else ONLY_AGENCY


def _zones(source: MergeSource, stop_times: pd.DataFrame) -> list[dict[str, object]]:
    """Return the zones of a source that kept stop times name, under their new identifiers."""
    content = source.feed.source.files.get("locations.geojson")
    if content is None or "location_id" not in stop_times.columns:
        return []
    used = set(stop_times["location_id"])
    features = zone_features(content, f"{source.name}/locations.geojson")
    renamed = [{**feature, "id": f"{source.name}:{feature.get('id')}"} for feature in features]
    return [feature for feature in renamed if feature["id"] in used]
