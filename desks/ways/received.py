"""When and how one can be received at a counter: on the first day on which a way leads to an open door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from desks.ways.nearby import NearCounter
from desks.ways.search import Answer, WaysDesk, answer
from mobility.clock import HOUR, MINUTE
from mobility.ways import Question, Way
from mobility.working_hours import Hours

LEAVES = 15 * MINUTE
"""Seconds from a question to the door of whoever asks it: one who is told of a car that leaves at once misses it."""
RECEIVED = 30 * MINUTE
"""Seconds before a counter closes that one must be there, to be received."""


@dataclass(frozen=True)
class Received:
    """An answer about counters; ``later`` where one is open today and nothing leads there any more."""

    answer: Answer
    later: bool


def answer_at_counters(
    here: WaysDesk, asked: Question, counters: Sequence[NearCounter], *, now: datetime
) -> Received:  # fmt: skip
    """Return the ways to the counters of a question on the first day on which one of them can be reached in its hours.

    Where none can, the ways are those of the next day on which one is open; without hours, of the day asked for.
    """
    open_on = _open_days([near for near in counters if near.service.place in asked.destinations], now.date())
    unreached = []
    for day, spans in sorted(open_on.items()):
        found = answer(here, _on_day(asked, day, spans, now), now=now)
        ways = tuple(way for way in found.ways if _is_received(way, spans[way.destination.id]))
        if ways:
            return Received(replace(found, ways=ways), later=now.date() in open_on and day > now.date())
        unreached.append(replace(found, ways=()))
    coming = next((found for found in unreached if found.asked.day > now.date()), None)
    return Received(coming or answer(here, asked, now=now), later=now.date() in open_on)


def _open_days(counters: Sequence[NearCounter], today: date) -> dict[date, dict[str, Sequence[Hours]]]:
    """Return when counters are open, today and next, by day and by their identifiers."""
    found: dict[date, dict[str, Sequence[Hours]]] = {}
    for near in counters:
        for day, spans in [(today, near.opening.today), *filter(None, [near.opening.then])]:
            if spans:
                found.setdefault(day, {})[near.service.place.id] = spans
    return found


def _on_day(asked: Question, day: date, spans: Mapping[str, Sequence[Hours]], now: datetime) -> Question:
    """Return a question asked of a day, of the counters that are open then: today from now on, else for the morning."""
    opens = min(span.opens for counter in spans.values() for span in counter)
    if day > now.date():
        # Nobody is led to a door that opens later than they are there.
        by = max(asked.arrive_by or 0, opens + RECEIVED)
        open_then = {place for place, hours in spans.items() if any(h.opens <= by <= h.closes for h in hours)}
        places = tuple(place for place in asked.destinations if place.id in (open_then or spans))
        return replace(asked, day=day, destinations=places, arrive_by=by, depart_after=None)
    places = tuple(place for place in asked.destinations if place.id in spans)
    soon = (now.hour * HOUR + now.minute * MINUTE + LEAVES) // (5 * MINUTE) * (5 * MINUTE)
    return replace(asked, day=day, destinations=places, arrive_by=None, depart_after=max(soon, opens - RECEIVED))


def _is_received(way: Way, spans: Sequence[Hours]) -> bool:
    """Tell whether who arrives by a way finds the door open for long enough, or soon will."""
    at = way.there.arrival
    return not way.too_late and any(span.opens - HOUR <= at <= span.closes - RECEIVED for span in spans)
