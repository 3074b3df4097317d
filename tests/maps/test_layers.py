"""What a map shows first."""

from maps.folium_page import seen_colour
from maps.layers import AROUND_A_POINT, MapContent, StopMark, bounds
from mobility.places import Point


def test_the_first_view_fits_what_is_shown():
    marks = [StopMark(Point(1.0, 44.0), "A", "a"), StopMark(Point(2.0, 45.0), "B", "b")]
    assert bounds(MapContent("fr", "t", "s", stops=marks)) == (1.0, 44.0, 2.0, 45.0)


def test_a_single_point_stands_on_some_ground():
    west, south, east, north = bounds(MapContent("fr", "t", "s", stops=[StopMark(Point(1.0, 44.0), "A", "a")]))
    assert (west, east) == (1.0 - AROUND_A_POINT, 1.0 + AROUND_A_POINT)
    assert (south, north) == (44.0 - AROUND_A_POINT, 44.0 + AROUND_A_POINT)


def test_the_legend_has_the_colours_that_the_map_shows():
    # As Chromium drew them: each level over the land of the base map, which it rounds in its own way.
    drawn = ("#f4f1ea", "#dee8e3", "#bad4ce", "#89b6b2", "#639292")
    for level, colour in enumerate(drawn):
        pairs = zip(bytes.fromhex(seen_colour(level)[1:]), bytes.fromhex(colour[1:]), strict=True)
        assert max(abs(ours - theirs) for ours, theirs in pairs) <= 1, level
