"""The cheapest ways of one van through the event graph at given prices: labels, compiled by Numba.

A label is a way from the depot to an event. Of each who is aboard it knows how long ago, driving without a wait, they
got on, and how late that can have been: so ride times are kept exactly, as Gschwind and Irnich (2015), "Effective
handling of dynamic time windows and its application to solving the dial-a-ride problem", do. A way may still serve a
request twice where the windows allow: every route is a way, not the other way round, and what is proven of ways holds
of routes.

Read backwards (times negated, set-downs getting on), the same search gives the ways from each event to the depot.
"""

import heapq

import numpy as np

from mobility.late import kernel

TIME = 1e-6


@kernel
def _go_on(one, event, end, lasts, at, closes, boards, leaves, aboard, longest, days, label_since, label_latest, since,
           latest):  # fmt: skip # pragma: no cover
    """Fill ``since`` and ``latest`` of a label that goes on to another event; return who is aboard (-1: it cannot)."""
    last = closes[end]
    off = leaves[end]
    if off > 0:
        k = 0
        while aboard[event, k] != off:
            k += 1
        last = min(last, label_latest[one, k + 1] + longest[off])
        if at > last + TIME or label_since[one, k + 1] + lasts > longest[off] + TIME:
            return -1
    since[0] = label_since[one, 0] + lasts
    latest[0] = min(label_latest[one, 0], last - since[0])
    if days and (since[0] > longest[0] + TIME or at - latest[0] > longest[0] + TIME):
        return -1
    size = k = 0
    while size < aboard.shape[1] and aboard[end, size] > 0:
        who = aboard[end, size]
        if who == boards[end]:
            since[size + 1], latest[size + 1] = 0.0, last
        else:
            while aboard[event, k] != who:
                k += 1
            since[size + 1] = label_since[one, k + 1] + lasts
            latest[size + 1] = min(label_latest[one, k + 1], last - since[size + 1])
            if since[size + 1] > longest[who] + TIME or at - latest[size + 1] > longest[who] + TIME:
                return -1
        size += 1
    return size


@kernel
def _enter(end, at, cost, since, latest, begin, size, label_time, label_cost, label_since, label_latest, last_label,
           older):  # fmt: skip # pragma: no cover
    """Take out of an event's chain what a new label beats; return (whether none beats it, labels compared).

    Labels are compared by time, cost, and what they know of those aboard from ``begin`` to ``size``.
    """
    work = 0
    slot = last_label[end]
    while slot >= 0:
        work += 1
        if label_time[slot] <= at + 1e-9 and label_cost[slot] <= cost + 1e-9:
            beaten = True
            for k in range(begin, size + 1):
                if label_since[slot, k] > since[k] + 1e-9 or label_latest[slot, k] < latest[k] - 1e-9:
                    beaten = False
                    break
            if beaten:
                return False, work
        slot = older[slot]
    before = -1
    slot = last_label[end]
    while slot >= 0:
        work += 1
        then = older[slot]
        worse = at <= label_time[slot] and cost <= label_cost[slot]
        if worse:
            for k in range(begin, size + 1):
                if since[k] > label_since[slot, k] or latest[k] < label_latest[slot, k]:
                    worse = False
                    break
        if worse:
            # Those that wait to go on are passed over by this mark.
            label_cost[slot] = np.inf
            if before < 0:
                last_label[end] = then
            else:
                older[before] = then
        else:
            before = slot
        slot = then
    return True, work


