"""Lists of days without visits: a fair, roadworks, the crew's leave; at one stop or everywhere."""

from collections.abc import Sequence
from dataclasses import replace

from data.bus_files import find_stop
from data.season_files import UNNAMED, SeasonChoice
from data.store import Transaction
from desks.calendar.season import change_season, chosen_season
from desks.imports.headers import EVERYWHERE
from desks.imports.matching import Entry
from desks.imports.reading import Kinds, Line, Reader, on_line
from mobility.dates import Closure, DateRange
from mobility.errors import MobilityError


def read_closure(reader: Reader, line: Line) -> Closure:
    """Read the days of a line, and where they hold."""
    first = line.get("first")
    last = line.get("last", first)
    if last < reader.now.date():
        raise MobilityError("day-over", "these days are over", field=line.entry.where("last", "first"))
    with on_line(line.entry, dates="last"):
        return Closure(DateRange(line.get("reason", "")[:80] or UNNAMED, first, last), line.get("stop"))


def _stop(reader: Reader, entry: Entry, column: str) -> str | None:
    """Return the stop where there is no bus; None where there is none anywhere."""
    told = entry.text(column)
    if told.lower() in EVERYWHERE:
        return None
    return find_stop(told, reader.ground.territory, reader.ground.stops, field=entry.where(column))


KINDS: Kinds[Reader] = {"closed-stop": _stop}


def news(_tx: Transaction, reader: Reader, told: Sequence[Closure]) -> int:
    """Return how many of these closures neither the season nor an earlier list told."""
    return len(_new(chosen_season(reader.plans), told))


def keep(_tx: Transaction, reader: Reader, told: Sequence[Closure]) -> int:
    """Add closures to the season, but those that it or an earlier list told; return how many were new.

    What each line told is remembered for as long as a list may tell it again: a closure that a planner took away, or
    gave other days, does not come back by the file that it came from.
    """
    added = 0

    def decide(known: SeasonChoice) -> SeasonChoice:
        nonlocal added
        new = _new(known, told)
        added = len(new)
        named = {_essence(closure): closure for closure in (*known.taken, *told)}
        taken = (closure for closure in named.values() if closure.days.last >= reader.now.date())
        return replace(known, closures=(*known.closures, *new), taken=tuple(taken))

    change_season(reader.plans, decide)
    return added


def _new(choice: SeasonChoice, told: Sequence[Closure]) -> list[Closure]:
    known = {_essence(closure) for closure in (*choice.closures, *choice.taken)}
    return [*{_essence(closure): closure for closure in told if _essence(closure) not in known}.values()]


def _essence(closure: Closure) -> tuple[object, ...]:
    return closure.days.first, closure.days.last, closure.stop, closure.session
