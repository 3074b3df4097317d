"""Names that are one to the ear, and names that are not."""

import pytest

from mobility.names import same_name, sound_of, words_of

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
    ],
)
def test_the_shorter_name_must_be_within_the_longer(one, other, same):
    assert same_name(one, other) == same_name(other, one) == same
