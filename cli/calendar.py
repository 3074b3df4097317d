"""`mobility calendar`: plan, judge, compare, explain, date and export the bus calendar."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from cli.options import (
    house_for,
    in_house,
    parse_skip,
    problem_options,
    stated_intent,
    stated_service,
)
from cli.output import EXIT_BROKEN, WHO, json_option, proof_text, reported, show, terminal_progress
from data.plan_files import parse_plan, plan_text, result_document
from data.season_files import parse_choice
from desks.calendar.planning import Planning
from desks.calendar.season import build_season, chosen_season, dated
from desks.calendar.study import compare as compare_plan
from desks.calendar.study import explain as explain_plan
from desks.calendar.study import prepare
from desks.house import House
from desks.imports.calendar import read_calendar
from mobility.bus_calendar import BusCalendar, Plan
from mobility.bus_service import restated
from mobility.clock import WEEKDAYS, format_clock
from mobility.dates import date_calendar
from mobility.errors import MobilityError
from mobility.problem import CalendarProblem, Position
from tours.judge import judge_calendar
from tours.what_if import answer_document, forced_price, replacements
from webapp.exports.files import EXPORTS, export_plan
from webapp.words.calendar import COMMAND_NAME, FIRST_NAME

plan_option = click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="Plan (JSON) instead of the current one."
)


def text_of(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path)) from None
    except UnicodeDecodeError:
        raise MobilityError("not-utf8", "this file is not UTF-8 text", field=path.name) from None


def visits_of(path: Path, planning: Planning, problem: CalendarProblem) -> BusCalendar:
    """Read a calendar from a spreadsheet or a plan's JSON; the first fault of a line is raised."""
    if path.suffix.lower() == ".json":
        return restated(parse_plan(text_of(path), path.name).solution.calendar, problem)
    if not path.is_file():
        raise MobilityError("no-file", "this file does not exist", field=str(path), value=str(path))
    calendar, faults = read_calendar(planning.ground, path.read_bytes(), path.name, problem)
    if faults:
        raise faults[0]
    return calendar


def stated_problem(options: dict[str, Any]) -> tuple[House, CalendarProblem]:
    """Return the desks and the problem that a command's options state."""
    house = house_for(options["territory"], options["roads"])
    service = stated_service(house.ground, options)
    problem = house.planning.problem(stated_intent(options), service=service)
    if options.get("in_force"):
        old = visits_of(options["in_force"], house.planning, problem)
        positions = tuple(Position(v.stop, v.week, v.weekday, v.session) for v in old.visits)
        problem = problem.with_rules(in_force=positions)
    elif options.get("max_changes") is not None:
        raise MobilityError(
            "changes-of-nothing", "--max-changes needs the calendar in force: give --in-force", field="--max-changes"
        )
    return house, problem


def loaded_plan(planning: Planning, plan_file: Path | None) -> Plan:
    """Return the plan of a file, or the current one."""
    if plan_file:
        return parse_plan(text_of(plan_file), plan_file.name)
    plan = planning.saved_plan()
    if plan is None:
        raise MobilityError("no-plan", "there is no current plan; run 'mobility calendar plan --save'", field="plan")
    return plan


@click.command()
@problem_options
@click.option("--limit", type=click.FloatRange(1, 3600), default=120.0, show_default=True, help="Seconds to search.")
@click.option("--gap", type=click.FloatRange(0, 0.5), default=0.0, help="Relative gap that is good enough.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the whole plan (problem and proof) here as JSON.")
@click.option("--save", is_flag=True, help="Put it in force, with its study.")
@json_option
@reported
def plan(limit: float, gap: float, out: Path | None, *, save: bool, as_json: bool, **options: Any) -> None:
    """Find the best calendar of the cycle, with its proof.

    \b
    Examples:
      mobility calendar plan
      mobility calendar plan --lock "Espère@thursday" --buses 2 --json
      mobility calendar plan --in-force 2018.csv --max-changes 4 --out plan.json
    """
    house, problem = stated_problem(options)
    progress = terminal_progress()
    found = house.planning.plan(problem, intent=stated_intent(options), limit=limit, gap=gap, progress=progress)
    progress("done", 1.0)
    if out:
        out.write_text(plan_text(found) + "\n", encoding="utf-8")
    if save:
        study = explain_plan(house.planning, found, terminal_progress())
        house.calendar.put(found, COMMAND_NAME, author=WHO, first_name=FIRST_NAME, study=study)
    show(result_document(found), _plan_lines(found), as_json=as_json)


