"""Numbers and short messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.telephone import NO, OTHER, STOP, THANKS, YES, dialled, meaning, telephone_in


@pytest.mark.parametrize(
    "text",
    ["06 39 10 00 01", "06.39.10.00.01", "+33 6 39 10 00 01", "0033639100001", "+33 (0)6 39 10 00 01", "0639100001"],
)
def test_one_number_however_it_is_told(text):
    assert dialled(text) == "0639100001"


def test_foreign_and_empty_numbers_stay_apart():
    assert dialled("+34 612 34 56 78") == "+34612345678"
    assert dialled("") == dialled("anonyme") == ""
    assert dialled("3635") == "3635"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oui", YES), ("OUI !", YES), ("oui merci", YES), ("Merci, oui", YES), ("d'accord", YES), ("ok, à demain", YES),
        ("Non", NO), ("non merci", NO), ("Je ne peux pas", NO), ("Merci", THANKS), ("Merci beaucoup !", THANKS),
        ("Parfait, merci", THANKS), ("STOP", STOP), ("oui mais plus tard", OTHER), ("oui ou non ?", OTHER), ("", OTHER),
        ("Je voudrais aller à Cahors demain", OTHER), ("non je voulais dire oui", OTHER), ("👍", OTHER),
    ],
)  # fmt: skip
def test_what_a_message_means(text, wanted):
    assert meaning(text) == wanted


@given(st.text(max_size=80))
def test_any_text_has_a_meaning(text):
    assert meaning(text) in {YES, NO, THANKS, STOP, OTHER}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 39 10 00 01", "0639100001"), ("+33 6 39 10 00 01", "0639100001"), ("639100001", "0639100001"),
        ("33639100001", "0639100001"), ("+376 123 456", "+376123456"), ("06 39 10 00 1", ""), ("06 39 10 00 01 2", ""),
        ("0" * 300, ""), ("+" + "4" * 16, ""), ("3635", ""), ("", ""), ("06 39 10 00 01 (fille)", ""),
    ],
)  # fmt: skip
def test_one_rule_tells_what_a_number_is(text, number):
    assert telephone_in(text) == number
