"""From a cycle of weeks to the dates of a season, holidays and closures counted."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mobility.bus_calendar import BusCalendar, Visit
from mobility.clock import HOUR, MINUTE
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem, Session

ISO_PARITY = "iso-parity"
"""Odd weeks are those whose ISO number is odd; after a year of 53 weeks two odd weeks follow each other."""
ALTERNATE = "alternate"
"""Weeks of the cycle follow each other strictly, whatever their ISO numbers."""
POLICIES = (ISO_PARITY, ALTERNATE)


@dataclass(frozen=True)
class DateRange:
    """Days from ``first`` to ``last``, both included, with the reason they are special."""

    name: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise MobilityError(
                "dates-reversed",
                f"'{self.name}' ends on {self.last}, before it starts on {self.first}",
                field="dates",
                first=self.first.isoformat(),
                last=self.last.isoformat(),
            )

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Closure:
    """Days without visits, at one stop or everywhere (``stop`` is None): a fair, roadworks, the crew's leave.

    With a ``session`` only its visits are kept away: one that is cancelled alone leaves the day's others.
    """

    days: DateRange
    stop: str | None = None
    session: str | None = None

    def keeps_away(self, stop: str, day: date, session: str) -> bool:
        """Tell whether no visit is held at a stop in a session of a day."""
        return day in self.days and self.stop in (None, stop) and self.session in (None, session)


@dataclass(frozen=True)
class Move:
    """A visit that the planner holds on another day: ``day`` and ``held`` (a session's name) in place of ``usual``.

    ``usual``, ``session``, ``bus`` and ``stop`` tell which visit; it says nothing under a
    calendar that has no such visit, or no half-day of that name.
    """

    usual: date
    session: str
    bus: str
    stop: str
    day: date
    held: str
    reason: str = ""

    @property
    def key(self) -> "MoveKey":
        """Return what tells the visit."""
        return (self.usual, self.session, self.bus, self.stop)


MoveKey = tuple[date, str, str, str]
"""The usual day, session, bus and stop of a visit."""


@dataclass(frozen=True)
class Season:
    """The days that dates are given for, and how its weeks fall on them.

    Under strict alternation, ``first_week`` is the week of the cycle (from 1) in which the day ``anchor`` lies (the
    season's first day where it is None): a season that moves with the clock must keep its anchor. ``moves`` are what
    the planner decided visit by visit, before any rule. With
    ``move_holidays``, a visit that meets a public holiday is moved within its week where the bus is free; otherwise it
    is skipped. With ``pause_school`` no visit takes place in school holidays.
    """

    days: DateRange
    policy: str = ISO_PARITY
    first_week: int = 1
    anchor: date | None = None
    public_holidays: dict[date, str] | None = None
    school_holidays: tuple[DateRange, ...] = ()
    closures: tuple[Closure, ...] = ()
    moves: tuple[Move, ...] = ()
    move_holidays: bool = True
    pause_school: bool = False

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise ValueError(f"policy must be one of {', '.join(POLICIES)}")

    def cycle_week(self, day: date, weeks: int) -> int:
        """Return the week of the cycle (from 1) that a day lies in."""
        if self.policy == ISO_PARITY:
            if weeks > 2:
                raise MobilityError(
                    "parity-needs-two-weeks",
                    f"ISO parity tells two weeks apart, not {weeks}; choose strict alternation",
                    field="policy",
                    weeks=weeks,
                )
            return (day.isocalendar().week - 1) % weeks + 1
        anchor = self.anchor or self.days.first
        monday = anchor - timedelta(days=anchor.weekday())
        return ((day - monday).days // 7 + self.first_week - 1) % weeks + 1

    def mondays_of(self, week: int, weeks: int, since: date, count: int) -> list[date]:
        """Return the Mondays of the first weeks from a day on that have one place in the cycle."""
        monday = max(since, self.days.first)
        monday -= timedelta(days=monday.weekday())
        found: list[date] = []
        while len(found) < count and monday <= self.days.last:
            if self.cycle_week(monday, weeks) == week:
                found.append(monday)
            monday += timedelta(days=7)
        return found

    def repeated_weeks(self, weeks: int) -> list[date]:
        """Return the Mondays whose week has the same place in the cycle as the week before (ISO parity alone)."""
        monday = self.days.first - timedelta(days=self.days.first.weekday())
        repeated = []
        while weeks > 1 and monday + timedelta(days=7) <= self.days.last:
            following = monday + timedelta(days=7)
            if self.cycle_week(monday, weeks) == self.cycle_week(following, weeks):
                repeated.append(following)
            monday = following
        return repeated


@dataclass(frozen=True, order=True)
class DatedVisit:
    """A visit on a day. ``moved_from`` is the day it would have had, ``reason`` why it moved.

    ``held`` names another session than the usual one ("" for that one); only a planner gives it one.
    """

    day: date
    visit: Visit
    moved_from: date | None = None
    reason: str = ""
    school_holiday: str = ""
    held: str = ""

    def session(self, problem: CalendarProblem) -> Session:
        """Return the half-day at which it is held, with its hours."""
        if self.held:
            return problem.session_on(self.day.isoweekday(), self.held)
        return problem.sessions_by_key[self.visit.weekday, self.visit.session]

    def is_over(self, problem: CalendarProblem, now: datetime) -> bool:
        """Tell whether the bus has left at a local moment."""
        if self.day != now.date():
            return self.day < now.date()
        return self.session(problem).closes <= now.hour * HOUR + now.minute * MINUTE

    @property
    def usual(self) -> "DatedVisit":
        """Return it where it would have been."""
        return DatedVisit(self.moved_from or self.day, self.visit)


@dataclass(frozen=True, order=True)
class SkippedVisit:
    """A visit that does not take place, and why: ``kind`` is "holiday", "school", "closure" or "season".

    A visit that the planner had moved was to be held at ``moved``; of kind "season" (without a reason) are those whose
    new day is after a season that was made shorter since.
    """

    day: date
    visit: Visit
    kind: str
    reason: str
    moved: DatedVisit | None = None

    @property
    def dated(self) -> DatedVisit:
        """Return the visit as it was to be held."""
        return self.moved or DatedVisit(self.day, self.visit)


@dataclass(frozen=True)
class DatedCalendar:
    """The visits of a season, and those that are skipped."""

    season: Season
    visits: tuple[DatedVisit, ...]
    skipped: tuple[SkippedVisit, ...]

    @property
    def moved(self) -> tuple[DatedVisit, ...]:
        """Return the visits that do not stand on their usual day."""
        return tuple(dated for dated in self.visits if dated.moved_from)

    def coming(self, problem: CalendarProblem, now: datetime, stops: Collection[str] | None = None) -> list[DatedVisit]:
        """Return the visits that are not over at a local moment, at some stops or all of them, in order."""
        return [
            visit
            for visit in self.visits
            if (stops is None or visit.visit.stop in stops) and not visit.is_over(problem, now)
        ]

    def next_at(self, stops: Sequence[str], today: date, count: int) -> list[DatedVisit]:
        """Return the visits at some stops from a day on."""
        coming = [v for v in self.visits if v.visit.stop in stops and v.day >= today]
        return coming[:count]


def date_calendar(calendar: BusCalendar, problem: CalendarProblem, season: Season) -> DatedCalendar:
    """Give every visit of a season its date.

    What the planner moved stands where it was moved to, unless that is closed or after the season. Of the others, a
    visit is skipped for a closure first, then for school holidays where the season pauses, then for a public holiday
    unless the crew's whole day can move to another day of the same week.
    """
    names = {session.name for session in problem.sessions}
    moves = {move.key: move for move in season.moves if move.held in names}
    held: list[DatedVisit] = []
    skipped: list[SkippedVisit] = []
    to_move: list[tuple[date, Visit]] = []
    holidays = season.public_holidays or {}
    for day, visit in _usual_days(calendar, problem, season):
        move = moves.get((day, visit.session, visit.bus, visit.stop))
        if move:
            _hold_moved(move, visit, season, held, skipped)
        elif day not in season.days:
            continue
        elif closure := _closure(season, visit.stop, day, visit.session):
            skipped.append(SkippedVisit(day, visit, "closure", closure))
        elif season.pause_school and _school(season, day):
            skipped.append(SkippedVisit(day, visit, "school", _school(season, day)))
        elif day in holidays:
            to_move.append((day, visit))
        else:
            held.append(DatedVisit(day, visit, school_holiday=_school(season, day)))
    for (day, _), visits in _crew_days(to_move).items():
        reason = holidays[day]
        other = _free_day(visits, day, held, problem, season) if season.move_holidays else None
        if other:
            school = _school(season, other)
            held += [DatedVisit(other, v, moved_from=day, reason=reason, school_holiday=school) for v in visits]
        else:
            skipped += [SkippedVisit(day, visit, "holiday", reason) for visit in visits]
    in_order = sorted(held, key=lambda dated: (dated.day, dated.session(problem).opens, dated.visit.bus))
    return DatedCalendar(season, tuple(in_order), tuple(sorted(skipped, key=lambda s: (s.day, s.visit, s.kind))))


def _usual_days(calendar: BusCalendar, problem: CalendarProblem, season: Season) -> Iterator[tuple[date, Visit]]:
    """Return the visits with the days they usually have: of the season, and of moves that bring one into it."""
    span = (season.days.last - season.days.first).days + 1
    days = {season.days.first + timedelta(days=offset) for offset in range(span)}
    for day in sorted(days | {move.usual for move in season.moves}):
        week = season.cycle_week(day, problem.cycle_weeks)
        for visit in calendar.visits:
            if (visit.week, visit.weekday) == (week, day.isoweekday()):
                yield day, visit


def _hold_moved(move: Move, visit: Visit, season: Season, held: list[DatedVisit], skipped: list[SkippedVisit]) -> None:
    """Hold a visit where the planner moved it to; a closure or an end of the season that came later keeps it away."""
    school = _school(season, move.day)
    dated = DatedVisit(move.day, visit, move.usual, move.reason, school, move.held)
    closure = _closure(season, visit.stop, move.day, move.held)
    if move.day in season.days and closure:
        skipped.append(SkippedVisit(move.day, visit, "closure", closure, dated))
    elif move.day in season.days:
        held.append(dated)
    elif move.usual <= season.days.last < move.day:
        skipped.append(SkippedVisit(move.day, visit, "season", "", dated))


def _school(season: Season, day: date) -> str:
    return next((period.name for period in season.school_holidays if day in period), "")


def _closure(season: Season, stop: str, day: date, session: str) -> str:
    return next((c.days.name for c in season.closures if c.keeps_away(stop, day, session)), "")


def _crew_days(visits: list[tuple[date, Visit]]) -> dict[tuple[date, str], list[Visit]]:
    days: dict[tuple[date, str], list[Visit]] = {}
    for day, visit in visits:
        days.setdefault((day, visit.bus), []).append(visit)
    return days


def _free_day(
    visits: list[Visit], day: date, held: list[DatedVisit], problem: CalendarProblem, season: Season
) -> date | None:
    """Return the nearest working day of the week on which the bus stands nowhere and all the stops are open.

    A day that the planner moved a visit of this bus away from is none: something kept the bus from being there.
    """
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(5)]
    busy = {dated.day for dated in held if dated.visit.bus == visits[0].bus}
    busy |= {move.usual for move in season.moves if move.bus == visits[0].bus}
    for other in sorted(week, key=lambda d: (abs((d - day).days), d)):
        free = (
            other not in busy
            and other in season.days
            and other not in (season.public_holidays or {})
            and not (season.pause_school and any(other in period for period in season.school_holidays))
            and all(_open(visit, other, problem, season) for visit in visits)
        )
        if free:
            return other
    return None


def _open(visit: Visit, day: date, problem: CalendarProblem, season: Season) -> bool:
    closed = problem.stops_by_id[visit.stop].closed
    return (day.isoweekday(), visit.session) not in closed and not _closure(season, visit.stop, day, visit.session)
