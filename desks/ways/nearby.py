"""What is near a place: the next visits of the bus, the counters and when they are open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from desks.calendar.in_force import CalendarInForce
from desks.calendar.next_visits import nearest_stops
from desks.ground import Ground
from mobility.door_legs import drives
from mobility.opening import Opening, opening_at
from mobility.places import Place
from mobility.problem import Stop
from mobility.territory import COUNTER, FixedService
from mobility.working_hours import Hours, WorkingHours

FARTHEST = 45 * 60
"""Seconds by car beyond which a bus is no longer near."""
SHOWN = 2


@dataclass(frozen=True)
class ComingBus:
    """The next visit of the bus at a stop, ``seconds`` by car from where one asks; ``then`` are days after it."""

    stop: Stop
    commune: str
    seconds: float
    day: date
    opens: int
    closes: int
    then: tuple[date, ...] = ()


@dataclass(frozen=True)
class NearCounter:
    """A counter, ``seconds`` by car from where one asks, and when it is open."""

    service: FixedService
    seconds: float
    opening: Opening


def buses_near(ground: Ground, calendar: CalendarInForce, insee: str, now: datetime) -> list[ComingBus]:
    """Return the next visits of the bus nearest to a commune, its own first; none in a pole, which has counters."""
    plan = calendar.saved()
    if not insee or insee in ground.territory.poles or plan is None:
        return []
    dated = calendar.dated()
    own = [stop for stop in plan.problem.stops if stop.commune == insee and plan.solution.calendar.at(stop.id)]
    near = [(stop, 0.0) for stop in own] + [(s, seconds) for s, seconds, _ in nearest_stops(plan, dated, insee, now)]
    found = []
    for stop, seconds in near:
        visits = dated.coming(plan.problem, now, [stop.id])[:3]
        if visits and seconds <= FARTHEST:
            session = visits[0].session(plan.problem)
            days = tuple(visit.day for visit in visits[1:])
            found.append(ComingBus(stop, stop.commune, seconds, visits[0].day, session.opens, session.closes, days))
    return found[:SHOWN]


def counters_near(ground: Ground, origin: Place, now: datetime) -> list[NearCounter]:
    """Return the counters nearest by car to a place, the first where one is received leading.

    Only those whose hours are known. Where all are closed to whoever leaves now, the nearest that is open follows.
    """
    known = {service.place.id: service for service in ground.territory.services if service.kind == COUNTER}
    hours = {point.place.id: point.hours for point in ground.everyday if point.kind == COUNTER and point.hours}
    places = [known[identifier].place for identifier in known if identifier in hours]
    reached = sorted(drives(ground.kept_roads, origin, places, outward=True), key=lambda pair: pair[1])

    def state(place: Place, seconds: float) -> NearCounter:
        return NearCounter(
            known[place.id], seconds, opening_at(_working(ground, known[place.id], hours[place.id]), now)
        )

    # A door that is open today is worth some more minutes on the road than one that opens tomorrow.
    found = sorted((state(*pair) for pair in reached[:SHOWN]), key=lambda near: (_received(near, now), near.seconds))
    if not any(_in_time(near, now) for near in found):
        # An hour on the road is much to save a closed door: one that is open is told of, after the nearest.
        farther = (state(*pair) for pair in reached[SHOWN:])
        return found + list(islice((near for near in farther if _in_time(near, now)), 1))
    return found


def counter_states(ground: Ground, now: datetime) -> list[tuple[FixedService, Opening]]:
    """Return the counters of the territory whose hours are known: those open now, then those that open first."""
    inside = {s.place.id: s for s in ground.territory.services if s.commune in ground.territory.by_insee}
    found = [
        (inside[point.place.id], opening_at(_working(ground, inside[point.place.id], point.hours), now))
        for point in ground.everyday
        if point.kind == COUNTER and point.hours and point.place.id in inside
    ]
    today = now.date()
    return sorted(found, key=lambda pair: (not pair[1].is_open, _opens(pair[1], today), pair[0].place.name))


def _opens(opening: Opening, today: date) -> tuple[date, int]:
    """Return when a counter opens next, those that are open now alike; far away where nobody knows."""
    if opening.is_open:
        return today, 0
    day, hours = (today, opening.today) if opening.today else opening.then or (date.max, ())
    return day, hours[0].opens if hours else 0


def _received(near: NearCounter, now: datetime) -> tuple[date, bool]:
    """Return on which day one who leaves now is received, those first who find the door open."""
    arrives = now.hour * 3600 + now.minute * 60 + near.seconds
    if any(arrives < span.closes for span in near.opening.today):
        return now.date(), not _in_time(near, now)
    return near.opening.then[0] if near.opening.then else date.max, True


def _in_time(near: NearCounter, now: datetime) -> bool:
    """Tell whether one who leaves now finds the door open."""
    until = near.opening.until
    return until is not None and now.hour * 3600 + now.minute * 60 + near.seconds < until


def _working(ground: Ground, counter: FixedService, hours: Mapping[int, tuple[tuple[int, int], ...]]) -> WorkingHours:
    """Return when a counter is open: its written hours, but on holidays and closures.

    Those are its own where the territory states them under its name. Else the territory's closures hold, and no holiday
    is worked: to be told of a closed door costs less than to find it.
    """
    stated = ground.hours
    own = stated.own.get(counter.place.name) or replace(stated.desk, works_on=frozenset())
    return _of_week(tuple(hours.get(day, ()) for day in range(1, 8)), own)


@lru_cache(maxsize=2000)
def _of_week(week: tuple[tuple[tuple[int, int], ...], ...], own: WorkingHours) -> WorkingHours:
    """Return hours that are written day by day: counters keep theirs from question to question."""
    return replace(own, week=tuple(tuple(_without_seams(spans)) for spans in week), whole_days=False)


def _without_seams(spans: Iterable[tuple[int, int]]) -> list[Hours]:
    """Return the hours of a day; two that touch or overlap, as some counters write them, are one."""
    found: list[Hours] = []
    for opens, closes in sorted(spans):
        if found and opens <= found[-1].closes:
            found[-1] = Hours(found[-1].opens, max(closes, found[-1].closes))
        else:
            found.append(Hours(opens, closes))
    return found
