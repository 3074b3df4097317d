"""A plan as JSON: problem, calendar, proof and judgement in one document, and read back the same."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.kept_files import DAMAGE
from mobility.bus_calendar import (
    AreaScore,
    BrokenRule,
    BusCalendar,
    Judgement,
    Plan,
    Solution,
    StageProof,
    Visit,
)
from mobility.clock import WEEKDAYS, format_clock, parse_clock
from mobility.errors import MobilityError
from mobility.need import Intent, NeedSettings
from mobility.places import Place, Point
from mobility.problem import (
    Bus,
    CalendarProblem,
    CalendarRules,
    Coverage,
    CrewRules,
    Position,
    ResidentGroup,
    Session,
    Stop,
)
from mobility.travel import TravelTimes

FORMAT = "bus-calendar/1"


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the whole plan as a JSON document."""
    return {
        **result_document(plan),
        "judgement": _judgement_document(plan.judgement),
        "problem": _problem_document(plan.problem),
    }


def plan_text(plan: Plan) -> str:
    """Return that document as text."""
    return json.dumps(plan_document(plan), ensure_ascii=False)


def result_document(plan: Plan) -> dict[str, Any]:
    """Return the calendar and its proof. ``objective``, ``bound`` and ``gap`` speak of the first objective, need."""
    solution, judgement = plan.solution, plan.judgement
    first = solution.stages[0] if solution.stages else None
    return {
        "format": FORMAT,
        "territory": plan.problem.territory,
        "intent": {"preset": plan.intent.preset, "settings": asdict(plan.intent.settings)},
        "proof": str(solution.proof),
        "proven": solution.proven,
        "objective": judgement.need,
        "bound": first.bound if first else None,
        "gap": first.gap if first else None,
        "seconds": solution.seconds,
        "stages": [
            {**asdict(stage), "proof": str(stage.proof), "gap": stage.gap, "proven": stage.proven}
            for stage in solution.stages
        ],
        "need": {"covered": judgement.need, "total": judgement.total_need, "share": judgement.share},
        "weakest_area_share": judgement.weakest,
        "distance_metres": judgement.distance,
        "driving_seconds": judgement.driving,
        "broken_rules": [str(rule) for rule in judgement.broken],
        "visits": [visit_document(visit, plan.problem) for visit in solution.calendar.visits],
    }


def visit_document(visit: Visit, problem: CalendarProblem) -> dict[str, Any]:
    """Return one visit with the names a reader needs."""
    stop = problem.stops_by_id.get(visit.stop)
    session = problem.sessions_by_key.get((visit.weekday, visit.session))
    return {
        "id": visit.id,
        "commune": stop.commune if stop else None,
        "stop": visit.stop,
        "place": stop.place.name if stop else None,
        "spot": stop.spot if stop else None,
        "week": visit.week,
        "weekday": WEEKDAYS[visit.weekday - 1],
        "session": visit.session,
        "bus": visit.bus,
        "arrival": format_clock(visit.arrival),
        "opens": format_clock(session.opens) if session else None,
        "closes": format_clock(session.closes) if session else None,
        "departure": format_clock(visit.departure),
    }


def _judgement_document(judgement: Judgement) -> dict[str, Any]:
    document = asdict(judgement)
    document["served"] = {group: list(served) for group, served in judgement.served.items()}
    return document


def _problem_document(problem: CalendarProblem) -> dict[str, Any]:
    return {
        "cycle_weeks": problem.cycle_weeks,
        "buses": [asdict(bus) for bus in problem.buses],
        "sessions": [asdict(session) for session in problem.sessions],
        "crew": asdict(problem.crew),
        "coverage": asdict(problem.coverage),
        "objectives": list(problem.objectives),
        "tolerance": problem.tolerance,
        # Anyone may download the plan: whom the crew calls stays out of it.
        "stops": [{**asdict(stop), "closed": sorted(stop.closed), "contact": ""} for stop in problem.stops],
        "groups": [asdict(group) for group in problem.groups],
        "rules": _rules_document(problem.rules),
        "drive": _times_document(problem.drive),
        "access": _times_document(problem.access),
    }


def _rules_document(rules: CalendarRules) -> dict[str, Any]:
    return {**asdict(rules), "skipped": sorted(rules.skipped)}


def _times_document(times: TravelTimes) -> dict[str, Any]:
    def numbers(array: NDArray[np.float32]) -> list[list[float | None]]:
        # JSON knows no infinity: a pair that no road joins is null.
        return [[float(value) if np.isfinite(value) else None for value in row] for row in array]

    return {
        "origins": list(times.origins),
        "destinations": list(times.destinations),
        "seconds": numbers(times.seconds),
        "metres": numbers(times.metres),
        "estimated": times.estimated.tolist(),
    }


