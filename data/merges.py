"""Doubles in the store: two persons who are one become one, and two again as they were.

The register says what leads to a person, and all of it follows; no table is named here for that. What a merge changed
is kept beside it, value by value, and undoing puts back what is still as the merge left it: what was done since stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, insert, select, update

from data.belongings import belongings
from data.consents import consented_to_someone, forget_unconsented
from data.people import find_person, persons_with_telephone, read_contact
from data.person_search import index_names, search_persons
from data.personal import corrigible, read_value
from data.register import holds, owners, road
from data.ride_schema import consents, former_ids, matched_rides, matches, merges, persons, requests
from data.ride_scope import everything
from data.schema import all_tables
from data.store import find_row, instant, new_id
from mobility.consent import MEMORY_CONSENT
from mobility.errors import MobilityError
from mobility.names import same_name
from mobility.people import DRIVER, Person
from mobility.rides import LIVE

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Double:
    """Someone who may be the same person: by their number, their name, or both."""

    person: Person
    name: str
    telephone: str
    by_number: bool
    by_name: bool


@dataclass(frozen=True)
class Merge:
    """A person who was known twice: who of the two was called what, and until when that can be undone."""

    id: str
    person: str
    name: str
    at: datetime
    until: datetime


@dataclass
class _Steps:
    """What is changed, and how each step is undone."""

    tx: Connection
    told: list[dict[str, Any]] = field(default_factory=list)

    def lead(self, column: Column[Any], row: _Row, kept: str) -> None:
        """Let a row lead to the kept person; where they have one like it already, it goes."""
        table = column.table
        if column.primary_key and _rows(self.tx, table, _is(table, {**row, column.name: kept})):
            self.remove(table, row)
        else:
            self.change(table, row, {column.name: kept})

    def change(self, table: Table, row: _Row, values: _Row) -> None:
        """Change some values of a row."""
        changed = {name: value for name, value in values.items() if row[name] != value}
        if changed:
            self.tx.execute(update(table).where(_is(table, row)).values(changed))
            after = {**row, **changed}
            self.told.append({
                "table": table.name, "key": _written(_key(table, after)), "was": _written({n: row[n] for n in changed}),
                "is": _written(changed),
            })  # fmt: skip

    def remove(self, table: Table, row: _Row) -> None:
        """Take a row away."""
        self.tx.execute(delete(table).where(_is(table, row)))
        self.told.append({"table": table.name, "row": _written(row)})


def doubles_of(tx: Connection, person: str) -> list[Double]:
    """Return who may be the same as a person, the likeliest first; of a scope, those whom it knows."""
    contact = read_contact(tx, person)
    same_number = {other.id: other for other in persons_with_telephone(tx, contact.telephone)}
    called = {one.person.id: one.person for one in search_persons(tx, contact.name)} if contact.name else {}
    found = []
    for other in (same_number | called).values():
        theirs = read_contact(tx, other.id)
        by_name = same_name(contact.name, theirs.name)
        if other.id != person and (by_name or other.id in same_number):
            name = theirs.name or other.alias
            found.append(Double(other, name, theirs.telephone, other.id in same_number, by_name))
    return sorted(found, key=lambda one: (not (one.by_number and one.by_name), not one.by_name, one.name))


def following(tx: Connection, person: str) -> dict[str, int]:
    """Return how many records of each table lead to a person, and so follow them."""
    with everything(tx):
        counts = {column.table.name: len(_rows(tx, column.table, column == person)) for column in _roads()}
    return {table: count for table, count in counts.items() if count}


def merge_persons(tx: Connection, kept: str, gone: str, *, now: datetime, until: datetime, by: str) -> str:
    """Let ``gone`` become ``kept``, with all that leads there; return the merge's identifier.

    The kept one's name and number stay, what they lack is taken from the other. What either took back since the other
    agreed to it stays taken back.
    """
    _require_mergeable(tx, kept, gone)
    name = read_contact(tx, gone).name or find_person(tx, gone).alias
    with everything(tx):
        steps = _Steps(tx)
        agreed = _rows(tx, consents, consents.c.person.in_([kept, gone]))
        _claim(steps, kept, gone)
        _complete(steps, kept, gone)
        for column in _roads():
            for row in _rows(tx, column.table, column == gone):
                steps.lead(column, row, kept)
        _agree(steps, kept, gone, agreed, now)
        for row in _rows(tx, persons, persons.c.id == gone):
            steps.remove(persons, row)
        made = new_id()
        tx.execute(
            insert(merges).values(
                id=made, person=kept, gone=gone, name=name, moved={"steps": steps.told}, by=by, at=now.astimezone(UTC),
                until=until.astimezone(UTC),
            )
        )  # fmt: skip
        tx.execute(insert(former_ids).values(gone=gone, person=kept, at=now.astimezone(UTC)))
    return made


def undo_merge(tx: Connection, person: str, merge: str, *, now: datetime) -> str:
    """Make two of whom a merge made one; return the other's identifier. What came since stays where it is."""
    missing = MobilityError("no-such-merge", f"no merge '{merge}'", field="merge", value=merge)
    find_person(tx, person, lock=True)
    row = find_row(tx, merges, merge, missing)
    if row.person != person or instant(row.until) <= now:
        raise missing
    with everything(tx):
        steps = row.moved.get("steps", ())
        undone = [_undone(tx, step, person) for step in reversed(steps)]
        _take_back_again(tx, steps, person, str(row.gone), instant(row.at))
        tx.execute(delete(merges).where(merges.c.id == merge))
        tx.execute(delete(former_ids).where(former_ids.c.gone == row.gone))
        # What was agreed to may have been taken back since.
        forget_unconsented(tx, now=now)
        if not all(undone):
            for one in (person, row.gone):
                index_names(tx, one)
    return str(row.gone)


