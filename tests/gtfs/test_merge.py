"""One feed of several: only what touches the territory, under names that never clash and that last."""

import json
from datetime import date

import gtfs_guru
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.feed_tables import feed_tables, read_feed_tables
from gtfs.flexible import read_flexible
from gtfs.journey_search import JourneySearch
from gtfs.merge import MergeSource, Publisher, merge_feeds
from gtfs.persistent_ids import IdRegistry
from gtfs.stop_search import find_stops
from gtfs.timetable import build_timetable
from tests.gtfs.small_feed import FILES, write_feed, write_zip
from tests.gtfs.test_flexible import FLEX

TUESDAY = date(2026, 6, 2)
PUBLISHER = Publisher("Territory", "https://territory.example", "data@territory.example")
SPAN = (date(2026, 3, 1), date(2026, 12, 31))


def merged(sources, inside=lambda point: True):
    return merge_feeds(sources, inside, PUBLISHER, version="1", span=SPAN)


def source(tmp_path, name, **changes):
    return MergeSource(name, read_feed_tables(write_feed(tmp_path / name, **changes)), name.title(), licence="ODbL")


def test_two_feeds_with_the_same_names_live_side_by_side(tmp_path):
    feed = merged([source(tmp_path, "one"), source(tmp_path, "two")])
    write_zip(feed, tmp_path / "merged.zip")
    result = gtfs_guru.validate(str(tmp_path / "merged.zip"), date="2026-06-01")
    assert [(n.code, n.context()) for n in result.errors()] == []
    timetable = build_timetable(feed_tables(feed), TUESDAY)
    assert {"one:t1", "two:t1"} <= set(timetable.trip_ids)
    assert len(find_stops(timetable, "North")) == 2


def test_the_sources_are_credited(tmp_path):
    files = merged([source(tmp_path, "one")]).files
    assert b"One (ODbL)" in files["attributions.txt"]
    assert b"Territory" in files["feed_info.txt"]


def test_only_trips_that_stop_inside_are_kept_and_kept_whole(tmp_path):
    feed = merged([source(tmp_path, "one")], lambda point: point.lon > 1.5)
    timetable = build_timetable(feed_tables(feed), TUESDAY)
    assert {trip.split(":")[1] for trip in timetable.trip_ids} == {"b1", "b2", "s1"}
    assert "Middle square" in timetable.stop_names, "the bus keeps its other end"
    assert "North" not in timetable.stop_names
    assert b"one:train" not in feed.files["routes.txt"]


def test_journeys_are_the_same_in_the_merge(tmp_path):
    one = source(tmp_path, "one")
    results = []
    for timetable in (build_timetable(one.feed, TUESDAY), build_timetable(feed_tables(merged([one])), TUESDAY)):
        found = JourneySearch(timetable).window(
            find_stops(timetable, "North"), find_stops(timetable, "Village"), 0, 86_400
        )
        results.append([(j.departure, j.arrival, j.rides, j.walking) for j in found])
    assert results[0] == results[1]
    assert results[0]


def test_zones_and_bookings_survive(tmp_path):
    folder = write_feed(tmp_path / "feed", frequencies_txt=None)
    for name, content in FLEX.items():
        (folder / name).write_text(content, encoding="utf-8")
    feed = merged([MergeSource("van", read_feed_tables(folder), "Van", "ODbL 1.0")])
    assert [f["id"] for f in json.loads(feed.files["locations.geojson"])["features"]] == ["van:plateau"]
    (service,) = read_flexible(feed_tables(feed))
    assert service.booking.days_before == 1
    write_zip(feed, tmp_path / "merged.zip")
    result = gtfs_guru.validate(str(tmp_path / "merged.zip"), date="2026-06-01")
    assert [(n.code, n.context()) for n in result.errors()] == []


