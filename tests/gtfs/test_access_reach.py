"""Ways between many homes and services agree with the search from door to door."""

from datetime import date

import pytest

from gtfs.access_reach import TimetableReach
from gtfs.door_search import DoorSearch
from gtfs.feed_tables import read_feed_tables
from gtfs.journey_search import JourneySearch
from gtfs.stop_classes import place_supply, served_stops
from gtfs.timetable import build_timetable
from mobility.access import DAY_END, DAY_START, DailyErrand, ServicePoint, best_outing
from mobility.door_legs import Feet, Vans
from mobility.places import Place, Point
from mobility.transport import OnDemandRun, OnDemandService, Operator, Zone
from tests.fakes import CrowFlyRoads
from tests.gtfs.small_feed import write_feed

TUESDAY = date(2026, 6, 2)
FARM = Place("farm", "Farm", Point(1.402, 44.60))
HOSPITAL = Place("hospital", "Hospital", Point(1.60, 44.501))
ISLAND = Place("island", "Island", Point(2.5, 44.5))


@pytest.fixture
def feed(tmp_path):
    return read_feed_tables(write_feed(tmp_path / "feed"))


def test_pairs_are_those_of_the_search_from_door_to_door(feed):
    engine = JourneySearch(build_timetable(feed, TUESDAY))
    reach = TimetableReach(engine, [Feet()], TUESDAY, [FARM, ISLAND], [HOSPITAL])
    search = DoorSearch(engine, [Feet()], TUESDAY)
    for (home, there), pairs in {
        (FARM, HOSPITAL): reach.there("farm", "hospital"), (HOSPITAL, FARM): reach.back("hospital", "farm"),
    }.items():  # fmt: skip
        found = {}
        for journey in search.choices(home, there, DAY_START, DAY_END):
            found[journey.departure] = min(journey.arrival, found.get(journey.departure, 10**9))
        assert dict(pairs.tolist()) == found
        assert len(pairs)
    assert len(reach.there("island", "hospital")) == 0
    assert list(reach.straight("farm", "hospital")) == []


def test_without_a_timetable_only_feet_count():
    near = Place("near", "Near", Point(1.404, 44.60))
    reach = TimetableReach(None, [Feet()], TUESDAY, [FARM], [near, HOSPITAL])
    assert len(reach.there("farm", "near")) == 0
    assert [way.kind for way in reach.straight("farm", "near")] == ["walk"]


def test_departures_within_a_walk_and_swiss_classes(feed):
    stops = served_stops([feed])
    departures, swiss = place_supply(Point(1.40, 44.50), stops)
    assert departures == 4, "three trains stop at Middle and one bus leaves its square"
    assert swiss == "-", "a train every few hours gets no class"
    assert place_supply(ISLAND.point, stops) == (0, "-")


def test_a_frequent_line_gets_a_class(tmp_path):
    often = "trip_id,start_time,end_time,headway_secs\ns1,06:00:00,20:00:00,900\n"
    stops = served_stops([read_feed_tables(write_feed(tmp_path / "feed", frequencies_txt=often))])
    # 56 departures in 14 hours, 28 a direction: every half-hour by bus is category V.
    assert place_supply(Point(1.60, 44.50), stops)[1] == "D"
    assert place_supply(Point(1.60, 44.504), stops)[1] == "-", "450 m away"


def test_a_van_that_brings_nobody_back_is_no_outing():
    """A run leads one way; only a second run, or another way, leads home."""
    near, town = Zone("n", "N", None, (FARM.point,)), Zone("t", "T", None, (HOSPITAL.point,))
    days = frozenset({2})
    out, back = (OnDemandRun(a, b, days, 8 * 3600, 18 * 3600) for a, b in ((near, town), (town, near)))
    errand = DailyErrand("health", ("hospital",), 3600, 9 * 3600, 17 * 3600)
    for runs, reached in (((out,), False), ((out, back), True)):
        van = OnDemandService("van", "Van", Operator("cc", "CC"), runs=runs)
        reach = TimetableReach(None, [Vans([van], CrowFlyRoads())], TUESDAY, [FARM], [HOSPITAL])
        assert len(reach.straight("farm", "hospital")) == 1
        found = best_outing("farm", ServicePoint(HOSPITAL, "hospital", {}), errand, 2, reach)
        assert (found is not None) == reached
