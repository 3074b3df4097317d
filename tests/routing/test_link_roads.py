"""The embedded table of links: within its stretch of the truth, and honest about straight lines."""

import numpy as np
import pytest

from mobility.errors import MobilityError
from mobility.places import Place, Point, great_circle
from mobility.travel import RoadLink
from routing.link_roads import DETOUR, LinkRoads, spanner
from tests.fakes import CrowFlyRoads, village

VILLAGES = [village(n, *position) for n, position in enumerate([(0, 0), (5, 1), (9, 3), (14, 2), (7, 9), (2, 8)])]


@pytest.mark.parametrize("stretch", [1.01, 1.1, 1.5])
def test_spanner_keeps_its_stretch(stretch):
    true = CrowFlyRoads().travel_times(VILLAGES, VILLAGES, "car").seconds
    links = spanner(VILLAGES, CrowFlyRoads(), stretch=stretch)
    found = LinkRoads(VILLAGES, links).travel_times(VILLAGES, VILLAGES, "car")
    assert (found.seconds <= true * stretch + 0.2).all()
    assert (found.seconds >= true * 0.99 - 0.2).all()
    assert not found.estimated.any()


def test_a_looser_stretch_needs_fewer_links():
    assert len(spanner(VILLAGES, CrowFlyRoads(), stretch=1.5)) < len(spanner(VILLAGES, CrowFlyRoads(), stretch=1.01))


def roads():
    link = RoadLink("v0", "v1", {"car": 5200, "bus": 5200}, {"car": 330, "bus": 400}, ("D1", "D2"))
    return LinkRoads(VILLAGES[:3], [link])


def test_path_names_the_roads_in_the_order_of_travel():
    assert roads().path(VILLAGES[0], VILLAGES[1], "car").roads == (("D1 / D2", 5200),)
    assert roads().path(VILLAGES[1], VILLAGES[0], "bus").roads == (("D2 / D1", 5200),)
    assert roads().path(VILLAGES[1], VILLAGES[0], "bus").seconds == 400


def test_places_without_a_link_are_straight_lines_and_say_so():
    times = roads().travel_times([VILLAGES[0]], [VILLAGES[1], VILLAGES[2]], "car")
    assert times.estimated.tolist() == [[False, True]]
    straight = great_circle(VILLAGES[0].point, VILLAGES[2].point) * DETOUR
    assert times.metres[0, 1] == pytest.approx(straight, rel=1e-5)
    assert roads().path(VILLAGES[0], VILLAGES[2], "car").estimated


def test_a_new_place_hangs_on_the_nearest_known_one():
    farm = village(9, 0.5, 0.2)
    times = roads().travel_times([farm], [VILLAGES[1], farm], "car")
    assert times.estimated.all()
    assert 330 < times.seconds[0, 0] < 330 + 60
    assert times.seconds[0, 1] == 0


def test_a_place_far_from_all_is_named():
    with pytest.raises(MobilityError, match="Paris"):
        roads().travel_times([Place("x", "Paris", Point(2.35, 48.85))], [VILLAGES[0]], "car")


def test_covers_what_is_near():
    far = Place("x", "Paris", Point(2.35, 48.85))
    assert roads().covers([VILLAGES[5], far]) == [True, False]


def test_a_link_to_nowhere_is_named():
    with pytest.raises(MobilityError, match="v0-v9"):
        LinkRoads(VILLAGES[:1], [RoadLink("v0", "v9", {"car": 1, "bus": 1}, {"car": 1, "bus": 1}, ())])


def test_matrix_shape_and_type():
    times = roads().travel_times(VILLAGES[:2], VILLAGES[:3], "bus")
    assert times.seconds.shape == (2, 3)
    assert times.seconds.dtype == np.float32
    assert times.seconds_between("v1", "v0") == 400
