"""Every good choice: against all journeys of tiny random timetables, and against the plain search on real feeds."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtfs.door_search import NIGHT, DoorSearch
from gtfs.feed_tables import FeedTables, read_feed_tables
from gtfs.journey_search import JourneySearch
from gtfs.timetable import build_timetable
from mobility.door_legs import Feet, Vans, Volunteer, VolunteerCars
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK
from mobility.places import Place, Point
from mobility.transport import Booking, OnDemandRun, OnDemandService, Operator, Zone
from tests.fakes import CrowFlyRoads
from tests.gtfs.plain_search import earliest
from tests.gtfs.small_feed import write_feed

TUESDAY = date(2026, 6, 2)
STOPS = ["a", "b", "c", "d"]


def tiny_feed(trips, walks):
    """A feed of trips (lists of stop and minute) and walks (from, to, seconds) far from each other."""
    times = [
        (f"t{n}", f"00:{minute:02}:00", f"00:{minute:02}:00", stop, position)
        for n, trip in enumerate(trips)
        for position, (stop, minute) in enumerate(trip)
    ]
    tables = {
        "agency.txt": [("Europe/Paris",)],
        "stops.txt": [(stop, stop, str(44 + n / 10), "1.0") for n, stop in enumerate(STOPS)],
        "routes.txt": [(f"r{n}", "3") for n in range(len(trips))],
        "trips.txt": [(f"r{n}", "s", f"t{n}") for n in range(len(trips))],
        "stop_times.txt": times,
        "calendar_dates.txt": [("s", "20260602", "1")],
        "transfers.txt": [(a, b, "2", str(s)) for a, b, s in walks],
    }
    columns = {
        "agency.txt": ["agency_timezone"], "stops.txt": ["stop_id", "stop_name", "stop_lat", "stop_lon"],
        "routes.txt": ["route_id", "route_type"], "trips.txt": ["route_id", "service_id", "trip_id"],
        "stop_times.txt": ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"],
        "calendar_dates.txt": ["service_id", "date", "exception_type"],
        "transfers.txt": ["from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time"],
    }  # fmt: skip
    frames = {n: pd.DataFrame(rows, columns=columns[n], dtype=str).fillna("") for n, rows in tables.items()}
    frames["stop_times.txt"]["stop_sequence"] = frames["stop_times.txt"]["stop_sequence"].astype(str)
    return FeedTables("tiny", frames)


def all_journeys(trips, walks, origin, destination, most=3):
    """Every journey by trying everything: (departure, arrival, vehicles, walking)."""
    feet = {(stop, stop): 60 for stop in STOPS} | {(a, b): s for a, b, s in walks if a != b}
    found = set()

    def ride(stop, ready, left, walked, departure):
        for trip in trips:
            for i, (board, minute) in enumerate(trip[:-1]):
                if board != stop or 60 * minute < ready:
                    continue
                start = departure if departure is not None else 60 * minute - walked
                for alight, at in trip[i + 1 :]:
                    used = most - left + 1
                    if alight == destination:
                        found.add((start, 60 * at, used, walked))
                    for (one, other), seconds in feet.items():
                        if one == alight:
                            more = 0 if one == other else seconds
                            if other == destination and one != other:
                                found.add((start, 60 * at + seconds, used, walked + more))
                            if left > 1:
                                ride(other, 60 * at + seconds, left - 1, walked + more, start)

    ride(origin, 0, most, 0, None)
    for (one, other), seconds in feet.items():
        if one == origin and other != origin:
            ride(other, 0, most, seconds, None)
    found = {f for f in found if f[0] >= 0}
    return {
        f for f in found
        if not any(g != f and g[0] >= f[0] and g[1] <= f[1] and g[2] <= f[2] and g[3] <= f[3] for g in found)
    }  # fmt: skip


def three_best(found):
    """Those that no other betters in departure, arrival and vehicles."""
    found = set(found)
    return {
        f for f in found if not any(g != f and g[0] >= f[0] and g[1] <= f[1] and g[2] <= f[2] for g in found)
    }  # fmt: skip


@st.composite
def small_networks(draw):
    trips = []
    for _ in range(draw(st.integers(1, 5))):
        stops = draw(st.permutations(STOPS))[: draw(st.integers(2, 4))]
        minutes = sorted(draw(st.lists(st.integers(5, 40), min_size=len(stops), max_size=len(stops), unique=True)))
        trips.append(list(zip(stops, minutes, strict=True)))
    pairs = st.tuples(st.sampled_from(STOPS), st.sampled_from(STOPS), st.sampled_from([60, 120, 300]))
    walks = {(a, b): s for a, b, s in draw(st.lists(pairs, max_size=3)) if a != b}
    return trips, [(a, b, s) for (a, b), s in walks.items()]


@pytest.mark.prove
@settings(max_examples=250)
@given(small_networks())
def test_choices_are_those_of_trying_everything(network):
    trips, walks = network
    timetable = build_timetable(tiny_feed(trips, walks), TUESDAY)
    found = JourneySearch(timetable, rounds=3).window([0], [3], 0, 3600)
    walk = next((s for a, b, s in walks if (a, b) == ("a", "d")), 10**6)

    def worth_it(journeys):
        # Walking all the way needs no timetable: the search leaves it, and what it betters, to the caller.
        return {j for j in journeys if j[1] - j[0] < walk or j[3] < walk}

    values = {(j.departure, j.arrival, j.rides, j.walking) for j in found}
    assert worth_it(values) == worth_it(all_journeys(trips, walks, "a", "d"))
    plain = JourneySearch(timetable, rounds=3).window([0], [3], 0, 3600, walking=False)
    assert {(j.departure, j.arrival, j.rides) for j in plain} == three_best(j[:3] for j in values)
    for journey in found:
        for before, after in zip(journey.legs, journey.legs[1:], strict=False):
            assert before.arrival <= after.departure
            assert before.destination == after.origin


@pytest.fixture(scope="module")
def cairns(shared):
    return build_timetable(read_feed_tables(shared / "data/gtfs/cairns_gtfs.zip"), date(2014, 6, 3))


def test_choices_hold_every_choice_of_the_plain_search(cairns):
    """Leaving walking aside, the fastest for each departure and number of vehicles is that of the plain rounds."""
    engine = JourneySearch(cairns)
    rng = np.random.default_rng(11)
    active = np.unique(cairns.pattern_stops)
    for _ in range(40):
        origin, destination = (int(s) for s in rng.choice(active, 2, replace=False))
        found = engine.window([origin], [destination], 8 * 3600, 11 * 3600)
        after = earliest(engine, [origin], [destination], 11 * 3600)
        for departure in sorted({j.departure for j in found})[:5]:
            plain = earliest(engine, [origin], [destination], departure)
            best = {j.rides: j.arrival for j in plain if j.departure <= 11 * 3600}
            for rides, arrival in best.items():
                later = [j.arrival for j in [*found, *after] if j.departure >= departure and j.rides <= rides]
                assert later, "the plain search finds no more than the window"
                assert min(later) <= arrival


def door_search(tmp_path, *legs):
    timetable = build_timetable(read_feed_tables(write_feed(tmp_path / "feed")), TUESDAY)
    return DoorSearch(JourneySearch(timetable), [Feet(), *legs], TUESDAY)


FARM = Place("farm", "Farm", Point(1.402, 44.60))
"""160 m from North's platform."""
HAMLET = Place("hamlet", "Hamlet", Point(1.65, 44.49))
HOSPITAL = Place("hospital", "Hospital", Point(1.60, 44.501))