def test_a_stop_keeps_its_public_name_when_its_producer_renames_it(tmp_path):
    registry = IdRegistry()
    before = read_feed_tables(write_feed(tmp_path / "before"))
    stops, routes = registry.update(before)
    assert stops["square"] == "square"
    renamed = FILES["stops.txt"].replace("square,Middle", "plaza,Middle").replace("village,", "hameau,")
    times = FILES["stop_times.txt"].replace(",square,", ",plaza,").replace(",village,", ",hameau,")
    after = read_feed_tables(
        write_feed(
            tmp_path / "after", stops_txt=renamed, stop_times_txt=times, transfers_txt=None,
            routes_txt=FILES["routes.txt"].replace("bus,", "line-1,"),
            trips_txt=FILES["trips.txt"].replace("bus,", "line-1,"),
        )
    )  # fmt: skip
    stops, routes = registry.update(after)
    assert stops["plaza"] == "square"
    assert stops["hameau"] == "village"
    assert routes["line-1"] == "bus"
    feed = merge_feeds(
        [MergeSource("one", after, "One", "ODbL 1.0", stops=stops, routes=routes)],
        lambda _: True,
        PUBLISHER,
        version="2",
        span=SPAN,
    )
    assert b"one:square" in feed.files["stops.txt"]
    assert b"one:bus" in feed.files["routes.txt"]


def test_a_new_stop_elsewhere_never_takes_an_old_name(tmp_path):
    registry = IdRegistry()
    registry.update(read_feed_tables(write_feed(tmp_path / "before")))
    moved = FILES["stops.txt"].replace("square,Middle square,44.5020", "elsewhere,Middle square,44.3000")
    times = FILES["stop_times.txt"].replace(",square,", ",elsewhere,")
    after = read_feed_tables(write_feed(tmp_path / "after", stops_txt=moved, stop_times_txt=times, transfers_txt=None))
    assert registry.update(after)[0]["elsewhere"] == "elsewhere"
    back = read_feed_tables(write_feed(tmp_path / "back"))
    assert registry.update(back)[0]["square"] == "square"


@given(st.lists(st.sampled_from(["before", "renamed", "gone"]), min_size=1, max_size=6))
def test_public_names_are_never_shared(tmp_path_factory, history):
    feeds = {
        "before": {}, "gone": {"stops_txt": FILES["stops.txt"].replace("hill,Hill", "peak,Peak"),
                               "stop_times_txt": FILES["stop_times.txt"].replace(",hill,", ",peak,")},
        "renamed": {"stops_txt": FILES["stops.txt"].replace("hill,", "hill2,"),
                    "stop_times_txt": FILES["stop_times.txt"].replace(",hill,", ",hill2,")},
    }  # fmt: skip
    registry = IdRegistry()
    for number, name in enumerate(history):
        folder = write_feed(tmp_path_factory.mktemp("feed") / str(number), **feeds[name])
        stops, _ = registry.update(read_feed_tables(folder))
        assert len(set(stops.values())) == len(stops)
        hills = [public for own, public in stops.items() if own in {"hill", "hill2"}]
        assert hills in ([], ["hill"]) or history[0] != "before"


def test_a_whole_national_feed_shrinks_to_the_territory(shared, settings):
    from desks.ground import open_ground

    finder = open_ground(settings).communes
    national = read_feed_tables(shared / "data/gtfs/sncf-ter-20250122_export-ter-gtfs-last.zip")
    feed = merged([MergeSource("ter", national, "SNCF", "ODbL 1.0")], lambda point: bool(finder.at(point)))
    timetable = build_timetable(feed_tables(feed), date(2025, 3, 4))
    assert 15 <= len(set(timetable.trip_ids)) <= 80
    assert "Toulouse Matabiau" in timetable.stop_names
    assert "Lille Flandres" not in timetable.stop_names


@pytest.mark.parametrize("file", ["fare_attributes.txt", "translations.txt"])
def test_what_holds_for_a_whole_network_stays_with_its_source(tmp_path, file):
    folder = write_feed(tmp_path / "feed")
    (folder / file).write_text("fare_id,price\nx,1\n")
    assert file not in merged([MergeSource("one", read_feed_tables(folder), "One", "ODbL 1.0")]).files
