"""Journeys in the small valley by hand, and two independent methods on whole real feeds."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtfs.day_types import day_served
from gtfs.feed_tables import read_feed_tables
from gtfs.journey_search import LONGEST, JourneySearch
from gtfs.raptor import FAR
from gtfs.stop_search import find_stops, service_span
from gtfs.timetable import Timetable, build_timetable
from mobility.errors import MobilityError
from mobility.journeys import WALK, Journey
from tests.gtfs.plain_search import earliest, scan
from tests.gtfs.small_feed import FILES, write_feed

TUESDAY = date(2026, 6, 2)


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    return read_feed_tables(write_feed(tmp_path_factory.mktemp("feed")))


@pytest.fixture(scope="module")
def timetable(feed):
    return build_timetable(feed, TUESDAY)


@pytest.fixture(scope="module")
def engine(timetable):
    return JourneySearch(timetable)


def stops(timetable: Timetable, name: str) -> list[int]:
    return [timetable.stop_index[name]]


def ridden(journey: Journey) -> list[str]:
    return [leg.trip for leg in journey.legs if leg.kind != WALK]


def test_a_train_meets_the_bus_on_foot(engine, timetable):
    (journey,) = earliest(engine, stops(timetable, "north"), stops(timetable, "village"), clock("07:30"))
    assert ridden(journey) == ["t1", "b1"]
    assert (journey.departure, journey.arrival) == (clock("08:00"), clock("08:55"))
    walk = journey.legs[1]
    assert (walk.kind, walk.origin, walk.destination, walk.arrival - walk.departure) == (WALK, "middle", "square", 300)


def test_a_connection_too_short_is_missed(tmp_path):
    late = FILES["transfers.txt"].replace("300", "660")
    timetable = build_timetable(read_feed_tables(write_feed(tmp_path / "f", transfers_txt=late)), TUESDAY)
    found = earliest(JourneySearch(timetable), stops(timetable, "north"), stops(timetable, "village"), clock("07:30"))
    assert found == []


def test_every_choice_of_a_window(engine, timetable):
    found = engine.window(stops(timetable, "north"), stops(timetable, "south"), clock("07:00"), clock("11:00"))
    assert [(j.departure, j.arrival) for j in found] == [
        (clock("08:00"), clock("08:40")), (clock("10:00"), clock("10:40")),
    ]  # fmt: skip


def test_boarding_rules_are_kept(engine, timetable):
    assert earliest(engine, stops(timetable, "south"), stops(timetable, "hill"), clock("08:00")) == []


def test_blank_times_lie_between_the_timed_stops(engine, timetable):
    (journey,) = earliest(engine, stops(timetable, "middle"), stops(timetable, "south"), clock("09:00"))
    assert journey.departure == clock("10:20")


def test_a_headway_service_runs_at_each_departure(engine, timetable):
    found = engine.window(stops(timetable, "village"), stops(timetable, "hill"), clock("05:00"), clock("11:00"))
    assert [j.departure for j in found] == [clock("09:00"), clock("09:20"), clock("09:40")]


def test_a_trip_past_midnight_serves_both_nights(engine, timetable, feed):
    (tonight,) = earliest(engine, stops(timetable, "north"), stops(timetable, "south"), clock("23:00"))
    assert (tonight.departure, tonight.arrival) == (24 * 3600 + 1800, 25 * 3600 + 600)
    (after,) = earliest(engine, stops(timetable, "north"), stops(timetable, "south"), 0)
    assert after.departure == 1800  # Monday's night bus, on Tuesday at half past midnight
    sunday = build_timetable(feed, date(2026, 6, 7))
    assert earliest(JourneySearch(sunday), stops(sunday, "north"), stops(sunday, "south"), 0) == []


def test_the_change_of_clocks_shifts_the_night_before(feed):
    """On 29 March 2026 clocks go forward: Saturday's service day starts 23 hours before Sunday's noon minus twelve."""
    from zoneinfo import ZoneInfo

    from gtfs.timetable import _shift

    zone = ZoneInfo("Europe/Paris")
    assert _shift(date(2026, 3, 29), date(2026, 3, 28), zone) == -23 * 3600
    assert _shift(date(2026, 10, 25), date(2026, 10, 24), zone) == -25 * 3600
    assert _shift(TUESDAY, date(2026, 6, 3), zone) == 86_400


def test_exceptions_of_the_calendar(feed):
    holiday = build_timetable(feed, date(2026, 7, 14))
    assert earliest(JourneySearch(holiday), stops(holiday, "north"), stops(holiday, "south"), clock("07:00")) == []
    saturday = build_timetable(feed, date(2026, 7, 18))
    assert earliest(JourneySearch(saturday), stops(saturday, "north"), stops(saturday, "south"), clock("07:00"))


def test_an_expired_feed_offers_the_typical_week(feed):
    assert service_span(feed) == (date(2026, 3, 1), date(2026, 12, 31))
    assert day_served(feed, TUESDAY) == (TUESDAY, False)
    later, to_confirm = day_served(feed, date(2027, 5, 4))
    assert (later, later.weekday(), to_confirm) == (date(2026, 3, 3), 1, True)
    sooner, to_confirm = day_served(feed, date(2026, 1, 6))
    assert (sooner, to_confirm) == (date(2026, 3, 3), True)


def test_stops_by_name(timetable):
    assert find_stops(timetable, "MIDDLE SQUARE") == [timetable.stop_index["square"]]
    with pytest.raises(MobilityError, match="did you mean Village"):
        find_stops(timetable, "Vilage")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(origin=st.integers(0, 5), target=st.integers(0, 5), first=st.integers(0, 86_400), wait=st.integers(0, 7200))
def test_laws(engine, timetable, origin, target, first, wait):
    """Leaving later never arrives earlier; who leaves by a choice of a window is there no later than it says."""
    now, later = engine.arrivals([origin], first), engine.arrivals([origin], first + wait)
    # Nobody looks farther ahead than a day.
    near = later <= first + LONGEST
    assert (now[near] <= later[near]).all()
    for journey in engine.window([origin], [target], first, first + wait):
        assert engine.arrivals([origin], journey.departure)[target] <= journey.arrival


def test_adding_a_line_never_slows_anyone(tmp_path, timetable):
    more = FILES["trips.txt"] + "bus,week,x1,South\n"
    times = FILES["stop_times.txt"] + "x1,08:10:00,08:10:00,north,1,0,0\nx1,08:25:00,08:25:00,south,2,0,0\n"
    wider = build_timetable(read_feed_tables(write_feed(tmp_path / "f", trips_txt=more, stop_times_txt=times)), TUESDAY)
    for origin in range(6):
        for departure in range(0, 86_400, 3600):
            before = JourneySearch(timetable).arrivals([origin], departure)
            assert (JourneySearch(wider).arrivals([origin], departure) <= before).all()


FEEDS = {
    "cairns_gtfs.zip": (date(2014, 6, 3), 250, 8),
    "sncf-ter-20250122_export-ter-gtfs-last.zip": (date(2025, 3, 4), 60, 25),
}


@pytest.mark.parametrize("name", FEEDS)
def test_rounds_and_connection_scan_agree_on_a_real_feed(shared: Path, name: str):
    """Hundreds of thousands of random queries (each origin to all stops), not one arrival time apart."""
    day, origins, rounds = FEEDS[name]
    timetable = build_timetable(read_feed_tables(shared / "data" / "gtfs" / name), day)
    engine = JourneySearch(timetable, rounds=rounds)
    rng = np.random.default_rng(7)
    for origin in rng.choice(np.unique(timetable.pattern_stops), origins):
        departure = int(rng.integers(4 * 3600, 22 * 3600))
        by_rounds = engine.arrivals([int(origin)], departure)
        by_scan = scan(timetable, int(origin), departure)
        by_scan = np.where(by_scan > departure + LONGEST, int(FAR), by_scan)
        assert (by_rounds == by_scan).all()


def test_journeys_of_a_real_feed_hold_together(shared: Path):
    timetable = build_timetable(read_feed_tables(shared / "data/gtfs/cairns_gtfs.zip"), date(2014, 6, 3))
    engine = JourneySearch(timetable)
    rng = np.random.default_rng(3)
    active = np.unique(timetable.pattern_stops)
    for _ in range(150):
        origin, target = (int(stop) for stop in rng.choice(active, 2, replace=False))
        start = int(rng.integers(5 * 3600, 20 * 3600))
        found = engine.window([origin], [target], start, start + 5400)
        best = engine.arrivals([origin], start)[target]
        for journey in found:
            assert start <= journey.departure <= start + 5400
            assert engine.arrivals([origin], journey.departure)[target] <= journey.arrival
            assert journey.legs[0].origin == timetable.stop_ids[origin]
            assert journey.legs[-1].destination == timetable.stop_ids[target]
            for leg, following in zip(journey.legs, journey.legs[1:], strict=False):
                assert leg.destination == following.origin
                assert leg.arrival <= following.departure
        if found:
            assert min(j.arrival for j in found) >= best


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"stops_txt": None}, "missing-feed-file"),
        ({"calendar_txt": None, "calendar_dates_txt": None}, "missing-feed-file"),
        ({"trips_txt": "route_id,trip_id\n"}, "missing-column"),
        ({"stop_times_txt": FILES["stop_times.txt"].replace("08:20:00", "8h20")}, "bad-feed-time"),
        ({"stop_times_txt": FILES["stop_times.txt"].replace("08:21:00,middle", "08:21:00,moon")}, "unknown-stop"),
        ({"routes_txt": ""}, "broken-csv"),
    ],
)  # fmt: skip
def test_a_broken_feed_names_the_file(tmp_path, changes, code):
    with pytest.raises(MobilityError) as caught:
        build_timetable(read_feed_tables(write_feed(tmp_path / "f", **changes)), TUESDAY)
    assert caught.value.code == code
    assert ".txt" in str(caught.value)


def test_a_broken_zip(tmp_path):
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04 not the end")
    with pytest.raises(MobilityError, match="not a whole zip file"):
        read_feed_tables(tmp_path / "half.zip")
    with pytest.raises(MobilityError, match="does not exist"):
        read_feed_tables(tmp_path / "none.zip")
