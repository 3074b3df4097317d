"""When the desk of a territory works, and when its messages may arrive: the tables of ``territory.toml``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.everyday import parse_hours
from data.holidays import holiday_names, holidays_by
from data.territory_files import SETTINGS, TerritoryFolder
from mobility.clock import parse_clock, parse_day
from mobility.dates import DateRange
from mobility.errors import MobilityError
from mobility.messages import MessageHours, purpose_of
from mobility.territory import LocalHolidays
from mobility.working_hours import WORKING_DAYS, ClosedDays, Hours, WorkingHours
from mobility.written import only_known

NAMES = ("open", "count", "works_on", "messages", "closed")
OWN = ("open", "count", "works_on", "closed")
"""What a structure may state for itself: messages arrive when their readers take them, whoever sends them."""
COUNTS = ("working-days", "opening-hours")


@dataclass(frozen=True)
class DeskHours:
    """``desk`` counts what was promised; ``messages`` is when a message that nobody waits for may reach a telephone.

    ``own`` are the hours of structures that state theirs, by the names that their agents' accounts carry.
    """

    desk: WorkingHours
    messages: MessageHours
    own: Mapping[str, WorkingHours] = field(default_factory=dict)

    def of(self, structure: str) -> WorkingHours:
        """Return the hours by which a structure's promises count: the territory's, where it states none."""
        return self.own.get(structure, self.desk)

    def answered_by(self, structure: str, asked: datetime, *, hours: float, latest: datetime) -> datetime:
        """Return when so many hours of a structure have passed since a proposal could reach people: ``latest`` at most.

        Who is asked at night reads it in the morning.
        """
        told = self.messages.opens(asked, purpose_of("proposal"), latest)
        # Two times of one zone compare as the hands of its clocks: in the night of a change, only instants tell.
        return min(self.of(structure).after(told, hours=hours), latest, key=datetime.timestamp)


def read_hours(folder: TerritoryFolder, zone: ZoneInfo, kept: LocalHolidays) -> DeskHours:
    """Return the hours of a territory: working days from Monday to Friday, messages from 8 to 20, unless it says else.

    ``kept`` are its holidays. On Sundays and holidays only such messages may arrive as would come too late on the next
    day.

    ``[hours]`` holds ``open`` (a rule a weekday: "Mo 09:00-12:30,13:30-17:00; Tu 09:00-12:30"), ``count``
    ("working-days" or "opening-hours"), ``works_on`` (names of public holidays), ``messages`` ("08:00-20:00")
    and a list ``closed`` of ``name``, ``first``, ``last`` and ``yearly``. A table in it, ``[hours."NAME"]``, is a
    structure's, with any of the same but ``messages``: what it does not state holds of the territory.
    Raises :class:`MobilityError` with the field.
    """
    told = folder.settings().get("hours", {})
    _only([type(told).__name__], ("dict",), "hours")
    tables = {name: table for name, table in told.items() if name not in NAMES and isinstance(table, dict)}
    told = {name: value for name, value in told.items() if name not in tables}
    _only(told, NAMES, "hours")
    desk = _stated(told, zone, kept, "hours")
    own = {}
    for name, table in tables.items():
        _only(table, OWN, f"hours.{name}")
        own[name] = _stated({**told, **table}, zone, kept, f"hours.{name}")
    begin, _, end = str(told.get("messages", "08:00-20:00")).partition("-")
    arrive = Hours(*(parse_clock(clock, field=f"{SETTINGS}, hours.messages") for clock in (begin, end)))
    with _naming("hours.messages"):
        usual = WorkingHours(zone, ((arrive,),) * 6 + ((),), holidays_by(kept), desk.works_on)
        return DeskHours(desk, MessageHours(usual, WorkingHours(zone, ((arrive,),) * 7)), own)


def _stated(told: Mapping[str, Any], zone: ZoneInfo, kept: LocalHolidays, at: str) -> WorkingHours:
    """Return the hours that a table states; ``at`` names it in what cannot be."""
    opened = {
        day: tuple(Hours(*span) for span in sorted(spans))
        for day, spans in parse_hours(str(told.get("open", "")), f"{SETTINGS}, {at}.open").items()
    }
    count = told.get("count", COUNTS[0])
    _only([count], COUNTS, f"{at}.count")
    week = tuple(opened.get(day, ()) for day in range(1, 8)) if opened else WORKING_DAYS
    works_on = _list(told, "works_on", at)
    _only(works_on, holiday_names(kept), f"{at}.works_on")
    closed = tuple(_closed(entry, at) for entry in _list(told, "closed", at))
    with _naming(f"{at}.open"):
        days = count == COUNTS[0]
        hours = WorkingHours(zone, week, holidays_by(kept), frozenset(works_on), closed, whole_days=days)
    with _naming(f"{at}.closed"):
        hours.next_open(datetime(2026, 1, 1, tzinfo=zone))
    return hours


def _only(values: Iterable[object], known: tuple[str, ...], name: str) -> None:
    only_known(values, known, field=f"{SETTINGS}, {name}")


def _list(told: Mapping[str, Any], name: str, at: str) -> list[Any]:
    found = told.get(name, [])
    _only([type(found).__name__], ("list",), f"{at}.{name}")
    return list(found)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Name the field in what cannot be."""
    try:
        yield
    except MobilityError as error:
        error.field = f"{SETTINGS}, {name}"
        raise


def _closed(entry: object, at: str) -> ClosedDays:
    named = f"{SETTINGS}, {at}.closed"
    if not isinstance(entry, dict):
        raise MobilityError("empty-value", "a closure has a first and a last day", field=named, value=str(entry))
    _only(entry, ("name", "first", "last", "yearly"), f"{at}.closed")
    _only([type(entry.get("yearly", False)).__name__], ("bool",), f"{at}.closed.yearly")
    first, last = (parse_day(entry.get(end, ""), field=f"{named}.{end}") for end in ("first", "last"))
    with _naming(f"{at}.closed"):
        return ClosedDays(DateRange(str(entry.get("name", "")), first, last), yearly=entry.get("yearly", False))
