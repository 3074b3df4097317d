"""A visit that cannot take place on its day: where it can be held instead, and the planner's decision on it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from data.journal import note
from data.season_files import SeasonChoice
from desks.calendar.in_force import CalendarInForce
from desks.calendar.season import change_season
from mobility.dates import Closure, DatedVisit, DateRange, Move, MoveKey, Season, date_calendar
from mobility.errors import MobilityError
from mobility.problem import Session
from tours.what_if import Replacement, replacements

SAID = ("policy", "first", "last", "first_week", "move_holidays", "pause_school", "closures")
"""What the journal says of a season by these words where it changes."""
OFFERED = 4
"""Days that are proposed for one visit."""


@dataclass(frozen=True)
class Proposal:
    """A free half-day on which a visit can be held instead, and the metres that the bus drives more."""

    move: Move
    dated: DatedVisit
    metres_added: float


@dataclass(frozen=True)
class Cancelled:
    """A visit that was to be held on a day that is cancelled, and where it can be held, the nearest first."""

    gone: DatedVisit
    proposals: Sequence[Proposal]


def cancelled_visits(calendar: CalendarInForce, day: date) -> list[Cancelled]:
    """Return, for each visit of a day, where it can be held instead; those that something keeps away count too."""
    dated, plan = calendar.dated(), calendar.plan()
    gone = [v for v in dated.visits if v.day == day]
    gone += [s.dated for s in dated.skipped if day in (s.day, s.dated.usual.day)]
    gone.sort(key=lambda visit: visit.session(plan.problem).opens)
    hours = {session.name: session for session in plan.problem.sessions}
    spare = [Session(d, name, s.opens, s.closes) for d in range(1, 6) for name, s in hours.items()]
    found = replacements(plan.problem, plan.solution.calendar, [v.visit for v in gone], spare=spare)
    taken = {(v.day, v.held or v.visit.session) for v in dated.visits}
    answers = []
    for visit in gone:
        free = [
            _proposal(visit, other, proposal)
            for proposal in found[visit.visit.id]
            if (other := _free_day(calendar, day, proposal, dated.season, taken))
        ]
        free.sort(key=lambda p: (p.move.day, p.dated.session(plan.problem).opens))
        answers.append(Cancelled(visit, free[:OFFERED]))
    return answers


def _proposal(gone: DatedVisit, day: date, found: Replacement) -> Proposal:
    visit, usual = gone.visit, gone.usual.day
    move = Move(usual, visit.session, visit.bus, visit.stop, day, found.session)
    return Proposal(move, DatedVisit(day, visit, moved_from=usual, held=found.session), found.metres_added)


def _free_day(
    calendar: CalendarInForce, day: date, found: Replacement, season: Season, taken: set[tuple[date, str]]
) -> date | None:
    """Return the next day after a cancelled one on which the bus can be there at the half-day that was found.

    It is to come: when a day that is over is cancelled, part of those after it may be over, too.
    """
    weeks, today = calendar.plan().problem.cycle_weeks, calendar.clock().date()
    for offset in range(1, 7 * weeks + 7):
        other = day + timedelta(days=offset)
        fits = season.cycle_week(other, weeks) == found.week and other.isoweekday() == found.weekday
        closed = any(closure.keeps_away(found.visit.stop, other, found.session) for closure in season.closures)
        paused = season.pause_school and any(other in period for period in season.school_holidays)
        away = closed or paused or other in (season.public_holidays or {}) or (other, found.session) in taken
        if fits and not away and other > today and other in season.days:
            return other
    return None


def accept(calendar: CalendarInForce, day: date, wanted: Move, *, who: str) -> None:
    """Hold a visit of a cancelled day where it was proposed; refused where that half-day is free no more."""

    def decide(known: SeasonChoice) -> SeasonChoice:
        if wanted in known.moves:
            # The form was sent twice.
            return known
        offered = [proposal.move for gone in cancelled_visits(calendar, day) for proposal in gone.proposals]
        if replace(wanted, reason="") not in offered:
            raise MobilityError("not-free", f"the bus is not free on {wanted.day} any more", field="")
        return replace(known, moves=(*(move for move in known.moves if move.key != wanted.key), wanted))

    keep_season(calendar, decide, "visit-moved", who=who, days=(wanted.usual, wanted.day))


def accept_first(calendar: CalendarInForce, day: date, reason: str, *, who: str) -> int:
    """Hold each visit of a cancelled day on the first half-day proposed for it that no other takes; return how many."""
    moves: dict[tuple[date, str], Move] = {}
    for gone in cancelled_visits(calendar, day):
        free = (p.move for p in gone.proposals if (p.move.day, p.move.held) not in moves)
        if move := next(free, None):
            moves[move.day, move.held] = move
    for move in moves.values():
        accept(calendar, day, replace(move, reason=reason), who=who)
    return len(moves)


def cancel(
    calendar: CalendarInForce, day: date, reason: str, stop: str | None = None, session: str | None = None, *, who: str
) -> None:
    """Hold no visit on a day, or not the one of a stop and session: that is told before any is held elsewhere."""
    if not reason:
        raise MobilityError("no-reason", "everybody reads why the day is cancelled", field="")
    closure = Closure(DateRange(reason, day, day), stop, session)

    def decide(known: SeasonChoice) -> SeasonChoice:
        return known if closure in known.closures else replace(known, closures=(*known.closures, closure))

    keep_season(calendar, decide, "day-cancelled", who=who, days=(day,))


def take_back(calendar: CalendarInForce, key: MoveKey, *, who: str) -> None:
    """Let a visit that was moved stand on its usual day again."""

    def decide(known: SeasonChoice) -> SeasonChoice:
        others = tuple(move for move in known.moves if move.key != key)
        if others == known.moves:
            raise MobilityError("not-moved", "this visit stands on its usual day already", field="")
        if key not in returnable(calendar):
            raise MobilityError("usual-day-gone", "the bus cannot be there on the usual day any more", field="")
        return replace(known, moves=others)

    keep_season(calendar, decide, "visit-moved-back", who=who, days=(key[0],))


def returnable(calendar: CalendarInForce) -> frozenset[MoveKey]:
    """Return the moved visits that can still stand on their usual day: it is to come, open, and nobody else's."""
    plan, season, today = calendar.plan(), calendar.dated().season, calendar.clock().date()
    found = set()
    for move in season.moves:
        if move.usual > today:
            others = tuple(other for other in season.moves if other.key != move.key)
            after = date_calendar(plan.solution.calendar, plan.problem, replace(season, moves=others)).visits
            there = [v for v in after if (v.day, v.held or v.visit.session) == (move.usual, move.session)]
            same_bus = [(v.visit.stop, v.moved_from) for v in there if v.visit.bus == move.bus]
            if same_bus == [(move.stop, None)]:
                found.add(move.key)
    return frozenset(found)


def keep_season(
    calendar: CalendarInForce,
    decide: Callable[[SeasonChoice], SeasonChoice],
    act: str = "season-kept",
    *,
    who: str,
    days: Collection[date] = (),
) -> None:
    """Keep what is decided on the season as it is then, tell agendas of it, and the journal by which act it changed.

    The journal is told of which ``days`` it is, else what of the season is otherwise; never what anyone typed.
    """
    changed = [day.isoformat() for day in days]

    def noted(known: SeasonChoice) -> SeasonChoice:
        choice = decide(known)
        changed.extend(name for name in SAID if not days and getattr(known, name) != getattr(choice, name))
        return choice

    # What everybody could read so far is told first: from when on it is otherwise can then be said.
    calendar.agenda()
    # The database before the season's own turn: in that order wait those who take in a list of closures, too.
    with calendar.store().writing() as tx:
        if change_season(calendar.planning.plans, noted):
            note(tx, who, act, why=" ".join(changed), now=calendar.clock())
    calendar.agenda()
