"""What a person may ask for at the desk: to be shown, put right, erased."""

import pytest

from data.journal import journal_of
from data.people import find_person, persons_with_telephone, read_contact
from desks.people.rights import correct
from mobility.errors import MobilityError, SeveralFaultsError
from mobility.people import RIDER
from tests.conftest import NOW


def test_a_correction_is_checked_kept_and_noted(desk, people):
    rider = people.person(RIDER, "Lherm")
    told = {"telephone": "+33 5 65 00 00 00", "mail": "j@example.org", "commune": "Crayssac"}
    correct(desk.store, desk.ground.territory, rider, told, now=NOW, who="desk")
    with desk.store.reading() as tx:
        assert read_contact(tx, rider).telephone == "0565000000"
        assert [person.id for person in persons_with_telephone(tx, "05 65 00 00 00")] == [rider]
        assert find_person(tx, rider).commune == desk.ground.territory.find_commune("Crayssac").insee
        (act,) = journal_of(tx, [rider])
    assert act["act"] == "person-corrected"
    assert "0565000000" not in str(act)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"telephone": "12"}, "bad-number-called"),
        ({"telephone": "06 39 10 00 1"}, "bad-number-called"),
        ({"telephone": "0" * 300}, "bad-number-called"),
        ({"mail": "jean@"}, "bad-mail"),
        ({"commune": "Nulle-Part-sur-Lot"}, "unknown-commune"),
        ({"kind": "driver"}, "not-a-choice"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(desk, people, values, code):
    rider = people.person(RIDER, "Lherm")
    with desk.store.reading() as tx:
        before = find_person(tx, rider), read_contact(tx, rider)
    with pytest.raises(MobilityError) as error:
        correct(desk.store, desk.ground.territory, rider, {"name": "Autre", **values}, now=NOW, who="desk")
    assert error.value.code == code
    with desk.store.reading() as tx:
        assert (find_person(tx, rider), read_contact(tx, rider)) == before
        assert journal_of(tx, [rider]) == []


def test_who_has_a_name_keeps_one_and_hears_of_it_with_all_else(desk, people):
    rider = people.person(RIDER, "Lherm")
    place = desk.ground.territory
    correct(desk.store, place, rider, {"name": "Une habitante"}, now=NOW, who="desk")
    with pytest.raises(SeveralFaultsError) as error:
        correct(desk.store, place, rider, {"name": "", "mail": "jean@"}, now=NOW, who="desk")
    assert [fault.field for fault in error.value.errors] == ["name", "mail"]
    with desk.store.reading() as tx:
        assert read_contact(tx, rider).name == "Une habitante"
