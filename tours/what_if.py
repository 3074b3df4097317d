"""Questions around a calendar, each answered by solving again: prices, gains, the frontier, replacements."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

from mobility.bus_calendar import BusCalendar, Judgement, Solution, Visit
from mobility.errors import InfeasibleError, MobilityError
from mobility.problem import CalendarProblem, Position, Session
from mobility.proof import Proof, proof_of
from mobility.travel import Progress, no_progress
from tours.calendar_model import whole_model
from tours.calendar_solver import search_calendar
from tours.judge import judge_calendar
from tours.slots import aggregate_grid, exact_grid

_OUT_OF_TIME = "no-time"
"""The error that says: nothing was found in the time given. What was asked has no answer; the others still have."""

THREADS = 2
"""Searches at a time: the solver leaves Python's lock, and the house counts with two cores."""


@dataclass(frozen=True)
class ForcedPrice:
    """What forcing a visit in one commune costs: need given up, in persons, and metres added.

    ``possible`` is false where no calendar that visits it was found; ``stop`` is the commune's stop that the best
    forced calendar visits; ``replaced`` the stops it gives up. ``proof`` says whether the forced calendar is the best
    one, or that there is none: a search cut short at any of the commune's stops may have hidden a better one.
    """

    commune: str
    possible: bool
    need_lost: float = 0.0
    metres_added: float = 0.0
    stop: str = ""
    replaced: tuple[str, ...] = ()
    proof: Proof = Proof.SOLVER

    @property
    def proven(self) -> bool:
        """Tell whether the answer is no mere bound."""
        return self.proof is not Proof.BOUNDED


def forced_price(problem: CalendarProblem, best: Judgement, calendar: BusCalendar, commune: str) -> ForcedPrice:
    """Solve again with a visit forced somewhere in a commune, and compare."""
    stops = [stop for stop in problem.stops if stop.commune == commune]
    outcomes = []
    ended = True
    for stop in stops:
        locked = problem.with_rules(locks=(*problem.rules.locks, Position(stop.id)))
        try:
            forced = _in_time(locked, limit=30.0)
        except InfeasibleError:
            continue
        if forced:
            outcomes.append((judge_calendar(forced.calendar, problem), forced, stop))
        else:
            ended = False
    if not outcomes:
        return ForcedPrice(commune, possible=False, proof=proof_of(met=ended))
    judged, forced, stop = max(outcomes, key=lambda outcome: outcome[0].need)
    return ForcedPrice(
        commune,
        possible=True,
        need_lost=max(0.0, best.need - judged.need),
        metres_added=judged.distance - best.distance,
        stop=stop.id,
        replaced=tuple(sorted(set(calendar.stops()) - set(forced.calendar.stops()))),
        proof=proof_of(
            met=ended and all(solution.proven for _, solution, _ in outcomes),
            # That a stop cannot be visited at all rests on the solver alone.
            verified=len(outcomes) == len(stops)
            and all(solution.proof is Proof.VERIFIED for _, solution, _ in outcomes),
        ),
    )


def _in_time(problem: CalendarProblem, **options: Any) -> Solution | None:
    """Solve within a limit; None where nothing was found by then."""
    try:
        return search_calendar(problem, **options)
    except MobilityError as error:
        if error.code != _OUT_OF_TIME:
            raise
        return None


def unserved_communes(problem: CalendarProblem, calendar: BusCalendar) -> list[str]:
    """Return the communes with a candidate stop, or people in need, that have no visit on their ground, by need."""
    visited = {problem.stops_by_id[visit.stop].commune for visit in calendar.visits}
    need = {stop.commune: 0.0 for stop in problem.stops}
    for group in problem.groups:
        if group.need > 0 or group.commune in need:
            need[group.commune] = need.get(group.commune, 0.0) + group.need
    waiting = [commune for commune in need if commune not in visited]
    return sorted(waiting, key=lambda commune: (-need[commune], commune))


def forced_prices(
    problem: CalendarProblem, calendar: BusCalendar, *, progress: Progress = no_progress
) -> tuple[ForcedPrice, ...]:
    """Return the price of forcing in each unserved commune."""
    best = judge_calendar(calendar, problem)
    communes = unserved_communes(problem, calendar)
    prices = []
    with ThreadPoolExecutor(THREADS) as pool:
        answers = pool.map(lambda commune: forced_price(problem, best, calendar, commune), communes)
        for number, price in enumerate(answers):
            progress("prices", (number + 1) / len(communes))
            prices.append(price)
    return tuple(prices)


@dataclass(frozen=True)
class Gain:
    """What one more means would bring: ``kind`` is "session" (with its weekday and name) or "bus".

    Where ``proof`` is *bounded*, more need may be gained than what was found, or a calendar be found where none was.
    """

    kind: str
    need_gained: float
    metres_added: float
    weekday: int = 0
    session: str = ""
    proof: Proof = Proof.SOLVER

    @property
    def proven(self) -> bool:
        """Tell whether the answer is no mere bound."""
        return self.proof is not Proof.BOUNDED


GAIN_LIMIT = 10.0
"""Seconds of each search for what one more half-day or bus would bring; what is not proven by then is told as such."""