def merges_of(tx: Connection, person: str, *, now: datetime) -> list[Merge]:
    """Return the merges that can still be undone, the newest first."""
    query = select(merges).where(merges.c.person == person, merges.c.until > now.astimezone(UTC))
    return [
        Merge(row.id, row.person, row.name, instant(row.at), instant(row.until))
        for row in tx.execute(query.order_by(merges.c.at.desc(), merges.c.id))
    ]  # fmt: skip


def merged_into(tx: Connection, gone: str) -> str:
    """Return as whom a person is known since they became one with another ("" where they did not)."""
    return tx.execute(select(former_ids.c.person).where(former_ids.c.gone == gone)).scalar() or ""


def _require_mergeable(tx: Connection, kept: str, gone: str) -> None:
    """Raise where two persons cannot be one. Nothing new leads to either until the transaction ends."""
    for person in sorted({kept, gone}):
        find_person(tx, person, lock=True)
    told = {row.id: row.example for row in tx.execute(select(persons).where(persons.c.id.in_([kept, gone])))}
    if kept == gone or len(set(told.values())) > 1:
        raise MobilityError("no-double", "these two cannot be one person", field="person", value=gone)
    query = (
        select(matches.c.id)
        .join(requests, requests.c.id == matches.c.request)
        .join(matched_rides, matched_rides.c.match == matches.c.id)
        .where(matches.c.state.in_(LIVE), requests.c.rider.in_([kept, gone]), matched_rides.c.driver.in_([kept, gone]))
    )
    with everything(tx):
        if tx.execute(query.limit(1)).first() is not None:
            raise MobilityError("drives-the-other", "one of the two drives the other", field="person", value=gone)


def _roads() -> Iterator[Column[Any]]:
    """Give the columns that lead to a person."""
    for table in all_tables():
        yield from (column for column in table.columns if _is_road(column))


def _is_road(column: Column[Any]) -> bool:
    to = road(column)
    return holds(column) == "link" and to is not None and to.table == "persons"


def _rows(tx: Connection, table: Table, which: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(select(table).where(which)).mappings()]


def _claim(steps: _Steps, kept: str, gone: str) -> None:
    """Say of records that only their number makes someone's whose they are, while that number is known."""
    found = belongings(steps.tx, "persons", gone)
    for table in all_tables():
        for column in owners(table):
            if _is_road(column):
                for row in found.get(table.name, {}).values():
                    if row[column.name] is None:
                        steps.change(table, row, {column.name: kept})


def _complete(steps: _Steps, kept: str, gone: str) -> None:
    """Take from the other what the kept one lacks: a way to reach them, a commune; whoever drives is a driver."""
    for column in corrigible().values():
        key = next(iter(column.table.primary_key.columns))
        mine, theirs = (_rows(steps.tx, column.table, key == person) for person in (kept, gone))
        if mine and theirs and not mine[0][column.name] and theirs[0][column.name]:
            steps.change(column.table, mine[0], {column.name: theirs[0][column.name]})
    one, other = (_rows(steps.tx, persons, persons.c.id == person)[0] for person in (kept, gone))
    drives = DRIVER in {one["kind"], other["kind"]}
    seen = max(one["seen"], other["seen"])
    steps.change(persons, one, {"seen": seen, "kind": DRIVER if drives else one["kind"]})


