"""The validator's notices, each with where it is."""

from datetime import date

from gtfs.feed_tables import read_feed_tables
from gtfs.validation import validate_feed
from mobility.issues import ERROR
from tests.gtfs.small_feed import FILES, write_feed


def test_notices_of_the_validator_are_located(tmp_path):
    folder = write_feed(tmp_path / "bad", stops_txt=FILES["stops.txt"].replace("44.52,1.60", "0,0"))
    tables = read_feed_tables(folder)
    groups = validate_feed(folder, date(2026, 6, 1), tables)
    group = next(group for group in groups if group.code == "point_near_origin")
    assert group.severity == ERROR
    assert (group.samples[0].file, group.samples[0].line, group.samples[0].object) == ("stops.txt", 7, "Hill")
