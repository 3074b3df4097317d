"""Scenarios of the planner and the history of the calendar in force, in the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from data.account_schema import accounts
from data.plan_schema import calendars, scenarios
from data.store import instant, new_id, take_turn
from mobility.errors import MobilityError

WORDS = frozenset({"", "agent", "command line", "former"})
"""Who has no account: whoever sits at the machine, or one known by a former version."""


@dataclass(frozen=True)
class Scenario:
    """What a planner stated, and the calendar found for it (``plan`` is its document, "" while there is none).

    ``author`` is an account, or a word of the program; ``author_name`` what the account is called ("" where it is none,
    or no more).
    """

    id: str
    name: str
    author: str
    author_name: str
    form: Mapping[str, str]
    plan: str
    changed: datetime


@dataclass(frozen=True)
class HistoryEntry:
    """A calendar that is or was in force; ``until`` is None for the current one."""

    number: int
    name: str
    author: str
    plan: str
    study: str
    at: datetime
    until: datetime | None


_WITH_AUTHORS = select(scenarios, accounts.c.name.label("author_name")).outerjoin(
    accounts, accounts.c.id == scenarios.c.author
)


def add_scenario(
    tx: Connection, name: str, form: Mapping[str, str], *, territory: str, author: str, now: datetime
) -> Scenario:
    """Keep a new scenario."""
    identifier, at = new_id(), now.astimezone(UTC)
    tx.execute(
        insert(scenarios).values(
            id=identifier, name=name[:120], territory=territory, author=author[:120], form=dict(form), plan="",
            created=at, changed=at,
        )
    )  # fmt: skip
    return find_scenario(tx, identifier)


def find_scenario(tx: Connection, scenario: str) -> Scenario:
    """Return a scenario."""
    missing = MobilityError("no-such-scenario", f"no scenario '{scenario}'", field="scenario", value=scenario)
    row = tx.execute(_WITH_AUTHORS.where(scenarios.c.id == scenario)).first()
    if row is None:
        raise missing
    return _scenario(row)


def all_scenarios(tx: Connection, territory: str) -> list[Scenario]:
    """Return the scenarios of a territory, the last changed first."""
    query = _WITH_AUTHORS.where(scenarios.c.territory == territory).order_by(scenarios.c.changed.desc())
    return [_scenario(row) for row in tx.execute(query)]


def keep_plan(tx: Connection, scenario: str, plan: str, *, now: datetime) -> None:
    """Keep the calendar found for a scenario."""
    tx.execute(update(scenarios).where(scenarios.c.id == scenario).values(plan=plan, changed=now.astimezone(UTC)))


def rename_scenario(tx: Connection, scenario: str, name: str) -> None:
    """Give a scenario another name."""
    if not name.strip():
        raise MobilityError("empty-value", "give the scenario a name", field="name")
    tx.execute(update(scenarios).where(scenarios.c.id == scenario).values(name=name.strip()[:120]))


def delete_scenario(tx: Connection, scenario: str) -> None:
    """Forget a scenario; what was in force of it stays in the history."""
    tx.execute(delete(scenarios).where(scenarios.c.id == scenario))


def put_in_force(
    tx: Connection, name: str, plan: str, study: str, *, territory: str, author: str, now: datetime
) -> None:
    """Write down, once, that a calendar is in force from an instant on, in place of the one before.

    ``author`` is an account or a word of the program; what else a file of a former version says is a name, and not
    written down.
    """
    take_turn(tx, "calendar")
    at, last = now.astimezone(UTC), entry_in_force(tx, territory)
    if last and (last.plan, last.at) == (plan, at):
        return
    tx.execute(update(calendars).where(_in_force(territory)).values(until=at))
    tx.execute(
        insert(calendars).values(
            territory=territory, name=name[:120], author=_author(tx, author), plan=plan, study=study, at=at
        )
    )


def keep_study(tx: Connection, territory: str, plan: str, study: str) -> None:
    """Keep what explains a calendar, where it is the one in force."""
    tx.execute(update(calendars).where(_in_force(territory), calendars.c.plan == plan).values(study=study))


def _author(tx: Connection, author: str) -> str:
    known = tx.execute(select(accounts.c.id).where(accounts.c.id == author)).first()
    return author if known or author in WORDS else ""


def entry_in_force(tx: Connection, territory: str) -> HistoryEntry | None:
    """Return what the history says of the calendar in force; None where it has none."""
    row = tx.execute(select(calendars).where(_in_force(territory))).first()
    return _entry(row) if row else None


def _in_force(territory: str) -> ColumnElement[bool]:
    return (calendars.c.territory == territory) & calendars.c.until.is_(None)


def history(tx: Connection, territory: str) -> list[HistoryEntry]:
    """Return the calendars that are or were in force in a territory, the newest first."""
    query = select(calendars).where(calendars.c.territory == territory).order_by(calendars.c.number.desc())
    return [_entry(row) for row in tx.execute(query)]


def settled_entries(tx: Connection, territory: str, least: timedelta) -> Iterator[HistoryEntry]:
    """Give the calendar in force, then, the newest first, the former ones that stood for some time at least.

    Since when the first of the history stood, nobody knows: it is one of them.
    """
    query = select(calendars.c.number, calendars.c.at, calendars.c.until).where(calendars.c.territory == territory)
    rows = tx.execute(query.order_by(calendars.c.number.desc())).all()
    for row in rows:
        if row is rows[-1] or row.until is None or instant(row.until) - instant(row.at) >= least:
            yield find_entry(tx, territory, row.number)


def find_entry(tx: Connection, territory: str, number: int) -> HistoryEntry:
    """Return one calendar of the history."""
    query = select(calendars).where(calendars.c.territory == territory, calendars.c.number == number)
    row = tx.execute(query).first()
    if row is None:
        raise MobilityError("no-such-entry", f"the history has no calendar {number}", field="number", value=number)
    return _entry(row)


def _scenario(row: Row[Any]) -> Scenario:
    name = row.author_name or ""
    return Scenario(row.id, row.name, row.author, name, row.form, row.plan, instant(row.changed))


def _entry(row: Row[Any]) -> HistoryEntry:
    return HistoryEntry(
        row.number, row.name, row.author, row.plan, row.study, instant(row.at),
        instant(row.until) if row.until else None,
    )  # fmt: skip
