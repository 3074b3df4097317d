"""Every route that one shift could drive: an exhaustive search with exact schedules, compiled by Numba.

A route is grown stop by stop. Its schedule is a system of differences of times (drives, windows, ride-time limits):
as soon as no times fit, the whole branch is left. The same search prices routes for column generation: given what
each ride is worth, branches that cannot be worth more than a threshold are left too.
"""

import numpy as np

from mobility.late import kernel
from mobility.ride_matching import MOST_OF_A_ROUTE

SLACK = 1.03
"""The fastest way is not always the shortest: part of a route may be this much longer than the whole."""
LARGEST = 2 * MOST_OF_A_ROUTE
"""Stops of a route at most."""


@kernel
def route_schedule(stops, size, rides, start, end, opens_at, closes_at, up, down, windows, boarding, longest, travel,
                   times):  # fmt: skip # pragma: no cover
    """Fill ``times`` with the earliest times of a route; return when it ends, or -1 where it cannot be driven.

    ``stops`` holds 0 to n-1 for pick-ups and n to 2n-1 for set-downs of the shift's n candidate ``rides``; the arrays
    by ride are indexed by ``rides``. A last drive to ``end`` closes the route.
    """
    n = len(rides)
    for i in range(size):
        k = stops[i]
        times[i] = windows[rides[k], 0] if k < n else windows[rides[k - n], 2]
    for _ in range(size + 2):
        changed = False
        for i in range(size):
            k = stops[i]
            here = up[rides[k]] if k < n else down[rides[k - n]]
            if i == 0:
                ready = opens_at + travel[start, here]
            else:
                b = stops[i - 1]
                ride = rides[b] if b < n else rides[b - n]
                place = up[ride] if b < n else down[ride]
                ready = times[i - 1] + boarding[ride] + travel[place, here]
            if ready > times[i] + 1e-6:
                times[i] = ready
                changed = True
            last = windows[rides[k], 1] if k < n else windows[rides[k - n], 3]
            if times[i] > last + 1e-3:
                return -1.0
        for i in range(size):
            k = stops[i]
            if k >= n:
                continue
            for j in range(i + 1, size):
                if stops[j] == k + n:
                    early = times[j] - longest[rides[k]] - boarding[rides[k]]
                    if early > times[i] + 1e-6:
                        times[i] = early
                        changed = True
        if not changed:
            k = stops[size - 1]
            ride = rides[k] if k < n else rides[k - n]
            place = up[ride] if k < n else down[ride]
            finish = times[size - 1] + boarding[ride] + travel[place, end]
            return finish if finish <= closes_at + 1e-3 else -1.0
    return -1.0


_ORDERS = np.array([[0, 2, 1, 3], [1, 3, 0, 2], [0, 1, 2, 3], [0, 1, 3, 2], [1, 0, 2, 3], [1, 0, 3, 2]])
"""Every order of two pick-ups (0, 1) and their set-downs (2, 3)."""


@kernel
def _pairs(rides, start, end, opens_at, closes_at, seats, longest_metres, longest_seconds, up, down, windows, boarding,
           longest, load, travel, metres):  # fmt: skip # pragma: no cover
    """Return (n, n) bool: which two rides some route of the shift can hold, were there no others."""
    n = len(rides)
    fits = np.zeros((n, n), dtype=np.bool_)
    both = np.empty(2, dtype=np.int64)
    times = np.empty(4, dtype=np.float64)
    for i in range(n):
        for j in range(i):
            both[0], both[1] = rides[i], rides[j]
            together = load[both[0]] + load[both[1]] <= seats
            for row in range(6):
                if row >= 2 and not together:
                    break
                order = _ORDERS[row]
                total = spent = 0.0
                at = start
                for k in order:
                    here = up[both[k]] if k < 2 else down[both[k - 2]]
                    total += metres[at, here]
                    spent += travel[at, here]
                    at = here
                total += metres[at, end]
                spent += travel[at, end]
                if total > SLACK * longest_metres + 0.5 or spent > longest_seconds + 0.5:
                    continue
                if route_schedule(order, 4, both, start, end, opens_at, closes_at, up, down, windows, boarding, longest,
                                  travel, times) >= 0:  # fmt: skip
                    fits[i, j] = fits[j, i] = True
                    break
    return fits


@kernel
def _hope(order, worth, state, room, now, place, rides, up, windows, travel):  # pragma: no cover
    """Return the most that rides which can still be reached in time may add."""
    total = 0.0
    for o in order:
        if room == 0 or worth[o] <= 0:
            break
        if state[o] == 0 and now + travel[place, up[rides[o]]] <= windows[rides[o], 1] + 1e-3:
            total += worth[o]
            room -= 1
    return total


