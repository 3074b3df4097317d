"""When the desk of a territory works, and when its messages may arrive: the tables of ``territory.toml``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.everyday import parse_hours
from data.holidays import public_holidays
from data.territory_files import TerritoryFolder
from mobility.clock import parse_clock, parse_day
from mobility.dates import DateRange
from mobility.errors import MobilityError
from mobility.messages import MessageHours
from mobility.working_hours import ROUND_THE_CLOCK, WORKING_DAYS, ClosedDays, Hours, WorkingHours

NAMES = ("open", "count", "works_on", "messages", "closed")
COUNTS = ("working-days", "opening-hours")
FILE = "territory.toml"


@dataclass(frozen=True)
class DeskHours:
    """``desk`` counts what was promised; ``messages`` is when a message that nobody waits for may reach a telephone."""

    desk: WorkingHours
    messages: MessageHours


def read_hours(folder: TerritoryFolder, zone: ZoneInfo) -> DeskHours:
    """Return the hours of a territory: working days from Monday to Friday, messages from 8 to 20, unless it says else.

    On Sundays and holidays only such messages may arrive as would come too late on the next day.

    ``[hours]`` holds ``open`` (a rule a weekday: "Mo 09:00-12:30,13:30-17:00; Tu 09:00-12:30"), ``count``
    ("working-days" or "opening-hours"), ``works_on`` (names of public holidays), ``messages`` ("08:00-20:00")
    and a list ``closed`` of ``name``, ``first``, ``last`` and ``yearly``. Raises :class:`MobilityError` with the field.
    """
    told = folder.settings().get("hours", {})
    _only([type(told).__name__], ("dict",), "hours")
    _only(told, NAMES, "hours")
    opened = {
        day: tuple(Hours(*span) for span in sorted(spans))
        for day, spans in parse_hours(str(told.get("open", "")), f"{FILE}, hours.open").items()
    }
    count = told.get("count", COUNTS[0])
    _only([count], COUNTS, "hours.count")
    week = tuple(opened.get(day, ()) for day in range(1, 8)) if opened else WORKING_DAYS
    works_on = _list(told, "works_on")
    _only(works_on, tuple(public_holidays(date(2026, 1, 1), date(2026, 12, 31)).values()), "hours.works_on")
    closed = tuple(_closed(entry) for entry in _list(told, "closed"))
    begin, _, end = str(told.get("messages", "08:00-20:00")).partition("-")
    arrive = Hours(*(parse_clock(clock, field=f"{FILE}, hours.messages") for clock in (begin, end)))
    with _naming("hours.open"):
        desk = WorkingHours(zone, week, _holiday, frozenset(works_on), closed)
    if count == COUNTS[0]:
        desk = replace(desk, week=tuple(ROUND_THE_CLOCK if hours else () for hours in week))
    with _naming("hours.closed"):
        desk.next_open(datetime(2026, 1, 1, tzinfo=zone))
    with _naming("hours.messages"):
        usual = WorkingHours(zone, ((arrive,),) * 6 + ((),), _holiday, frozenset(works_on))
        return DeskHours(desk, MessageHours(usual, WorkingHours(zone, ((arrive,),) * 7)))


def _only(values: Iterable[object], known: tuple[str, ...], name: str) -> None:
    for value in values:
        if value not in known:
            raise MobilityError(
                "not-a-choice", f"'{value}' is not one of {', '.join(known)}", field=f"{FILE}, {name}",
                value=str(value), choices=", ".join(known),
            )  # fmt: skip


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    found = told.get(name, [])
    _only([type(found).__name__], ("list",), f"hours.{name}")
    return list(found)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Name the field in what cannot be."""
    try:
        yield
    except MobilityError as error:
        error.field = f"{FILE}, {name}"
        raise


def _holiday(day: date) -> str:
    return public_holidays(day, day).get(day, "")


def _closed(entry: object) -> ClosedDays:
    field = f"{FILE}, hours.closed"
    if not isinstance(entry, dict):
        raise MobilityError("empty-value", "a closure has a first and a last day", field=field, value=str(entry))
    _only(entry, ("name", "first", "last", "yearly"), "hours.closed")
    _only([type(entry.get("yearly", False)).__name__], ("bool",), "hours.closed.yearly")
    first, last = (parse_day(entry.get(end, ""), field=f"{field}.{end}") for end in ("first", "last"))
    with _naming("hours.closed"):
        return ClosedDays(DateRange(str(entry.get("name", "")), first, last), yearly=entry.get("yearly", False))
