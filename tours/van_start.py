"""A good plan of shared vans to start from, and a bound that needs no search."""

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mobility.dial_a_ride import DialARideProblem
from mobility.late import late
from tours.van_insertion import improve, total_cost

if TYPE_CHECKING:
    from scipy import optimize
else:
    optimize = late("scipy.optimize")

Floats = NDArray[np.float64]
Route = tuple[int, ...]

STEPS = 100
"""Changes tried between two looks at the clock; of more than 40 requests fewer, for each takes longer."""
ROUNDS = 600
"""Times so many changes are tried at most; of few requests, six times a request."""
NEIGHBOURS = 40


def good_plan(
    problem: DialARideProblem, opens: Floats, closes: Floats, *, until: float, seed: int = 0
) -> tuple[Route, ...] | None:
    """Return routes that serve every request, as cheap as a search finds by ``until`` (``time.monotonic()``), or None.

    ``opens`` and ``closes`` are the tightened windows. The search is the same for the same ``seed``, as far as it goes.
    """
    n = problem.requests
    vans = min(problem.vehicles, n)
    routes = np.zeros((vans, 2 * n + 2), dtype=np.int64)
    sizes = np.zeros(vans, dtype=np.int64)
    of_request = np.full(n + 1, -1, dtype=np.int64)
    best_routes, best_sizes = routes.copy(), sizes.copy()
    near = _neighbours(problem, opens, closes)
    # More than any plan can cost: a request that is left out is never worth it.
    left_out = float(problem.cost.max()) * 4 + 1.0
    hottest = float(problem.cost.max()) * 0.05
    steps = max(5, STEPS * 40 // max(40, n))
    missing = n
    rounds = min(ROUNDS, 6 * n)
    for done in range(rounds):
        hot = hottest * 0.01 ** (done / rounds)
        missing, _ = improve(
            routes, sizes, of_request, best_routes, best_sizes, near, seed + done, steps, hot, int(problem.capacity),
            float(problem.longest_ride), float(problem.longest_route), problem.service, problem.load, opens, closes,
            problem.travel, problem.cost, left_out,
        )  # fmt: skip
        if time.monotonic() > until:
            break
    if missing:
        return None
    return tuple(
        tuple(int(k) for k in route[:size]) for route, size in zip(best_routes, best_sizes, strict=True) if size
    )


def _neighbours(problem: DialARideProblem, opens: Floats, closes: Floats) -> NDArray[np.int64]:
    """Return the requests nearest to each one, in place and in time; a row for each location, those of 0 unused."""
    n = problem.requests
    up, down = np.arange(1, n + 1), np.arange(n + 1, 2 * n + 1)
    middle = (opens[up] + closes[up]) / 2
    apart = problem.cost[np.ix_(up, up)] + problem.cost[np.ix_(down, down)]
    late_by = np.abs(middle[:, None] - middle[None])
    scale = float(apart.mean()) / max(1e-9, float(late_by.mean()))
    apart = apart + 0.5 * scale * late_by
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1)[:, : min(NEIGHBOURS, n - 1)] + 1
    return np.vstack([np.zeros((1, order.shape[1]), dtype=np.int64), order])


def assignment_bound(problem: DialARideProblem, opens: Floats, closes: Floats) -> float:
    """Return what no plan is below: every location has one before it and one after it, wherever that leads.

    The vans that leave the depot come back to it, or stay there for nothing; arcs that no times fit are not used.
    Infinite where even so not every location can be reached.
    """
    n = problem.requests
    vans = min(problem.vehicles, n)
    size = 2 * n + vans
    inner = slice(1, None)
    lasts = problem.service[:, None] + problem.travel
    possible = opens[:, None] + lasts <= closes[None] + 1e-6
    np.fill_diagonal(possible, val=False)
    up, down = np.arange(1, n + 1), np.arange(n + 1, 2 * n + 1)
    possible[down, up] = False
    possible[up, 0] = False
    possible[0, down] = False
    # The dearest plan of allowed arcs costs less than one forbidden arc.
    never = float(problem.cost.max()) * (size + 1) + 1.0
    costs = np.where(possible, problem.cost, never)
    whole = np.zeros((size, size))
    whole[: 2 * n, : 2 * n] = costs[inner, inner]
    whole[: 2 * n, 2 * n :] = costs[inner, :1]
    whole[2 * n :, : 2 * n] = costs[:1, inner]
    rows, columns = optimize.linear_sum_assignment(whole)
    value = float(whole[rows, columns].sum())
    return value if value < never else float("inf")


def plan_cost(routes: tuple[Route, ...], problem: DialARideProblem) -> float:
    """Return the cost of routes from depot to depot."""
    rows = np.zeros((len(routes), max((len(route) for route in routes), default=0)), dtype=np.int64)
    for row, route in zip(rows, routes, strict=True):
        row[: len(route)] = route
    return float(total_cost(rows, np.array([len(route) for route in routes], dtype=np.int64), problem.cost))
