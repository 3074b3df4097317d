"""The hours of a list without a column for them: half-days told among the days, or hours typed once for all lines."""

import pytest

from data.plan_store import PlanStore
from desks.imports import desk as lists
from desks.imports.half_days import WHOLE_DAY, hours_cells, with_half_days
from desks.imports.matching import Entry
from desks.imports.reading import Reader
from mobility.clock import HOUR, MINUTE
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import places_of
from webapp.words.rides import alias_words

MORNING, AFTERNOON = (8 * HOUR, 12 * HOUR + 30 * MINUTE), (13 * HOUR + 30 * MINUTE, 18 * HOUR)


@pytest.fixture
def reader(desk, tmp_path):
    return Reader(desk, places_of(desk), PlanStore(tmp_path / "plans"), NOW, "test", lambda: None, alias_words)


def looked(reader, text, **given):
    waiting = lists.receive(reader, "drivers", "liste.csv", text.encode())
    if given:
        look = lists.opened(reader, lists.find(reader, waiting))
        lists.match(reader, waiting, "", look.matching.titled, look.matching.columns, given)
    return lists.look(reader, lists.find(reader, waiting))


@pytest.mark.parametrize(
    ("told", "weekdays", "hours"),
    [
        ("lundi et jeudi matin", {1, 4}, MORNING), ("lundi matin, jeudi matin", {1, 4}, MORNING),
        ("Mardi après-midi", {2}, AFTERNOON), ("lundi matin et après-midi", {1}, WHOLE_DAY),
        ("vendredi toute la journée", {5}, WHOLE_DAY), ("tous les matins", {1, 2, 3, 4, 5, 6, 7}, MORNING),
    ],
)  # fmt: skip
def test_a_half_day_told_among_the_days_is_hours(reader, told, weekdays, hours):
    look = looked(reader, f'Nom;Téléphone;Commune;Dispo\nAnne;0639100001;Lherm;"{told}"\n')
    assert (look.missing, look.faults) == ((), ())
    [offer] = [line.thing for line in look.good]
    assert (offer.weekdays, offer.opens, offer.closes) == (weekdays, *hours)


@pytest.mark.parametrize("told", ["lundi matin et jeudi après-midi", "lundi matin, jeudi"])
def test_half_days_apart_are_not_guessed(told):
    entry = Entry("liste.csv", "", 2, {"weekdays": told}, {"weekdays": "Dispo"})
    with pytest.raises(MobilityError) as caught:
        with_half_days(entry)
    assert (caught.value.code, caught.value.field) == ("half-days-apart", "liste.csv, line 2, column Dispo")


def test_hours_are_given_once_for_the_lines_without_their_own(reader):
    text = "Nom;Commune;Jours\nAnne;Lherm;lundi\nLuc;Lherm;mardi matin\n"
    assert looked(reader, text.replace(" matin", "")).missing == ("opens",)
    look = looked(reader, text, **hours_cells(9 * HOUR, 17 * HOUR))
    assert look.missing == ()
    assert [(line.thing.opens, line.thing.closes) for line in look.good] == [(9 * HOUR, 17 * HOUR), MORNING]
    assert [column.name for column in look.shown] == ["name", "from", "opens", "closes", "weekdays"]


def test_a_half_day_without_an_end_lacks_its_end(reader):
    look = looked(reader, "Nom;Commune;Jours;Début\nAnne;Lherm;lundi;9h\n")
    [fault] = look.faults
    assert (fault.code, fault.details["column"]) == ("empty-value", "closes")
