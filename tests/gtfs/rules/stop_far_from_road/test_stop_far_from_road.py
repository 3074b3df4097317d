"""A stop far from any road is told with its distance."""

from gtfs.rules.facts import Facts, Surroundings
from gtfs.rules.stop_far_from_road import stop_far_from_road
from mobility.issues import WARNING, Issue, IssueGroup
from mobility.places import Point
from tests.gtfs.rules.valley import AROUND, commune_at, feed_beside


def metres(places):
    """The village is far away; so is what lies abroad, which is none of ours."""
    return [5.0 if place.id == "square" else 250.0 for place in places]


def test_a_stop_far_from_any_road_is_told():
    issue = Issue("stops.txt", 3, "stop_lat", "250 m", "Village", Point(1.6, 44.5))
    told = stop_far_from_road(Facts(feed_beside(__file__), Surroundings(commune_at, metres)))
    assert told == IssueGroup("stop_far_from_road", WARNING, 1, (issue,))


def test_nothing_is_told_where_no_road_network_is_known():
    assert stop_far_from_road(Facts(feed_beside(__file__), AROUND)) is None