def test_one_walks_to_the_train_and_from_the_bus(tmp_path):
    (journey,) = door_search(tmp_path).choices(FARM, HOSPITAL, 7 * 3600, 9 * 3600)
    assert [leg.kind for leg in journey.legs] == [WALK, RIDE, WALK, RIDE, WALK]
    assert journey.legs[0].arrival == 8 * 3600
    assert journey.departure < 8 * 3600
    assert journey.arrival > 8 * 3600 + 55 * 60


def van(**changes):
    run = OnDemandRun(
        Zone("plateau", "Plateau", None, (HAMLET.point,)), Zone("station", "Station", None, (Point(1.40, 44.50),)),
        frozenset({2}), 9 * 3600, 17 * 3600,
    )  # fmt: skip
    booking = Booking(days_before=1, closes=16 * 3600, telephone="0565000000")
    return OnDemandService("van", "Van", Operator("cc", "Communauté"), booking, (run,), **changes)


def test_a_van_leads_to_the_train_only_while_it_runs(tmp_path):
    search = door_search(tmp_path, Vans([van()], CrowFlyRoads()))
    north = Place("n", "North", Point(1.40, 44.60))
    found = search.choices(HAMLET, north, 8 * 3600, 20 * 3600)
    assert [[leg.kind for leg in journey.legs] for journey in found] == [[ON_DEMAND, RIDE]]
    (journey,) = found
    assert journey.legs[0].service == "van"
    assert journey.legs[0].arrival <= 17 * 3600, "the van's last ride ends when its service does"
    assert journey.legs[1].departure == 17 * 3600 + 21 * 60
    assert search.choices(HAMLET, north, 17 * 3600, 20 * 3600) == []


def test_a_volunteer_drives_all_the_way_or_not_at_all(tmp_path):
    near = Volunteer("v1", Place("home", "Home", HAMLET.point), frozenset({2}), 8 * 3600, 12 * 3600, 60_000)
    far = Volunteer("v2", Place("home", "Home", Point(0.5, 44.5)), frozenset({2}), 8 * 3600, 12 * 3600, 60_000)
    for volunteer, kinds in ((near, [VOLUNTEER]), (far, [])):
        search = door_search(tmp_path, VolunteerCars([volunteer], CrowFlyRoads()))
        found = search.choices(HAMLET, FARM, 8 * 3600, 9 * 3600)
        assert [leg.kind for journey in found for leg in journey.legs if journey.rides == 1] == kinds
    assert VolunteerCars([near], CrowFlyRoads()).ways(HAMLET, [FARM], date(2026, 6, 3), outward=True) == []
    later = Volunteer("v3", near.home, near.weekdays, 14 * 3600, 18 * 3600, near.reach)
    ways = VolunteerCars([near, later], CrowFlyRoads()).ways(HAMLET, [FARM], TUESDAY, outward=True)
    assert [way.service for way in ways] == ["v1", "v3"], "the second drives when the first does not"


def test_there_and_back_around_an_appointment(tmp_path):
    search = door_search(tmp_path)
    there = search.arriving(FARM, HOSPITAL, 10 * 3600)
    back = search.choices(HOSPITAL, FARM, 11 * 3600 + 1800, NIGHT)
    assert there[0].arrival <= 10 * 3600
    assert there[0].departure < 8 * 3600
    assert back[0].departure >= 11 * 3600 + 1800
    assert back[0].arrival > 17 * 3600 + 40 * 60, "the train home comes at 17:40"


def test_walking_all_the_way_is_a_choice(tmp_path):
    near = Place("near", "Near", Point(1.402, 44.603))
    (journey,) = door_search(tmp_path).choices(FARM, near, 9 * 3600, 9 * 3600 + 60)
    assert [leg.kind for leg in journey.legs] == [WALK]
