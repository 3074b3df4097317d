"""Solves a calendar in a process of its own: a search that is cancelled ends at once, whatever the solver is doing."""

import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection

from desks.jobs import Control, JobCancelledError
from mobility.bus_calendar import Plan
from mobility.errors import InfeasibleError, MobilityError
from mobility.need import Intent
from mobility.planning import plan_calendar
from mobility.problem import CalendarProblem
from tours.calendar_solver import solve_calendar
from tours.conflicts import conflicting_rules
from tours.judge import judge_calendar

POLL = 0.2
"""Seconds between two looks at whether the search was cancelled."""


def solve_apart(problem: CalendarProblem, intent: Intent, *, limit: float, control: Control) -> Plan:
    """Return the plan of a problem, solved in another process; ``control`` is told how far it is and may cancel it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_solve, args=(theirs, problem, intent, limit), daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            if control.cancelled():
                raise JobCancelledError
            if not ours.poll(POLL):
                continue
            kind, *told = ours.recv()
            if kind == "progress":
                control.tell(*told)
            elif kind == "watch":
                control.watch(*told)
            elif kind == "infeasible":
                raise InfeasibleError(*told)
            elif kind == "error":
                code, words, field, details = told
                raise MobilityError(code, words, field=field, **details)
            else:
                plan: Plan = told[0]
                return plan
    except EOFError:
        raise MobilityError("unexpected", "the search ended without an answer") from None
    finally:
        process.kill()
        process.join()
        ours.close()


def _solve(channel: Connection, problem: CalendarProblem, intent: Intent, limit: float) -> None:
    # The solver writes to standard output, which may be somebody's result.
    os.dup2(sys.stderr.fileno(), 1)
    try:
        plan = plan_calendar(
            problem, solve_calendar, judge_calendar, conflicting_rules, intent=intent, limit=limit,
            progress=lambda stage, share: channel.send(("progress", stage, share)),
            watch=lambda objective, value, bound: channel.send(("watch", objective, value, bound)),
        )  # fmt: skip
    except InfeasibleError as error:
        channel.send(("infeasible", error.rules))
    except MobilityError as error:
        channel.send(("error", error.code, str(error.args[0]), error.field, dict(error.details)))
    else:
        channel.send(("plan", plan))
