"""What can happen on board: events (a location, and who else is aboard) that some route could live through.

After Gaul, Klamroth and Stiglmayr (2022), "Event-based MILP models for ridepooling applications": a node of the graph
is a location just served together with the requests aboard, so that capacity, pairing and order hold by construction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from mobility.dial_a_ride import DialARideProblem
from tours.ride_schedule import can_drive

DEPOT = (0, frozenset[int]())


@dataclass(frozen=True)
class EventGraph:
    """Events (location, others aboard) by index, the depot first, and the arcs between them (from, to)."""

    events: tuple[tuple[int, frozenset[int]], ...]
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


class _Possible:
    """What can be driven: every question is asked once."""

    def __init__(self, problem: DialARideProblem) -> None:
        self.problem = problem
        self.n = problem.requests
        self.opens, self.closes = tightened(problem)
        self._known: dict[tuple[int, ...], bool] = {}

    def drivable(self, route: tuple[int, ...]) -> bool:
        """Tell whether a sequence of locations can be driven."""
        if route not in self._known:
            p = self.problem
            array = np.array(route, dtype=np.int64)
            self._known[route] = bool(
                can_drive(array, self.n, p.longest_ride, p.service, self.opens, self.closes, p.travel)
            )
        return self._known[route]

    def downs(self, group: Iterable[int]) -> list[tuple[int, ...]]:
        """Return every order of setting a group down."""
        return [tuple(i + self.n for i in order) for order in permutations(sorted(group))]

    def together(self, group: frozenset[int]) -> bool:
        """Tell whether some route has all of a group aboard at once."""
        if sum(int(self.problem.load[i]) for i in group) > self.problem.capacity:
            return False
        return any(self.drivable((*ups, *down)) for ups in permutations(sorted(group)) for down in self.downs(group))

    def groups(self) -> list[frozenset[int]]:
        """Return the groups that can be aboard at once, each built from smaller ones that can."""
        current = [g for g in (frozenset({i}) for i in range(1, self.n + 1)) if self.together(g)]
        singles = [min(group) for group in current]
        found = list(current)
        while current:
            known = set(current)
            larger = {
                group | {i}
                for group in current for i in singles
                if i > max(group) and all(group - {j} | {i} in known for j in group)
            }  # fmt: skip
            current = [group for group in sorted(larger, key=sorted) if self.together(group)]
            found += current
        return found

    def picked_up_last(self, request: int, others: frozenset[int]) -> bool:
        """Tell whether a request can be picked up when some others are aboard already."""
        whole = self.downs(others | {request})
        return any(self.drivable((*ups, request, *down)) for ups in permutations(sorted(others)) for down in whole)

    def set_down_first(self, request: int, others: frozenset[int]) -> bool:
        """Tell whether a request can be set down while some others stay aboard."""
        orders = permutations(sorted(others | {request}))
        rest = self.downs(others)
        return any(self.drivable((*ups, request + self.n, *down)) for ups in orders for down in rest)

    def follows(self, here: int, there: int) -> bool:
        """Tell whether one location can come right after another in time."""
        p = self.problem
        return bool(self.opens[here] + p.service[here] + p.travel[here, there] <= self.closes[there] + 1e-6)


def event_graph(problem: DialARideProblem) -> EventGraph:
    """Return the events and arcs that some route could contain."""
    possible = _Possible(problem)
    n = possible.n
    events: list[tuple[int, frozenset[int]]] = [DEPOT]
    groups = possible.groups()
    for group in groups:
        for i in sorted(group):
            others = group - {i}
            events += [(i, others)] if possible.picked_up_last(i, others) else []
            events += [(i + n, others)] if possible.set_down_first(i, others) else []
    index = {event: number for number, event in enumerate(events)}
    singles = {min(group) for group in groups if len(group) == 1}
    arcs = []
    for number, (here, aboard) in enumerate(events):
        inside = aboard | {here} if 1 <= here <= n else aboard
        following = [(o + n, inside - {o}) for o in inside]
        following += [(o, inside) for o in singles - inside if o != here - n]
        arcs += [(number, 0)] if number and not inside else []
        arcs += [(number, index[e]) for e in following if e in index and possible.follows(here, e[0])]
    return EventGraph(tuple(events), tuple(arcs))
