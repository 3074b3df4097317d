"""The personal-data register: what each column of the store holds of people, and when it goes.

A column is declared where it stands, ``info=NAME | WITH_PERSON``: what it holds, and by which rule it goes. Export,
erasure, purge, the anonymised copy and what may stand in a log read it here; none of them has a list of its own, nor
names a table but those of people. A table whose records lead to nobody has a clock (``AGES…``), or says as
``info=kept(…)`` why it stays; what else is peculiar to one is declared with it as well (:data:`CHAINED`,
:func:`spares`, :func:`noted_as`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column, Table

_HOLDS, _FORM, _GOES, _LEADS, _AGES, _HELD, _TAKES = "holds", "form", "goes", "leads", "ages", "held", "takes"
_FOR_ALL = "for all"
_KEPT, _CHAINED, _SPARES, _NOTED = "kept", "chained", "spares", "noted"

PLAIN = {_HOLDS: "plain"}
"""Says nothing of anyone: a state, a count, a place that is public, whose the record is."""
ID = {_HOLDS: "id"}
"""An identifier that means nothing by itself."""
NAME = {_HOLDS: "name"}
CONTACT = {_HOLDS: "contact"}
"""A way to reach someone, in one of three forms: what it looks like is never asked."""
TELEPHONE = CONTACT | {_FORM: "telephone"}
MAIL = CONTACT | {_FORM: "mail"}
ADDRESS = CONTACT | {_FORM: "address"}
"""That of a house."""
PLACE = {_HOLDS: "place"}
"""Where someone lives or goes."""
SENSITIVE = {_HOLDS: "sensitive"}
"""What tells of health or income: wishes, errands."""
WHEN = {_HOLDS: "when"}
"""A day or an hour of someone's life."""
WORDS = {_HOLDS: "words"}
"""Free text, or a document that may hold any of these."""
SECRET = {_HOLDS: "secret"}
"""A secret or its hash: it opens something, and is handed to nobody."""
ACTOR = {_HOLDS: "actor"}
"""Who acted: the identifier of an account or a person, or a word for none."""
LINK = {_HOLDS: "link"}
"""Leads to another record by a foreign key."""

WITH_PERSON = {_GOES: "with the person"}
WITH_RECORD = {_GOES: "with the record that it leads to, and so with its person"}
WITH_ACCOUNT = {_GOES: "with the account"}
AS_FIGURE = {_GOES: "stays as a figure: once the person goes, its link leads nowhere"}
IN_TIME = {_GOES: "by its age alone"}
FOR_TRACE = {_GOES: "by its age; names nobody once the person is gone"}
FOR_WORK = {_GOES: "with the work that it belongs to"}

A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
AGES = {_AGES: "retention"}
"""The row goes when this instant or day is older than the retention of the settings, or where this is false."""
AGES_DAY = {_AGES: "day"}
"""The row goes :data:`A_DAY` after this instant."""
AGES_OVER = {_AGES: "over"}
"""The row goes once this instant is past."""
AGES_DONE = {_AGES: "done"}
"""The row goes like one of the retention, and :data:`A_MONTH` after this instant where its state says it is over."""
AGES_CHAIN = {_AGES: "chain"}
"""The rows go by the retention, from the first on and never out of their order: each is chained to the one before."""
AGES_TRACE = {_AGES: "trace"}
"""The row goes like one of the retention, once no line of the journal says its key any more."""
HOLDS_BACK = {_HELD: "yes"}
"""While this row is there, the record that it leads to does not go by its age."""
TAKES = {_TAKES: "yes"}
"""Where this row goes, the record that it leads to goes with it: it would be half of what it was."""

PERSONAL = frozenset({"name", "contact", "place", "sensitive", "when", "words"})
CLASSES = PERSONAL | {"plain", "id", "secret", "actor", "link"}
FORMS = ("telephone", "mail", "address")
PEOPLE = ("persons", "accounts")
"""The tables of people: every road of the register ends at one of them."""


def kept(why: str) -> dict[str, str]:
    """Say of a table whose records lead to nobody that they stay until someone takes them away, and why."""
    return {_KEPT: why}


FOR_ALL = {_FOR_ALL: "yes"}
"""Of a table that says what everybody may read elsewhere, under its own days, or was made for that."""
CHAINED = {_CHAINED: "yes"}
"""Of a table whose rows hold a chain together: where its links stay behind, they do."""


def spares(which: str) -> dict[str, str]:
    """Say of a table that some of its records never go by their age: those of a rule that the purge knows by name."""
    return {_SPARES: which}


def noted_as(act: str) -> dict[str, str]:
    """Say of a table that the journal tells by an act which of its records went by their age."""
    return {_NOTED: act}


def leads_to(target: str) -> dict[str, str]:
    """Say that a column without a foreign key leads to a table's records, or to those of a column's same value."""
    return {_HOLDS: "link", _LEADS: target if "." in target else f"{target}.id"}


def same_as(target: str) -> dict[str, str]:
    """Say that a value is that of another table's column, and so leads to its person as well."""
    return {_LEADS: target}