def _agree(steps: _Steps, kept: str, gone: str, agreed: Iterable[_Row], now: datetime) -> None:
    """Let what was taken back once end what was agreed to before on the other's file; remember wishes as is agreed."""
    ends = _withdrawals(agreed)
    for row in _rows(steps.tx, consents, consents.c.person == kept):
        at = _taken_back(row, ends)
        if at and row["withdrawn"] is None:
            steps.change(consents, row, {"withdrawn": at})
    may = consented_to_someone(steps.tx, kept, MEMORY_CONSENT, now=now)
    mine, theirs = (_rows(steps.tx, persons, persons.c.id == person)[0] for person in (kept, gone))
    steps.change(persons, mine, {"wishes": sorted({*mine["wishes"], *theirs["wishes"]}) if may else []})


def _withdrawals(told: Iterable[_Row]) -> list[_Row]:
    """Return the consents that were taken back; what its person only agreed to anew in its place was not."""
    anew = {(row["person"], row["what"], row["whom"], row["given"]): row["id"] for row in told}
    return [
        row
        for row in told
        if row["withdrawn"]
        and anew.get((row["person"], row["what"], row["whom"], row["withdrawn"]), row["id"]) == row["id"]
    ]


def _taken_back(row: _Row, ends: Iterable[_Row]) -> datetime | None:
    """Return when what a consent agreed to was first taken back after it was given."""
    later = [
        other["withdrawn"]
        for other in ends
        if other["what"] == row["what"] and other["whom"] in {"", row["whom"]} and other["withdrawn"] >= row["given"]
    ]
    return min(later, default=None)


def _take_back_again(tx: Connection, steps: Iterable[_Row], kept: str, gone: str, merged: datetime) -> None:
    """End consents that an undo has opened again: what was taken back while the two were one is both's to take back."""
    both = _rows(tx, consents, consents.c.person.in_([kept, gone]))
    ends = _withdrawals(both)
    reopened = {step["key"]["id"] for step in steps if step["table"] == consents.name and "withdrawn" in step["was"]}
    for row in both:
        if row["id"] in reopened and row["withdrawn"] is None:
            since = [end for end in ends if end["person"] == row["person"] or instant(end["withdrawn"]) > merged]
            tx.execute(update(consents).where(_is(consents, row)).values(withdrawn=_taken_back(row, since)))


def _undone(tx: Connection, step: _Row, kept: str) -> bool:
    """Undo a step as far as what it changed is as it left it; tell whether it was."""
    table = next(table for table in all_tables() if table.name == step["table"])
    if "row" in step:
        row = _read(table, step["row"])
        if _rows(tx, table, _is(table, row)) or not _has_roots(tx, table, row):
            return False
        tx.execute(insert(table).values(row))
        return True
    key, was, left = (_read(table, step[part]) for part in ("key", "was", "is"))
    # Who became one with someone else since is led from there.
    left = {name: kept if _is_road(table.c[name]) else value for name, value in left.items()}
    key = {name: left.get(name, value) for name, value in key.items()}
    (found,) = _rows(tx, table, _is(table, key)) or (None,)
    if found is None:
        return False
    back = {name: value for name, value in was.items() if found[name] == left[name]}
    if back:
        tx.execute(update(table).where(_is(table, key)).values(back))
    return len(back) == len(was)


def _has_roots(tx: Connection, table: Table, row: _Row) -> bool:
    """Tell whether all that a row rests on is still there."""
    for column in table.columns:
        for key in column.foreign_keys:
            value = row[column.name]
            if value is not None and not _rows(tx, key.column.table, key.column == value):
                return False
    return True


def _key(table: Table, row: _Row) -> dict[str, Any]:
    return {column.name: row[column.name] for column in table.primary_key.columns}


def _is(table: Table, row: _Row) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def _written(values: _Row) -> dict[str, Any]:
    """Return values as a document keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _read(table: Table, values: _Row) -> dict[str, Any]:
    """Return values from what a document kept."""
    return {name: read_value(table.c[name], value) for name, value in values.items()}
