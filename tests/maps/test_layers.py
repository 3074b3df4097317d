"""What a map shows first."""

from maps.layers import AROUND_A_POINT, MapContent, StopMark, bounds
from mobility.places import Point


def test_the_first_view_fits_what_is_shown():
    marks = [StopMark(Point(1.0, 44.0), "A", "a"), StopMark(Point(2.0, 45.0), "B", "b")]
    assert bounds(MapContent("fr", "t", "s", stops=marks)) == (1.0, 44.0, 2.0, 45.0)


def test_a_single_point_stands_on_some_ground():
    west, south, east, north = bounds(MapContent("fr", "t", "s", stops=[StopMark(Point(1.0, 44.0), "A", "a")]))
    assert (west, east) == (1.0 - AROUND_A_POINT, 1.0 + AROUND_A_POINT)
    assert (south, north) == (44.0 - AROUND_A_POINT, 44.0 + AROUND_A_POINT)
