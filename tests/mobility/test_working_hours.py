"""Deadlines by working days and by opening hours, against cases told by hand and a count minute by minute."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.holidays import public_holidays
from mobility.dates import DateRange
from mobility.errors import MobilityError
from mobility.territory import LocalHolidays
from mobility.working_hours import ROUND_THE_CLOCK, WORKING_DAYS, ClosedDays, Hours, WorkingHours

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600


@cache
def holiday(day):
    return public_holidays(day, day, LocalHolidays()).get(day, "")


def weekdays(opens, closes):
    return ((Hours(opens * HOUR, closes * HOUR),),) * 5 + ((), ())


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


ASCENSION = at("2026-05-13 16:00")


def test_two_working_days_step_over_ascension_day():
    hours = WorkingHours(PARIS, holiday=holiday)
    assert hours.after(ASCENSION, hours=48) == at("2026-05-18 16:00")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-12-01 10:00", "2026-12-03 10:00"),  # Tuesday to Thursday
        ("2026-12-04 15:00", "2026-12-08 15:00"),  # Friday to Tuesday: the week-end does not count
        ("2026-12-05 11:00", "2026-12-09 00:00"),  # Saturday: the hours begin on Monday
        ("2026-12-24 10:00", "2026-12-29 10:00"),  # Christmas is a Friday: Thursday, then Monday, Tuesday
    ],
)
def test_forty_eight_hours_of_working_days(start, end):
    assert WorkingHours(PARIS, holiday=holiday).after(at(start), hours=48) == at(end)


def test_forty_eight_opening_hours_are_six_days_of_a_counter():
    hours = WorkingHours(PARIS, weekdays(9, 17), holiday)
    assert hours.after(ASCENSION, hours=48) == at("2026-05-22 16:00")


def test_what_comes_at_night_counts_from_the_morning_and_ends_when_work_ends():
    hours = WorkingHours(PARIS, weekdays(9, 21), holiday)
    assert hours.after(at("2016-11-09 23:00"), hours=48) == at("2016-11-16 21:00")


def test_what_is_due_at_night_goes_out_when_hours_open():
    hours = WorkingHours(PARIS, ((Hours(8 * HOUR, 20 * HOUR),),) * 7)
    assert hours.next_open(at("2026-12-01 00:01")) == at("2026-12-01 08:00")
    assert hours.next_open(at("2026-12-01 20:00")) == at("2026-12-02 08:00")
    assert hours.next_open(at("2026-12-01 19:59")) == at("2026-12-01 19:59")


@pytest.mark.parametrize(("works_on", "due"), [((), "2026-05-26 16:00"), (("Lundi de Pentecôte",), "2026-05-25 16:00")])
def test_whit_monday_is_each_organisations_choice(works_on, due):
    hours = WorkingHours(PARIS, WORKING_DAYS, holiday, frozenset(works_on))
    assert hours.after(at("2026-05-22 16:00"), hours=24) == at(due)


def test_a_closure_of_last_year_comes_back_only_if_it_says_so():
    leave = DateRange("Congés", date(2025, 12, 24), date(2026, 1, 2))
    once, yearly = ClosedDays(leave), ClosedDays(leave, yearly=True)
    assert date(2025, 12, 31) in once
    assert date(2026, 12, 31) not in once
    for day in (date(2025, 12, 24), date(2026, 1, 2), date(2026, 12, 24), date(2027, 1, 2)):
        assert day in yearly
    for day in (date(2025, 1, 1), date(2026, 1, 3), date(2026, 12, 23)):
        assert day not in yearly
    leap = ClosedDays(DateRange("Un jour", date(2024, 2, 29), date(2024, 2, 29)), yearly=True)
    assert date(2026, 2, 28) in leap


def test_an_hour_that_comes_twice_counts_twice_and_a_missing_one_not_at_all():
    nights = WorkingHours(PARIS, (ROUND_THE_CLOCK,) * 7)
    assert nights.after(at("2026-10-24 12:00"), hours=24) == at("2026-10-25 11:00")
    assert nights.after(at("2026-03-28 12:00"), hours=24) == at("2026-03-29 13:00")


@pytest.mark.parametrize("hours", [(Hours(10, 5),), (Hours(0, 10), Hours(5, 20)), (Hours(0, 90_000),)])
def test_hours_that_cannot_be_are_refused(hours):
    with pytest.raises(MobilityError, match="follow each other"):
        WorkingHours(PARIS, (hours,) * 7)


def test_an_organisation_that_never_works_is_said_to():
    with pytest.raises(MobilityError, match="no working hour"):
        WorkingHours(PARIS, ((),) * 7).after(ASCENSION, hours=1)


def random_hours(rng):
    """An organisation with a week of its own, closed now and then."""

    def day():
        edges = sorted(rng.sample(range(24 * 60 + 1), rng.choice((0, 2, 2, 4))))
        return tuple(Hours(a * 60, b * 60) for a, b in zip(edges[::2], edges[1::2], strict=True))

    first = date(2026, 1, 1) + timedelta(days=rng.randrange(400))
    closed = ClosedDays(DateRange("", first, first + timedelta(days=rng.randrange(12))), rng.random() < 0.5)
    week = [*(day() for _ in range(6)), ROUND_THE_CLOCK if rng.random() < 0.5 else day()]
    rng.shuffle(week)
    works = frozenset({"Lundi de Pentecôte"} if rng.random() < 0.5 else ())
    return WorkingHours(PARIS, tuple(week), holiday, works, (closed,))


def free(hours, day):
    """Whether nobody works on a day."""
    closed = hours.closed[0]
    # A 29 February comes back between a 28 February and a 1 March.
    leap = (day.month, day.day) == (2, 29)
    beside = (day - timedelta(days=1), day + timedelta(days=1)) if leap else (day,)
    back = (all(d.replace(year=d.year - years) in closed.days for d in beside) for years in range(1, 6))
    name = holiday(day)
    return (name and name not in hours.works_on) or day in closed.days or (closed.yearly and any(back))


FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 7, 1, tzinfo=UTC)
"""Between them each minute is looked at."""


@cache
def wall_minutes():
    """Of each minute, what a calendar and a clock on the wall show: the day, from the first, and the minute of it."""
    begins = [(FIRST + timedelta(hours=n)).astimezone(PARIS) for n in range((LAST - FIRST) // timedelta(hours=1))]
    # Clocks change on the hour: a minute is told by the hour that it is in.
    days = np.repeat([(wall.date() - FIRST.date()).days for wall in begins], 60)
    return days, np.repeat([wall.hour * 60 for wall in begins], 60) + np.tile(np.arange(60), len(begins))


def minutes_of_work(hours):
    """The minutes during which someone works, each by its number from the first: each is asked for by itself."""
    days, clock = wall_minutes()
    works = np.zeros((days[-1] + 1, 24 * 60), dtype=bool)
    for number in range(len(works)):
        day = FIRST.date() + timedelta(days=number)
        spans = () if free(hours, day) else hours.week[day.weekday()]
        for opens, closes in ROUND_THE_CLOCK if spans and hours.whole_days else spans:
            works[number, opens // 60 : closes // 60] = True
    return np.flatnonzero(works[days, clock])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(1, 100))])
@pytest.mark.parametrize("whole_days", [False, True])
def test_deadlines_equal_a_count_of_minutes(seed, whole_days):
    rng = random.Random(seed)
    hours = replace(random_hours(rng), whole_days=whole_days)
    worked, farthest = minutes_of_work(hours), timedelta()
    for _ in range(50):
        # One start in two lies beside a change of clocks.
        near = rng.choice((datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC), None))
        base = near or FIRST + timedelta(days=rng.randrange(700))
        start = base + timedelta(minutes=rng.randrange(2880))
        still = worked[np.searchsorted(worked, (start - FIRST) // timedelta(minutes=1)) :]
        # Within the day, or in up to ten days of work.
        asked = rng.randrange(1, min(rng.choice((700, 14_400)), len(still)))
        due = FIRST + timedelta(minutes=int(still[asked - 1]) + 1)
        # An hour that comes twice is told apart in UTC alone.
        assert hours.after(start.astimezone(PARIS), hours=asked / 60).astimezone(UTC) == due
        farthest = max(farthest, due - start)
    assert farthest > timedelta(days=5)
