"""A name that says nothing is told with its line."""

import pytest

from gtfs.rules.facts import Facts
from gtfs.rules.meaningless_stop_name import meaningless_stop_name, says_nothing
from mobility.issues import WARNING, Issue, IssueGroup
from mobility.places import Point
from tests.gtfs.rules.valley import AROUND, feed_beside


@pytest.mark.parametrize("name", ["", "12", "Arrêt 3", "Stop", "Poteau B", "A définir", "x1", "ARRET12"])
def test_names_that_say_nothing(name):
    assert says_nothing(name, "x1")


@pytest.mark.parametrize("name", ["Mairie", "Le Bourg", "Gare SNCF", "Place du 11 novembre", "Route d'Albi 3"])
def test_names_that_say_something(name):
    assert not says_nothing(name, "x1")


def test_a_meaningless_name_is_told_with_its_line():
    issue = Issue("stops.txt", 3, "stop_name", "Arrêt 7", "village", Point(1.6, 44.5))
    told = meaningless_stop_name(Facts(feed_beside(__file__), AROUND))
    assert told == IssueGroup("meaningless_stop_name", WARNING, 1, (issue,))
