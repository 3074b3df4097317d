"""Whether somewhere is open, until when, and from when on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mobility.opening import opening_at
from mobility.working_hours import Hours, WorkingHours

PARIS = ZoneInfo("Europe/Paris")
HALVES = (Hours(9 * 3600, 12 * 3600), Hours(14 * 3600, 17 * 3600))
WEEK = WorkingHours(PARIS, (HALVES, HALVES, (), HALVES, HALVES, (), ()))


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "until", "left", "then"),
    [
        (at(30, 9), 12 * 3600, 2, date(2026, 12, 1)), (at(30, 11, 59), 12 * 3600, 2, date(2026, 12, 1)),
        (at(30, 12), None, 1, date(2026, 12, 1)), (at(30, 16, 30), 17 * 3600, 1, date(2026, 12, 1)),
        (at(30, 17), None, 0, date(2026, 12, 1)), (at(24, 18), None, 0, date(2026, 11, 26)),
        (at(28, 10), None, 0, date(2026, 11, 30)),
    ],
)  # fmt: skip
def test_open_until_and_then(now, until, left, then):
    found = opening_at(WEEK, now)
    assert (found.until, len(found.today), found.then[0]) == (until, left, then)
    assert found.next_day(now.date()) == (now.date() if left else then)
    assert found.next_at(now.date()) == ((now.date() if left else then), (HALVES[-left] if left else HALVES[0]).opens)


def test_what_never_opens_is_not_known():
    never = opening_at(WorkingHours(PARIS, ((),) * 7), at(30, 9))
    assert not never.is_known
    assert never.next_at(date(2026, 11, 30)) is None
