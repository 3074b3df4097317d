"""What the store holds of an account's holder: exported, erased. The register says what it is and whose."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, DateTime, String, Table, Text, select

from data import belongings
from data.accounts import find_account, keep_an_administrator
from data.journal import journal_of
from data.outbox import messages_of
from data.personal import LINES, told_records, told_row
from data.register import names_account
from data.schema import all_tables
from mobility import messages
from mobility.errors import MobilityError


def export_account(
    tx: Connection, account: str, words: Callable[[Connection, messages.Message], messages.Text]
) -> dict[str, Any]:
    """Return everything that is kept about an account's holder, table by table, as a document to hand to them.

    Secrets stay out. Of what they made, the document says what it is called and when it was made; the journal's lines
    say of whom by identifiers alone.
    """
    find_account(tx, account)
    kept = belongings.belongings(tx, "accounts", account)
    document = told_records(tx, kept, messages_of(tx, account=account, limit=LINES), words)
    document["made"] = {table.name: found for table in all_tables() if (found := _made(tx, table, account))}
    document["journal"] = journal_of(tx, [account], limit=LINES)
    return document


def _made(tx: Connection, table: Table, account: str) -> list[dict[str, Any]]:
    """Return the records of a table that an account made, without their documents."""
    short = [
        column for column in table.columns
        if isinstance(column.type, String | DateTime) and not isinstance(column.type, Text)
    ]  # fmt: skip
    found: list[dict[str, Any]] = []
    for said in filter(names_account, table.columns):
        rows = tx.execute(select(*short).where(said == account)).mappings()
        found += [told_row(table, dict(row)) for row in rows]
    return found


def erase_account(tx: Connection, account: str) -> None:
    """Erase an account with all that is its holder's; not the last administrator's.

    What they made stays, and says no more who made it; the journal's lines keep the identifier, which names nobody.
    """
    keep_an_administrator(tx, account)
    if not belongings.erase(tx, "accounts", account)["accounts"]:
        raise MobilityError("no-such-account", f"no account '{account}'", field="account", value=account)