def _plan_lines(plan: Plan) -> list[str]:
    judged, solution = plan.judgement, plan.solution
    first = solution.stages[0]
    proofs = ", ".join(f"{s.objective} {proof_text(s.proof, s.gap)}" for s in solution.stages)
    lines = [
        f"{'optimal' if solution.proven else 'best found'} ({proofs}) in {solution.seconds:.1f} s",
        f"need covered: {judged.need:.1f} of {judged.total_need:.1f} persons ({judged.share:.1%}), "
        f"bound {first.bound:.1f}",
        f"weakest area: {judged.weakest:.1%}; distance: {judged.distance / 1000:.1f} km a cycle",
    ]
    for visit in solution.calendar.visits:
        stop = plan.problem.stops_by_id[visit.stop]
        lines.append(
            f"  week {visit.week} {WEEKDAYS[visit.weekday - 1]:<9} {visit.session:<9} "
            f"{format_clock(visit.arrival)}-{format_clock(visit.departure)} {visit.bus} {stop.place.name}"
        )
    return lines


@click.command()
@click.argument("calendar_file", type=click.Path(path_type=Path))
@problem_options
@json_option
@reported
def judge(calendar_file: Path, *, as_json: bool, **options: Any) -> None:
    """Recompute the value of any calendar (CSV or plan JSON) and name every rule it breaks; exit code 1 if any.

    Example: mobility calendar judge data/territories/cahors/calendar-2018.csv
    """
    house, problem = stated_problem(options)
    judged = judge_calendar(visits_of(calendar_file, house.planning, problem), problem)
    document = asdict(judged) | {"share": judged.share}
    lines = [
        f"need covered: {judged.need:.1f} of {judged.total_need:.1f} persons ({judged.share:.1%})",
        f"weakest area: {judged.weakest:.1%}; distance: {judged.distance / 1000:.1f} km a cycle",
        *(f"broken: {rule}" for rule in judged.broken),
    ]
    show(document, lines, as_json=as_json)
    if judged.broken:
        raise SystemExit(EXIT_BROKEN)


@click.command()
@plan_option
@in_house(roads=True)
def compare(house: House, plan_file: Path | None, *, as_json: bool) -> None:
    """Score the current plan beside the territory's reference calendar, by the same judge.

    Example: mobility calendar compare --json
    """
    document = compare_plan(house.planning, loaded_plan(house.planning, plan_file))
    lines = []
    for name in ("reference", "plan"):
        if name in document:
            row = document[name]
            lines.append(
                f"{row.get('name', name)}: {row['share']:.1%} of the need, weakest area {row['weakest']:.1%}, "
                f"{row['distance'] / 1000:.0f} km, {row['near']:.0f} residents within 10 min, {row['stops']} stops"
            )
    show(document, lines, as_json=as_json)


@click.command()
@plan_option
@click.option("--commune", help="Only the price of this commune.")
@click.option("--cancelled", help="Propose replacements for the visits of WEEK WEEKDAY (even tuesday).")
@in_house(roads=True)
def explain(house: House, plan_file: Path | None, commune: str | None, cancelled: str | None, *, as_json: bool) -> None:
    """Solve again for the price of each unserved commune, more means, the frontier, a cancelled day.

    \b
    Examples:
      mobility calendar explain
      mobility calendar explain --commune Pradines
      mobility calendar explain --cancelled "even tuesday"
    """
    plan = loaded_plan(house.planning, plan_file)
    names = house.ground.commune_names()
    if cancelled:
        document: dict[str, Any] = _replacements(plan, cancelled)
        lines = [f"{visit}: {len(found)} proposals" for visit, found in document.items()]
    elif commune:
        insee = house.ground.territory.find_commune(commune, field="--commune").insee
        price = forced_price(plan.problem, plan.judgement, plan.solution.calendar, insee)
        document = answer_document(price)
        lines = [_price_line(document, names)]
    else:
        document = explain_plan(house.planning, plan, terminal_progress())
        lines = [_price_line(price, names) for price in document["prices"]]
        lines += [
            f"one more {g['kind']} {WEEKDAYS[g['weekday'] - 1] if g['weekday'] else ''} {g['session']}: "
            f"{'' if g['proven'] else 'at least '}+{g['need_gained']:.1f} persons, {g['metres_added'] / 1000:+.0f} km"
            for g in document["gains"]
        ]
    show(document, lines, as_json=as_json)


