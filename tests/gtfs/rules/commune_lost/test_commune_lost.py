"""A commune no longer served is told with the stops it had."""

from gtfs.rules.commune_lost import commune_lost
from gtfs.rules.facts import Facts
from mobility.issues import ERROR, Issue, IssueGroup
from tests.gtfs.rules.valley import AROUND, feed_beside


def test_a_commune_lost_since_the_last_version_is_told():
    now, before = feed_beside(__file__), feed_beside(__file__, "before")
    issue = Issue("stops.txt", value="Hill, Village", commune="east")
    assert commune_lost(Facts(now, AROUND, before)) == IssueGroup("commune_lost", ERROR, 1, (issue,))


def test_a_commune_gained_is_no_loss():
    now, before = feed_beside(__file__), feed_beside(__file__, "before")
    assert commune_lost(Facts(before, AROUND, now)) is None


def test_nothing_is_lost_without_a_version_before():
    assert commune_lost(Facts(feed_beside(__file__), AROUND)) is None
