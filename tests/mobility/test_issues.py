"""Issues of feeds: where they are, and which come first."""

from mobility.issues import Issue, IssueGroup, ranked
from mobility.places import Point


def test_issues_get_the_commune_of_their_point():
    issues = Issue(point=Point(1.6, 44.5)), Issue(), Issue(commune="there", point=Point(1, 44))
    group = IssueGroup("x", "error", 3, issues)
    placed = group.placed(lambda point: "east" if point.lon > 1.5 else "west")
    assert [issue.commune for issue in placed.samples] == ["east", "", "there"]


def test_errors_come_first():
    groups = [IssueGroup("b", "info", 9), IssueGroup("a", "error", 1), IssueGroup("c", "error", 2)]
    assert [group.code for group in ranked(groups)] == ["c", "a", "b"]