def more_means(problem: CalendarProblem, calendar: BusCalendar, *, progress: Progress = no_progress) -> list[Gain]:
    """Return the gain of each half-day session that the week does not have yet, and of one more bus."""
    best = judge_calendar(calendar, problem)
    cases: list[tuple[str, int, str, CalendarProblem]] = []
    models = {session.name: session for session in problem.sessions}
    for weekday in range(1, 6):
        for name, model in sorted(models.items()):
            if (weekday, name) not in problem.sessions_by_key:
                extra = Session(weekday, name, model.opens, model.closes)
                cases.append(("session", weekday, name, replace(problem, sessions=(*problem.sessions, extra))))
    twin = replace(problem.buses[0], id=f"{problem.buses[0].id}-more")
    cases.append(("bus", 0, "", replace(problem, buses=(*problem.buses, twin))))
    gains = []
    for number, (kind, weekday, name, case) in enumerate(cases):
        progress("gains", number / len(cases))
        solution = _in_time(case, objectives=("need",), limit=GAIN_LIMIT)
        # Today's calendar stands whatever is added: that much is sure where no better one was found in time.
        judged = judge_calendar(solution.calendar, case) if solution else best
        proof = solution.proof if solution else Proof.BOUNDED
        gains.append(Gain(kind, judged.need - best.need, judged.distance - best.distance, weekday, name, proof))
    return sorted(gains, key=lambda gain: -gain.need_gained)


def answer_document(answer: ForcedPrice | Gain) -> dict[str, Any]:
    """Return a price or a gain as it is written in JSON: with its word of proof."""
    return {**asdict(answer), "proof": str(answer.proof), "proven": answer.proven}


@dataclass(frozen=True)
class FrontierPoint:
    """The least distance (metres a cycle) that reaches a need (persons), with the bound on that distance."""

    need: float
    distance: float
    bound: float


def frontier(
    problem: CalendarProblem, best: Solution, *, steps: int = 5, progress: Progress = no_progress
) -> list[FrontierPoint]:
    """Return the frontier between kilometres and coverage, from half of the best need up to the best calendar itself.

    The points before the last come from the aggregate program: a calendar labelled with weekdays drives at least as
    far as their bound.
    """
    grid = aggregate_grid(exact_grid(problem))
    judged = judge_calendar(best.calendar, problem)

    def point(wanted: float) -> FrontierPoint | None:
        model = whole_model(problem, grid)
        model.keep("need", wanted * (1 - 1e-6))
        try:
            answer = model.maximise("distance", limit=20.0, gap=0.01)
        except MobilityError as error:
            if error.code != _OUT_OF_TIME:
                raise
            return None
        return FrontierPoint(wanted, answer.value, answer.bound) if answer else None

    targets = [judged.need * (0.5 + 0.5 * step / steps) for step in range(steps)]
    points = []
    with ThreadPoolExecutor(THREADS) as pool:
        for number, found in enumerate(pool.map(point, targets)):
            progress("frontier", (number + 1) / steps)
            if found is not None:
                points.append(found)
    if [stage.objective for stage in best.stages] == ["need", "distance"]:
        last = best.stages[-1].bound
    else:
        # A distance reached after another objective is bounded among the calendars as good on that one, not among all
        # that reach the need.
        end = point(judged.need)
        last = end.bound if end else 0.0
    return [*points, FrontierPoint(judged.need, judged.distance, min(last, judged.distance))]


@dataclass(frozen=True)
class Replacement:
    """A proposal for a cancelled visit: the free session where it can be held, and what the bus drives more."""

    visit: Visit
    week: int
    weekday: int
    session: str
    metres_added: float


def replacements(
    problem: CalendarProblem, calendar: BusCalendar, cancelled: Sequence[Visit], *, spare: Sequence[Session] = ()
) -> dict[str, list[Replacement]]:
    """Propose, for each cancelled visit, where the same bus can hold it instead, the nearest in days first.

    Free sessions of the calendar and ``spare`` ones (half-days when the crew usually stays in) count; the judge
    refuses any that breaks a crew day or a closure.
    """
    kept = BusCalendar(tuple(v for v in calendar.visits if v not in cancelled))
    wider = replace(problem, sessions=(*problem.sessions, *(s for s in spare if s.key not in problem.sessions_by_key)))
    base = judge_calendar(kept, wider)
    before = {rule.code for rule in base.broken}
    proposals: dict[str, list[Replacement]] = {}
    for visit in cancelled:
        found = []
        for week in range(1, problem.cycle_weeks + 1):
            for session in wider.sessions:
                if (week, session.weekday, session.name) == (visit.week, visit.weekday, visit.session):
                    continue
                arrival, departure = session.opens - problem.crew.set_up, session.closes + problem.crew.pack_up
                moved = Visit(week, session.weekday, session.name, visit.bus, visit.stop, arrival, departure)
                judged = judge_calendar(BusCalendar((*kept.visits, moved)), wider)
                if not {rule.code for rule in judged.broken} - before - _ONCE:
                    found.append(
                        Replacement(visit, week, session.weekday, session.name, judged.distance - base.distance)
                    )
        day = (visit.week - 1) * 7 + visit.weekday
        cycle = 7 * problem.cycle_weeks
        found.sort(key=lambda r: (((r.week - 1) * 7 + r.weekday - day) % cycle, r.metres_added))
        proposals[visit.id] = found
    return proposals


_ONCE = frozenset({"irregular-day", "irregular-weeks", "lock", "too-many-changes", "area-floor"})
"""Rules of a regular calendar that a replacement, held once, need not obey."""
