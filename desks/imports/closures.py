"""Lists of days without visits: a fair, roadworks, the crew's leave; at one stop or everywhere."""

from collections.abc import Sequence
from dataclasses import replace

from data.bus_files import find_stop
from data.store import Transaction
from desks.calendar.season import SEASON, chosen_season
from desks.imports.headers import EVERYWHERE
from desks.imports.matching import Entry
from desks.imports.reading import Reader, on_line
from mobility.dates import Closure, DateRange
from mobility.errors import MobilityError
from mobility.written import written_day

UNNAMED = "fermeture"


def read_closure(reader: Reader, entry: Entry) -> Closure:
    """Read the days of a line, and where they hold."""
    today = reader.now.date()
    first = written_day(entry.required("first"), today=today, field=entry.where("first"))
    last = first
    if entry.text("last"):
        last = written_day(entry.cell("last"), today=today, field=entry.where("last"))
    if last < today:
        raise MobilityError("day-over", "these days are over", field=entry.where("last", "first"))
    ground = reader.desk.ground
    told = entry.text("stop")
    stop = None
    if told.lower() not in EVERYWHERE:
        stop = find_stop(told, ground.territory, ground.stops, field=entry.where("stop"))
    with on_line(entry, dates="last"):
        return Closure(DateRange(entry.text("reason")[:80] or UNNAMED, first, last), stop)


def keep(_tx: Transaction, reader: Reader, told: Sequence[Closure]) -> int:
    """Add closures to the season, but those that it has; return how many were new."""
    choice = chosen_season(reader.plans)
    known = {_essence(closure) for closure in choice.closures}
    new = {_essence(closure): closure for closure in told if _essence(closure) not in known}
    if new:
        closures = (*choice.closures, *new.values())
        reader.plans.save(SEASON, replace(choice, closures=closures).document())
    return len(new)


def _essence(closure: Closure) -> tuple[object, ...]:
    return closure.days.first, closure.days.last, closure.stop