@kernel
def grow(first, arc_end, arc_cost, arc_lasts, opens, closes, boards, leaves, aboard, longest, days, exact, most,
         most_work, label_event, label_time, label_cost, label_since, label_latest, label_before, last_label,
         older):  # fmt: skip # pragma: no cover
    """Fill the labels of every way from the depot; return how many there are (-1: too many, or too much work).

    The arcs that leave event ``e`` are ``first[e]`` to ``first[e + 1]``; event 0 is the depot. ``boards`` and
    ``leaves`` (events,) name the request that gets on or off (0: none), ``aboard`` (events, seats) who is aboard after
    it, in order, 0 behind the last; ``longest`` (requests + 1,) how long each may be aboard, that of 0 the driver's
    day, which counts where ``days``. ``label_since`` and ``label_latest`` (most, seats + 1) hold the driver first, then
    those aboard. ``last_label`` (events,) and ``older`` (most,) chain the labels of each event. ``most_work`` bounds
    the labels that are compared. Unless ``exact``, labels of an event beat each other by time and cost alone: the ways
    found can be driven, but cheaper ones may be missed.
    """
    since = np.empty(aboard.shape[1] + 1, dtype=np.float64)
    latest = np.empty(aboard.shape[1] + 1, dtype=np.float64)
    count, work = 1, 0
    label_event[0], label_time[0], label_cost[0], label_before[0] = 0, opens[0], 0.0, -1
    label_since[0] = 0.0
    label_latest[0] = closes[0]
    last_label[:] = -1
    heap = [(opens[0], 0)]
    while len(heap) > 0:
        now, one = heapq.heappop(heap)
        event = label_event[one]
        if label_cost[one] == np.inf:
            continue
        for a in range(first[event], first[event + 1]):
            end = arc_end[a]
            at = max(opens[end], now + arc_lasts[a])
            if at > closes[end] + TIME:
                continue
            size = _go_on(one, event, end, arc_lasts[a], at, closes, boards, leaves, aboard, longest, days, label_since,
                          label_latest, since, latest)  # fmt: skip
            if size < 0:
                continue
            cost = label_cost[one] + arc_cost[a]
            begin = (0 if days else 1) if exact else size + 1
            kept, compared = _enter(end, at, cost, since, latest, begin, size, label_time, label_cost, label_since,
                                    label_latest, last_label, older)  # fmt: skip
            work += compared
            if count >= most or work > most_work:
                return -1
            if not kept:
                continue
            label_event[count], label_time[count], label_cost[count], label_before[count] = end, at, cost, one
            label_since[count] = since
            label_latest[count] = latest
            older[count] = last_label[end]
            last_label[end] = count
            if end != 0:
                heapq.heappush(heap, (at, count))
            count += 1
    return count


@kernel
def through(arc_start, arc_end, arc_cost, arc_lasts, aboard, longest, days, time_to, cost_to, since_to, latest_to,
            last_to, older_to, time_from, cost_from, since_from, latest_from, last_from, older_from,
            least):  # fmt: skip # pragma: no cover
    """Fill ``least`` (arcs,) with what the cheapest way that uses each arc costs at least (infinite: none does).

    ``..._to`` are labels of ways from the depot, ``..._from`` those of ways to it, found backwards.
    """
    seats = aboard.shape[1]
    for a in range(len(arc_start)):
        best = np.inf
        start, end = arc_start[a], arc_end[a]
        # The depot's own label is the first; its chain holds the ways that came back.
        one = 0 if start == 0 else last_to[start]
        while one >= 0:
            other = 0 if end == 0 else last_from[end]
            while other >= 0:
                whole = cost_to[one] + arc_cost[a] + cost_from[other]
                if whole < best and time_to[one] + arc_lasts[a] <= -time_from[other] + TIME:
                    fits = True
                    for k in range(0 if days else 1, seats + 1):
                        if k > 0 and aboard[start, k - 1] == 0:
                            break
                        most = longest[0 if k == 0 else aboard[start, k - 1]] + TIME
                        drive = since_to[one, k] + arc_lasts[a] + since_from[other, k]
                        if max(drive, -latest_from[other, k] - latest_to[one, k]) > most:
                            fits = False
                    if fits:
                        best = whole
                other = -1 if end == 0 else older_from[other]
            one = -1 if start == 0 else older_to[one]
        least[a] = best
