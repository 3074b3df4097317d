"""Dates, hours and numbers as people say them."""

from datetime import date

import pytest

from data.journal_chain import Fault
from mobility.bus_calendar import StageProof
from mobility.errors import MobilityError
from mobility.proof import Proof
from webapp.words import french
from webapp.words.errors import french_error
from webapp.words.journal import fault_words
from webapp.words.journeys import confirm_words

NBSP, NARROW = french.NBSP, french.NARROW
NO_FEED = MobilityError("no-feed", "", field="")


def test_days_and_hours():
    assert french.day_words(date(2026, 12, 8)) == "mardi 8 décembre"
    assert french.day_words(date(2026, 12, 1), year=True) == "mardi 1er décembre 2026"
    assert french.hours_words(33_300, 45_000).replace(NBSP, " ") == "9 h 15 – 12 h 30"
    assert french.time_words(50_400).replace(NBSP, " ") == "14 h"
    assert [french.duration_words(s).replace(NBSP, " ") for s in (1500, 3900)] == ["25 min", "1 h 05"]


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [(1234.56, 1, f"1{NARROW}234,6"), (-3.2, 0, "\u22123"), (-0.2, 0, "0"), (0, 0, "0"), (17, 2, "17,00")],
)
def test_numbers(value, decimals, words):
    assert french.number_words(value, decimals) == words


def test_places_lists_and_weeks():
    assert [french.at_place(n) for n in ("Lherm", "Le Montat", "Les Junies")] == ["à Lherm", "au Montat", "aux Junies"]
    assert french.joined(["a", "b", "c"]) == "a, b et c"
    assert french.joined(["a"]) == "a"
    assert french.joined([]) == ""
    assert [french.week_words(w, 2) for w in (1, 2)] == ["semaine A", "semaine B"]
    assert french.week_words(1, 1) == "chaque semaine"
    assert french.week_words(3, 4) == "semaine 3 du cycle"


def test_opening_hours():
    lines = french.opening_words("Mo 09:00-12:00,14:00-17:30; Sa 09:30-12:00")
    assert [line.replace(NBSP, " ") for line in lines] == [
        "lundi 9 h – 12 h et 14 h – 17 h 30", "samedi 9 h 30 – 12 h",
    ]  # fmt: skip
    assert french.opening_words("") == []


@pytest.mark.parametrize(
    ("field", "told"), [("--feed", ""), ("--station", ""), ("--depot", "Dépôt : "), ("stops.txt", "stops.txt : ")]
)
def test_no_sentence_names_an_option_of_a_command(field, told):
    assert french_error(MobilityError("no-feed", "", field=field)) == f"{told}{french_error(NO_FEED)}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MSAP de Prayssac", "à la MSAP de Prayssac, de la MSAP de Prayssac"),
        ("Ccas", "au CCAS, du CCAS"),
        ("Association Lherm Solidaire", "à l'association Lherm Solidaire, de l'association Lherm Solidaire"),
        ("France services de Lalbenque", "à France services de Lalbenque, de France services de Lalbenque"),
    ],
)
def test_a_counter_has_the_article_of_its_kind(name, words):
    assert f"{french.at_place(name)}, {french.of_place(name)}" == words


def test_no_name_of_a_structure_follows_a_preposition_that_asks_an_article():
    house = "MSAP de Prayssac"
    assert fault_words(Fault(house, 3, "moved")) == f"La ligne 3 du journal ({house}) n'est pas à sa place."
    assert confirm_words([(house, ""), ("TER", "3635")]) == f"Horaires à confirmer : {house} ou TER au 3635."


@pytest.mark.parametrize(
    ("proof", "gap", "told"),
    [
        (Proof.VERIFIED, 0.0, "vérifié"),
        (Proof.SOLVER, 0.0, "prouvé par le solveur"),
        (Proof.BOUNDED, 0.0031, f"à 0,4{NBSP}% au plus du meilleur possible"),
        (Proof.BOUNDED, 0.00001, f"à 0,1{NBSP}% au plus du meilleur possible"),
    ],
)
def test_a_proof_has_three_words_and_a_gap_is_never_told_smaller_than_it_is(proof, gap, told):
    assert french.proof_words(proof, gap) == told


def test_each_objective_says_its_own_distance_to_the_best():
    stages = (
        StageProof("need", 100, 100, 1, checked=100),
        StageProof("weakest", 0.5, 0.5, 1),
        StageProof("distance", 101, 100, 1),
    )
    told = french.stages_words(stages).replace("\u00a0", " ")
    assert told == (
        "besoin couvert : vérifié ; intercommunalité la moins bien servie : prouvé par le solveur ; "
        "kilomètres du bus : à 1,0 % au plus du meilleur possible"
    )
