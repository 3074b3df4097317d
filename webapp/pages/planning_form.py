"""The planner's form read: what matters, the bus and its crew, the half-days of the cycle, locks and bans."""

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from desks.calendar.planning import Planning
from desks.calendar.statement import (
    LEAST_FAR,
    MOST_BUSES,
    MOST_CHANGES,
    MOST_FAR,
    MOST_FLOOR,
    MOST_NEAR,
    MOST_VISITS,
    Stated,
    state_service,
)
from mobility.bus_calendar import Plan
from mobility.bus_service import BusService
from mobility.clock import MINUTE, format_clock, parse_clock
from mobility.errors import Faults, MobilityError
from mobility.need import DEFAULT_PRESET, Intent, intend
from mobility.places import Place, Point
from mobility.problem import Bus, CalendarProblem, Position, Session
from mobility.written import is_number
from webapp.pages.form_values import WEEKDAYS, stated_number

MOST = {"buses": MOST_BUSES, "max_visits": MOST_VISITS, "area_floor": MOST_FLOOR}
"""The largest numbers that the form takes, by field."""
RULE_ROWS = 12
STANDS = {
    "near": "near", "need": "far", "far": "far", "vulnerability": "vulnerability", "transit": "transit",
    "buses": "buses", "crew_start": "crew_start", "crew_end": "crew_end", "crew hours": "crew_end", "depot": "lon",
    "max_visits": "max_visits", "area_floor": "area_floor", "max_changes": "max_changes", "locks": "locks",
    "bans": "bans",
}  # fmt: skip
"""Where the form says a fault, by the field of the error; elsewhere at its top."""
SLOTS_STATED = "sessions-stated"
"""The field that says that the form holds the half-days: a box that is not ticked sends nothing."""


def stated_intent(form: MultiDict[str, str]) -> Intent:
    """Read what matters: a preset, and the settings that depart from it (empty fields change nothing)."""
    with Faults() as faults:
        near = faults.of(lambda: _share(form, "near", MINUTE, 0, MOST_NEAR), None)
        far = faults.of(lambda: _share(form, "far", MINUTE, LEAST_FAR, MOST_FAR), None)
        vulnerability = faults.of(lambda: _share(form, "vulnerability", 0.01, 0, 100), None)
        transit = faults.of(lambda: _share(form, "transit", 0.01, 0, 100), None)
    return intend(
        form.get("preset", DEFAULT_PRESET), near=near, far=far, vulnerability=vulnerability, transit=transit
    )  # fmt: skip


def _share(form: MultiDict[str, str], name: str, unit: float, low: int, high: int) -> float | None:
    text = form.get(name, "").strip()
    return stated_number(text, low, high, field=name) * unit if text else None


def stated_service(service: BusService, form: MultiDict[str, str]) -> BusService:
    """Apply the form to the territory's bus service; every fault names its field."""
    first = service.buses[0]
    with Faults() as faults:
        stated = Stated(
            faults.of(lambda: _number(form, "buses"), None), faults.of(lambda: _depot(form, first), None),
            faults.of(lambda: _hour(form, "crew_start", first.crew_start), None),
            faults.of(lambda: _hour(form, "crew_end", first.crew_end), None),
            faults.of(lambda: _number(form, "max_visits"), None), faults.of(lambda: _number(form, "area_floor"), None),
            faults.of(lambda: _positions(form, "lock"), ()), faults.of(lambda: _positions(form, "ban"), ()),
        )  # fmt: skip
    service = state_service(service, stated)
    if SLOTS_STATED not in form:
        return service
    opened = open_slots(form, service)
    sessions = _sessions(opened, service)
    closed = {
        (week, *session.key) for session in sessions for week in range(1, service.cycle_weeks + 1)
    } - opened  # fmt: skip
    return replace(service, sessions=sessions, rules=replace(service.rules, skipped=frozenset(closed)))


