"""What can happen on board: events (a location, and who else is aboard) that some route could live through.

After Gaul, Klamroth and Stiglmayr (2022), "Event-based MILP models for ridepooling applications": a node of the graph
is a location just served together with the requests aboard, so that capacity, pairing and order hold by construction.
"""

import time
from dataclasses import dataclass

import numpy as np

from mobility.dial_a_ride import DialARideProblem
from mobility.late import kernel
from tours.ride_schedule import earliest

DEPOT = (0, frozenset[int]())
MOST_EVENTS = 60_000
MOST_ARCS = 300_000
"""Events and arcs beyond which the graph is given up: about a gigabyte of program."""
Event = tuple[int, frozenset[int]]


@dataclass(frozen=True)
class EventGraph:
    """Events (location, others aboard) by index, the depot first, and the arcs between them (from, to)."""

    events: tuple[Event, ...]
    arcs: tuple[tuple[int, int], ...]


def tightened(problem: DialARideProblem) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows that remain once ride times, and the ways from and to the depot, are counted."""
    n, p = problem.requests, problem
    opens, closes = p.opens.copy(), p.closes.copy()
    for i in range(1, 2 * n + 1):
        opens[i] = max(opens[i], opens[0] + p.service[0] + p.travel[0, i])
        closes[i] = min(closes[i], closes[0] - p.service[i] - p.travel[i, 0])
    for i in range(1, n + 1):
        j = i + n
        opens[j] = max(opens[j], opens[i] + p.service[i] + p.travel[i, j])
        closes[i] = min(closes[i], closes[j] - p.service[i] - p.travel[i, j])
        opens[i] = max(opens[i], opens[j] - p.longest_ride - p.service[i])
        closes[j] = min(closes[j], closes[i] + p.service[i] + p.longest_ride)
    return opens, closes


@kernel
def _some_order(group, last_up, first_down, requests, longest_ride, longest_route, service, opens, closes,
                travel):  # fmt: skip # pragma: no cover
    """Tell whether some order picks up all of a group, then sets all down, and can be driven.

    ``last_up`` (a request, 0: any) is picked up last, ``first_down`` set down first.
    """
    size = len(group)
    route = np.empty(2 * size, dtype=np.int64)
    choice = np.full(2 * size + 1, -1, dtype=np.int64)
    used = np.zeros(2 * size, dtype=np.bool_)
    clock = np.empty(2 * size + 1, dtype=np.float64)
    times = np.empty(2 * size, dtype=np.float64)
    up_at = np.zeros(requests + 1, dtype=np.int64)
    k = 0
    while k >= 0:
        first = size if k >= size else 0
        c = choice[k]
        if c >= 0:
            used[first + c] = False
        c += 1
        while c < size and used[first + c]:
            c += 1
        if c == size:
            choice[k] = -1
            k -= 1
            continue
        choice[k] = c
        used[first + c] = True
        one = group[c]
        if k < size and last_up > 0 and (k == size - 1) != (one == last_up):
            continue
        if k == size and first_down > 0 and one != first_down:
            continue
        here = one + (requests if k >= size else 0)
        now = opens[here]
        if k:
            before = route[k - 1]
            now = max(now, clock[k - 1] + service[before] + travel[before, here])
        if now > closes[here] + 1e-6:
            continue
        route[k] = here
        clock[k] = now
        if k + 1 < 2 * size:
            k += 1
        elif earliest(route, 2 * size, requests, longest_ride, longest_route, service, opens, closes, travel, times,
                      up_at):  # fmt: skip
            return True
    return False


class _Possible:
    """What can be driven together, by ``until``; None where there is too much of it, or no time for it."""

    def __init__(self, problem: DialARideProblem, until: float) -> None:
        self.problem = problem
        self.n = problem.requests
        self.until = until
        self.opens, self.closes = tightened(problem)

    def some_order(self, group: frozenset[int], *, last_up: int = 0, first_down: int = 0) -> bool:
        """Tell whether some order picks up a group and sets it down."""
        p = self.problem
        return bool(
            _some_order(
                np.array(sorted(group), dtype=np.int64), last_up, first_down, self.n, float(p.longest_ride),
                float(p.longest_route), p.service, self.opens, self.closes, p.travel,
            )
        )  # fmt: skip

    def late(self) -> bool:
        """Tell whether there is no more time."""
        return time.monotonic() > self.until

    def groups(self) -> list[frozenset[int]] | None:
        """Return the groups that can be aboard at once, each built from smaller ones that can."""
        load, capacity = self.problem.load, self.problem.capacity
        current = [
            g for g in (frozenset({i}) for i in range(1, self.n + 1))
            if load[min(g)] <= capacity and self.some_order(g)
        ]  # fmt: skip
        found = list(current)
        partners: dict[int, list[int]] = {min(g): [i for h in current for i in h if i > min(g)] for g in current}
        while current:
            known = set(current)
            larger: list[frozenset[int]] = []
            for group in current:
                if self.late() or len(found) + len(larger) > MOST_EVENTS:
                    return None
                seats = int(sum(load[i] for i in group))
                larger += [
                    group | {i} for i in partners[max(group)]
                    if seats + load[i] <= capacity and all(group - {j} | {i} in known for j in group)
                    and self.some_order(group | {i})
                ]  # fmt: skip
            current = larger
            found += current
        return found

    def events(self) -> list[Event] | None:
        """Return the events that some route could live through, the depot first."""
        events: list[Event] = [DEPOT]
        groups = self.groups()
        if groups is None:
            return None
        for group in groups:
            if self.late() or len(events) > MOST_EVENTS:
                return None
            for i in sorted(group):
                others = group - {i}
                events += [(i, others)] if self.some_order(group, last_up=i) else []
                events += [(i + self.n, others)] if self.some_order(group, first_down=i) else []
        return events


def event_graph(problem: DialARideProblem, *, until: float = float("inf")) -> EventGraph | None:
    """Return the events and arcs that some route could contain.

    None where they are more than a program can hold, or not all found by ``until`` (``time.monotonic()``).
    """
    possible = _Possible(problem, until)
    events = possible.events()
    if events is None:
        return None
    n, p, opens, closes = possible.n, problem, possible.opens, possible.closes
    # One location can come right after another where the times fit.
    follows = opens[:, None] + p.service[:, None] + p.travel <= closes[None] + 1e-6
    after_up = [np.flatnonzero(row[1 : n + 1]) + 1 for row in follows]
    index = {event: number for number, event in enumerate(events)}
    arcs: list[tuple[int, int]] = []
    for number, (here, aboard) in enumerate(events):
        if possible.late() or len(arcs) > MOST_ARCS:
            return None
        inside = aboard | {here} if 1 <= here <= n else aboard
        arcs += [(number, 0)] if number and not inside else []
        following = [(o + n, inside - {o}) for o in inside if follows[here, o + n]]
        following += [(int(o), inside) for o in after_up[here] if o not in inside and o != here - n]
        arcs += [(number, there) for there in map(index.get, following) if there is not None]
    return EventGraph(tuple(events), tuple(arcs))
