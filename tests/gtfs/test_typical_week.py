"""The typical week drawn from a feed, and the feed made of it."""

from datetime import date

import gtfs_guru
import pandas as pd
import pytest

from data.territory_files import find_folder
from data.transport_files import read_on_demand, read_trains, write_trains
from desks.ground import open_ground
from gtfs.feed_files import row_bytes, table_bytes
from gtfs.feed_tables import feed_tables, read_feed_tables
from gtfs.journey_search import JourneySearch
from gtfs.stop_search import find_stops
from gtfs.timetable import build_timetable
from gtfs.typical_week import train_feed, typical_week
from mobility.errors import MobilityError
from mobility.transport import Operator
from tests.gtfs.small_feed import write_feed, write_zip

OPERATOR = Operator("train", "Railway", "3635", "https://railway.example")


@pytest.fixture
def table(tmp_path):
    feed = read_feed_tables(write_feed(tmp_path / "feed"))
    return typical_week(feed, ["North", "South"], operator=OPERATOR, line="T")


def test_trains_of_the_week_keep_their_calls_at_the_stations(table):
    morning = table.trains[0]
    assert [call.station for call in morning.calls] == ["North", "South"]
    assert morning.weekdays == {1, 2, 3, 4, 5}
    assert (morning.calls[0].departure, morning.calls[-1].arrival) == (8 * 3600, 8 * 3600 + 2400)
    assert (table.first, table.last) == (date(2026, 3, 1), date(2026, 12, 31))


def test_an_unknown_station_is_told(tmp_path):
    feed = read_feed_tables(write_feed(tmp_path / "feed"))
    with pytest.raises(MobilityError) as caught:
        typical_week(feed, ["North", "Nowhere"], operator=OPERATOR, line="T")
    assert caught.value.details["value"] == "Nowhere"


def test_the_table_becomes_a_valid_feed(table, tmp_path):
    feed = train_feed(table)
    write_zip(feed, tmp_path / "trains.zip")
    assert gtfs_guru.validate(str(tmp_path / "trains.zip"), date="2026-06-01").error_count == 0
    timetable = build_timetable(feed_tables(feed), date(2026, 6, 2))
    found = JourneySearch(timetable).window([0], [1], 9 * 3600, 11 * 3600)
    assert [(j.departure, j.arrival) for j in found] == [(10 * 3600, 10 * 3600 + 2400)]


def test_rows_are_written_like_tables():
    rows = [("a", 1, 'says "yes"'), ("b, c", 0, ""), ("d", 2, None)]
    columns = ("name", "number", "words")
    assert row_bytes(columns, rows) == table_bytes(pd.DataFrame(rows, columns=columns))


def test_written_facts_are_read_alike(table, tmp_path):
    (tmp_path / "transport.toml").write_text(
        '[trains]\noperator = "Railway"\nline = "T"\nfirst = 2026-03-01\nlast = 2026-12-31\n'
    )
    (tmp_path / "territory.toml").write_text("")
    write_trains(table, tmp_path)
    again = read_trains(find_folder(str(tmp_path)))
    assert again.trains == table.trains
    assert [place.name for place in again.stations] == ["North", "South"]


def test_the_embedded_trains_lead_to_toulouse(settings):
    ground = open_ground(settings)
    table = read_trains(ground.folder)
    timetable = build_timetable(feed_tables(train_feed(table)), date(2025, 3, 4))
    cahors, toulouse = (find_stops(timetable, name) for name in ("Cahors", "Toulouse Matabiau"))
    found = JourneySearch(timetable).window(cahors, toulouse, 5 * 3600, 9 * 3600)
    best = [journey for journey in found if journey.arrival <= 9 * 3600][-1]
    assert 3600 < best.arrival - best.departure < 2 * 3600


def test_embedded_facts_agree_with_the_feed_they_come_from(settings, shared):
    """Every train of a plain Tuesday in the table runs at these times in the feed."""
    feed = read_feed_tables(shared / "data/gtfs/sncf-ter-20250122_lot-subset.zip")
    whole = build_timetable(feed, date(2025, 3, 4))
    facts = build_timetable(feed_tables(train_feed(read_trains(open_ground(settings).folder))), date(2025, 3, 4))
    for origin, destination in (("Cahors", "Toulouse Matabiau"), ("Gourdon", "Cahors"), ("Cahors", "Souillac")):
        times = [
            {(j.departure, j.arrival) for j in JourneySearch(t).window(
                find_stops(t, origin), find_stops(t, destination), 0, 24 * 3600) if j.rides == 1}
            for t in (whole, facts)
        ]  # fmt: skip
        assert times[0] == times[1], (origin, destination)


def test_services_on_demand_are_known_without_hours(settings):
    ground = open_ground(settings)
    services = read_on_demand(ground.folder, ground.territory)
    by_id = {service.id: service for service in services}
    assert {"evidence-tad", "lalbenque-limogne-tad"} <= by_id.keys()
    lalbenque = by_id["lalbenque-limogne-tad"]
    assert lalbenque.runs == ()
    assert lalbenque.booking.telephone
    assert lalbenque.near(ground.territory.find_commune("Bach").point)
    assert not lalbenque.near(ground.territory.find_commune("Cahors").point)
