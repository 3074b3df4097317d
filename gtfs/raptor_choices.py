"""Every good choice in a window, by departure, arrival, vehicles and walking: RAPTOR with bags of labels.

Where :mod:`gtfs.raptor` keeps the earliest arrival at each stop, this search keeps every label (arrival, seconds on
foot) that no other betters with as few vehicles. Departures are tried latest first, so that a label kept from a later
departure shuts out those it betters (range search). Compiled by Numba and kept on disk between starts.
"""

import heapq

import numpy as np

from mobility.late import kernel

TIME, WALK, STOP, PARENT, KIND, PATTERN, TRIP, BOARDED, ROUND, NEXT, LEAVES, DEAD = range(12)
"""Columns of the labels: the last three are the next label at the stop, the departure, and 1 where one betters it."""
AT_DOOR, RIDDEN, CHANGED = range(3)
"""Kinds of labels: ready at a first stop, set down by a vehicle, ready after changing or walking."""
COLUMNS = 12
FAR = np.int32(2**30)
"""A time that is never reached."""
NONE = -1


@kernel
def _add(labels, count, head, found, found_count, bound, stop, time, walk, parent, kind, pattern, trip, boarded, round_,
         leaves):  # pragma: no cover  # fmt: skip
    """Add a label to a stop's bag unless one there, or an answer already found, betters what may become of it.

    ``bound`` is the least time from each stop to the door.
    """
    if bound[stop] == FAR:
        return labels, count, False
    for i in range(found_count):
        if found[i, 4] <= round_ and found[i, 2] <= time + bound[stop] and found[i, 3] <= walk:
            return labels, count, False
    at = head[stop]
    while at != NONE:
        row = labels[at]
        if row[ROUND] <= round_ and row[TIME] <= time and row[WALK] <= walk:
            return labels, count, False
        at = row[NEXT]
    before, at = NONE, head[stop]
    while at != NONE:
        following = labels[at, NEXT]
        if labels[at, ROUND] >= round_ and time <= labels[at, TIME] and walk <= labels[at, WALK]:
            # What it shut out, the new label shuts out too: it leaves the bag, though not the ways back to the door.
            labels[at, DEAD] = 1
            if before == NONE:
                head[stop] = following
            else:
                labels[before, NEXT] = following
        else:
            before = at
        at = following
    if count == len(labels):
        labels = np.concatenate((labels, np.empty_like(labels)))
    row = labels[count]
    row[TIME], row[WALK], row[STOP], row[PARENT], row[KIND] = time, walk, stop, parent, kind
    row[PATTERN], row[TRIP], row[BOARDED], row[ROUND] = pattern, trip, boarded, round_
    row[NEXT], row[LEAVES], row[DEAD] = head[stop], leaves, 0
    head[stop] = count
    return labels, count + 1, True


@kernel
def _arrive(found, found_count, labels, label, egress, way):  # pragma: no cover
    """Finish a label by a way from its stop to the door, where that betters the answers already found."""
    start = max(labels[label, TIME], way[3])
    time, walk = start + way[1], labels[label, WALK] + way[2]
    round_ = labels[label, ROUND] + way[5]
    if time > way[4]:
        return found, found_count
    for i in range(found_count):
        if found[i, 4] <= round_ and found[i, 2] <= time and found[i, 3] <= walk:
            return found, found_count
    if found_count == len(found):
        found = np.concatenate((found, np.empty_like(found)))
    found[found_count, 0], found[found_count, 1] = label, egress
    found[found_count, 2], found[found_count, 3] = time, walk
    found[found_count, 4], found[found_count, 5] = round_, labels[label, LEAVES]
    return found, found_count + 1


