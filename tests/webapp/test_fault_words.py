"""What is said of a fault in a form: what to give where nothing is, and no other name for the field beside it."""

import pytest

from mobility.errors import MobilityError
from webapp.pages.form_values import beside
from webapp.pages.rides import stated_contact
from webapp.words.errors import french_error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MobilityError("empty-value", "", field="weekdays"), "Cochez au moins un jour de la semaine."),
        (MobilityError("bad-clock", "", field="Début", value=""), "Donnez l'heure de début."),
        (MobilityError("no-such-place", "", field="De", value="", suggestions=[]), "Donnez un lieu de départ."),
    ],
)
def test_a_forgotten_field_says_what_to_give(error, said):
    assert french_error(error) == said


def test_a_fault_at_its_field_does_not_say_another_name_for_it():
    error = MobilityError("bad-date", "", field="Dernier jour", value="demain")
    assert beside(error, {"Dernier jour": "au"})["au"].startswith("« demain » n'est pas une date")
    assert beside(error, {})[""].startswith("Dernier jour : « demain »")


def test_a_number_longer_than_any_is_no_telephone_number():
    with pytest.raises(MobilityError) as caught:
        stated_contact({"nom": "Une habitante", "telephone": "0" * 300})
    assert (caught.value.code, caught.value.field) == ("bad-number-called", "Téléphone")


def test_a_large_count_is_read_by_its_thousands():
    sheet = MobilityError("too-many-cells", "", field="", sheet="Liste", cells=500_000)
    assert "(plus de 500\u202f000 cases)" in french_error(sheet)
    typed = MobilityError("bad-date", "", field="", value="500000")
    assert "« 500000 »" in french_error(typed)
