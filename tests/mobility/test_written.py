"""Days, hours, numbers and words as people write them; what may be read in two ways is refused."""

from datetime import date, datetime, time, timedelta

import pytest

from mobility.clock import HOUR, MINUTE, format_clock
from mobility.errors import MobilityError
from mobility.written import (
    plain,
    written_clock,
    written_day,
    written_number,
    written_telephone,
    written_weekdays,
    written_yes,
)

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "value",
    [
        "08/12/26", "8/12/2026", "8.12.26", "8-12-2026", "2026-12-08", "2026/12/08", "8/12", "08/12", "mardi 8 déc.",
        "Mardi 8 décembre 2026", "mar. 8 déc", "8 décembre", "8 dec 26", "le 8 décembre", "mardi 08/12/2026",
        "le mardi 8 décembre 2026", "MARDI 8 DÉCEMBRE", "8\u00a0décembre\u00a02026", date(2026, 12, 8),
        datetime(2026, 12, 8), "2026-12-08 00:00:00",
    ],
)  # fmt: skip
def test_days(value):
    assert written_day(value, today=TODAY) == date(2026, 12, 8)


def test_days_without_a_year_are_the_next_ones():
    assert written_day("5/1", today=TODAY) == date(2027, 1, 5)
    assert written_day("1er janvier", today=TODAY) == date(2027, 1, 1)
    assert written_day("20/11", today=TODAY) == date(2026, 11, 20)
    assert written_day("29 février", today=TODAY + timedelta(days=400)) == date(2028, 2, 29)
    assert written_day("mardi 5 janvier", today=TODAY) == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("mardi", "which-day"), ("mercredi 8 décembre 2026", "other-weekday"), ("mercredi 8/12", "other-weekday"),
        ("demain", "bad-date"), ("12/25/2026", "no-such-day"), ("31/2/2026", "no-such-day"), ("8 jui 2026", "bad-date"),
        ("8/12/1926", "bad-date"), ("46364", "bad-date"), (46364.0, "bad-date"), ("8", "bad-date"), ("", "bad-date"),
        ("8/12 ou 9/12", "bad-date"), ("1er au 5 mai", "bad-date"), ("30/2", "no-such-day"), ("²/12", "bad-date"),
    ],
)  # fmt: skip
def test_days_that_are_none_or_several(value, code):
    with pytest.raises(MobilityError) as caught:
        written_day(value, today=TODAY, field="liste.csv, line 2, column Jour")
    assert (caught.value.code, caught.value.field) == (code, "liste.csv, line 2, column Jour")


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("8h30", "08:30"), ("14 h", "14:00"), ("14h", "14:00"), ("8 h 05", "08:05"), ("08:30", "08:30"),
        ("8:30:00", "08:30"), ("8H30", "08:30"), ("midi", "12:00"), ("midi et demi", "12:30"), ("à 9h", "09:00"),
        ("9 heures", "09:00"), ("9 heures et demie", "09:30"), ("10 h moins le quart", "09:45"), ("8", "08:00"),
        (14.0, "14:00"), ("2h de l'après-midi", "14:00"), ("8h du soir", "20:00"), ("8 h du matin", "08:00"),
        (time(8, 30), "08:30"), (timedelta(hours=8, minutes=30), "08:30"), (0.354166667, "08:30"), ("0h", "00:00"),
        (datetime(2026, 12, 8, 8, 30), "08:30"), ("8h30min", "08:30"), ("9h et quart", "09:15"),
    ],
)  # fmt: skip
def test_hours(value, clock):
    assert format_clock(written_clock(value)) == clock


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("8h-12h", "several-hours"), ("8h30 à 12h", "several-hours"), ("8h ou 9h", "several-hours"),
        ("minuit", "midnight"), ("25h", "bad-clock"), ("9h75", "bad-clock"), ("9.30", "bad-clock"),
        ("930", "bad-clock"), ("le matin", "bad-clock"), ("9h5", "bad-clock"), ("", "bad-clock"), (24.0, "bad-clock"),
        (timedelta(hours=26), "bad-clock"), ("14h du matin", "bad-clock"), ("²h", "bad-clock"),
    ],
)  # fmt: skip
def test_hours_that_are_none_or_several(value, code):
    with pytest.raises(MobilityError) as caught:
        written_clock(value)
    assert caught.value.code == code


