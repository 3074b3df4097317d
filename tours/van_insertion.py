"""A good plan of shared vans, soon: requests are taken out and put back where they cost least, again and again.

After Christiaens and Vanden Berghe (2020), "Slack induction by string removals": what is near in place leaves together,
what comes back skips some positions at random, and a worse plan is accepted while it is hot.
"""

import numpy as np

from mobility.late import kernel
from tours.ride_schedule import earliest, put_pair


@kernel
def _best_place(routes, sizes, request, requests, capacity, longest_ride, longest_route, service, load, opens, closes,
                travel, cost, skip, trial, times, up_at):  # fmt: skip # pragma: no cover
    """Return (added cost, route, pick-up position, set-down position) of the cheapest place found (route -1: none).

    Each position is left out with probability ``skip``. Of the empty routes one is looked at.
    """
    best = np.inf
    where, first, second = -1, -1, -1
    up, down = request, request + requests
    empty_seen = False
    for r in range(len(routes)):
        size = sizes[r]
        if size == 0:
            if empty_seen:
                continue
            empty_seen = True
        route = routes[r]
        aboard = 0
        clock = opens[0]
        before = 0
        for i in range(size + 1):
            # The van stands at ``before`` from ``clock`` on, with ``aboard`` seats taken.
            after = route[i] if i < size else 0
            arrives = max(opens[up], clock + service[before] + travel[before, up])
            if arrives > closes[up] + 1e-6:
                break
            fits_here = aboard + load[up] <= capacity and (skip <= 0 or np.random.random() >= skip)
            if fits_here:
                detour = cost[before, up] - cost[before, after]
                seats = aboard + load[up]
                now, at = arrives, up
                for j in range(i, size + 1):
                    then = route[j] if j < size else 0
                    if j == i:
                        added = detour + cost[up, down] + cost[down, then]
                    else:
                        added = detour + cost[up, after] + cost[at, down] + cost[down, then] - cost[at, then]
                    there = max(opens[down], now + service[at] + travel[at, down])
                    if there > closes[down] + 1e-6:
                        break
                    if added < best - 1e-9:
                        put_pair(route, size, i, up, j, down, trial)
                        if earliest(trial, size + 2, requests, longest_ride, longest_route, service, opens, closes,
                                    travel, times, up_at):  # fmt: skip
                            best, where, first, second = added, r, i, j
                    if j < size:
                        now = max(opens[then], now + service[at] + travel[at, then])
                        at = then
                        seats += load[then]
                        if now > closes[then] + 1e-6 or seats > capacity:
                            break
            if i < size:
                clock = max(opens[after], clock + service[before] + travel[before, after])
                aboard += load[after]
                before = after
    return best, where, first, second


@kernel
def _take_out(routes, sizes, request, requests, of_request):  # pragma: no cover
    """Take a request out of its route."""
    r = of_request[request]
    kept = 0
    for k in range(sizes[r]):
        here = routes[r, k]
        if here != request and here != request + requests:
            routes[r, kept] = here
            kept += 1
    sizes[r] = kept
    of_request[request] = -1


@kernel
def _put_in(routes, sizes, r, i, j, request, requests, of_request):  # pragma: no cover
    """Put a request into a route at the positions that :func:`_best_place` gave."""
    size = sizes[r]
    for k in range(size - 1, -1, -1):
        shift = (1 if k >= i else 0) + (1 if k >= j else 0)
        routes[r, k + shift] = routes[r, k]
    routes[r, i] = request
    routes[r, j + 1] = request + requests
    sizes[r] = size + 2
    of_request[request] = r


@kernel
def total_cost(routes, sizes, cost):  # pragma: no cover
    """Return the cost of all routes from depot to depot."""
    total = 0.0
    for r in range(len(routes)):
        at = 0
        for k in range(sizes[r]):
            total += cost[at, routes[r, k]]
            at = routes[r, k]
        total += cost[at, 0]
    return total


