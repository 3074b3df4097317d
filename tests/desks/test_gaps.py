"""Homes from which access is measured."""

from desks.access.gaps import junction_homes
from desks.ground import open_ground
from routing.osm_reader import read_osm
from routing.profiles import find_profile
from routing.street_roads import StreetNetwork, StreetRoads
from tests.conftest import CASES
from webapp.words.access import junction_words

TOWN = CASES / "osm" / "town.osm"


def test_junctions_become_homes_of_their_commune(settings):
    ground = open_ground(settings)
    roads = StreetRoads(lambda name: StreetNetwork(read_osm(TOWN, find_profile(name))))
    homes = junction_homes(ground, roads, 300, junction_words)
    assert len(homes) >= 4
    assert {(home.commune, home.people) for home in homes} == {("46042", 0.0)}
    assert len({home.place.id for home in homes}) == len(homes)