@dataclass(frozen=True)
class Road:
    """Where a column leads: a table and the column whose value it holds."""

    table: str
    column: str


def holds(column: Column[object]) -> str:
    """Return what a column holds of people, as one of the classes."""
    return str(column.info.get(_HOLDS, ""))


def form(column: Column[object]) -> str:
    """Return by which way a column reaches someone: "telephone", "mail" or "address" ("" where by none)."""
    return str(column.info.get(_FORM, ""))


def goes(column: Column[object]) -> str:
    """Return by which rule a column's value goes ("" where none is declared)."""
    return str(column.info.get(_GOES, ""))


def ages(column: Column[object]) -> str:
    """Return by which clock the column makes its row go ("" where it is none)."""
    return str(column.info.get(_AGES, ""))


def is_chained(table: Table) -> bool:
    """Tell whether a table is a chain, or holds one together: its rows say nothing under other identifiers."""
    return _CHAINED in table.info or any(ages(column) == AGES_CHAIN[_AGES] for column in table.columns)


def is_for_all(table: Table) -> bool:
    """Tell whether what a table says is public, or was made to be: beside it, moved days would tell how they were."""
    return _FOR_ALL in table.info


def spared(table: Table) -> str:
    """Return the rule by which some records of a table never go by their age ("" for none)."""
    return str(table.info.get(_SPARES, ""))


def noted(table: Table) -> str:
    """Return the act by which the journal tells that a record of a table went by its age ("" where it does not)."""
    return str(table.info.get(_NOTED, ""))


def holds_back(column: Column[object]) -> bool:
    """Tell whether the record that a column leads to stays while this row is there."""
    return _HELD in column.info


def takes(column: Column[object]) -> bool:
    """Tell whether the record that a column leads to goes with this row."""
    return _TAKES in column.info


def stays_as_figure(column: Column[object]) -> bool:
    """Tell whether the row outlives the record that this column leads to, as a figure that leads nowhere."""
    return goes(column) == AS_FIGURE[_GOES]


def names_account(column: Column[object]) -> bool:
    """Tell whether a column says which account made a record that outlives the account, and then says it no more."""
    return holds(column) == "actor" and goes(column) == WITH_ACCOUNT[_GOES]


def owners(table: Table) -> list[Column[object]]:
    """Return the columns by which a table's records are someone's: those that lead to people, if any do."""
    leading = [column for column in table.columns if road(column) is not None and holds(column) != "actor"]
    direct = [column for column in leading if holds(column) == "link" and _to(column) in PEOPLE]
    known_by = [column for column in leading if holds(column) != "link"]
    return [*direct, *known_by] if direct else leading


def _to(column: Column[object]) -> str:
    found = road(column)
    return found.table if found else ""


def road(column: Column[object]) -> Road | None:
    """Return where a column leads, if it leads anywhere."""
    if _LEADS in column.info:
        table, _, other = column.info[_LEADS].partition(".")
        return Road(table, other)
    for key in column.foreign_keys:
        return Road(key.column.table.name, key.column.name)
    return None


def undeclared(tables: Iterable[Table]) -> list[str]:
    """Return what the register does not know, in words.

    Columns without a class, a rule or a road to a person, and those that go by an age that no clock of theirs tells;
    tables that lead to nobody, have no clock and do not say why they are kept.
    """
    tables = list(tables)
    reached = _reached(tables)
    found = []
    for table in tables:
        for column in table.columns:
            told = holds(column)
            if told not in CLASSES:
                found.append(f"{table.name}.{column.name} says nothing of what it holds")
            elif told == "contact" and form(column) not in FORMS:
                found.append(f"{table.name}.{column.name} says not by which way it reaches someone")
            elif told not in {"plain", "id", "link"} and not goes(column):
                found.append(f"{table.name}.{column.name} holds '{told}' and never goes")
            elif told in PERSONAL and table.name not in reached and goes(column) not in _OF_NOBODY:
                found.append(f"{table.name}.{column.name} holds '{told}' and leads to nobody")
            elif goes(column) in _BY_AGE and not _has_clock(table):
                found.append(f"{table.name}.{column.name} goes by an age that no clock tells")
        if table.name not in reached and not _has_clock(table) and not table.info.get(_KEPT):
            found.append(f"{table.name} leads to nobody and never goes")
    return found


def _has_clock(table: Table) -> bool:
    return any(ages(column) for column in table.columns)


_BY_AGE = {IN_TIME[_GOES], FOR_TRACE[_GOES]}
_OF_NOBODY = {AS_FIGURE[_GOES], IN_TIME[_GOES], FOR_WORK[_GOES]}


def _reached(tables: list[Table]) -> set[str]:
    """Return the names of the tables whose records lead to a person or an account."""
    reached, before = set(PEOPLE), -1
    while len(reached) != before:
        before = len(reached)
        for table in tables:
            if any((to := road(column)) and to.table in reached for column in table.columns):
                reached.add(table.name)
    return reached
