"""A line that no longer meets the train is told with the station."""

from gtfs.rules.facts import Facts
from gtfs.rules.line_misses_train import line_misses_train
from mobility.issues import INFO, WARNING, Issue, IssueGroup
from mobility.places import Point
from tests.gtfs.rules.valley import AROUND, feed_beside

ISSUE = Issue("stop_times.txt", None, "", "Middle", "B1", Point(1.4, 44.5))


def test_a_line_that_no_longer_meets_the_train_is_told():
    now, before = feed_beside(__file__), feed_beside(__file__, "before")
    told = line_misses_train(Facts(now, AROUND, before))
    assert told == IssueGroup("line_misses_train", INFO, 1, (ISSUE,))


def test_it_is_told_louder_where_the_trains_are_known_from_another_feed():
    now, before, rail = (feed_beside(__file__, name) for name in ("feed", "before", "rail"))
    told = line_misses_train(Facts(now, AROUND, before, [rail]))
    assert told == IssueGroup("line_misses_train", WARNING, 1, (ISSUE,))


def test_a_train_met_as_before_is_not_told():
    before = feed_beside(__file__, "before")
    assert line_misses_train(Facts(before, AROUND, before)) is None


def test_no_train_is_missed_without_a_version_before():
    assert line_misses_train(Facts(feed_beside(__file__), AROUND)) is None
