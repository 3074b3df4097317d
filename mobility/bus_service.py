"""The bus as its operator describes it, and the problem that follows from it, a territory and its roads."""

import itertools
from dataclasses import dataclass, field

from mobility.bus_calendar import BusCalendar, Visit
from mobility.errors import MobilityError
from mobility.need import Need
from mobility.places import Place
from mobility.problem import (
    OBJECTIVES,
    Bus,
    CalendarProblem,
    CalendarRules,
    Coverage,
    CrewRules,
    ResidentGroup,
    Session,
    Stop,
)
from mobility.territory import Territory
from mobility.travel import Roads


@dataclass(frozen=True)
class BusService:
    """What the operator states: buses, sessions, crew times, rules; ``reference`` is the calendar to compare with."""

    buses: tuple[Bus, ...]
    sessions: tuple[Session, ...]
    crew: CrewRules = field(default_factory=CrewRules)
    coverage: Coverage = field(default_factory=Coverage)
    rules: CalendarRules = field(default_factory=CalendarRules)
    cycle_weeks: int = 2
    objectives: tuple[str, ...] = OBJECTIVES
    tolerance: float = 0.0
    reference: str = ""
    reference_name: str = ""


def state_problem(
    territory: Territory, stops: tuple[Stop, ...], service: BusService, needs: tuple[Need, ...], roads: Roads
) -> CalendarProblem:
    """State the calendar problem: travel times are asked of the roads, for the bus and for residents by car.

    Stops in a pole, or where a bus cannot turn or stand level, are no candidates. Raises :class:`MobilityError` for an
    unknown stop in a rule, or where no bus, session or stop is left.
    """
    candidates = tuple(stop for stop in stops if stop.commune not in territory.poles and stop.suits_a_bus)
    _check(candidates, service)
    depots = {bus.depot.id: bus.depot for bus in service.buses}
    bus_places: list[Place] = [*depots.values(), *(stop.place for stop in candidates)]
    groups = tuple(
        ResidentGroup(
            place=need.settlement.place,
            commune=need.settlement.commune,
            area=territory.by_insee[need.settlement.commune].area,
            population=need.settlement.population,
            need=need.value,
        )
        for need in needs
    )
    return CalendarProblem(
        territory=territory.id,
        cycle_weeks=service.cycle_weeks,
        buses=service.buses,
        sessions=service.sessions,
        crew=service.crew,
        stops=candidates,
        groups=groups,
        drive=roads.travel_times(bus_places, bus_places, "bus"),
        access=roads.travel_times([g.place for g in groups], [stop.place for stop in candidates], "car"),
        coverage=service.coverage,
        rules=service.rules,
        objectives=service.objectives,
        tolerance=service.tolerance,
    )


def _check(stops: tuple[Stop, ...], service: BusService) -> None:
    for name, things in (("buses", service.buses), ("sessions", service.sessions), ("stops", stops)):
        if not things:
            raise MobilityError("nothing-to-plan", f"there are no {name} to plan with", field=name, what=name)
    for what, values in (
        ("bus", [bus.id for bus in service.buses]),
        ("session", [str(s.key) for s in service.sessions]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise MobilityError("stated-twice", f"the {what} {twice} is stated twice", field=what, value=twice)
    for weekday in {session.weekday for session in service.sessions}:
        day = sorted((s for s in service.sessions if s.weekday == weekday), key=lambda s: s.opens)
        for first, second in itertools.pairwise(day):
            if second.opens < first.closes:
                raise MobilityError(
                    "sessions-overlap", f"the sessions {first} and {second} overlap", field="sessions",
                    first=str(first), second=str(second),
                )  # fmt: skip
    known = {stop.id for stop in stops}
    for kind in ("locks", "bans"):
        for position in getattr(service.rules, kind):
            if position.stop not in known:
                raise MobilityError(
                    "not-a-candidate", f"'{position.stop}' is not a candidate stop", field=kind, value=position.stop
                )
            asked = [s for s in service.sessions if position.weekday in (None, s.weekday)]
            if not any(position.session in (None, s.name) for s in asked):
                raise MobilityError(
                    "no-such-session", f"no session '{position}' in the week", field=kind, value=str(position)
                )


def make_calendar(rows: list[tuple[int, int, str, str, str]], problem: CalendarProblem) -> BusCalendar:
    """Make a calendar of (week, weekday, session, bus, stop) rows; the hours are those of the sessions.

    A session that the problem does not know gets no hours, and the judge says so.
    """
    visits = []
    for week, weekday, name, bus, stop in rows:
        session = problem.sessions_by_key.get((weekday, name))
        arrival = session.opens - problem.crew.set_up if session else 0
        departure = session.closes + problem.crew.pack_up if session else 0
        visits.append(Visit(week, weekday, name, bus, stop, arrival, departure))
    return BusCalendar(tuple(visits))


def restated(calendar: BusCalendar, problem: CalendarProblem) -> BusCalendar:
    """Return the visits of a calendar under another problem, whose sessions may have other hours."""
    return make_calendar([(v.week, v.weekday, v.session, v.bus, v.stop) for v in calendar.visits], problem)
