"""On-demand services: read from a feed written by hand, written and read again."""

import json
from datetime import date, datetime

import gtfs_guru
import pytest

from gtfs.feed_tables import feed_tables, read_feed_tables
from gtfs.flexible import flexible_feed, read_flexible
from gtfs.timetable import build_timetable
from mobility.errors import MobilityError
from mobility.places import Point
from mobility.transport import Booking, OnDemandRun, OnDemandService, Operator, Zone
from tests.gtfs.small_feed import FILES, write_feed, write_zip

TUESDAY, SATURDAY = date(2026, 6, 2), date(2026, 6, 6)
ZONE = {
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature", "id": "plateau", "properties": {"stop_name": "Le plateau"},
        "geometry": {"type": "Polygon",
                     "coordinates": [[[1.5, 44.4], [1.7, 44.4], [1.7, 44.6], [1.5, 44.6], [1.5, 44.4]]]},
    }],
}  # fmt: skip
FLEX = {
    "routes.txt": FILES["routes.txt"] + "van,VAN,3\n",
    "trips.txt": FILES["trips.txt"] + "van,week,v1,\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence,start_pickup_drop_off_window,"
        "end_pickup_drop_off_window,pickup_type,drop_off_type,pickup_booking_rule_id\n"
        "t1,08:00:00,08:00:00,north,,1,,,0,0,\nt1,08:20:00,08:20:00,middle,,2,,,0,0,\n"
        "v1,,,,plateau,1,09:00:00,12:00:00,2,1,r1\nv1,,,middle,,2,09:00:00,12:30:00,1,2,r1\n"
    ),
    "booking_rules.txt": (
        "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,"
        "phone_number,message\nr1,2,,1,16:00:00,05 00 00 00 00,Réserver la veille\nr2,1,90,,,,\n"
    ),
    "locations.geojson": json.dumps(ZONE),
}


@pytest.fixture
def folder(tmp_path):
    path = write_feed(tmp_path / "feed", frequencies_txt=None)
    for name, content in FLEX.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


def test_a_zone_with_a_booking_rule_is_read(folder):
    (service,) = read_flexible(read_feed_tables(folder), "valley")
    assert (service.id, service.name, service.operator.name) == ("valley:van", "VAN", "Valley")
    (run,) = service.runs
    assert (run.opens, run.closes) == (9 * 3600, 12 * 3600 + 1800)
    assert run.origin.contains(Point(1.6, 44.5))
    assert not run.origin.contains(Point(1.4, 44.5))
    assert run.destination.contains(Point(1.401, 44.5))
    assert run.runs(TUESDAY)
    assert not run.runs(SATURDAY)
    assert not run.runs(date(2026, 7, 14)), "an exception takes the day out"
    assert service.booking.deadline(TUESDAY, 10 * 3600) == datetime(2026, 6, 1, 16)


def test_booking_the_same_day_counts_back_from_the_ride():
    assert Booking(notice=5400).deadline(TUESDAY, 10 * 3600) == datetime(2026, 6, 2, 8, 30)


def test_fixed_lines_beside_zones_are_still_a_timetable(folder):
    timetable = build_timetable(read_feed_tables(folder), TUESDAY)
    assert "t1" in timetable.trip_ids
    assert "v1" not in timetable.trip_ids


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("locations.geojson", '{"type": "FeatureCollection", "features": [{', "bad-json"),
        ("locations.geojson", '{"type": "FeatureCollection", "features": []}', "no-such-zone"),
        ("booking_rules.txt", FLEX["booking_rules.txt"].replace("16:00:00", "16h"), "bad-feed-time"),
    ],
)
def test_broken_zones_are_told(folder, file, content, code):
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(MobilityError) as caught:
        read_flexible(read_feed_tables(folder))
    assert caught.value.code == code


def service(**changes):
    zone = Zone("villages", "Villages", None, (Point(1.5, 44.4), Point(1.6, 44.5)))
    town = Zone("town", "Ville", None, (Point(1.4, 44.45),))
    run = OnDemandRun(zone, town, frozenset({2, 4}), 9 * 3600, 12 * 3600)
    given = {
        "id": "van", "name": "Navette", "operator": Operator("cc", "Communauté", "0565000000", "https://cc.example"),
        "booking": Booking(days_before=1, closes=16 * 3600, telephone="0565000000"), "runs": (run,),
    }  # fmt: skip
    return OnDemandService(**(given | changes))


def test_services_written_are_valid_and_read_alike(tmp_path):
    feed = flexible_feed([service()], first=date(2026, 1, 1), last=date(2027, 12, 31))
    (again,) = read_flexible(feed_tables(feed))
    assert again.name == "Navette"
    assert again.booking.deadline(TUESDAY, 10 * 3600) == datetime(2026, 6, 1, 16)
    assert [run.runs(TUESDAY) for run in again.runs] == [True]
    assert [run.runs(SATURDAY) for run in again.runs] == [False]
    assert again.near(Point(1.6, 44.5))
    write_zip(feed, tmp_path / "flex.zip")
    result = gtfs_guru.validate(str(tmp_path / "flex.zip"), date="2026-06-01")
    assert result.error_count == 0, [(n.code, n.context()) for n in result.errors()]


def test_services_whose_days_are_not_known_are_left_out():
    assert flexible_feed([service(runs=())], first=TUESDAY, last=SATURDAY).files == {}
