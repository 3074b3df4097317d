"""Vehicles of the timetable that stop only for who asks: whom, until when, and what is left once it is too late."""

from datetime import date, datetime

import pandas as pd
import pytest

from gtfs.booking_rules import booked_trips
from gtfs.feed_summary import summarise_lines
from gtfs.feed_tables import feed_tables, read_feed_tables
from gtfs.flexible import flexible_feed, read_flexible
from gtfs.journey_search import JourneySearch
from gtfs.late_bookings import still_bookable
from gtfs.stop_times import stop_time_texts
from gtfs.timetable import build_timetable
from mobility.door_legs import Vans
from mobility.places import Place, Point
from mobility.transport import BOOKED, DRIVER, Booking, OnDemandRun, OnDemandService, Operator, ServiceDays, Zone
from tests.fakes import CrowFlyRoads
from tests.gtfs.on_request_feed import NIGHT, ORDINARY, write_line
from tests.gtfs.plain_search import earliest

TUESDAY = date(2026, 6, 2)
SEVEN, EIGHT = 7 * 3600, 8 * 3600


def search(folder, day=TUESDAY, **line):
    return JourneySearch(build_timetable(read_feed_tables(write_line(folder / "line", **line)), day))


def leg(engine, origin="P", destination="Q", first=SEVEN, last=9 * 3600):
    index = engine.timetable.stop_index
    (journey,) = engine.window([index[origin]], [index[destination]], first, last)
    (ridden,) = journey.legs
    return ridden


def test_the_agency_is_called_where_no_rule_is_named(tmp_path):
    found = leg(search(tmp_path))
    assert (found.boarding.how, found.alighting.how) == (BOOKED, DRIVER)
    (booking,) = found.bookings
    assert (booking.telephone, booking.operator) == ("0565000000", "La Navette")
    assert booking.deadline(TUESDAY, EIGHT) is None, "no deadline is invented"
    assert not booking.too_late(TUESDAY, EIGHT, datetime(2026, 6, 2, 7, 59))
    assert booking.too_late(TUESDAY, EIGHT, datetime(2026, 6, 2, 8, 1))


def test_the_driver_is_asked_where_the_stop_says_so(tmp_path):
    found = leg(search(tmp_path), origin="M")
    assert (found.boarding.how, found.alighting.how, found.bookings) == (DRIVER, DRIVER, ())


def test_nobody_boards_where_it_is_forbidden(tmp_path):
    engine = search(tmp_path)
    index = engine.timetable.stop_index
    assert not engine.timetable.boards[engine.timetable.first_stop[0] + 2]
    assert not engine.timetable.alights[engine.timetable.first_stop[0]]
    assert engine.window([index["Q"]], [index["P"]], 0, 24 * 3600) == []


@pytest.mark.parametrize(
    ("rule", "deadline", "telephone"),
    [
        ("eve", datetime(2026, 6, 1, 17), "0565000001"),
        ("hours", datetime(2026, 6, 2, 6), "0565000002"),
        # The desk is open on Mondays and Thursdays; no hour is known: the whole of Monday, by the agency's number.
        ("office", datetime(2026, 6, 2), "0565000000"),
        ("vague", None, "0565000003"),
        ("same", datetime(2026, 6, 2, 7), "0565000004"),
    ],
)
def test_a_rule_tells_whom_to_call_and_until_when(tmp_path, rule, deadline, telephone):
    (booking,) = leg(search(tmp_path, rule=rule)).bookings
    assert (booking.deadline(TUESDAY, EIGHT), booking.telephone) == (deadline, telephone)


def test_days_that_do_not_count_are_passed_over(tmp_path):
    (booking,) = leg(search(tmp_path, rule="office")).bookings
    assert booking.last_day(date(2026, 6, 7)) == date(2026, 6, 4), "the Thursday before Sunday"
    ended = ServiceDays(frozenset({1}), date(2025, 1, 1), date(2025, 12, 31))
    assert Booking(days_before=1, counted=ended).deadline(TUESDAY, EIGHT) is None


def test_booking_opens_some_days_before(tmp_path):
    (booking,) = leg(search(tmp_path, rule="eve")).bookings
    assert booking.opening(TUESDAY, EIGHT) == datetime(2026, 5, 26, 8)
    assert Booking(notice=3600, longest_notice=7200).opening(TUESDAY, EIGHT) == datetime(2026, 6, 2, 6)


def test_a_rule_at_either_end_counts(tmp_path):
    found = leg(search(tmp_path, rule="eve", off="2", off_rule="hours"))
    assert [booking.telephone for booking in found.bookings] == ["0565000001", "0565000002"]
    assert len(leg(search(tmp_path, rule="eve", off="2", off_rule="eve")).bookings) == 1
    # A rule where the type was left out: it is there to be kept.
    assert leg(search(tmp_path, off="", off_rule="hours"), origin="M").bookings[0].telephone == "0565000002"


