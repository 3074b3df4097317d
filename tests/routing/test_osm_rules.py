"""What may be driven and how fast, by the tags of OpenStreetMap."""

import pytest

from routing.access import directions, may_drive, may_pass
from routing.profiles import BUS, CAR, FOOT
from routing.speeds import driving_speed, legal_speed, parse_maxspeed


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("50", 50), ("70 km/h", 70), ("30 mph", 48.28), ("FR:urban", 50), ("FR:rural", 80), ("FR:motorway", 130),
        ("FR:zone30", 30), ("FR:30", 30), ("FR:zone:20", 20), ("FR:living_street", 20), ("DE:rural", 100), ("walk", 6),
        ("90;50", 50), ("none", 130), ("variable", None), ("", None), ("fast", None),
    ],
)  # fmt: skip
def test_maxspeed_in_its_forms(text, limit):
    assert parse_maxspeed(text) == (limit if limit is None else pytest.approx(limit, abs=0.01))


@pytest.mark.parametrize(
    ("tags", "limit"),
    [
        ({"highway": "motorway"}, 130), ({"highway": "trunk", "oneway": "yes"}, 110), ({"highway": "trunk"}, 80),
        ({"highway": "secondary"}, 80), ({"highway": "residential"}, 50), ({"highway": "living_street"}, 20),
        ({"highway": "secondary", "zone:maxspeed": "FR:30"}, 30),
        ({"highway": "secondary", "maxspeed": "80", "maxspeed:backward": "50"}, 80),
    ],
)  # fmt: skip
def test_legal_default_by_class(tags, limit):
    assert legal_speed(tags, "forward") == limit


def test_each_direction_has_its_limit():
    tags = {"highway": "secondary", "maxspeed": "80", "maxspeed:backward": "30"}
    assert driving_speed(tags, "backward", CAR) == 30
    assert driving_speed(tags, "forward", CAR) > 30


def test_surface_and_track_slow_down():
    paved = driving_speed({"highway": "unclassified"}, "forward", CAR)
    assert driving_speed({"highway": "unclassified", "surface": "gravel"}, "forward", CAR) < 0.6 * paved
    grades = [driving_speed({"highway": "track", "tracktype": f"grade{g}"}, "forward", CAR) for g in (1, 2, 3)]
    assert grades == sorted(grades, reverse=True)
    assert grades[0] > 0


def test_a_bus_is_slower_and_keeps_its_motorway_limit():
    for highway in ("motorway", "primary", "tertiary", "residential"):
        assert driving_speed({"highway": highway}, "forward", BUS) < driving_speed({"highway": highway}, "forward", CAR)
    assert driving_speed({"highway": "motorway", "maxspeed": "130"}, "forward", BUS) <= 100


@pytest.mark.parametrize(
    ("tags", "car", "bus"),
    [
        ({"highway": "residential"}, True, True),
        ({"highway": "residential", "access": "no"}, False, False),
        ({"highway": "residential", "access": "private"}, False, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, True, True),
        ({"highway": "service", "access": "no", "bus": "yes"}, False, True),
        ({"highway": "residential", "motor_vehicle": "destination"}, True, True),
        ({"highway": "residential", "maxheight": "2.5"}, True, False),
        ({"highway": "residential", "maxweight": "3.5"}, True, False),
        ({"highway": "residential", "maxwidth": "2,1 m"}, True, False),
        ({"highway": "residential", "maxweight": "3500 kg"}, True, False),
        ({"highway": "residential", "maxheight": "default"}, True, True),
        ({"highway": "track", "tracktype": "grade2"}, True, False),
        ({"highway": "track", "tracktype": "grade5"}, False, False),
        ({"highway": "footway"}, False, False),
        ({"highway": "construction"}, False, False),
        ({"highway": "service", "service": "parking_aisle"}, False, False),
        ({"highway": "residential", "area": "yes"}, False, False),
    ],
)
def test_who_may_drive(tags, car, bus):
    assert (may_drive(tags, CAR), may_drive(tags, BUS)) == (car, bus)


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({"barrier": "bollard"}, False), ({"barrier": "gate"}, True), ({"barrier": "lift_gate"}, True),
        ({"barrier": "gate", "access": "private"}, False), ({"barrier": "bollard", "motor_vehicle": "yes"}, True),
        ({"barrier": "block"}, False), ({"barrier": "height_restrictor", "maxheight": "1.8"}, False),
    ],
)  # fmt: skip
def test_who_may_pass_a_barrier(tags, passes):
    assert may_pass(tags, CAR) is passes


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({"highway": "residential"}, (True, True)),
        ({"highway": "residential", "oneway": "yes"}, (True, False)),
        ({"highway": "residential", "oneway": "-1"}, (False, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
    ],
)
def test_one_way(tags, ways):
    assert directions(tags, CAR) == ways


def test_a_bus_lane_may_run_against_the_way():
    tags = {"highway": "residential", "oneway": "yes", "oneway:bus": "no"}
    assert directions(tags, CAR) == (True, False)
    assert directions(tags, BUS) == (True, True)


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "footway"}, True), ({"highway": "steps"}, True), ({"highway": "path", "foot": "no"}, False),
        ({"highway": "tertiary"}, True), ({"highway": "tertiary", "foot": "use_sidepath"}, True),
        ({"highway": "motorway"}, False), ({"highway": "trunk"}, False), ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "private", "foot": "permissive"}, True),
        ({"highway": "proposed"}, False), ({"highway": "cycleway", "oneway": "yes"}, True),
    ],
)  # fmt: skip
def test_where_one_walks(tags, walked):
    assert may_drive(tags, FOOT) == walked
    if walked:
        assert directions(tags, FOOT) == (True, True)
        assert driving_speed(tags, "backward", FOOT) == pytest.approx(3.96)


def test_walkers_pass_bollards_but_not_what_is_closed_to_them():
    assert may_pass({"barrier": "bollard"}, FOOT)
    assert may_pass({"barrier": "kissing_gate"}, FOOT)
    assert not may_pass({"barrier": "gate", "access": "private"}, FOOT)
    assert may_pass({"barrier": "gate", "access": "private", "foot": "yes"}, FOOT)
