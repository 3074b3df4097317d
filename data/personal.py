"""What the store holds of a person: exported, corrected, erased. The register says what it is and whose."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, String, Table, update

from data import belongings
from data.journal import journal_of
from data.outbox import keep_messages, messages_of
from data.people import find_person
from data.person_search import index_names
from data.register import holds, road
from data.ride_schema import matched_rides
from data.ride_scope import everything
from data.schema import all_tables
from data.store import instant
from mobility.errors import Faults, MobilityError
from mobility.messages import Message, Text

LINES = 200_000
"""Messages, and lines of the journal, that a copy holds at most."""
CORRIGIBLE = frozenset({"name", "contact", "place"})
"""What a person may have put right; wishes and consents have ways of their own."""


def export_person(tx: Connection, person: str, words: Callable[[Connection, Message], Text]) -> dict[str, Any]:
    """Return everything that is kept about a person, table by table, as a document to hand to them.

    Secrets stay out; messages are told by ``words``, without what was somebody else's.
    """
    find_person(tx, person)
    kept = belongings.belongings(tx, "persons", person)
    document = told_records(tx, kept, messages_of(tx, person=person, limit=LINES), words)
    document["journal"] = journal_of(tx, sorted(_identifiers(kept)), limit=LINES)
    return document


def told_records(
    tx: Connection, kept: belongings.Kept, messages: Iterable[Message], words: Callable[[Connection, Message], Text]
) -> dict[str, Any]:
    """Return the records that are somebody's, table by table, and their messages in words."""
    document: dict[str, Any] = {
        table.name: [told_row(table, row) for row in kept[table.name].values()]
        for table in all_tables() if kept.get(table.name)
    }  # fmt: skip
    document["outbox"] = [
        {"at": told.created, "purpose": told.purpose, "state": told.state, "text": words(tx, told.for_others()).text}
        for told in messages
    ]
    return document


def records_of(tx: Connection, record: str) -> frozenset[str]:
    """Return a record and, where it is a person, all that are theirs, by their identifiers."""
    return frozenset({record} | _identifiers(belongings.belongings(tx, "persons", record)))


def _identifiers(kept: belongings.Kept) -> set[str]:
    return {
        row[column.name]
        for table in all_tables() for row in kept.get(table.name, {}).values()
        for column in table.columns if holds(column) == "id" and row[column.name]
    }  # fmt: skip


def told_row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record as a document tells them, of those that were read; secrets stay out."""
    told = (column for column in table.columns if holds(column) != "secret" and column.name in row)
    return {column.name: _plain(row[column.name]) for column in told}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def read_value(column: Column[Any], value: Any) -> Any:
    """Return a value as its column holds it, from what a document wrote; text stays text, whatever it looks like."""
    if isinstance(value, str) and isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and isinstance(column.type, Date) else value


def typed_value(table: str, column: str, value: Any) -> Any:
    """Return a value of a copy as its column holds it; one that is in copies alone is as it stands."""
    known = _column(table, column)
    return value if known is None else read_value(known, value)


def says_nothing(table: str, column: str) -> bool:
    """Tell whether a column holds what means nothing by itself: identifiers."""
    known = _column(table, column)
    return known is not None and holds(known) in {"id", "link", "actor"}


def _column(table: str, column: str) -> Column[Any] | None:
    return all_tables()[0].metadata.tables[table].columns.get(column)


def corrigible() -> dict[str, Column[Any]]:
    """Return the columns that may be corrected, by name: what a person is called, reached by, where they live."""
    return {
        column.name: column
        for table in all_tables() if _person_key(table) is not None
        for column in table.columns if holds(column) in CORRIGIBLE and isinstance(column.type, String)
    }  # fmt: skip


def _person_key(table: Table) -> Column[Any] | None:
    """Return the column that names the person in a table of one row a person."""
    keys = list(table.primary_key.columns)
    if table.name == "persons":
        return keys[0]
    to = road(keys[0]) if len(keys) == 1 else None
    return keys[0] if to and to.table == "persons" else None


def correct_person(tx: Connection, person: str, values: Mapping[str, str]) -> None:
    """Put right what is kept of a person, by the names of :func:`corrigible`."""
    find_person(tx, person)
    known = corrigible()
    with Faults() as faults:
        for name, value in values.items():
            column = known.get(name)
            if column is None:
                raise MobilityError(
                    "not-a-choice", f"'{name}' is not one of: {', '.join(sorted(known))}", field="field", value=name,
                    choices=sorted(known),
                )  # fmt: skip
            longest = column.type.length if isinstance(column.type, String) and column.type.length else 200
            key = _person_key(column.table)
            if len(value) > longest:
                faults.add(
                    MobilityError("too-long", f"'{name}' has {longest} letters at most", field=name, most=longest)
                )
            elif key is not None:
                tx.execute(update(column.table).where(key == person).values({column: value}))
    index_names(tx, person)


def erase_person(tx: Connection, person: str) -> None:
    """Erase a person with all that is theirs; needs that were not met stay counted, without a link to anyone.

    Rides still agreed are the caller's to cancel before: the other side must be told. Whoever may see the person may
    have all of theirs erased, whichever structure wrote it down.
    """
    find_person(tx, person)
    with everything(tx):
        kept = belongings.belongings(tx, "persons", person)
        matches = {row["id"] for row in kept.get("matches", {}).values()}
        matches |= {row["match"] for row in kept.get(matched_rides.name, {}).values()}
        keep_messages(tx, sorted(matches))
        belongings.erase(tx, "persons", person)
