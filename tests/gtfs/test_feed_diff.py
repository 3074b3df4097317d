"""What changes from one version of a feed to the next, commune by commune."""

from gtfs.feed_diff import compare_feeds
from gtfs.feed_tables import read_feed_tables
from tests.gtfs.rules.valley import commune_at
from tests.gtfs.small_feed import FILES, write_feed


def feed(tmp_path, name="feed", **changes):
    return read_feed_tables(write_feed(tmp_path / name, **changes))


def test_nothing_changes_between_a_version_and_itself(tmp_path):
    assert compare_feeds(feed(tmp_path), feed(tmp_path), commune_at).empty


def test_what_changes_is_told_by_commune(tmp_path):
    times = FILES["stop_times.txt"].replace("b1,08:30:00,08:30:00", "b1,08:10:00,08:10:00")
    times = "".join(line + "\n" for line in times.splitlines() if not line.startswith(("b2", "s1")))
    stops = (
        FILES["stops.txt"].replace("44.40,1.40", "44.42,1.40").replace("square,Middle square", "plaza,Middle square")
    )
    after = feed(
        tmp_path, "after", stop_times_txt=times.replace("square", "plaza"), stops_txt=stops,
        routes_txt=FILES["routes.txt"].replace("S1", "S9"),
        transfers_txt=None,
    )  # fmt: skip
    diff = compare_feeds(feed(tmp_path), after, commune_at)
    east = next(c for c in diff.communes if (c.commune, c.day_type) == ("east", "weekday"))
    assert east.before.departures == 4, "the bus back and three shuttles"
    assert east.after.departures == 0
    west = next(c for c in diff.communes if (c.commune, c.day_type) == ("west", "weekday"))
    assert (west.before.first, west.after.first) == (8 * 3600 + 21 * 60, 8 * 3600 + 10 * 60)
    assert [line.name for line in diff.lines_removed] == ["S1"]
    assert [line.name for line in diff.lines_added] == ["S9"]
    assert ("moved", "South") in [(stop.kind, stop.name) for stop in diff.stops]
    assert ("removed", "Hill") in [(stop.kind, stop.name) for stop in diff.stops]
    assert "Middle square" not in [stop.name for stop in diff.stops], "a new identifier alone is no change"
