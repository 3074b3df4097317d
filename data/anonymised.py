"""A copy of the store in which nobody is to be found: made column by column, as the register declares them.

Identifiers, names and ways to reach someone become others, the same wherever they stood; places lose their house, free
text and documents go, what is sensitive is dealt out anew among the rows, all days move by one number of weeks. The
journal stays behind: it cannot be chained under other identifiers. A commune is told where enough people live in it
(``mobility.disclosure``), and of no more of them than a multiple of k, chosen by lot: two copies tell nobody who came.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, LargeBinary, Table, func, insert, select

from data.private_files import SIDES, name_beside
from data.register import PERSONAL, ages, form, holds, road
from data.ride_schema import persons
from data.schema import all_tables
from data.store import Store, new_id
from mobility.disclosure import COPIED

ROUGH = 1
"""Decimals of a place's position: about ten kilometres."""
WEEKS = (4, 52)
SLOT = 1800
"""Seconds to which hours are rounded."""
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
            masks = _Masks(communes=_told_communes(before))
            for table in all_tables():
                if any(ages(column) == "chain" for column in table.columns) or table.name == "journal_chains":
                    continue
                rows = masks.rows(table, [dict(row) for row in before.execute(select(table)).mappings()])
                counts[table.name] = len(rows)
                if rows:
                    after.execute(insert(table), rows)
        made.close()
        partial.replace(target)
    finally:
        for side in ("", *SIDES):
            Path(f"{partial}{side}").unlink(missing_ok=True)
    return counts


def _told_communes(before: Connection) -> dict[str, int]:
    """Return the communes that may be told, with of how many of those who live there."""
    counted = select(persons.c.commune, func.count()).group_by(persons.c.commune)
    told = {commune: COPIED.shown(count) for commune, count in before.execute(counted) if commune}
    return {commune: count for commune, count in told.items() if count}


@dataclass
class _Masks:
    """What stands for what: the same value of one kind is masked the same wherever it stood."""

    communes: Mapping[str, int]
    days: timedelta = field(
        default_factory=lambda: -timedelta(weeks=WEEKS[0] + secrets.randbelow(WEEKS[1] - WEEKS[0] + 1))
    )
    identifiers: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows of a table as they may leave."""
        if table is persons:
            self._draw(rows)
        for column in table.columns:
            if holds(column) == "sensitive":
                dealt = [row[column.name] for row in rows]
                secrets.SystemRandom().shuffle(dealt)
                for row, value in zip(rows, dealt, strict=True):
                    row[column.name] = value
        return [{column.name: self._masked(column, row[column.name]) for column in table.columns} for row in rows]

    def _draw(self, rows: list[dict[str, Any]]) -> None:
        """Leave their commune to as many of those who live in it as may be told, and to none of the others."""
        left, drawn = dict(self.communes), list(rows)
        secrets.SystemRandom().shuffle(drawn)
        for row in drawn:
            if left.get(row["commune"], 0) > 0:
                left[row["commune"]] -= 1
            else:
                row["commune"] = ""

    def _masked(self, column: Column[Any], value: Any) -> Any:
        kind = holds(column)
        if value is None or value == "":
            return value
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
        return value

    def _personal(self, column: Column[Any], kind: str, value: Any) -> Any:
        if kind == "sensitive":
            return value
        if kind == "when":
            # A text is weekdays, by their numbers: whatever else stood there would be someone's words.
            return round(value / SLOT) * SLOT if isinstance(value, int) else re.sub("[^1-7]", "", value)
        if kind == "words":
            return b"" if isinstance(column.type, LargeBinary) else {} if isinstance(column.type, JSON) else ""
        if kind == "place":
            return _rough(value) if isinstance(value, Mapping) else value if value in self.communes else ""
        made = _MADE[form(column)].format(len(self.known) + 1)
        return self.known.setdefault((form(column), value), made)


def _rough(place: Mapping[str, Any]) -> dict[str, Any]:
    if not {"lon", "lat"} <= place.keys():
        return {}
    return {"id": "lieu", "name": "Lieu", "lon": round(place["lon"], ROUGH), "lat": round(place["lat"], ROUGH)}