def test_yes_and_no():
    assert all(written_yes(value) for value in ("oui", "Oui.", "x", "X", "1", 1.0, True, "vrai", "✓"))
    assert not any(written_yes(value) for value in ("non", "", "0", False, "-", "faux", None or ""))
    with pytest.raises(MobilityError, match="neither"):
        written_yes("peut-être")


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("lundi mardi", {1, 2}), ("lun, mar", {1, 2}), ("Lundi et Jeudi", {1, 4}), ("lun-ven", {1, 2, 3, 4, 5}),
        ("12345", {1, 2, 3, 4, 5}), (12345.0, {1, 2, 3, 4, 5}), ("LMMJV", {1, 2, 3, 4, 5}),
        ("tous les jours", set(range(1, 8))), ("tous les jours sauf le dimanche", set(range(1, 7))),
        ("les mardis", {2}), ("ma me", {2, 3}), ("vendredi au lundi", {5, 6, 7, 1}), ("mardi/jeudi", {2, 4}),
        ("du lundi au vendredi sauf mercredi", {1, 2, 4, 5}), ("monday tue", {1, 2}), ("lundi ; mardi", {1, 2}),
        ("1, 3", {1, 3}), ("mardi - jeudi", {2, 3, 4}), ("lundi, mercredi-vendredi", {1, 3, 4, 5}),
    ],
)  # fmt: skip
def test_weekdays(value, days):
    assert written_weekdays(value) == days


@pytest.mark.parametrize(
    "value", ["", "m", "L M", "parfois", "128", "lundi sauf lundi", "sauf lundi", "lundi-mardi-jeudi"]
)
def test_weekdays_that_are_none(value):
    with pytest.raises(MobilityError) as caught:
        written_weekdays(value)
    assert caught.value.code == "bad-weekday"


@pytest.mark.parametrize(
    "value",
    [
        "+33 (0)6 12 34 56 78", "612345678", 612345678.0, "06.12.34.56.78", "0033 6 12 34 56 78", "+33(0)612345678",
        "33612345678", "(06) 12 34 56 78", "06-12-34-56-78", 33612345678.0, "06 12 34 56 78",
    ],
)  # fmt: skip
def test_telephone_numbers_are_one(value):
    assert written_telephone(value) == "0612345678"


def test_other_telephone_numbers():
    assert written_telephone("") == ""
    assert written_telephone("+44 20 7946 0018") == "+442079460018"
    for value, code in (
        ("06 12 34 56 78 / 05 65 12 34 56", "several-numbers"), ("06 12 34 56", "bad-number-called"),
        ("06 12 34 56 78 9", "bad-number-called"), ("voir sa fille", "bad-number-called"),
        ("0612345678 (fille)", "bad-number-called"),
    ):  # fmt: skip
        with pytest.raises(MobilityError) as caught:
            written_telephone(value)
        assert caught.value.code == code


def test_numbers():
    told = ("1,5", "1 200", "1 200,5", "60 km", "60,5km", "-3", 3, 2.5, "15 min", "3 places", "0,125", "1 200")
    assert [written_number(value) for value in told] == [1.5, 1200, 1200.5, 60, 60.5, -3, 3, 2.5, 15, 3, 0.125, 1200]
    for value in ("1.200", "1,200", "douze", "", "nan", "1e5"):
        with pytest.raises(MobilityError) as caught:
            written_number(value)
        assert caught.value.code == ("number-of-two" if value.endswith("200") else "not-a-number")


def test_values_as_text():
    told = (46007.0, 1.5, True, datetime(2026, 12, 8), "  a\u00a0 b ", "")
    assert [plain(value) for value in told] == ["46007", "1.5", "oui", "2026-12-08", "a b", ""]
    assert written_clock("12h") == 12 * HOUR
    assert written_clock("12h05") == 12 * HOUR + 5 * MINUTE
