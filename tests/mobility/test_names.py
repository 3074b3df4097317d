"""Names that are one to the ear, and names that are not."""

import pytest

from mobility import names
from mobility.names import Household, key_of_name, same_name, sound_of, words_of

ALIKE = [
    "Dupont Dupond", "Lefèvre Lefebvre", "Thibault Tibo", "Renaud Reno", "Renaud Renault", "Delpech Delpèche",
    "Vaysse Vaisse", "Philippe Filip", "Jean Jan", "Lacroix Lacroi", "Lagarrigue Lagarigue", "Guy Gui", "Cazals Casal",
    "Bouyssou Bouissou", "Laffont Lafon", "Martin Martain", "Gérard Jérard", "Schmitt Chmit", "Besse Baisse",
    "Rouquette Rouquète", "Bernard Bernar", "Monique Monic", "Combes Combe", "Marty Marti", "Lemoine Lemoyne",
    "Georges Jorge", "Raynal Reynal", "Estève Estèves", "Fernandez Fernandes", "Champ Chant", "Cœur Coeur",
]  # fmt: skip
APART = [
    "Martin Marty", "Dupont Dupuy", "Moulin Moreau", "Marie Mario", "Jeanne Jean", "Lacaze Lacoste", "Simon Simone",
    "Combes Couderc", "Louis Louise", "Roux Rey", "Denis Denise", "Blanc Blanche", "Garrigue Garric",
]  # fmt: skip


@pytest.mark.parametrize("pair", ALIKE)
def test_spellings_of_one_sound_are_alike(pair):
    one, other = (words_of(name)[0] for name in pair.split())
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize("pair", APART)
def test_other_sounds_are_told_apart(pair):
    one, other = (words_of(name)[0] for name in pair.split())
    assert sound_of(one) != sound_of(other)


def test_titles_particles_and_accents_are_beside_a_name():
    assert words_of("Mme Éloïse de La Tour d'Auvergne") == ("eloise", "tour", "auvergne")
    assert words_of("M. le Du") == ("m", "du")
    assert words_of("—") == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mme Dupont Marie", "marie DUPOND", True),
        ("Dupont", "Marie Dupont", True),
        ("Jean Dupont", "Marie Dupont", False),
        ("", "Marie Dupont", False),
        ("André Dupont", "Andrée DUPONT", False),
        ("Michel Dupont", "Dupont Michelle", False),
        ("Frédéric Dupont", "Frédérique Dupont", False),
        ("Marie-Hélène Vaysse", "Vaisse Marie Hélène", True),
        ("M. Dupont", "Mme Dupont", False),
        ("M. et Mme Dupont", "Mme Dupont", True),
        ("Dupont", "Mme Dupont", True),
    ],
)
def test_the_shorter_name_must_be_within_the_longer(one, other, same):
    assert same_name(one, other) == same_name(other, one) == same


def test_one_name_written_in_two_ways_has_one_key():
    assert key_of_name("Mme Durant Jeanne") == key_of_name("Madame JEANNE DURANT")
    assert key_of_name("Mme Durant") != key_of_name("M. Durant")


@pytest.mark.parametrize(
    ("people", "name", "found"),
    [
        ("Jeanne Durant", "Mme Durant Jeanne", "Jeanne Durant"),
        ("Jeanne Durant/Paul Durant", "Durand Paul", "Paul Durant"),
        ("Jeanne Durant/Paul Durant", "Durant", "Jeanne Durant/Paul Durant"),
        ("Jeanne Durant/Paul Durant/Durant", "Mme Durant", "Durant"),
        ("M. Durant/Mme Durant", "Durant", "M. Durant/Mme Durant"),
        ("M. Durant", "Mme Durant", ""),
        ("Jeanne Durant/ ", "Paul Durant", " "),
        ("Jeanne Durant", "", "Jeanne Durant"),
        ("Jeanne Durant/Paul Durant", "", "Jeanne Durant/Paul Durant"),
    ],
)
def test_who_of_a_household_has_a_name(people, name, found):
    household = Household((who, who) for who in people.split("/"))
    assert "/".join(household.called(name)) == found


def test_whoever_is_told_by_several_names_answers_to_each_and_to_no_other():
    household = Household([(1, "Durant")])
    household.add(1, "Jeanne Durant")
    assert household.called("Durant") == household.called("Mme Jeanne Durant") == [1]
    assert household.called("Paul Durant") == []


def test_a_name_is_not_compared_with_all_who_share_its_number(monkeypatch):
    asked = []
    alike = names._Called.may_be
    monkeypatch.setattr(names._Called, "may_be", lambda one, other: asked.append(one) or alike(one, other))
    first = [f"{a}{b}o" for a in "bdfkmnprt" for b in "aeiou"]
    household = Household()
    for number in range(400):
        name = f"{first[number % 45]} {first[number // 45]}{first[number % 45]}"
        assert household.called(name) == []
        household.add(number, name)
    assert len(asked) < 400 * 10
