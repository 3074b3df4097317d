"""`mobility rides`: match, propose, report, the example."""

from datetime import date, timedelta
from typing import Any

import click

from cli.options import day_option, in_house
from cli.output import WHO, proof_text, show, terminal_progress
from data.ride_report import yearly_figures
from desks.house import House
from desks.rides.batch import BatchResult, propose_batch, run_batch
from desks.rides.example import clear_example, has_example, load_example
from desks.rides.options import Option
from mobility.clock import format_clock
from mobility.errors import MobilityError
from tours.ride_reasons import change_document
from webapp.words.rides import example_alias


def _batch(house: House, first: date | None, count: int, limit: float) -> BatchResult:
    """Match what waits on some days, from tomorrow on where no first one is given."""
    first = first or house.rides.today(house.clock()) + timedelta(days=1)
    days = [first + timedelta(days=i) for i in range(count)]
    return run_batch(house.rides, days, now=house.clock(), limit=limit, progress=terminal_progress())


first_day_option = day_option("--day", help="First day (default: tomorrow).")
days_option = click.option("--days", "count", type=click.IntRange(1, 31), default=1, show_default=True,
                           help="How many days at once.")  # fmt: skip
limit_option = click.option("--limit", type=click.FloatRange(1, 3600), default=60.0, show_default=True,
                            help="Seconds of search.")  # fmt: skip


@click.command()
@first_day_option
@days_option
@limit_option
@in_house()
def match(house: House, day: date | None, count: int, limit: float, *, as_json: bool) -> None:
    """Match what waits with who can drive: the plan with its bound, and a reason for whoever is left. Writes nothing.

    \b
    Examples:
      mobility rides match
      mobility rides match --day 2026-12-01 --days 5 --json
    """
    result = _batch(house, day, count, limit)
    show(_document(result), _lines(result), as_json=as_json)


@click.command()
@first_day_option
@days_option
@limit_option
@in_house()
def propose(house: House, day: date | None, count: int, limit: float, *, as_json: bool) -> None:
    """Match, then propose every answer: seats are held, drivers and riders get a private link.

    \b
    Example:
      mobility rides propose --day 2026-12-01
    """
    result = _batch(house, day, count, limit)
    made, lost = propose_batch(house.rides, result, now=house.clock(), who=WHO)
    lines = [*_lines(result), f"{len(made)} proposals made, {len(lost)} places taken meanwhile"]
    show({**_document(result), "proposed": len(made), "taken_meanwhile": lost}, lines, as_json=as_json)


def _document(result: BatchResult) -> dict[str, Any]:
    return {
        "days": [day.isoformat() for day in result.days],
        "asked": result.asked,
        "served": len(result.options),
        "proof": str(result.packing.proof),
        "proven": result.packing.proven,
        "objectives": [
            {"name": p.name, "value": round(p.value, 3), "bound": round(p.bound, 3), "gap": round(p.gap, 6)}
            for p in result.packing.proofs
        ],
        "seconds": round(result.packing.seconds, 2),
        "matches": [_option_document(option) for option in result.options],
        "unserved": [
            {"request": why.request, "reason": why.reason, "change": change_document(why.change)}
            for why in result.unserved
        ],
    }


def _option_document(option: Option) -> dict[str, Any]:
    return {
        "request": option.request.id, "day": option.request.day.isoformat(), "participation": option.participation,
        "rides": [
            {
                "half": ride.half, "offer": ride.offer, "pickup": format_clock(ride.pickup),
                "dropoff": format_clock(ride.dropoff), "metres": round(ride.metres),
            }
            for ride in option.rides
        ],
    }  # fmt: skip


def _lines(result: BatchResult) -> list[str]:
    packing = result.packing
    proof = f"{proof_text(packing.proof, packing.proofs[0].gap)}: at most {packing.proofs[0].bound:g}"
    lines = [f"{len(result.options)} of {result.asked} requests served ({proof}), {result.packing.seconds:.1f} s"]
    for option in result.options:
        for ride in option.rides:
            lines.append(
                f"  {option.request.day} {option.request.id} {ride.half}: offer {ride.offer}, "
                f"{format_clock(ride.pickup)} -> {format_clock(ride.dropoff)}, {ride.metres / 1000:.0f} km"
            )
    for why in result.unserved:
        change = f"; would do: {why.change.kind} {why.change.amount:g}" if why.change else ""
        lines.append(f"  unserved {why.request}: {why.reason}{change}")
    return lines


@click.command()
@click.option("--year", type=click.IntRange(2018, 2100), help="Year (default: the present one).")
@click.option("--public", is_flag=True, help="Only what everybody may be told, of a year that is over.")
@in_house()
def report(house: House, year: int | None, *, public: bool, as_json: bool) -> None:
    """Give the yearly report to the préfet: drivers, beneficiaries by criterion, trips, mean distance, participation.

    With --public, nobody can be known by the figures: null stands for fewer than eleven beneficiaries, drivers and
    trips are told as "at least"; it stays as it was first given.

    \b
    Examples:
      mobility rides report --year 2026 --json
      mobility rides report --year 2025 --public
    """
    year = year or house.today().year
    if public:
        show(_public_report(house, year), [], as_json=True)
        return
    with house.store.reading() as tx:
        figures = yearly_figures(tx, year)
    people = ", ".join(f"{number} by {criterion}" for criterion, number in figures["beneficiaries"].items()) or "none"
    lines = [
        f"volunteer transport in {figures['year']}: {figures['drivers']} drivers, {figures['trips']} trips",
        f"beneficiaries: {people}",
        f"mean distance {figures['mean_metres'] / 1000:.1f} km, participation {figures['participation']:.2f} EUR",
        f"beside them {figures['shared_trips']} shared trips (carpooling), {figures['cancelled']} cancelled",
    ]
    show(figures, lines, as_json=as_json)


def _public_report(house: House, year: int) -> dict[str, Any]:
    told = house.public_rides.year(year)
    if told is None:
        raise MobilityError(
            "year-not-over", f"nothing is published of {year}: it is not over, or example data is loaded",
            field="--year", value=year,
        )  # fmt: skip
    return told


@click.command()
@click.option("--clear", is_flag=True, help="Take the example away.")
@in_house(json=False)
def example(house: House, *, clear: bool) -> None:
    """Fill the store with generated drivers and requests, marked as an example (once), or take them away.

    \b
    Examples:
      mobility rides example
      mobility rides example --clear
    """
    desk = house.rides
    if clear:
        click.echo(f"{clear_example(desk, now=house.clock(), who=WHO)} example persons taken away")
    elif has_example(desk):
        click.echo("the example is there already")
    else:
        drivers, requests = load_example(desk, example_alias, now=house.clock(), who=WHO)
        click.echo(f"{drivers} example drivers and {requests} example requests; see the desk's page /bureau")
