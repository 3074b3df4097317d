"""Options that several commands share, and the values they are read into."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.commands import COMMANDS, GroupEntry
from cli.output import json_option, reported
from data.bus_files import find_stop, parse_service
from data.territory_files import read_toml
from desks.calendar.statement import (
    LEAST_FAR,
    MOST_BUSES,
    MOST_CHANGES,
    MOST_FAR,
    MOST_FLOOR,
    MOST_NEAR,
    MOST_TOLERANCE,
    MOST_VISITS,
    Stated,
    state_service,
)
from desks.ground import Ground
from desks.house import House
from desks.settings import read_settings
from mobility.bus_service import BusService
from mobility.clock import MINUTE, WEEKDAYS, parse_clock, parse_day, parse_week
from mobility.errors import MobilityError
from mobility.need import PRESETS, Intent, intend
from mobility.places import Place, Point
from mobility.problem import Position
from webapp.opening import open_house

F = TypeVar("F", bound=Callable[..., Any])
DAYS_KNOWN = range(1900, 2101)
"""Years of days that may be asked about; holidays of years gone by may be too."""


def day_option(*names: str, help: str, required: bool = False) -> Callable[[F], F]:  # noqa: A002
    """Return an option read as a day; what is none is a fault of use, told with the option."""
    return click.option(*names, metavar="YYYY-MM-DD", callback=_read_day, help=help, required=required)


def _read_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    try:
        return parse_day(value, years=DAYS_KNOWN) if value is not None else None
    except MobilityError as error:
        raise click.BadParameter(str(error), ctx, param) from None


territory_option = click.option(
    "--territory", help="Territory: a name at hand or a folder (default: MOBILITY_TERRITORY)."
)
roads_option = click.option(
    "--roads", help="Roads: an OSM extract (.osm.pbf, .osm.gz, .osm) or a folder of road tables (default: embedded)."
)


def house_for(territory: str | None = None, roads: str | None = None) -> House:
    """Open the desks of the territory that the options ask for."""
    settings = read_settings()
    settings = replace(settings, territory=territory or settings.territory, roads=roads or settings.roads)
    return open_house(settings)


def with_options(command: F, options: Sequence[Callable[[F], F]]) -> F:
    """Add options to a command, told by its help in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def in_house(*, roads: bool = False, json: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function that is handed, before all else, the house that --territory (and --roads) open.

    Its errors are reported, and with ``json`` it takes --json.
    """
    options = [territory_option, *([roads_option] if roads else []), *([json_option] if json else [])]

    def made(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(*, territory: str | None, roads: str | None = None, **values: Any) -> None:
            house = house_for(territory, roads)
            _refuse_left_out(house)
            command(house, **values)

        return with_options(reported(run), options)

    return made


def _refuse_left_out(house: House) -> None:
    """Refuse a command of a subject that the territory leaves out."""
    group = click.get_current_context().parent
    entry = COMMANDS.get(group.info_name or "") if group else None
    module = entry.module if isinstance(entry, GroupEntry) else ""
    if not house.ground.modules.has(module):
        raise MobilityError(
            "left-out", f"territory '{house.ground.folder.id}' leaves '{module}' out (modules, in territory.toml)",
            field="modules", value=module,
        )  # fmt: skip


def feed_path(text: str, house: House | None = None) -> Path:
    """Return the feed that a path or the name of a kept feed means."""
    if Path(text).exists():
        return Path(text)
    try:
        return (house or house_for()).feeds.feeds.find(text).path
    except MobilityError as error:
        if error.code != "no-such-feed" or not text.endswith((".zip", "/")):
            raise
        raise MobilityError("no-file", "this file does not exist", field=text, value=text) from None


def problem_options(command: F) -> F:
    """Add the options that state a calendar problem."""
    options = [
        territory_option,
        roads_option,
        click.option("--preset", type=click.Choice(list(PRESETS)), default="isolated-first", show_default=True,
                     help="What matters."),
        click.option("--near", type=click.FloatRange(0, MOST_NEAR),
                     help="Minutes from a counter up to which nobody is in need."),
        click.option("--far", type=click.FloatRange(LEAST_FAR, MOST_FAR),
                     help="Minutes from a counter beyond which need is whole."),
        click.option("--vulnerability", type=click.FloatRange(0, 1), help="Weight of the social signs, 0 to 1."),
        click.option("--transit", type=click.FloatRange(0, 1),
                     help="Share of the need taken off where one reaches counters without a car, 0 to 1."),
        click.option("--service", "service_file", type=click.Path(path_type=Path),
                     help="Bus service (TOML) instead of the territory's bus.toml."),
        click.option("--buses", type=click.IntRange(1, MOST_BUSES),
                     help="Number of buses; those added are alike the first."),
        click.option("--depot", help="Where the buses sleep, as LON,LAT."),
        click.option("--crew-start", help="Earliest start of the crew, as 08:00."),
        click.option("--crew-end", help="Latest end of the crew, as 18:30."),
        click.option("--lock", "locks", multiple=True, help="STOP or STOP@WHEN: a visit must lie there (repeatable)."),
        click.option("--ban", "bans", multiple=True, help="STOP or STOP@WHEN: no visit may lie there (repeatable)."),
        click.option("--skip", "skips", multiple=True, help="WEEK WEEKDAY SESSION left empty (repeatable)."),
        click.option("--max-visits", type=click.IntRange(1, MOST_VISITS), help="Most visits a cycle at one stop."),
        click.option("--area-floor", type=click.IntRange(0, MOST_FLOOR), help="Fewest visits in each area in need."),
        click.option("--in-force", type=click.Path(path_type=Path), help="Calendar in force (CSV or plan JSON)."),
        click.option("--max-changes", type=click.IntRange(0, MOST_CHANGES),
                     help="Most visits of it that may move or vanish."),
        click.option("--tolerance", type=click.FloatRange(0, MOST_TOLERANCE),
                     help="Share of the need that may be given up for fairness, then for distance."),
    ]  # fmt: skip
    return with_options(command, options)


def stated_service(ground: Ground, options: dict[str, Any]) -> BusService:
    """Apply the options of a command to the territory's bus service."""
    service = ground.service
    if options.get("service_file"):
        path = options["service_file"]
        service = parse_service(read_toml(path), path.name)
    clocks = {
        name: parse_clock(options[name], field=f"--{name.replace('_', '-')}")
        for name in ("crew_start", "crew_end")
        if options.get(name)
    }
    depot = options.get("depot")
    locks, bans = (
        tuple(parse_position(text, ground, field=f"--{kind[:-1]}") for text in options.get(kind, ()))
        for kind in ("locks", "bans")
    )
    stated = Stated(
        options.get("buses"), Place("depot", "depot", parse_point(depot, field="--depot")) if depot else None,
        clocks.get("crew_start"), clocks.get("crew_end"), options.get("max_visits"), options.get("area_floor"),
        locks, bans, options.get("tolerance"),
    )  # fmt: skip
    service = state_service(service, stated)
    skipped = frozenset(parse_skip(text) for text in options.get("skips", ()))
    return replace(service, rules=replace(service.rules, skipped=skipped, max_changes=options.get("max_changes")))


def stated_intent(options: dict[str, Any]) -> Intent:
    """Return the preset with the settings that the options change."""
    minutes = {name: options[name] * MINUTE for name in ("near", "far") if options.get(name) is not None}
    return intend(
        options["preset"], vulnerability=options.get("vulnerability"), transit=options.get("transit"), **minutes
    )


def parse_point(text: str, *, field: str) -> Point:
    """Read "LON,LAT"."""
    try:
        lon, lat = (float(part) for part in text.split(","))
        return Point(lon, lat)
    except ValueError:
        raise MobilityError(
            "bad-point",
            f"'{text}' is not a longitude and a latitude; write them as 1.44,44.45",
            field=field,
            value=text,
        ) from None


_WHEN = re.compile(r"[\s,:]+")


def parse_position(text: str, ground: Ground, *, field: str) -> Position:
    """Read "Espère", "46095@thursday" or "Espère@even thursday afternoon"."""
    name, _, when = text.partition("@")
    stop = find_stop(name.strip(), ground.territory, ground.stops, field=field)
    week = weekday = session = None
    sessions = {s.name for s in ground.service.sessions}
    for word in filter(None, _WHEN.split(when.strip().lower())):
        if word in WEEKDAYS:
            weekday = WEEKDAYS.index(word) + 1
        elif word in sessions:
            session = word
        elif told := _week(word):
            week = told
        elif word != "week":
            known = ", ".join(["even", "odd", *WEEKDAYS[:5], *sorted(sessions)])
            raise MobilityError(
                "bad-position", f"'{word}' says no week, weekday or session ({known})", field=field, value=word
            )
    return Position(stop, week, weekday, session)


def _week(word: str) -> int | None:
    try:
        return parse_week(word)
    except MobilityError:
        return None


def parse_skip(text: str) -> tuple[int, int, str]:
    """Read "even friday morning"."""
    words = text.lower().split()
    if len(words) == 3 and words[1] in WEEKDAYS and (week := _week(words[0])):
        return (week, WEEKDAYS.index(words[1]) + 1, words[2])
    raise MobilityError(
        "bad-position", f"'{text}' is not a week, a weekday and a session; write 'even friday morning'",
        field="--skip", value=text,
    )  # fmt: skip
