"""The batch: everything that waits for some days matched at once, judged, explained, then proposed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from desks.rides.day_state import DayState, explained
from desks.rides.desk import RideDesk, if_still_free
from desks.rides.options import Option
from mobility.errors import MobilityError
from mobility.ride_matching import Packing, Route
from mobility.rides import UNMET, WAITING, Match
from mobility.travel import Progress, no_progress
from tours.packing_check import verified
from tours.packing_judge import judge_packing
from tours.ride_packing import pack_rides
from tours.ride_reasons import OUT_OF_TIME, WhyNot

WAITING_STATES = (WAITING, UNMET)
"""Requests that nobody could serve are tried again: an offer may have come since."""


@dataclass(frozen=True)
class BatchResult:
    """A batch that was computed and not proposed yet: answers for requests, and why the others have none."""

    days: tuple[date, ...]
    state: DayState
    packing: Packing
    options: tuple[Option, ...]
    unserved: tuple[WhyNot, ...]

    @property
    def asked(self) -> int:
        """Return how many requests waited."""
        return len(self.options) + len(self.unserved)

    @property
    def most(self) -> int:
        """Return how many of them any plan could serve: what is promised already is in every plan."""
        proof = self.packing.proofs[0]
        return min(self.asked, len(self.options) + max(0, math.floor(proof.bound - proof.value + 1e-6)))

    @property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes that drive someone who asked: the others were promised before."""
        asked = {option.request.id for option in self.options}
        rides = self.state.day.rides
        return tuple(r for r in self.packing.routes if any(rides[ride][0].id in asked for ride in r.rides))


def run_batch(
    desk: RideDesk, days: Sequence[date], *, now: datetime, limit: float = 60.0, progress: Progress = no_progress
) -> BatchResult:
    """Match what waits for some days beside what is promised; nothing is written.

    What nobody could answer in time any more is left, whoever could drive.
    Raises where the judge finds a fault: such a plan is never shown.
    """
    with desk.store.reading() as tx:
        state = desk.state(tx, days, WAITING_STATES)
    progress("travel", 0.1)
    problem = state.day.problem
    packing = pack_rides(problem, limit=limit, progress=lambda stage, share: progress(stage, 0.1 + 0.6 * share))
    faults = [f"{fault.code} {fault.shift} {fault.about}".strip() for fault in judge_packing(packing, problem)]
    if faults:
        raise MobilityError(
            "judge-disagrees", f"the judge refuses the plan found ({'; '.join(faults[:3])}); please report it",
            field="plan",
        )  # fmt: skip
    if packing.proven:
        packing = replace(packing, verified=verified(problem, packing.prices, packing.proofs[0].value))
    served = set(packing.served(problem))
    waiting = [r for r in state.requests.values() if r.state in WAITING_STATES]
    found = [desk.option_of(state, packing, request) for request in waiting if request.id in served]
    options = tuple(option for option in found if desk.may_await(option.request, option.rides, now=now))
    unserved = [WhyNot(option.request.id, OUT_OF_TIME, None) for option in found if option not in options]
    left = [request for request in waiting if request.id not in served]
    for number, request in enumerate(left):
        late = desk.is_too_late(request, now=now)
        unserved.append(WhyNot(request.id, OUT_OF_TIME, None) if late else explained(state, packing, request.id))
        progress("reasons", 0.7 + 0.3 * (number + 1) / len(left))
    progress("done", 1.0)
    return BatchResult(tuple(days), state, packing, options, tuple(unserved))


def propose_batch(desk: RideDesk, result: BatchResult, *, now: datetime, who: str) -> tuple[list[Match], list[str]]:
    """Propose every answer of a batch; return the matches made and the requests whose seats were taken meanwhile.

    The whole batch rests on one state of the store: each offer's day is taken once, at its first answer, and its later
    answers go on from there.
    """
    versions = dict(result.state.versions)
    state = DayState(result.state.day, result.state.held, versions, result.state.requests)
    made: list[Match] = []
    lost: list[str] = []
    for option in result.options:
        if not desk.may_await(option.request, option.rides, now=now):
            desk.leave_unmet(option.request.id, now=now, who=who)
            lost.append(option.request.id)
            continue
        before = len(made)
        with if_still_free(), desk.store.writing() as tx:
            made.append(desk.hold(tx, state, option, now=now, who=who))
        if len(made) == before:
            lost.append(option.request.id)
            continue
        for offer in {ride.offer for ride in option.rides}:
            versions[offer, option.request.day] = versions.get((offer, option.request.day), 0) + 1
    for why in result.unserved:
        desk.leave_unmet(why.request, now=now, who=who, why=why)
    return made, lost
