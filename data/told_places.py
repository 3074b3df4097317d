"""Which places the anonymised copy tells: those of enough people, table by table, and of a multiple of k of them.

What stands together is told together: where somebody goes from and to, beside each other, can say who it was though
many go from the one and many to the other. So all places of a row are told if enough people share them all; else as
many of them as enough of those who are left do. Of them, those whom the service has known longest are told: who comes
changes nothing until k came, so that of two copies neither tells who is new, nor both together more than one.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from data.register import PEOPLE, owners, road
from mobility.disclosure import Kind

Places = tuple[Hashable, ...]
"""The places of a row, column by column; None where it tells none."""


def told_places(rows: Sequence[Places], people: Sequence[Hashable], kind: Kind) -> list[Places]:
    """Return what may be told of each row's places, the rows and who stands behind each given in the same order.

    Each combination that is told is of a multiple of k of people, the first of them by their number.
    """
    told: list[Places] = [tuple(None for _ in row) for row in rows]
    left = set(range(len(rows)))
    for columns in _sets_of(len(rows[0]) if rows else 0):
        alike: dict[Places, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in sorted(left):
            shared = tuple(rows[row][column] if column in columns else None for column in range(len(rows[row])))
            if all(shared[column] is not None for column in columns):
                alike[shared][people[row]].append(row)
        for shared, theirs in alike.items():
            for person in sorted(theirs, key=_first)[: kind.shown(len(theirs))]:
                for row in theirs[person]:
                    told[row] = shared
                    left.remove(row)
    return told


def _first(person: Hashable) -> tuple[bool, Any]:
    return person is None, person


def _sets_of(columns: int) -> Iterator[frozenset[int]]:
    for size in range(columns, 0, -1):
        yield from map(frozenset, combinations(range(columns), size))


def in_order(before: Connection, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table, the oldest first where they say when they were made."""
    made = [table.c.created] if "created" in table.c else []
    return [dict(row) for row in before.execute(select(table).order_by(*made, *table.primary_key)).mappings()]


def people_behind(before: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Hashable]:
    """Return of whom each row is: the row itself where no row leads to anyone, and nobody where its record is gone.

    People are numbered by how long they are known, as :func:`in_order` reads them.
    """
    leading = owners(table)
    if table.name in PEOPLE or not leading:
        return list(range(len(rows)))
    known = _behind(before, leading[0])
    return [known.get(row[leading[0].name]) for row in rows]


def _behind(before: Connection, column: Column[Any]) -> dict[Hashable, Hashable]:
    """Return who stands behind each record that a column may lead to."""
    to = road(column)
    if to is None:
        return {}
    there = column.table.metadata.tables[to.table]
    found = in_order(before, there)
    people = [row[to.column] for row in found] if to.table in PEOPLE else people_behind(before, there, found)
    return dict(zip((row[to.column] for row in found), people, strict=True))
