"""When someone answers the territory's number: told wherever the number is, never promised at any hour."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from desks.ground import Ground
from mobility.clock import HOUR, ZONE
from mobility.dates import DateRange
from mobility.opening import opening_at
from mobility.working_hours import ClosedDays, Hours, WorkingHours
from webapp.words.answers import answering_words

OFFICE = ((Hours(9 * HOUR, 12 * HOUR), Hours(14 * HOUR, 17 * HOUR)),) * 5 + ((),) * 2
PAGES = ["/", "/me-faire-aider", "/communes/46171", "/aller?de=Lherm&pour=carte+grise"]


def said(page):
    plain = re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", "", page, flags=re.DOTALL)).replace("\xa0", " ")
    return re.search(r"07 62 60 96 94 \((.*?)\)", plain.replace("&#39;", "'"))[1]


@pytest.fixture
def office(monkeypatch):
    """Let the territory state when its desk is there."""
    stated = Ground.hours.func

    def hours(ground):
        told = stated(ground)
        return replace(told, desk=replace(told.desk, week=OFFICE))

    monkeypatch.setattr(Ground, "hours", property(hours))


@pytest.mark.parametrize("address", PAGES)
def test_the_number_stands_with_its_hours(at, office, address):
    assert said(at(11, 30, 10, 5).get(address).text) == "répond jusqu'à 12 h"
    assert said(at(11, 30, 13).get(address).text) == "répond aujourd'hui à 14 h"
    assert said(at(11, 28, 10).get(address).text) == "répond lundi 30 novembre à 9 h"


@pytest.mark.parametrize("address", PAGES)
def test_without_stated_hours_its_days_are_told(at, address):
    assert said(at(11, 30, 3).get(address).text) == "répond aux heures de bureau"
    assert said(at(11, 28, 10).get(address).text) == "répond lundi 30 novembre, aux heures de bureau"


def test_who_is_closed_for_long_promises_no_day():
    closed = WorkingHours(ZONE, OFFICE, closed=(ClosedDays(DateRange("", date(2026, 1, 1), date(2027, 1, 1))),))
    now = datetime(2026, 5, 4, 10, tzinfo=ZONE)
    assert not answering_words(opening_at(closed, now), now.date())