@kernel
def _take_some_out(routes, sizes, of_request, near, out, most):  # pragma: no cover
    """Take requests near each other, or now and then any, out of their routes; return how many are in ``out``."""
    requests = len(of_request) - 1
    count = 0
    for i in range(1, requests + 1):
        if of_request[i] < 0:
            out[count] = i
            count += 1
    seed = np.random.randint(1, requests + 1)
    wanted = np.random.randint(1, most + 1)
    scattered = np.random.random() < 0.15
    k = 0
    while wanted > 0 and k <= near.shape[1]:
        one = seed
        if scattered:
            one = np.random.randint(1, requests + 1)
        elif k > 0:
            one = near[seed, k - 1]
        k += 1
        if of_request[one] < 0 or (k > 1 and np.random.random() < 0.3):
            continue
        _take_out(routes, sizes, one, requests, of_request)
        out[count] = one
        count += 1
        wanted -= 1
    return count


@kernel
def _ranks(out, count, opens, closes, cost, requests):  # pragma: no cover
    """Return the order in which requests come back: any, the narrowest windows first, or the farthest."""
    by = np.random.randint(0, 3)
    rank = np.empty(count, dtype=np.float64)
    for m in range(count):
        one = out[m]
        if by == 0:
            rank[m] = np.random.random()
        elif by == 1:
            rank[m] = closes[one] - opens[one]
        else:
            rank[m] = -cost[0, one] - cost[0, one + requests]
    return np.argsort(rank)


@kernel
def improve(routes, sizes, of_request, best_routes, best_sizes, near, seed, steps, hot, capacity, longest_ride,
            longest_route, service, load, opens, closes, travel, cost, left_out):  # fmt: skip # pragma: no cover
    """Try ``steps`` changes of a plan in place; keep the best in ``best_routes``. Return (requests left out, cost).

    ``routes`` (vans, room) and ``sizes`` (vans,) hold the plan, ``of_request`` the route of each request (-1: none),
    ``near`` (requests + 1, others) its neighbours, the nearest first. ``left_out`` is what a request costs that no van
    takes; ``hot`` how much worse a plan may be to be accepted now and then.
    """
    np.random.seed(seed)
    requests = (len(service) - 1) // 2
    trial = np.empty(routes.shape[1] + 2, dtype=np.int64)
    times = np.empty(routes.shape[1] + 2, dtype=np.float64)
    up_at = np.zeros(requests + 1, dtype=np.int64)
    out = np.empty(requests, dtype=np.int64)
    old_routes, old_sizes, old_of = routes.copy(), sizes.copy(), of_request.copy()
    value = total_cost(routes, sizes, cost) + left_out * (requests - sizes.sum() // 2)
    best_missing = requests - best_sizes.sum() // 2
    best = total_cost(best_routes, best_sizes, cost) + left_out * best_missing
    for _ in range(steps):
        count = _take_some_out(routes, sizes, of_request, near, out, min(requests, 24))
        missing = 0
        for m in _ranks(out, count, opens, closes, cost, requests):
            one = out[m]
            _, r, i, j = _best_place(routes, sizes, one, requests, capacity, longest_ride, longest_route, service, load,
                                     opens, closes, travel, cost, 0.02, trial, times, up_at)  # fmt: skip
            if r >= 0:
                _put_in(routes, sizes, r, i, j, one, requests, of_request)
            else:
                missing += 1
        new = total_cost(routes, sizes, cost) + left_out * missing
        if new < best - 1e-9:
            best, best_missing = new, missing
            best_routes[:] = routes
            best_sizes[:] = sizes
        if new < value - hot * np.log(np.random.random()):
            value = new
            old_routes[:] = routes
            old_sizes[:] = sizes
            old_of[:] = of_request
        else:
            routes[:] = old_routes
            sizes[:] = old_sizes
            of_request[:] = old_of
    return best_missing, best - left_out * best_missing