@kernel
def search_choices(pattern_stops, first_stop, boards, alights, first_trip, first_time, arrivals, departures,
                   first_pattern, stop_patterns, stop_positions, first_foot, foot_stops, foot_seconds, rounds, longest,
                   bound, count_walks, starts, access, exits):  # pragma: no cover  # fmt: skip
    """Return the labels (int32, L x COLUMNS) and the answers (int32, A x 6) of a window.

    ``bound`` is the least time from each stop to the door (:func:`least_times`): what it cannot bring there before the
    answers found is left out. Without ``count_walks``, walks between stops do not count. ``starts`` (int32) holds the
    departures, latest first. ``access`` and ``exits`` (int32, n x 6) are the ways between the doors and the stops:
    stop, seconds, seconds on foot, opening and closing time, vehicles (0 or 1). An answer is a label, the row of
    ``exits`` that ends it, arrival, walking, vehicles and departure. Arrivals later than ``longest`` seconds after the
    departure are left out.
    """
    stops = len(first_pattern) - 1
    patterns = len(first_stop) - 1
    labels = np.empty((4096, COLUMNS), dtype=np.int32)
    count = 0
    found = np.empty((64, 6), dtype=np.int32)
    found_count = 0
    ready_head = np.full(stops, NONE, dtype=np.int32)
    ride_head = np.full(stops, NONE, dtype=np.int32)
    exit_first = np.full(stops, NONE, dtype=np.int32)
    exit_next = np.full(len(exits), NONE, dtype=np.int32)
    for e in range(len(exits)):
        exit_next[e] = exit_first[exits[e, 0]]
        exit_first[exits[e, 0]] = e
    earliest = np.full(patterns, np.int32(2**30))
    queue = np.empty(patterns, dtype=np.int32)
    bag = np.empty((64, 4), dtype=np.int32)
    fresh = np.empty(stops, dtype=np.int32)
    is_fresh = np.zeros(stops, dtype=np.bool_)
    for leaves in starts:
        fresh_count = 0
        for k in range(1, rounds + 1):
            for a in range(len(access)):
                stop = access[a, 0]
                open_ = access[a, 3] <= leaves and leaves + access[a, 1] <= access[a, 4]
                if access[a, 5] == k - 1 and open_:
                    labels, count, new = _add(labels, count, ready_head, found, found_count, bound, stop,
                                              leaves + access[a, 1], access[a, 2], a, AT_DOOR, NONE, NONE, NONE, k - 1,
                                              leaves)  # fmt: skip
                    if new and not is_fresh[stop]:
                        is_fresh[stop] = True
                        fresh[fresh_count] = stop
                        fresh_count += 1
            size = 0
            for f in range(fresh_count):
                stop = fresh[f]
                is_fresh[stop] = False
                for i in range(first_pattern[stop], first_pattern[stop + 1]):
                    pattern, position = stop_patterns[i], stop_positions[i]
                    if earliest[pattern] == 2**30:
                        queue[size] = pattern
                        size += 1
                    earliest[pattern] = min(earliest[pattern], position)
            ridden_from = count
            for q in range(size):
                pattern = queue[q]
                start = earliest[pattern]
                earliest[pattern] = 2**30
                base_stop, length = first_stop[pattern], first_stop[pattern + 1] - first_stop[pattern]
                trips, base = first_trip[pattern + 1] - first_trip[pattern], first_time[pattern]
                size_bag = 0
                for position in range(start, length):
                    stop = pattern_stops[base_stop + position]
                    if alights[base_stop + position]:
                        for b in range(size_bag):
                            time = arrivals[base + bag[b, 0] * length + position]
                            if time <= leaves + longest:
                                labels, count, _ = _add(labels, count, ride_head, found, found_count, bound, stop, time,
                                                        bag[b, 1], bag[b, 3], RIDDEN, pattern, bag[b, 0], bag[b, 2], k,
                                                        leaves)  # fmt: skip
                    if boards[base_stop + position]:
                        at = ready_head[stop]
                        while at != NONE:
                            row = labels[at]
                            following = row[NEXT]
                            if row[LEAVES] != leaves:
                                # New labels come first: the others left later and have been looked at.
                                break
                            if row[ROUND] == k - 1 and row[DEAD] == 0:
                                low, high = 0, trips
                                while low < high:
                                    middle = (low + high) >> 1
                                    if departures[base + middle * length + position] < row[TIME]:
                                        low = middle + 1
                                    else:
                                        high = middle
                                if low < trips:
                                    bag, size_bag = _board(bag, size_bag, low, row[WALK], position, at)
                            at = following
            fresh_count = 0
            for label in range(ridden_from, count):
                if labels[label, DEAD] == 1:
                    continue
                stop = labels[label, STOP]
                e = exit_first[stop]
                while e != NONE:
                    found, found_count = _arrive(found, found_count, labels, label, e, exits[e])
                    e = exit_next[e]
            last_ridden = count
            for label in range(ridden_from, last_ridden):
                if labels[label, DEAD] == 1 or labels[label, KIND] != RIDDEN:
                    continue
                stop = labels[label, STOP]
                for i in range(first_foot[stop], first_foot[stop + 1]):
                    there = foot_stops[i]
                    seconds = foot_seconds[i]
                    if labels[label, TIME] + seconds > leaves + longest:
                        continue
                    walked = labels[label, WALK] + (seconds if count_walks and there != stop else 0)
                    before = count
                    labels, count, new = _add(labels, count, ready_head, found, found_count, bound, there,
                                              labels[label, TIME] + seconds, walked, label, CHANGED, NONE, NONE, NONE,
                                              k, leaves)  # fmt: skip
                    if new:
                        if there != stop:
                            e = exit_first[there]
                            while e != NONE:
                                # A walk may end the journey where no walk leads from this stop to the door itself.
                                if exits[e, 1] == 0:
                                    found, found_count = _arrive(found, found_count, labels, before, e, exits[e])
                                e = exit_next[e]
                        if not is_fresh[there]:
                            is_fresh[there] = True
                            fresh[fresh_count] = there
                            fresh_count += 1
            # A booked vehicle from the door is one vehicle: what it reaches is looked at in the second round.
            if fresh_count == 0 and k > 1:
                break
        for f in range(fresh_count):
            is_fresh[fresh[f]] = False
    return labels[:count].copy(), found[:found_count].copy()


