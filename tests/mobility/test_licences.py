"""Licences as sources and catalogues spell them, and what is joined of them."""

import pytest

from mobility.errors import MobilityError
from mobility.licences import LICENCES, ODBL, OPEN_1, OPEN_2, find_licence, joined_licence, known_licence


@pytest.mark.parametrize(
    ("spelled", "licence"),
    [
        ("lov2", OPEN_2), ("Licence Ouverte 2.0", OPEN_2), ("Licence Ouverte / Open Licence version 2.0", OPEN_2),
        ("fr-lo", OPEN_1), ("Licence Ouverte", OPEN_1), ("odbl", ODBL), ("ODbL", ODBL), ("ODbL 1.0", ODBL),
        ("odc-odbl", ODBL), ("Open Database License (ODbL)", ODBL), ("", None), ("notspecified", None),
        ("mobility-licence", None), ("other-open", None), ("Document public", None), ("no odbl here", None),
    ],
)  # fmt: skip
def test_licences_are_known_however_they_are_spelled(spelled, licence):
    assert find_licence(spelled) == licence


def test_each_licence_is_known_by_its_identifier_and_its_name():
    for licence in LICENCES:
        assert find_licence(licence.id) == find_licence(licence.name) == licence


def test_one_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(MobilityError, match=r"lov2 \(Licence Ouverte 2.0\), .*odbl"):
        known_licence("mine", field="--licence")


def test_odbl_spreads():
    assert joined_licence([OPEN_2, ODBL, OPEN_1]) == ODBL
    assert joined_licence([OPEN_2, OPEN_1]) == joined_licence([]) == OPEN_2
