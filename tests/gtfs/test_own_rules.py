"""The house's own rules of quality: one rule, one small feed, one test."""

from datetime import date

import pytest

from gtfs.day_types import typical_day
from gtfs.feed_diff import compare_feeds
from gtfs.feed_tables import read_feed_tables
from gtfs.own_rules import Surroundings, own_issues, says_nothing
from gtfs.validation import validate_feed
from mobility.issues import ERROR, Issue, IssueGroup, ranked
from mobility.places import Point
from tests.gtfs.small_feed import FILES, write_feed


def commune_at(point):
    """Two communes, west and east of 1.5; nothing north of 44.55."""
    return "" if point.lat > 44.55 else "west" if point.lon < 1.5 else "east"


AROUND = Surroundings(commune_at)


def feed(tmp_path, name="feed", **changes):
    return read_feed_tables(write_feed(tmp_path / name, **changes))


def found(groups, code):
    return next((group for group in groups if group.code == code), None)


@pytest.mark.parametrize("name", ["", "12", "Arrêt 3", "Stop", "Poteau B", "A définir", "x1", "ARRET12"])
def test_names_that_say_nothing(name):
    assert says_nothing(name, "x1")


@pytest.mark.parametrize("name", ["Mairie", "Le Bourg", "Gare SNCF", "Place du 11 novembre", "Route d'Albi 3"])
def test_names_that_say_something(name):
    assert not says_nothing(name, "x1")


def test_a_meaningless_name_is_told_with_its_line(tmp_path):
    changed = feed(tmp_path, stops_txt=FILES["stops.txt"].replace("Village", "Arrêt 7"))
    group = found(own_issues(changed, AROUND), "meaningless_stop_name")
    assert group.samples == (Issue("stops.txt", 6, "stop_name", "Arrêt 7", "village", Point(1.6, 44.5)),)


def test_a_stop_far_from_any_road_is_told(tmp_path):
    def metres(places):
        return [250.0 if place.id == "hill" else 5.0 for place in places]

    assert found(own_issues(feed(tmp_path), AROUND), "stop_far_from_road") is None, "no road network is known"
    group = found(own_issues(feed(tmp_path), Surroundings(commune_at, metres)), "stop_far_from_road")
    assert [(issue.object, issue.line, issue.value) for issue in group.samples] == [("Hill", 7, "250 m")]


def test_a_commune_lost_since_the_last_version_is_told(tmp_path):
    times = "".join(line + "\n" for line in FILES["stop_times.txt"].splitlines() if not line.startswith(("b", "s")))
    now = feed(tmp_path, "now", stop_times_txt=times)
    group = found(own_issues(now, AROUND, before=feed(tmp_path)), "commune_lost")
    assert [(issue.commune, issue.value) for issue in group.samples] == [("east", "Hill, Village")]
    assert group.severity == ERROR
    assert found(own_issues(feed(tmp_path), AROUND, before=now), "commune_lost") is None


def test_a_line_that_no_longer_meets_the_train_is_told(tmp_path):
    before = feed(tmp_path)
    later = FILES["stop_times.txt"].replace("b1,08:30:00,08:30:00", "b1,09:20:00,09:20:00")
    for old, new in (("08:55", "09:45"), ("16:40", "11:40"), ("17:05", "12:05")):
        later = later.replace(f"{old}:00,{old}:00", f"{new}:00,{new}:00")
    group = found(own_issues(feed(tmp_path, "now", stop_times_txt=later), AROUND, before=before), "line_misses_train")
    assert [(issue.object, issue.value) for issue in group.samples] == [("B1", "Middle")]
    assert found(own_issues(before, AROUND, before=before), "line_misses_train") is None


def test_a_trip_that_runs_backwards_is_told(tmp_path):
    times = FILES["stop_times.txt"].replace("08:40:00,08:40:00,south", "07:40:00,07:40:00,south")
    group = found(own_issues(feed(tmp_path, stop_times_txt=times), AROUND), "trip_left_out")
    assert [(issue.object, issue.line, issue.value) for issue in group.samples] == [("t1", 2, "backwards")]


def test_the_typical_tuesday_is_no_holiday(tmp_path):
    holidays = "service_id,date,exception_type\nweek,20260303,2\nweek,20260310,2\n"
    assert typical_day(feed(tmp_path, calendar_dates_txt=holidays), 2) == date(2026, 3, 17)


def test_notices_of_the_validator_are_located(tmp_path):
    folder = write_feed(tmp_path / "bad", stops_txt=FILES["stops.txt"].replace("44.52,1.60", "0,0"))
    tables = read_feed_tables(folder)
    groups = validate_feed(folder, date(2026, 6, 1), tables)
    group = found(groups, "point_near_origin")
    assert group.severity == ERROR
    assert (group.samples[0].file, group.samples[0].line, group.samples[0].object) == ("stops.txt", 7, "Hill")


def test_issues_get_the_commune_of_their_point():
    issues = Issue(point=Point(1.6, 44.5)), Issue(), Issue(commune="there", point=Point(1, 44))
    group = IssueGroup("x", "error", 3, issues)
    assert [issue.commune for issue in group.placed(commune_at).samples] == ["east", "", "there"]


def test_errors_come_first():
    groups = [IssueGroup("b", "info", 9), IssueGroup("a", "error", 1), IssueGroup("c", "error", 2)]
    assert [group.code for group in ranked(groups)] == ["c", "a", "b"]


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
