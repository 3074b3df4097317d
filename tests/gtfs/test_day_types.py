"""Typical days of a feed."""

from datetime import date

from gtfs.day_types import typical_day
from gtfs.feed_tables import read_feed_tables
from tests.gtfs.small_feed import write_feed


def test_the_typical_tuesday_is_no_holiday(tmp_path):
    holidays = "service_id,date,exception_type\nweek,20260303,2\nweek,20260310,2\n"
    assert typical_day(read_feed_tables(write_feed(tmp_path, calendar_dates_txt=holidays)), 2) == date(2026, 3, 17)
