"""A copy of the store in which nobody is to be found: made column by column, as the register declares them.

Identifiers, names and ways to reach someone become others, the same wherever they stood; places lose their house, free
text and documents go, what is sensitive is dealt out anew among the rows, all days move by one number of weeks. The
journal stays behind: it cannot be chained under other identifiers. So does what is public or made to be, calendars, the
bus's visits, notices: under its own days it would tell by how much those of people were moved, under others it would be
compared with what was published. A place is told in a table where enough people stand behind it there
(``mobility.disclosure``), and of no more of them than a multiple of k, those known longest.

Two copies are not to be laid side by side: each has identifiers, an order of rows, numbers and a move of its own,
instants are told by their month, figures by two digits. What links rows all the same is what someone did: a week of
rides at rare hours is found again by who holds both copies, and by who knows of it. And days without rides may be the
holidays.
"""

import re
import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, LargeBinary, Table, insert

from data.private_files import SIDES, name_beside
from data.register import PERSONAL, form, holds, is_chained, is_for_all, road
from data.schema import all_tables
from data.store import Store, new_id
from data.told_places import in_order, people_behind, told_places
from mobility.disclosure import COPIED

ROUGH = 1
"""Decimals of a place's position: about ten kilometres."""
_NOWHERE = 0.0, 0.0
"""The position of a place that is not told, so that the record can still be read."""
WEEKS = (4, 52)
SLOT = 1800
"""Seconds to which hours are rounded."""
DIGITS = 2
"""Digits of a distance, a share, a price that are told."""
_LOTS = secrets.SystemRandom()
_MADE = {
    "": "Personne {}", "telephone": "06391{:05d}", "mail": "personne{}@example.org", "address": "{} rue de l'Exemple",
}  # fmt: skip
"""What stands for a name, and for each way to reach someone."""


def anonymised_copy(store: Store, target: Path) -> dict[str, int]:
    """Write the copy as a SQLite database, whole or not at all; return how many records of each table are in it."""
    partial = name_beside(target)
    counts: dict[str, int] = {}
    try:
        made = Store(f"sqlite:///{partial.absolute()}")
        with store.snapshot() as before, made.writing() as after:
            masks = _Masks(before)
            for table in all_tables():
                if is_chained(table) or is_for_all(table):
                    continue
                rows = masks.rows(table, in_order(before, table))
                counts[table.name] = len(rows)
                if rows:
                    after.execute(insert(table), rows)
        made.close()
        partial.replace(target)
    finally:
        for side in ("", *SIDES):
            Path(f"{partial}{side}").unlink(missing_ok=True)
    return counts


@dataclass
class _Masks:
    """What stands for what: the same value of one kind is masked the same wherever it stood."""

    before: Connection
    days: timedelta = field(
        default_factory=lambda: -timedelta(weeks=WEEKS[0] + secrets.randbelow(WEEKS[1] - WEEKS[0] + 1))
    )
    identifiers: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows of a table as they may leave, in an order that says nothing."""
        self._tell_places(table, rows)
        _LOTS.shuffle(rows)
        for column in table.columns:
            if holds(column) == "sensitive":
                dealt = [row[column.name] for row in rows]
                _LOTS.shuffle(dealt)
                for row, value in zip(rows, dealt, strict=True):
                    row[column.name] = value
        numbers = [column for column in table.primary_key if isinstance(column.type, Integer)]
        for number, row in enumerate(rows, 1):
            row.update((column.name, number) for column in numbers)
        return [{column.name: self._masked(column, row[column.name]) for column in table.columns} for row in rows]

    def _tell_places(self, table: Table, rows: list[dict[str, Any]]) -> None:
        """Leave in a table the places that may be told, and in the others' stead what tells none."""
        columns = [column for column in table.columns if holds(column) == "place"]
        if not columns:
            return
        places = [tuple(_rough(row[column.name]) for column in columns) for row in rows]
        told = told_places(places, people_behind(self.before, table, rows), COPIED)
        for row, those in zip(rows, told, strict=True):
            for column, place in zip(columns, those, strict=True):
                row[column.name] = _document(place) if isinstance(column.type, JSON) else place or ""

    def _masked(self, column: Column[Any], value: Any) -> Any:
        kind = holds(column)
        if value is None or value == "":
            return value
        if isinstance(value, datetime):
            # Minutes and seconds, and days where few come, are those of one row in every copy.
            return (value + self.days).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
        if isinstance(value, date):
            return value + self.days
        if kind == "actor":
            return self.identifiers.get(value, "agent")
        if kind == "id" or (kind == "link" and road(column)):
            return self.identifiers.setdefault(value, new_id()) if isinstance(value, str) else value
        if kind == "secret":
            return secrets.token_hex(16)
        if kind in PERSONAL:
            return self._personal(column, kind, value)
        return _plain(column, value)

    def _personal(self, column: Column[Any], kind: str, value: Any) -> Any:
        if kind in {"sensitive", "place"}:
            # Dealt out, or told, before: with the whole table in sight.
            return value
        if kind == "when":
            # A text is weekdays, by their numbers: whatever else stood there would be someone's words.
            return round(value / SLOT) * SLOT if isinstance(value, int) else re.sub("[^1-7]", "", value)
        if kind == "words":
            return b"" if isinstance(column.type, LargeBinary) else {} if isinstance(column.type, JSON) else ""
        made = _MADE[form(column)].format(len(self.known) + 1)
        return self.known.setdefault((form(column), value), made)


def _plain(column: Column[Any], value: Any) -> Any:
    """Return what says nothing of anyone, but for a document, which may hold days, and for digits that mark a row."""
    if isinstance(column.type, JSON):
        return type(value)()
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _rough(place: Any) -> Hashable:
    """Return a commune as it is and a position roughly; None where neither is said."""
    if not isinstance(place, Mapping):
        return place or None
    return (round(place["lon"], ROUGH), round(place["lat"], ROUGH)) if {"lon", "lat"} <= place.keys() else None


def _document(position: Any) -> dict[str, Any]:
    lon, lat = position or _NOWHERE
    return {"id": "lieu", "name": "Lieu", "lon": lon, "lat": lat}