def _price_line(price: dict[str, Any], names: dict[str, str]) -> str:
    if not price["possible"]:
        why = "no crew can visit it under the rules" if price["proven"] else "no answer in the time given"
        return f"{names[price['commune']]}: {why}"
    lost, metres = price["need_lost"], price["metres_added"]
    most = "" if price["proven"] else "at most "
    return f"{names[price['commune']]}: {most}-{lost:.1f} persons, {metres / 1000:+.0f} km"


def _replacements(plan: Plan, cancelled: str) -> dict[str, Any]:
    week, weekday, _ = parse_skip(f"{cancelled} all")
    gone = [v for v in plan.solution.calendar.visits if (v.week, v.weekday) == (week, weekday)]
    found = replacements(plan.problem, plan.solution.calendar, gone)
    return {visit: [asdict(proposal) for proposal in proposals] for visit, proposals in found.items()}


@click.command()
@plan_option
@click.option("--from", "first", help="First day (default: this week's Monday).")
@click.option("--to", "last", help="Last day (default: thirty weeks on).")
@click.option("--policy", help="iso-parity or alternate.")
@click.option("--skip-holidays", is_flag=True, help="Skip visits on public holidays instead of moving them.")
@click.option("--pause-school", is_flag=True, help="No visits in school holidays.")
@in_house()
def dates(
    house: House, plan_file: Path | None, first: str | None, last: str | None, policy: str | None, *,
    skip_holidays: bool, pause_school: bool, as_json: bool,
) -> None:  # fmt: skip
    """List the dates of a season, with every visit skipped or moved.

    Example: mobility calendar dates --from 2026-12-01 --to 2027-06-30 --policy alternate
    """
    plan = loaded_plan(house.planning, plan_file)
    saved = chosen_season(house.plans).document()
    asked = {"first": first, "last": last, "policy": policy}
    choice = parse_choice(saved | {key: value for key, value in asked.items() if value})
    choice = replace(
        choice,
        move_holidays=choice.move_holidays and not skip_holidays,
        pause_school=choice.pause_school or pause_school,
    )
    season = build_season(house.ground.territory, choice, house.today())
    result = date_calendar(plan.solution.calendar, plan.problem, season)
    names = {stop.id: stop.place.name for stop in plan.problem.stops}
    document = {
        "policy": season.policy,
        "first": season.days.first,
        "last": season.days.last,
        "visits": [
            {"date": v.day, "stop": v.visit.stop, "place": names[v.visit.stop], "session": v.held or v.visit.session,
             "moved_from": v.moved_from, "reason": v.reason, "school_holiday": v.school_holiday}
            for v in result.visits
        ],
        "skipped": [
            {"date": s.day, "stop": s.visit.stop, "place": names[s.visit.stop], "kind": s.kind, "reason": s.reason}
            for s in result.skipped
        ],
    }  # fmt: skip
    lines = [
        f"{v.day} {v.held or v.visit.session:<9} {names[v.visit.stop]}"
        + (f" (moved from {v.moved_from}: {v.reason})" if v.moved_from else "")
        for v in result.visits
    ]
    lines += [f"{s.day} skipped: {names[s.visit.stop]} ({s.reason or 'after the season'})" for s in result.skipped]
    show(document, lines, as_json=as_json)


@click.command()
@plan_option
@click.option("--format", "kind", type=click.Choice(list(EXPORTS)), required=True, help="What to write.")
@click.option("--commune", help="For one commune (ical, poster).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@in_house(roads=True)
def export(house: House, plan_file: Path | None, kind: str, commune: str | None, out: Path, *, as_json: bool) -> None:
    """Write the calendar as iCalendar, CSV, GeoJSON, JSON, a poster or the crew's road book.

    \b
    Examples:
      mobility calendar export --format ical --out bus.ics
      mobility calendar export --format poster --commune Lherm --out lherm.pdf
    """
    plan = loaded_plan(house.planning, plan_file)
    insee = house.ground.territory.find_commune(commune, field="--commune").insee if commune else None
    now = house.clock()
    content = export_plan(
        kind, house, plan, dated(house.plans, house.ground.territory, plan, now.date()), insee=insee,
        in_force=plan_file is None, now=now,
    )  # fmt: skip
    out.write_bytes(content)
    show({"file": str(out), "bytes": len(content)}, [f"{out}: {len(content)} bytes"], as_json=as_json)


@click.command("prepare", hidden=True)
@in_house(json=False)
def prepare_command(house: House) -> None:
    """Plan and study where the files have changed, as `serve` does."""
    prepare(house.planning, terminal_progress())