@kernel
def explore(rides, keys, worth, threshold, quickest, start, end, opens_at, closes_at, seats, longest_metres,
            longest_seconds, most, up, down, windows, boarding, longest, load, travel, metres, must, largest,
            most_nodes, found_stops, found_key, found_value, found_metres,
            found_seconds):  # fmt: skip # pragma: no cover
    """Grow every route of a shift over its candidate rides; return (routes kept, nodes, bound of what was not seen).

    A set of rides is kept once, with its shortest route, or with its ``quickest`` (of these the shortest). ``worth``
    (n,) is what each ride brings; a set is kept where the sum exceeds ``threshold`` (-inf keeps all). ``must`` (n,)
    marks rides that a kept route has to hold. ``largest`` bounds the stops, ``most`` the rides. The bound is -inf where
    everything was seen.

    Whenever the car is empty, the past matters only by the time, the drive, and the rides done: a branch that another
    beats on all of these is left. Listing compares branches with the same rides done; pricing also those whose rides
    done, among what can still be reached, are fewer.
    """
    n = len(rides)
    pricing = threshold > -np.inf
    depth = 0
    stops = np.empty(largest, dtype=np.int64)
    times = np.empty((largest + 1, largest), dtype=np.float64)
    picked_at = np.empty(n, dtype=np.int64)
    choice = np.full(largest + 1, -1, dtype=np.int64)
    state = np.zeros(n, dtype=np.int64)
    length = np.zeros(largest + 1, dtype=np.float64)
    drive = np.zeros(largest + 1, dtype=np.float64)
    place = np.empty(largest + 1, dtype=np.int64)
    place[0] = start
    aboard = taken = riders = held = kept = nodes = 0
    key = np.uint64(0)
    value = 0.0
    needed = 0
    for k in range(n):
        needed += must[k]
    unseen = -np.inf
    index = {np.uint64(0): 0}
    index.clear()
    seen = {np.uint64(0): 0}
    seen.clear()
    # Branches met with an empty car: time, metres, seconds, worth, rides taken; the set done; the one before there.
    room_for = 4096
    met = np.empty((room_for, 5), dtype=np.float64)
    met_done = np.empty((room_for, n), dtype=np.bool_)
    met_before = np.empty(room_for, dtype=np.int64)
    met_last = np.full(n, -1, dtype=np.int64)
    met_count = 0
    order = np.argsort(-worth)
    fits = _pairs(rides, start, end, opens_at, closes_at, seats, longest_metres, longest_seconds, up, down, windows,
                  boarding, longest, load, travel, metres)  # fmt: skip
    while depth >= 0:
        choice[depth] += 1
        k = choice[depth]
        full = nodes >= most_nodes
        if k >= 2 * n or depth >= largest or full:
            if full and k < 2 * n and depth < largest:
                now = opens_at
                if depth:
                    now = times[depth, depth - 1]
                more = _hope(order, worth, state, most - taken, now, place[depth], rides, up, windows, travel)
                unseen = max(unseen, value + more)
            choice[depth] = -1
            depth -= 1
            if depth >= 0:
                k = stops[depth]
                if k < n:
                    state[k] = 0
                    riders -= load[rides[k]]
                    aboard -= 1
                    taken -= 1
                    held -= must[k]
                    key ^= keys[k]
                    value -= worth[k]
                else:
                    state[k - n] = 1
                    riders += load[rides[k - n]]
                    aboard += 1
            continue
        if k < n:
            if state[k] != 0 or taken >= most or riders + load[rides[k]] > seats:
                continue
            if depth + aboard + 2 > largest:
                continue
            apart = False
            for o in range(n):
                if state[o] != 0 and not fits[k, o]:
                    apart = True
                    break
            if apart:
                continue
            ride = rides[k]
            here = up[ride]
            at, last = windows[ride, 0], windows[ride, 1]
        else:
            if state[k - n] != 1:
                continue
            ride = rides[k - n]
            here = down[ride]
            at, last = windows[ride, 2], windows[ride, 3]
        leg = travel[place[depth], here]
        if depth == 0:
            at = max(at, opens_at + leg)
        else:
            before = rides[stops[depth - 1]] if stops[depth - 1] < n else rides[stops[depth - 1] - n]
            at = max(at, times[depth, depth - 1] + boarding[before] + leg)
        if at > last + 1e-3 or at + boarding[ride] + travel[here, end] > closes_at + 1e-3:
            continue
        step = length[depth] + metres[place[depth], here]
        spent = drive[depth] + leg
        if step + metres[here, end] > SLACK * longest_metres + 0.5 or spent + travel[here, end] > longest_seconds + 0.5:
            continue
        stuck = False
        if aboard > 0:
            # Whoever stays aboard must still get there in time, were they next.
            for o in range(n):
                if state[o] == 1 and o != k - n:
                    there = down[rides[o]]
                    then = at + boarding[ride] + travel[here, there]
                    if (
                        then > windows[rides[o], 3] + 1e-3
                        or then + boarding[rides[o]] + travel[there, end] > closes_at + 1e-3
                        or step + metres[here, there] + metres[there, end] > SLACK * longest_metres + 0.5
                        or spent + travel[here, there] + travel[there, end] > longest_seconds + 0.5
                    ):  # fmt: skip
                        stuck = True
                        break
        if stuck:
            continue
        nodes += 1
        stops[depth] = k
        for i in range(depth):
            times[depth + 1, i] = times[depth, i]
        times[depth + 1, depth] = at
        if k >= n and at - longest[ride] - boarding[ride] > times[depth, picked_at[k - n]] + 1e-6:
            # Someone would sit too long: those who wait for others must be picked up later.
            finish = route_schedule(stops, depth + 1, rides, start, end, opens_at, closes_at, up, down, windows,
                                    boarding, longest, travel, times[depth + 1])  # fmt: skip
            if finish < 0:
                continue
            at = times[depth + 1, depth]
        if k < n:
            if pricing:
                state[k] = 1
                gain = worth[k] + _hope(order, worth, state, most - taken - 1, at, here, rides, up, windows, travel)
                state[k] = 0
                if value + gain <= threshold:
                    continue
            state[k] = 1
            picked_at[k] = depth
            riders += load[ride]
            aboard += 1
            taken += 1
            held += must[k]
            key ^= keys[k]
            value += worth[k]
        else:
            state[k - n] = 2
            riders -= load[ride]
            aboard -= 1
        depth += 1
        length[depth] = step
        drive[depth] = spent
        place[depth] = here
        if aboard > 0:
            continue
        beaten = False
        if pricing:
            slot = met_last[k - n]
            looked = 0
            while slot >= 0 and not beaten and looked < 60:
                looked += 1
                if (
                    met[slot, 0] <= at + 1e-9 and met[slot, 1] <= step + 1e-9 and met[slot, 2] <= spent + 1e-9
                    and met[slot, 3] >= value - 1e-9 and met[slot, 4] <= taken
                ):  # fmt: skip
                    beaten = True
                    for o in range(n):
                        if (
                            met_done[slot, o]
                            and state[o] == 0
                            and at + travel[here, up[rides[o]]] <= windows[rides[o], 1] + 1e-3
                        ):
                            beaten = False
                            break
                slot = met_before[slot]
        else:
            mark = key * np.uint64(2 * n + 1) + np.uint64(k)
            if mark in seen:
                slot = seen[mark]
                beaten = met[slot, 0] <= at + 1e-9 and met[slot, 1] <= step + 1e-9 and met[slot, 2] <= spent + 1e-9
                if met[slot, 0] >= at and met[slot, 1] >= step and met[slot, 2] >= spent:
                    met[slot, 0], met[slot, 1], met[slot, 2] = at, step, spent
            elif met_count < room_for:
                seen[mark] = met_count
                met[met_count, 0], met[met_count, 1], met[met_count, 2] = at, step, spent
                met_count += 1
        if beaten and (not pricing or held == needed):
            # Left before it is kept: the branch that beats it holds at least as much, at most as long.
            choice[depth] = 2 * n
            continue
        if pricing and held == needed and met_count < room_for:
            met[met_count, 0], met[met_count, 1], met[met_count, 2] = at, step, spent
            met[met_count, 3], met[met_count, 4] = value, taken
            for o in range(n):
                met_done[met_count, o] = state[o] != 0
            met_before[met_count] = met_last[k - n]
            met_last[k - n] = met_count
            met_count += 1
        total = step + metres[here, end]
        if held == needed and value > threshold and total <= longest_metres + 0.5:
            slot = -1
            if key in index:
                slot = index[key]
            if slot < 0 and kept < len(found_key):
                slot = kept
                index[key] = slot
                found_key[slot] = key
                found_metres[slot] = found_seconds[slot] = np.inf
                kept += 1
            elif slot < 0:
                unseen = max(unseen, value)
            better = False
            if slot >= 0:
                later = spent + travel[here, end] - found_seconds[slot] if quickest else 0.0
                better = later < -1e-6 or (later <= 1e-6 and total < found_metres[slot] - 1e-6)
            if better:
                found_metres[slot] = total
                found_seconds[slot] = spent + travel[here, end]
                found_value[slot] = value
                for i in range(found_stops.shape[1]):
                    found_stops[slot, i] = stops[i] if i < depth else -1
    return kept, nodes, unseen


@kernel
def candidates_of(start, end, opens_at, closes_at, seats, longest_metres, longest_seconds, abilities, up, down, windows,
                  boarding, longest, load, wishes, travel, metres, out):  # fmt: skip # pragma: no cover
    """Fill ``out`` with the rides that a shift could drive alone; return how many."""
    count = 0
    stops = np.array([0, 1])
    times = np.empty(2)
    one = np.zeros(1, dtype=np.int64)
    for ride in range(len(up)):
        if windows[ride, 1] < opens_at or windows[ride, 2] > closes_at or load[ride] > seats:
            continue
        if wishes[ride] & ~abilities:
            continue
        a, b = up[ride], down[ride]
        if travel[start, a] + travel[a, b] + travel[b, end] > longest_seconds + 0.5:
            continue
        if metres[start, a] + metres[a, b] + metres[b, end] > SLACK * longest_metres + 0.5:
            continue
        one[0] = ride
        if route_schedule(stops, 2, one, start, end, opens_at, closes_at, up, down, windows, boarding, longest, travel,
                          times) >= 0:  # fmt: skip
            out[count] = ride
            count += 1
    return count
