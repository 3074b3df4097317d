"""Numbers, short messages and the hours within which one answers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.telephone import NO, OTHER, STOP, THANKS, YES, dialled, meaning, working_deadline

PARIS = ZoneInfo("Europe/Paris")


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


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-12-01T10:00", "2026-12-03T10:00"),  # Tuesday to Thursday
        ("2026-12-04T15:00", "2026-12-08T15:00"),  # Friday to Tuesday: the week-end does not count
        ("2026-12-05T11:00", "2026-12-09T00:00"),  # Saturday: the hours begin on Monday
        ("2026-12-24T10:00", "2026-12-29T10:00"),  # Christmas is a Friday: Thursday, then Monday, Tuesday
    ],
)
def test_forty_eight_working_hours(start, end):
    assert working_deadline(at(start), {date(2026, 12, 25)}.__contains__) == at(end)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_the_deadline_holds_as_many_working_hours_as_promised(start):
    end = working_deadline(start, lambda _: False)
    quarters = int((end - start) / timedelta(minutes=15))
    working = sum((start + timedelta(minutes=15 * n)).isoweekday() <= 5 for n in range(quarters))
    assert abs(working - 48 * 4) <= 2