def parse_plan(text: str, name: str) -> Plan:
    """Read a plan written by :func:`plan_document`; ``name`` is the file's, for errors."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != FORMAT or "problem" not in document:
            raise MobilityError("not-a-plan", f"this JSON is not a plan ('format' must be {FORMAT})", field=name)
        return _plan(in_todays_words(document))
    except json.JSONDecodeError as error:
        raise MobilityError("bad-json", f"this is not JSON ({error}); is it cut off?", field=name) from None
    except DAMAGE as error:
        raise MobilityError(
            "broken-plan", f"a part of the plan is missing or wrong ({error!r})", field=name, reason=repr(error)
        ) from None


def in_todays_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan's document as it is written today: earlier versions called the calendar in force published."""
    problem = document["problem"]
    rules = {"in_force" if name == "published" else name: value for name, value in problem["rules"].items()}
    return {**document, "problem": {**problem, "rules": rules}}


def _plan(document: Mapping[str, Any]) -> Plan:
    problem = _problem(document["territory"], document["problem"])
    weekdays = {name: number + 1 for number, name in enumerate(WEEKDAYS)}
    visits = tuple(
        Visit(
            int(v["week"]), weekdays[v["weekday"]], _text(v["session"]), _text(v["bus"]), _text(v["stop"]),
            parse_clock(v["arrival"]), parse_clock(v["departure"]),
        )
        for v in document["visits"]
    )  # fmt: skip
    stages = tuple(
        StageProof(stage["objective"], stage["value"], stage["bound"], stage["seconds"], stage.get("checked"))
        for stage in document["stages"]
    )
    judged = document["judgement"]
    judgement = Judgement(
        need=judged["need"],
        total_need=judged["total_need"],
        weakest=judged["weakest"],
        distance=judged["distance"],
        driving=judged["driving"],
        areas=tuple(AreaScore(**area) for area in judged["areas"]),
        served={group: (share, stop) for group, (share, stop) in judged["served"].items()},
        broken=tuple(BrokenRule(b["code"], b["details"], tuple(b["visits"])) for b in judged["broken"]),
        estimated=judged["estimated"],
    )
    solution = Solution(BusCalendar(visits), stages, document["seconds"])
    intent = Intent(document["intent"]["preset"], NeedSettings(**document["intent"]["settings"]))
    return Plan(problem, solution, judgement, intent)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _problem(territory: str, content: Mapping[str, Any]) -> CalendarProblem:
    rules = content["rules"]
    return CalendarProblem(
        territory=territory,
        cycle_weeks=content["cycle_weeks"],
        buses=tuple(Bus(**{**bus, "depot": _place(bus["depot"])}) for bus in content["buses"]),
        sessions=tuple(Session(**session) for session in content["sessions"]),
        crew=CrewRules(**content["crew"]),
        coverage=Coverage(**{**content["coverage"], "visit_values": tuple(content["coverage"]["visit_values"])}),
        objectives=tuple(content["objectives"]),
        tolerance=content["tolerance"],
        stops=tuple(
            Stop(**{**stop, "place": _place(stop["place"]), "closed": frozenset((d, s) for d, s in stop["closed"])})
            for stop in content["stops"]
        ),
        groups=tuple(ResidentGroup(**{**group, "place": _place(group["place"])}) for group in content["groups"]),
        rules=CalendarRules(
            max_visits=rules["max_visits"],
            area_floor=rules["area_floor"],
            floored_areas=None if rules["floored_areas"] is None else tuple(rules["floored_areas"]),
            locks=tuple(Position(**lock) for lock in rules["locks"]),
            bans=tuple(Position(**ban) for ban in rules["bans"]),
            in_force=tuple(Position(**old) for old in rules["in_force"]),
            max_changes=rules["max_changes"],
            skipped=frozenset((week, day, name) for week, day, name in rules["skipped"]),
        ),
        drive=_times(content["drive"]),
        access=_times(content["access"]),
    )


def _place(content: Mapping[str, Any]) -> Place:
    return Place(content["id"], content["name"], Point(**content["point"]))


def _times(content: Mapping[str, Any]) -> TravelTimes:
    def numbers(rows: list[list[float | None]]) -> NDArray[np.float32]:
        return np.array([[np.inf if v is None else v for v in row] for row in rows], dtype=np.float32)

    return TravelTimes(
        tuple(content["origins"]),
        tuple(content["destinations"]),
        numbers(content["seconds"]),
        numbers(content["metres"]),
        np.array(content["estimated"], dtype=bool),
    )
