"""A trip that runs backwards is told; one of a single stop is the validator's to tell."""

from gtfs.rules.facts import Facts
from gtfs.rules.trip_left_out import trip_left_out
from mobility.issues import ERROR, Issue, IssueGroup
from tests.gtfs.rules.valley import AROUND, feed_beside


def test_a_trip_that_runs_backwards_is_told():
    told = trip_left_out(Facts(feed_beside(__file__), AROUND))
    assert told == IssueGroup("trip_left_out", ERROR, 1, (Issue("trips.txt", 2, "", "backwards", "b1"),))
