"""Why no calendar exists: a smallest set of rules that conflict, found by leaving rules out."""

import time

from mobility.clock import WEEKDAYS
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem
from tours.calendar_model import whole_model
from tours.crew_days import any_crew_day
from tours.slots import Grid, aggregate_grid, exact_grid


def conflicting_rules(problem: CalendarProblem, *, limit: float = 60.0) -> tuple[str, ...]:
    """Return an irreducible set of rules without a calendar: drop any one of them and there is one.

    Rules are named "lock:…", "ban:…", "skipped:…", "area-floor:…", "max-changes", "crew-hours". Several orders are
    tried and the smallest set kept. Empty where a calendar exists. Beyond ``limit`` seconds in all, rules are named
    that might be dropped: each that is left out was shown to be no part of the conflict.
    """
    deadline = time.monotonic() + limit
    if not any_crew_day(problem):
        return ("crew-hours",)
    if _feasible(problem, deadline):
        return ()
    names = _rule_names(problem)
    sets = []
    for order in (names, names[::-1]):
        kept = list(order)
        for name in order:
            rest = [other for other in kept if other != name]
            # Where time does not tell, the rule may be needed: it stays.
            if _feasible(_only(problem, rest), deadline) is False:
                kept = rest
        sets.append(tuple(kept))
    smallest = min(sets, key=len)
    # Left with nothing to drop, the crew's hours and the sessions alone leave no room.
    return smallest or ("crew-hours",)


def _rule_names(problem: CalendarProblem) -> list[str]:
    rules = problem.rules
    names = [f"area-floor:{area}" for area in problem.areas_in_need()] if rules.area_floor else []
    names += ["max-changes"] if rules.max_changes is not None else []
    names += [f"ban:{ban}" for ban in rules.bans]
    names += [_skip_name(slot) for slot in sorted(rules.skipped)]
    return names + [f"lock:{lock}" for lock in rules.locks]


def _skip_name(slot: tuple[int, int, str]) -> str:
    week, weekday, session = slot
    return f"skipped:week {week} {WEEKDAYS[weekday - 1]} {session}"


def _only(problem: CalendarProblem, names: list[str]) -> CalendarProblem:
    """Return the problem with the named rules alone; floors are left to the model."""
    rules = problem.rules
    return problem.with_rules(
        locks=tuple(lock for lock in rules.locks if f"lock:{lock}" in names),
        bans=tuple(ban for ban in rules.bans if f"ban:{ban}" in names),
        skipped=frozenset(slot for slot in rules.skipped if _skip_name(slot) in names),
        max_changes=rules.max_changes if "max-changes" in names else None,
        floored_areas=tuple(name.partition(":")[2] for name in names if name.startswith("area-floor:")),
    )


def _feasible(problem: CalendarProblem, deadline: float) -> bool | None:
    """Tell whether a calendar exists; None where there was no time to know."""
    if time.monotonic() >= deadline:
        return None
    exact = exact_grid(problem)
    # The aggregate program is a relaxation: where it has no calendar, there is none, at a fraction of the time.
    try:
        return all(_has_calendar(problem, grid, deadline) for grid in (aggregate_grid(exact), exact))
    except MobilityError as error:
        if error.code != "no-time":
            raise
        return None


def _has_calendar(problem: CalendarProblem, grid: Grid, deadline: float) -> bool:
    model = whole_model(problem, grid)
    return model.maximise("nothing", limit=deadline - time.monotonic(), gap=0.0) is not None
