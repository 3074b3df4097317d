"""When the desk of a territory works, and when its messages may arrive: the tables of ``territory.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from data.everyday import parse_hours
from data.holidays import public_holidays
from data.territory_files import TerritoryFolder
from mobility.clock import parse_clock, parse_day
from mobility.dates import DateRange
from mobility.errors import MobilityError
from mobility.working_hours import ROUND_THE_CLOCK, WORKING_DAYS, ClosedDays, Hours, WorkingHours

NAMES = ("open", "count", "works_on", "messages", "closed")
COUNTS = ("working-days", "opening-hours")
FILE = "territory.toml"


@dataclass(frozen=True)
class DeskHours:
    """``desk`` counts what was promised; ``messages`` is when a message that nobody waits for may reach a telephone."""

    desk: WorkingHours
    messages: WorkingHours


def read_hours(folder: TerritoryFolder, zone: ZoneInfo) -> DeskHours:
    """Return the hours of a territory: working days from Monday to Friday, messages from 8 to 20, unless it says else.

    ``[hours]`` holds ``open`` (in OSM's words: "Mo 09:00-12:30,13:30-17:00; Tu 09:00-12:30"), ``count``
    ("working-days" or "opening-hours"), ``works_on`` (names of public holidays), ``messages`` ("08:00-20:00")
    and a list ``closed`` of ``name``, ``first``, ``last`` and ``yearly``. Raises :class:`MobilityError` with the field.
    """
    told = folder.settings().get("hours", {})
    for name in told:
        _one_of(name, NAMES, "hours")
    opened = {
        day: tuple(Hours(*span) for span in sorted(spans))
        for day, spans in parse_hours(str(told.get("open", "")), f"{FILE}, hours.open").items()
    }
    if _one_of(told.get("count", COUNTS[0]), COUNTS, "hours.count") == COUNTS[0]:
        opened = dict.fromkeys(opened, ROUND_THE_CLOCK)
    week = tuple(opened.get(day, ()) for day in range(1, 8)) if opened else WORKING_DAYS
    begin, _, end = str(told.get("messages", "08:00-20:00")).partition("-")
    arrive = Hours(*(parse_clock(clock, field=f"{FILE}, hours.messages") for clock in (begin, end)))
    closed = tuple(_closed(entry) for entry in told.get("closed", []))
    return DeskHours(
        WorkingHours(zone, week, _holiday, frozenset(told.get("works_on", [])), closed),
        WorkingHours(zone, ((arrive,),) * 7),
    )


def _one_of(value: object, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise MobilityError(
            "not-a-choice", f"'{value}' is not one of {', '.join(known)}", field=f"{FILE}, {name}", value=value,
            choices=", ".join(known),
        )  # fmt: skip
    return str(value)


def _holiday(day: date) -> str:
    return public_holidays(day, day).get(day, "")


def _closed(entry: Mapping[str, Any]) -> ClosedDays:
    field = f"{FILE}, hours.closed"
    first, last = (parse_day(entry.get(end, ""), field=f"{field}.{end}") for end in ("first", "last"))
    return ClosedDays(DateRange(str(entry.get("name", "")), first, last), yearly=bool(entry.get("yearly", False)))
