"""Files that wait to be taken in, in the store, how files of one shape were matched, and what their lines became."""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from data.plan_schema import import_files, import_shapes
from data.register import A_DAY
from data.ride_schema import list_lines
from data.ride_scope import everything
from data.store import in_parts, journal_key, new_id
from mobility.errors import MobilityError


@dataclass(frozen=True)
class WaitingFile:
    """A file that somebody sent and did not take in yet; ``matching`` is what they chose on screen so far."""

    id: str
    subject: str
    name: str
    content: bytes
    sheet: str
    matching: Mapping[str, Any]
    created: datetime


def keep_file(tx: Connection, subject: str, name: str, content: bytes, *, who: str, now: datetime) -> str:
    """Keep a file until it is taken in, for a day at most."""
    identifier = new_id()
    tx.execute(
        insert(import_files).values(
            id=identifier, subject=subject, name=name[:200], content=base64.b64encode(content).decode(), sheet="",
            matching={}, who=who[:120], created=now.astimezone(UTC),
        )
    )  # fmt: skip
    return identifier


def find_file(tx: Connection, identifier: str, *, who: str, now: datetime) -> WaitingFile:
    """Return a waiting file of someone: another's, or one that waited for more than a day, is not known."""
    row = tx.execute(
        select(import_files).where(
            import_files.c.id == identifier, import_files.c.who == who[:120],
            import_files.c.created >= now.astimezone(UTC) - A_DAY,
        )
    ).first()  # fmt: skip
    if row is None:
        raise MobilityError("no-such-file", "this file does not wait any more", field="", value=identifier)
    return _waiting(row)


def files_of(tx: Connection, who: str, *, now: datetime) -> list[WaitingFile]:
    """Return someone's waiting files, the newest first."""
    query = select(import_files).where(
        import_files.c.who == who[:120], import_files.c.created >= now.astimezone(UTC) - A_DAY
    )
    return [_waiting(row) for row in tx.execute(query.order_by(import_files.c.created.desc(), import_files.c.id))]


def _waiting(row: Row[Any]) -> WaitingFile:
    content = base64.b64decode(row.content)
    return WaitingFile(row.id, row.subject, row.name, content, row.sheet, row.matching, row.created)


def choose(tx: Connection, identifier: str, sheet: str, matching: Mapping[str, Any]) -> None:
    """Keep what was chosen for a waiting file."""
    tx.execute(
        update(import_files).where(import_files.c.id == identifier).values(sheet=sheet[:200], matching=dict(matching))
    )


def drop_file(tx: Connection, identifier: str) -> None:
    """Forget a waiting file."""
    tx.execute(delete(import_files).where(import_files.c.id == identifier))


def remember_shape(
    tx: Connection, shape: str, columns: Mapping[str, int], *, structure: str, who: str, now: datetime
) -> None:
    """Remember how a structure matches the columns of files of a shape ("": how everyone does)."""
    tx.execute(delete(import_shapes).where(import_shapes.c.shape == shape, import_shapes.c.structure == structure))
    tx.execute(
        insert(import_shapes).values(
            shape=shape, structure=structure, columns=dict(columns), who=who[:120], created=now.astimezone(UTC)
        )
    )


def known_shapes(tx: Connection, structure: str) -> dict[str, dict[str, int]]:
    """Return how a structure matched the columns of files, by their shape; else how everyone does."""
    known = select(import_shapes).where(import_shapes.c.structure.in_({"", structure}))
    return {row.shape: row.columns for row in tx.execute(known.order_by(import_shapes.c.structure))}


def digest_of_line(tx: Connection, *told: object) -> str:
    """Return by what a line of a list is known again: its values cannot be found out of it without the store's key."""
    text = json.dumps(["line of a list", *told], ensure_ascii=False, default=str)
    return hmac.new(journal_key(tx), text.encode(), hashlib.sha256).hexdigest()


def lines_seen(tx: Connection, digests: Collection[str]) -> dict[str, str]:
    """Return whose the lines became that were seen before, by their digests: also of whom the transaction knows not."""
    query = select(list_lines.c.digest, list_lines.c.person)
    with everything(tx):
        return {
            row.digest: row.person
            for part in in_parts(digests)
            for row in tx.execute(query.where(list_lines.c.digest.in_(part)))
        }


def remember_lines(tx: Connection, became: Mapping[str, str], *, now: datetime) -> None:
    """Remember whose lines became that were not seen before, by their digests."""
    at = now.astimezone(UTC)
    if became:
        rows = [{"digest": digest, "person": person, "at": at} for digest, person in became.items()]
        tx.execute(insert(list_lines), rows)