def _hour(form: MultiDict[str, str], name: str, known: int) -> int | None:
    """Return an hour of the crew; None where it is empty, or as the form showed it.

    The form shows the first bus's hours: sent back as they were, they change no other bus's.
    """
    text = form.get(name, "")
    return parse_clock(text, field=name) if text and text != format_clock(known) else None


def _number(form: MultiDict[str, str], name: str) -> int | None:
    """Return a whole number of a field; None where it is empty. Its limits are those of :class:`Stated`."""
    text = form.get(name, "").strip()
    if text and not is_number(text):
        raise MobilityError(
            "bad-number", f"'{text}' is not a whole number", field=name, value=text, low=0, high=MOST[name]
        )
    return int(text) if text else None


def _depot(form: MultiDict[str, str], bus: Bus) -> Place | None:
    lon, lat = form.get("lon", "").strip(), form.get("lat", "").strip()
    if not lon and not lat:
        return None
    try:
        point = Point(float(lon.replace(",", ".")), float(lat.replace(",", ".")))
    except ValueError:
        raise MobilityError("bad-point", "not a longitude and latitude", field="depot") from None
    return None if point == bus.depot.point else Place("depot", "Le dépôt", point)


def open_slots(form: MultiDict[str, str], service: BusService) -> set[tuple[int, int, str]]:
    """Return the half-days of the cycle, (week, weekday, session name), in which the bus goes out.

    A scenario kept by an earlier version names half-days of every week ("session-2-morning").
    """
    weeks, names = range(1, service.cycle_weeks + 1), {session.name for session in service.sessions}
    if SLOTS_STATED not in form:
        return {(week, *s.key) for week in weeks for s in service.sessions} - service.rules.skipped
    return {
        (week, weekday, name)
        for week in weeks
        for weekday in range(1, 7)
        for name in names
        if f"slot-{week}-{weekday}-{name}" in form or f"session-{weekday}-{name}" in form
    }


def _sessions(opened: set[tuple[int, int, str]], service: BusService) -> tuple[Session, ...]:
    hours = {session.name: session for session in service.sessions}
    own = {session.key: session for session in service.sessions}
    used = {(weekday, name) for _, weekday, name in opened}
    return tuple(
        own.get((weekday, name)) or Session(weekday, name, model.opens, model.closes)
        for weekday in range(1, 7)
        for name, model in hours.items()
        if (weekday, name) in used
    )


def _positions(form: MultiDict[str, str], kind: str) -> tuple[Position, ...]:
    positions = []
    for row in range(RULE_ROWS):
        stop = form.get(f"{kind}-stop-{row}", "")
        if stop:
            week, weekday = form.get(f"{kind}-week-{row}", ""), form.get(f"{kind}-weekday-{row}", "")
            session = form.get(f"{kind}-session-{row}", "")
            if weekday and weekday not in WEEKDAYS:
                raise MobilityError("bad-weekday", f"'{weekday}' is not a weekday", field=f"{kind}s", value=weekday)
            positions.append(
                Position(
                    stop, int(week) if is_number(week) else None, int(weekday) if weekday else None, session or None
                )
            )
    return tuple(positions)


def stated_problem(planning: Planning, form: MultiDict[str, str], current: Plan | None) -> CalendarProblem:
    """State the problem of a form; every fault names its field. Changes are counted from the ``current`` calendar."""
    text = form.get("max_changes", "").strip() if current else ""
    with Faults() as faults:
        intent = faults.of(lambda: stated_intent(form), intend())
        service = faults.of(lambda: stated_service(planning.ground.service, form), planning.ground.service)
        changes = faults.of(lambda: stated_number(text, 0, MOST_CHANGES, field="max_changes"), 0) if text else None
    problem = planning.problem(intent, service=service)
    if changes is None or current is None:
        return problem
    positions = tuple(Position(v.stop, v.week, v.weekday, v.session) for v in current.solution.calendar.visits)
    return problem.with_rules(in_force=positions, max_changes=changes)