@kernel
def least_times(first_in, sources, seconds, exits):  # pragma: no cover
    """Return the least time (int32, stops) from each stop to the door, waiting for nothing; ``FAR`` where no way leads.

    The ways into stop s are ``first_in[s]:first_in[s + 1]``, from ``sources`` in ``seconds``; ``exits`` (n x 6) lead
    from stops to the door.
    """
    stops = len(first_in) - 1
    bound = np.full(stops, FAR, dtype=np.int32)
    heap = [(np.int32(0), np.int32(0))]
    heap.pop()
    for e in range(len(exits)):
        stop = exits[e, 0]
        if exits[e, 1] < bound[stop]:
            bound[stop] = exits[e, 1]
            heapq.heappush(heap, (bound[stop], np.int32(stop)))
    while heap:
        time, stop = heapq.heappop(heap)
        if time > bound[stop]:
            continue
        for i in range(first_in[stop], first_in[stop + 1]):
            source = sources[i]
            if time + seconds[i] < bound[source]:
                bound[source] = time + seconds[i]
                heapq.heappush(heap, (bound[source], np.int32(source)))
    return bound


@kernel
def _board(bag, size, trip, walk, position, label):  # pragma: no cover
    """Put a vehicle boarded into a pattern's bag (trip, walking, position, label) unless another betters it."""
    kept = 0
    for b in range(size):
        if bag[b, 0] <= trip and bag[b, 1] <= walk:
            return bag, size
    for b in range(size):
        if not (trip <= bag[b, 0] and walk <= bag[b, 1]):
            if kept != b:
                bag[kept] = bag[b]
            kept += 1
    if kept == len(bag):
        bag = np.concatenate((bag, np.empty_like(bag)))
    bag[kept, 0], bag[kept, 1], bag[kept, 2], bag[kept, 3] = trip, walk, position, label
    return bag, kept + 1
