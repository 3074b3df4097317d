"""On-demand services in GTFS (Flex): read from a feed, and written as one.

A trip whose stop times carry a pick-up window is a service that comes when it is booked: it runs from any of its
places where one may board to any later one (or the same) where one may alight.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from gtfs.booking_rules import DAYS_BEFORE, REAL_TIME, SAME_DAY, read_booking_rules, read_number, service_days
from gtfs.feed_files import FeedFiles, table_bytes
from gtfs.feed_tables import FeedTables
from gtfs.frames import pd
from gtfs.stop_times import NOT_OFFERED, read_seconds
from gtfs.timetable import stop_points
from gtfs.typical_week import gtfs_clock
from mobility.clock import DAY, WEEKDAYS, ZONE
from mobility.errors import MobilityError
from mobility.places import Point
from mobility.transport import Booking, OnDemandRun, OnDemandService, ServiceDays, Zone

WINDOW = ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
_BUS = "3"


def read_flexible(feed: FeedTables, source: str = "") -> list[OnDemandService]:
    """Return the on-demand services of a feed, one a route."""
    table = feed["stop_times.txt"]
    if WINDOW[0] not in table.columns:
        return []
    if WINDOW[1] not in table.columns:
        raise MobilityError(
            "missing-column", f"the column {WINDOW[1]} is missing", field=f"{feed.name}/stop_times.txt",
            columns=[WINDOW[1]], expected=list(WINDOW), found=list(table.columns),
        )  # fmt: skip
    table = table[table[WINDOW[0]].str.strip() != ""]
    if table.empty:
        return []
    name = f"{feed.name}/stop_times.txt"
    opens, closes = (read_seconds(table[column], name) for column in WINDOW)
    table = table.assign(_opens=opens, _closes=closes, _order=pd.to_numeric(table["stop_sequence"], errors="coerce"))
    zones = _zones(feed)
    trips = feed["trips.txt"].set_index("trip_id")
    routes = feed["routes.txt"].set_index("route_id")
    rules = read_booking_rules(feed)
    runs: dict[str, list[OnDemandRun]] = defaultdict(list)
    named: dict[str, str] = {}
    for trip_id, rows in table.sort_values("_order").groupby("trip_id", sort=False):
        if trip_id not in trips.index:
            continue
        trip = trips.loc[trip_id]
        route, days = str(trip["route_id"]), service_days(feed, str(trip["service_id"]))
        for i, origin in enumerate(rows.to_dict("records")):
            if str(origin.get("pickup_type", "")) == NOT_OFFERED:
                continue
            rule = str(origin.get("pickup_booking_rule_id", "") or "")
            if rule:
                named.setdefault(route, rule)
            for destination in rows.to_dict("records")[i if len(rows) == 1 else i + 1 :]:
                if str(destination.get("drop_off_type", "")) == NOT_OFFERED:
                    continue
                one, other = (_zone_of(row, zones, name) for row in (origin, destination))
                runs[route].append(
                    OnDemandRun(
                        one, other, days.weekdays, int(origin["_opens"]), int(destination["_closes"]), days.first,
                        days.last, days.added, days.removed, read_number(trip.get("safe_duration_factor", ""), 1.5),
                        read_number(trip.get("safe_duration_offset", ""), 300.0),
                    )
                )  # fmt: skip
    services = []
    for route, its_runs in runs.items():
        row = routes.loc[route] if route in routes.index else pd.Series(dtype=str)
        title = str(row.get("route_long_name") or row.get("route_short_name") or route)
        services.append(
            OnDemandService(
                f"{source}:{route}", title, rules.operator(route), rules.booking(route, named.get(route, "")),
                tuple(its_runs), source=source,
            )
        )  # fmt: skip
    return services


def _zone_of(row: Mapping[Any, Any], zones: dict[str, Zone], name: str) -> Zone:
    for column in ("location_id", "location_group_id", "stop_id"):
        identifier = str(row.get(column, "") or "")
        if identifier:
            if identifier not in zones:
                raise MobilityError(
                    "no-such-zone", f"the {column} '{identifier}' is not in the feed", field=name, value=identifier,
                    column=column,
                )  # fmt: skip
            return zones[identifier]
    raise MobilityError(
        "no-such-zone", "a stop time names neither a stop nor a zone", field=name, value="", column="location_id"
    )


def _zones(feed: FeedTables) -> dict[str, Zone]:
    points = dict(zip(feed["stops.txt"]["stop_id"], stop_points(feed), strict=True))
    names = dict(zip(feed["stops.txt"]["stop_id"], feed["stops.txt"]["stop_name"], strict=True))
    zones = {stop: Zone(stop, names[stop], None, (point,)) for stop, point in points.items() if point}
    if "location_group_stops.txt" in feed:
        groups: dict[str, list[Point]] = defaultdict(list)
        for row in feed["location_group_stops.txt"].itertuples():
            point = points.get(str(row.stop_id))
            if point:
                groups[str(row.location_group_id)].append(point)
        titles: dict[str, str] = {}
        if "location_groups.txt" in feed:
            columns = (feed.column("location_groups.txt", f"location_group_{c}") for c in ("id", "name"))
            titles = dict(zip(*columns, strict=True))
        zones |= {group: Zone(group, titles.get(group, ""), None, tuple(of)) for group, of in groups.items()}
    if "locations.geojson" in feed.source.files:
        zones |= _polygons(feed.source.files["locations.geojson"], f"{feed.name}/locations.geojson")
    return zones


def zone_features(content: bytes, name: str) -> list[dict[str, Any]]:
    """Return the zones of ``locations.geojson`` as GeoJSON features with an identifier and a shape that can be read."""
    try:
        features: list[dict[str, Any]] = json.loads(content.decode("utf-8-sig"))["features"]
        for feature in features:
            shape(feature["geometry"])
            str(feature["id"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise MobilityError("bad-json", f"this is not the GeoJSON of zones ({error})", field=name) from None
    return features


def _polygons(content: bytes, name: str) -> dict[str, Zone]:
    return {
        str(feature["id"]): Zone(
            str(feature["id"]), str((feature.get("properties") or {}).get("stop_name", "")), shape(feature["geometry"])
        )
        for feature in zone_features(content, name)
    }


def flexible_feed(services: Sequence[OnDemandService], *, first: date, last: date) -> FeedFiles:
    """Write the on-demand services whose days and hours are known as a feed of their own.

    ``first`` and ``last`` bound the runs that tell no dates. Services without known runs are left out: a feed cannot
    say "ask by telephone when it runs".
    """
    told = [service for service in services if service.runs]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    features: dict[str, dict[str, Any]] = {}
    for service in told:
        agency = service.operator.id or service.id
        if all(row["agency_id"] != agency for row in rows["agency.txt"]):
            rows["agency.txt"].append({
                "agency_id": agency, "agency_name": service.operator.name,
                "agency_url": service.operator.url or "https://transport.data.gouv.fr",
                "agency_timezone": str(ZONE), "agency_lang": "fr",
                "agency_phone": service.operator.telephone or (service.booking.telephone if service.booking else ""),
            })  # fmt: skip
        rows["routes.txt"].append({
            "route_id": service.id, "agency_id": agency, "route_long_name": service.name, "route_type": _BUS,
        })  # fmt: skip
        # A rule cannot say that one does not know: the agency's telephone must do.
        booking = service.booking if service.booking and service.booking.known else None
        rule = service.id if booking else ""
        if booking:
            rows["booking_rules.txt"].append(_booking_row(service.id, booking))
            if booking.counted:
                _write_days(service.id, booking.counted, rows, first, last)
        for number, run in enumerate(service.runs, start=1):
            trip = f"{service.id}-{number}"
            ends = [_write_zone(zone, rows, features) for zone in (run.origin, run.destination)]
            _write_days(trip, run.days, rows, first, last)
            rows["trips.txt"].append({
                "route_id": service.id, "service_id": trip, "trip_id": trip,
                "safe_duration_factor": run.duration_factor, "safe_duration_offset": run.duration_offset,
            })  # fmt: skip
            for sequence, end in enumerate(ends):
                rows["stop_times.txt"].append({
                    "trip_id": trip, "stop_sequence": sequence, **end, WINDOW[0]: gtfs_clock(run.opens),
                    WINDOW[1]: gtfs_clock(run.closes), "pickup_type": "2" if sequence == 0 else "1",
                    "drop_off_type": "1" if sequence == 0 else "2",
                    "pickup_booking_rule_id": rule if sequence == 0 else "",
                    "drop_off_booking_rule_id": rule if sequence else "",
                })  # fmt: skip
    files = {
        name: table_bytes(pd.DataFrame(content).fillna("").drop_duplicates())
        for name, content in rows.items()
        if content
    }
    if told and "stops.txt" not in files:
        files["stops.txt"] = b"stop_id,stop_name,stop_lat,stop_lon\n"
    if features:
        document = {"type": "FeatureCollection", "features": list(features.values())}
        files["locations.geojson"] = json.dumps(document, ensure_ascii=False).encode()
    return FeedFiles("on-demand", files)


def _write_days(
    identifier: str, days: ServiceDays, rows: dict[str, list[dict[str, Any]]], first: date, last: date
) -> None:
    """Write a calendar; ``first`` and ``last`` bound days that tell no dates."""
    rows["calendar.txt"].append({
        "service_id": identifier, **{day: int(n in days.weekdays) for n, day in enumerate(WEEKDAYS, start=1)},
        "start_date": f"{days.first or first:%Y%m%d}", "end_date": f"{days.last or last:%Y%m%d}",
    })  # fmt: skip
    rows["calendar_dates.txt"] += [
        {"service_id": identifier, "date": f"{day:%Y%m%d}", "exception_type": kind}
        for kind, changed in (("1", days.added), ("2", days.removed)) for day in sorted(changed)
    ]  # fmt: skip


def _booking_row(identifier: str, booking: Booking) -> dict[str, Any]:
    kind = DAYS_BEFORE if booking.by_day else SAME_DAY if booking.notice else REAL_TIME
    # The format wants an hour: one that is not known is the end of the day.
    closes = DAY if booking.closes is None else booking.closes
    waits = booking.opens_days is not None and kind == DAYS_BEFORE
    return {
        "booking_rule_id": identifier, "booking_type": kind,
        "prior_notice_duration_min": (booking.notice or 0) // 60 if kind == SAME_DAY else "",
        "prior_notice_duration_max": (booking.longest_notice or 0) // 60 or "" if kind == SAME_DAY else "",
        "prior_notice_last_day": booking.days_before if kind == DAYS_BEFORE else "",
        "prior_notice_last_time": gtfs_clock(closes) if kind == DAYS_BEFORE else "",
        "prior_notice_start_day": booking.opens_days if waits else "",
        "prior_notice_start_time": gtfs_clock(booking.opens) if waits else "",
        "prior_notice_service_id": identifier if kind == DAYS_BEFORE and booking.counted else "",
        "message": booking.message, "phone_number": booking.telephone, "info_url": booking.url,
    }  # fmt: skip


def _write_zone(
    zone: Zone, rows: dict[str, list[dict[str, Any]]], features: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Write a zone once; return the column that names it in a stop time."""
    if zone.area is not None:
        features[zone.id] = {
            "type": "Feature", "id": zone.id, "properties": {"stop_name": zone.name}, "geometry": mapping(zone.area),
        }  # fmt: skip
        return {"location_id": zone.id}
    if all(row["location_group_id"] != zone.id for row in rows["location_groups.txt"]):
        rows["location_groups.txt"].append({"location_group_id": zone.id, "location_group_name": zone.name})
        for point in zone.stops:
            stop = f"od-{point.lon:.5f}-{point.lat:.5f}"
            rows["stops.txt"].append({
                "stop_id": stop, "stop_name": zone.name, "stop_lat": f"{point.lat:.6f}",
                "stop_lon": f"{point.lon:.6f}",
            })  # fmt: skip
            rows["location_group_stops.txt"].append({"location_group_id": zone.id, "stop_id": stop})
    return {"location_group_id": zone.id}