def test_the_plain_search_says_the_same(tmp_path):
    engine = search(tmp_path, rule="eve")
    index = engine.timetable.stop_index
    (early,) = earliest(engine, [index["P"]], [index["Q"]], SEVEN)
    assert early.legs == (leg(engine),)
    assert early.legs[0].boarding.how == BOOKED


def test_a_trip_of_the_night_before_is_booked_by_its_own_day(tmp_path):
    found = leg(search(tmp_path, more=NIGHT), first=0, last=3600)
    assert (found.trip, found.departure, found.days) == ("night", 1800, -1)
    (booking,) = found.bookings
    assert booking.deadline(date(2026, 6, 1), 24 * 3600 + 1800) == datetime(2026, 5, 31, 17)


@pytest.mark.parametrize(
    ("now", "trips"), [(datetime(2026, 6, 1, 16), ["called"]), (datetime(2026, 6, 1, 18), ["daily"])]
)
def test_what_can_no_longer_be_booked_hides_nothing(tmp_path, now, trips):
    engine = search(tmp_path, rule="eve", more=ORDINARY)
    left = JourneySearch(still_bookable(engine.timetable, now))
    index = engine.timetable.stop_index
    found = left.window([index["P"]], [index["Q"]], SEVEN, 9 * 3600)
    assert [journey.legs[0].trip for journey in found] == trips
    # One still gets on at the mill, where the driver is asked.
    assert leg(left, origin="M").trip == "called"
    assert len(left.timetable.departures) == len(engine.timetable.departures)
    assert left.arrivals([index["M"]], SEVEN)[index["Q"]] == EIGHT + 1800


def test_a_timetable_without_requests_is_left_as_it_is(tmp_path):
    timetable = search(tmp_path, off="0", rule="eve").timetable
    assert still_bookable(timetable, datetime(2026, 6, 1, 16)) is timetable


def test_a_van_starts_once_it_can_be_booked():
    zone = Zone("z", "Z", None, (Point(1.4, 44.5), Point(1.45, 44.5)))
    run = OnDemandRun(zone, zone, frozenset({2}), EIGHT, 12 * 3600)
    door, town = Place("door", "Door", Point(1.4, 44.5)), Place("town", "Town", Point(1.45, 44.5))

    def opens(now, **booking):
        van = OnDemandService("van", "Van", Operator("o", "O"), Booking(**booking), (run,))
        return [way.opens for way in Vans([van], CrowFlyRoads(), now).ways(door, [town], TUESDAY, outward=True)]

    assert opens(datetime(2026, 6, 2, 8), notice=3600) == [9 * 3600]
    assert opens(datetime(2026, 6, 1, 15), days_before=1, closes=16 * 3600) == [EIGHT]
    assert opens(datetime(2026, 6, 1, 17), days_before=1, closes=16 * 3600) == []
    assert opens(datetime(2026, 6, 1, 17), days_before=1) == [EIGHT], "no hour known: until the end of the day"


def test_booking_rules_are_written_as_they_were_read():
    booking = Booking(
        days_before=2, closes=16 * 3600, telephone="05", opens_days=9, opens=EIGHT,
        counted=ServiceDays(frozenset({1, 4}), date(2026, 1, 1), date(2026, 12, 31)),
    )  # fmt: skip
    zone = Zone("z", "Z", None, (Point(1.4, 44.5),))
    run = OnDemandRun(zone, zone, frozenset({2}), EIGHT, 12 * 3600)

    def again(booking):
        van = OnDemandService("van", "Van", Operator("o", "O", "06"), booking, (run,))
        (read,) = read_flexible(feed_tables(flexible_feed([van], first=date(2026, 1, 1), last=date(2026, 12, 31))))
        return read.booking

    (one, other) = (again(booking), booking)
    assert (one.days_before, one.closes, one.opens_days, one.opens, one.counted.weekdays) == (
        other.days_before, other.closes, other.opens_days, other.opens, other.counted.weekdays,
    )  # fmt: skip
    unknown = again(Booking(notice=None, telephone="05"))
    assert (unknown.known, unknown.telephone) == (False, "06"), "a rule cannot say that one does not know"


def test_a_line_tells_how_many_of_its_trips_are_booked(tmp_path):
    folder = write_line(tmp_path / "line", more=ORDINARY)
    feed = read_feed_tables(folder)
    assert [booking.telephone for booking in booked_trips(feed).values()] == ["0565000000"]
    (line,) = summarise_lines(folder, feed)
    assert (line.trips, line.booked, line.bookings[0].telephone) == (2, 1, "0565000000")


def test_types_are_read_as_spreadsheets_write_them():
    table = pd.DataFrame({"pickup_type": [" 2", "2.0", "1 ", ""]})
    assert list(stop_time_texts(table, "pickup_type")) == ["2", "2", "1", ""]
    assert list(stop_time_texts(table, "drop_off_type")) == [""] * 4
