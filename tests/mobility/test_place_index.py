"""Places found by what was typed: the index against a plain look at every name."""

import random

from mobility.place_index import NamedPlace, PlaceIndex
from mobility.places import Place, Point, great_circle, within
from mobility.territory import folded

NAMES = ["Cahors", "Gare de Cahors", "Saint-Cirq-Lapopie", "St Cirq", "Le Montat", "Mairie de Montcuq", "L'", "Montat"]


def plain_beginning(index, text):
    found = {}
    for number, key in enumerate(index.keys):
        words, wanted = key.split(), folded(text).split()
        if wanted and all(any(word.startswith(part) for word in words) for part in wanted):
            whole = sum(map(len, wanted)) / max(1, sum(map(len, words)))
            found[number] = 60.0 + 30.0 * whole + (10.0 if words[0].startswith(wanted[0]) else 0.0)
    return found


def test_the_index_finds_what_a_look_at_every_name_finds():
    places = [Place(f"p{n}", name, Point(1.4, 44.4)) for n, name in enumerate(NAMES)]
    index = PlaceIndex(NamedPlace(place.name, place, "stop", float(n % 3)) for n, place in enumerate(places))
    for text in (
        "c",
        "cah",
        "gare c",
        "m",
        "saint c",
        "montcuq mairie",
        "st-cirq",
        "x",
        "",
        "  ",
        "mo mo",
        "\U0010ffff",
    ):
        assert list(index.beginning(text).items()) == list(plain_beginning(index, text).items())


def test_of_one_name_the_most_looked_for_is_meant_and_the_first_of_equals():
    named = [NamedPlace("Bach", Place(str(n), "Bach", Point(1, 44)), "stop", w) for n, w in enumerate((1, 4, 2, 4))]
    assert PlaceIndex(named).exact("BACH").place.id == "1"
    assert PlaceIndex(named).exact("Bac") is None


def test_who_is_near_is_near_by_the_great_circle_too():
    chance = random.Random(3)
    for _ in range(5000):
        one = Point(chance.uniform(1, 2), chance.uniform(44, 45))
        other = Point(one.lon + chance.uniform(-0.02, 0.02), one.lat + chance.uniform(-0.02, 0.02))
        north = Point(one.lon, other.lat)
        for point, metres in ((other, 1500.0), (north, great_circle(one, north))):
            assert within(one, point, metres) == (great_circle(one, point) <= metres)
