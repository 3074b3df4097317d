"""Where one more driver would serve the most people: candidates weighed alone, the best of them by solving again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mobility.ride_matching import MatchingProblem, Packing, Shift
from mobility.travel import Progress, no_progress
from tours.ride_arrays import RideArrays
from tours.ride_packing import pack_rides

TRIED, TOLD = 8, 5
"""Candidates whose gain is computed by packing everything again, and those told at most."""
LIMIT = 5.0
"""Seconds for each packing."""


@dataclass(frozen=True)
class Gain:
    """What one more offer (or a change of one) would bring: the requests that it would serve."""

    candidate: str
    requests: tuple[str, ...]


def best_recruits(
    problem: MatchingProblem, packing: Packing, candidates: Mapping[str, Sequence[Shift]], *,
    progress: Progress = no_progress,
) -> list[Gain]:  # fmt: skip
    """Return the candidates that would serve the most unserved requests, the best first.

    ``candidates`` names the shifts that each would add (one for each day). A first look counts the unserved requests
    all of whose rides a candidate, or a driver there already, could drive alone; the best ``TRIED`` are then solved
    with everything that is served kept.
    """
    served = set(packing.served(problem))
    unserved = [request for request in problem.requests if request not in served]
    if not unserved:
        return []
    open_rides = tuple(ride for request in unserved for ride in problem.requests[request])
    alone = replace(problem, rides=open_rides, promised={})
    known = _drivable(alone)
    ranked = []
    for name, shifts in candidates.items():
        drivable = known | _drivable(replace(alone, shifts=tuple(shifts)))
        reach = [r for r in unserved if all(ride.id in drivable for ride in problem.requests[r])]
        own = [r for r in reach if not all(ride.id in known for ride in problem.requests[r])]
        ranked.append((-sum(problem.weight(r) for r in own), -len(reach), name))
    best = [name for own, reach, name in sorted(ranked) if reach][:TRIED]
    held = {ride: shift for ride, shift in packing.shift_of.items() if problem.rides_by_id[ride].request in served}
    base = _served(replace(problem, promised=held))
    gains = []
    for number, name in enumerate(best):
        progress("recruits", number / len(best))
        more = _served(replace(problem, shifts=(*problem.shifts, *candidates[name]), promised=held))
        gains.append(Gain(name, tuple(sorted(more - base))))
    progress("recruits", 1.0)
    gains = [gain for gain in gains if gain.requests]
    return sorted(gains, key=lambda gain: (-sum(problem.weight(r) for r in gain.requests), gain.candidate))[:TOLD]


def _drivable(problem: MatchingProblem) -> set[str]:
    arrays = RideArrays(problem)
    rides = {int(ride) for number in range(len(problem.shifts)) for ride in arrays.candidates(number)}
    return {problem.rides[ride].id for ride in rides}


def _served(problem: MatchingProblem) -> set[str]:
    return set(pack_rides(problem, limit=LIMIT).served(problem))
