"""The best packing of many days: parts that share no ride and no request are packed apart and side by side.

The objectives add up over the parts, and so do their bounds: fairness counts each drive beside what its driver had
driven before, whatever the day. Compiled searches and solvers let go of the interpreter: threads share the cores.
"""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from mobility.ride_matching import DISTANCE, FAIRNESS, SERVED, MatchingProblem, MatchingProof, Packing
from mobility.travel import Progress, no_progress
from tours.ride_packer import Packer
from tours.ride_parts import separate_parts

MORE = 2.0
"""Times the seconds that a part took without closing its gaps, below which it is not packed again."""
CLOSE = 1e-5


def _order(packing: Packing) -> tuple[float, float, float]:
    """Return what tells the better of two packings of the same part: more served, then fairer, then shorter."""
    served, fairness, distance = (proof.value for proof in packing.proofs)
    return -round(served, 6), round(fairness, 6), distance


class _SideBySide:
    """Parts that are packed by a few workers until a time, the smallest first: what they leave goes to larger ones."""

    def __init__(self, parts: Sequence[MatchingProblem], deadline: float, progress: Progress) -> None:
        self.parts = sorted(parts, key=lambda part: len(part.rides))
        self.deadline = deadline
        self.progress = progress
        self.workers = max(1, min(len(self.parts), len(os.sched_getaffinity(0))))
        self.lock = threading.Lock()
        self.done = [0.0] * len(self.parts)

    def packed(self) -> list[Packing]:
        """Return the packing of each part; those with a gap are packed once more where that gives them more time."""
        found = dict(self._round(range(len(self.parts)), {}))
        wanting = [number for number, one in found.items() if any(proof.gap > CLOSE for proof in one.proofs)]
        for number, again in self._round(wanting, {number: MORE * found[number].seconds for number in wanting}):
            if _order(again) <= _order(found[number]):
                found[number] = again
        return list(found.values())

    def _round(self, numbers: Sequence[int], least: Mapping[int, float]) -> list[tuple[int, Packing]]:
        """Pack some parts; leave out those for which less than the ``least`` seconds are left.

        The first that fails ends the others that wait.
        """
        self.waiting = sum(len(self.parts[number].rides) for number in numbers)
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                made = pool.map(lambda number: (number, self._pack(number, least.get(number, 0.0))), numbers)
                return [(number, packing) for number, packing in made if packing is not None]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _pack(self, number: int, least: float) -> Packing | None:
        part = self.parts[number]
        with self.lock:
            share = min(1.0, self.workers * len(part.rides) / self.waiting)
            self.waiting -= len(part.rides)
        limit = share * max(0.0, self.deadline - time.monotonic())
        if limit < least:
            return None
        return Packer(part, limit, lambda stage, done: self._tell(number, stage, done)).solve()

    def _tell(self, number: int, stage: str, done: float) -> None:
        with self.lock:
            self.done[number] = max(done, self.done[number])
            self.progress(stage if len(self.parts) == 1 else "packing", sum(self.done) / len(self.parts))


def pack_rides(problem: MatchingProblem, *, limit: float = 60.0, progress: Progress = no_progress) -> Packing:
    """Return the best packing of rides into shifts found in ``limit`` seconds, with the bound of each objective.

    A part whose time is over before it begins keeps what insertion finds. Raises :class:`MobilityError` where what was
    promised cannot be driven.
    """
    started = time.monotonic()
    parts = separate_parts(problem)
    packings = _SideBySide(parts, started + limit, progress).packed()
    progress("done", 1.0)
    proofs = tuple(
        MatchingProof(
            name, sum(p.proofs[i].value for p in packings),
            sum(p.proofs[i].bound for p in packings),
        )
        for i, name in enumerate((SERVED, FAIRNESS, DISTANCE))
    )  # fmt: skip
    routes = tuple(route for packing in packings for route in packing.routes)
    met = {ride.id for part in parts for ride in part.rides}
    # What no shift can drive is in no part: it is worth what it asks for.
    prices = {ride.id: problem.weight(ride.request) for ride in problem.rides if ride.id not in met}
    prices |= {ride: price for packing in packings for ride, price in packing.prices.items()}
    return Packing(routes, proofs, sum(p.columns for p in packings), time.monotonic() - started, prices)
