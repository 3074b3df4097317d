"""When an organisation works, and by when what it promised is due: to the minute, over holidays and changes of clocks.

A deadline counts the minutes that truly pass while it is open, as a person with a watch at its counter would. An
organisation that counts by working days is open around the clock on those days.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mobility.clock import DAY, HOUR, clock_time
from mobility.dates import DateRange
from mobility.errors import MobilityError

FARTHEST = timedelta(days=3 * 366)
"""How far ahead an open minute is looked for."""
LONGEST_CLOSED = 62
"""Days back in which the last day of work is looked for."""


class Hours(NamedTuple):
    """From when to when one is open, in seconds after local midnight (86,400 is the next one)."""

    opens: int
    closes: int


ROUND_THE_CLOCK = (Hours(0, DAY),)
USUALLY_BEGINS = 8 * HOUR
"""When people come to work on a day whose hours are not told."""
WORKING_DAYS = (ROUND_THE_CLOCK,) * 5 + ((),) * 2


@dataclass(frozen=True)
class ClosedDays:
    """Days without work; those of one year stay those of one year unless they are said to come back."""

    days: DateRange
    yearly: bool = False

    def __contains__(self, day: date) -> bool:
        if not self.yearly:
            return day in self.days
        # They may begin in one year and end in the next; a 29 February that is missing is the 28th.
        for later in (day.year - self.days.first.year - 1, day.year - self.days.first.year):
            if later >= 0 and _moved(self.days.first, later) <= day <= _moved(self.days.last, later):
                return True
        return False


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _no_holiday(_: date) -> str:
    return ""


@dataclass(frozen=True)
class WorkingHours:
    """The hours of an organisation. ``week`` holds those of each weekday, from Monday on, in order and apart.

    ``holiday`` names the public holiday of a day ("" for none); on those in ``works_on`` (Whit Monday is each
    organisation's choice) it works all the same. With ``whole_days`` what is promised counts by days of work, each
    around the clock, whatever hours are kept on them.
    """

    zone: ZoneInfo
    week: Sequence[Sequence[Hours]] = WORKING_DAYS
    holiday: Callable[[date], str] = field(default=_no_holiday, repr=False)
    works_on: frozenset[str] = frozenset()
    closed: tuple[ClosedDays, ...] = ()
    whole_days: bool = False

    def __post_init__(self) -> None:
        for hours in self.week:
            edges = [edge for span in hours for edge in span]
            if edges != sorted(set(edges)) or any(not 0 <= edge <= DAY for edge in edges):
                raise MobilityError("hours-overlap", f"hours must follow each other within a day: {list(hours)}")

    def on(self, day: date) -> Sequence[Hours]:
        """Return the hours of a day."""
        holiday = self.holiday(day)
        if (holiday and holiday not in self.works_on) or any(day in closed for closed in self.closed):
            return ()
        return self.week[day.weekday()]

    def last_day_before(self, day: date) -> date | None:
        """Return the last day of work before a day; None where there is none in the two months before."""
        before = (day - timedelta(days=back) for back in range(1, LONGEST_CLOSED + 1))
        return next((other for other in before if self.on(other)), None)

    def last_worked(self, at: datetime) -> datetime | None:
        """Return the last instant until another at which someone is there; None where nobody was for two months.

        Hours around the clock tell that a day is worked, not that anybody sits there at night.
        """
        day = at.astimezone(self.zone).date()
        for back in range(LONGEST_CLOSED + 1):
            for span in reversed(self.on(day - timedelta(days=back))):
                begins = USUALLY_BEGINS if span == ROUND_THE_CLOCK[0] else span.opens
                if clock_time(day - timedelta(days=back), begins, self.zone) < at:
                    return min(at, clock_time(day - timedelta(days=back), span.closes, self.zone))
        return None

    def next_open(self, at: datetime) -> datetime:
        """Return an instant if one works then, else the next at which work begins."""
        return max(at, next(self._from(at))[0]).astimezone(self.zone)

    def after(self, start: datetime, *, hours: float) -> datetime:
        """Return when so many hours of work have passed since an instant: at the latest when work ends that day."""
        left = timedelta(hours=hours)
        if not left:
            return start
        spans = self._from(start)
        while True:
            opens, closes = next(spans)
            begins = max(opens, start.astimezone(UTC))
            if closes - begins >= left:
                return (begins + left).astimezone(self.zone)
            left -= closes - begins

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of work that end after an instant, as instants of UTC."""
        found = at
        day = at.astimezone(self.zone).date()
        while True:
            for opens, closes in self._instants(day):
                if closes > at:
                    found = closes
                    yield opens, closes
            day += timedelta(days=1)
            if datetime.combine(day, datetime.min.time(), self.zone) - found > FARTHEST:
                raise MobilityError("never-open", f"no working hour within three years of {found.date()}")

    def _instants(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        spans = self.on(day)
        if self.whole_days and spans:
            spans = ROUND_THE_CLOCK
        midnight = datetime.combine(day, datetime.min.time(), self.zone).astimezone(UTC)
        following = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone).astimezone(UTC)
        if following - midnight == timedelta(days=1):
            for span in spans:
                yield midnight + timedelta(seconds=span.opens), midnight + timedelta(seconds=span.closes)
            return
        # The clocks change: an hour is missing or comes twice, and what the wall clock says is asked minute by minute.
        opened, minute = None, midnight
        while minute < following:
            wall = minute.astimezone(self.zone)
            seconds = wall.hour * 3600 + wall.minute * 60
            works = any(span.opens <= seconds < span.closes for span in spans)
            if works and opened is None:
                opened = minute
            if not works and opened is not None:
                yield opened, minute
                opened = None
            minute += timedelta(minutes=1)
        if opened is not None:
            yield opened, following
