"""The journal is a chain for each structure; who acted is an account, and nothing typed stands in it.

Lines are sealed here as this version seals them: a later way comes with a migration of its own.
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"

SEVERAL = "former"
"""Who acted under a name that several accounts bear."""
ACTS = {"fermer": "close", "ouvrir": "open", "detacher": "detach", "lien": "link", "example data": "example"}
_WORD = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_EVENT = re.compile(r"event (\S+) (\w+)")
_FORMER = sa.table(
    "journal", *(sa.column(name) for name in ("number", "who", "act", "about", "detail")),
    sa.column("at", sa.DateTime(timezone=True)),
)  # fmt: skip


class Line(NamedTuple):
    """What a line says, in the structure that it is of."""

    structure: str
    at: datetime
    who: str
    act: str
    about: str
    why: str


def upgrade() -> None:
    """Bring the tables forward."""
    bind = op.get_bind()
    lines = list(_told(bind, bind.execute(sa.select(_FORMER).order_by(_FORMER.c.number)).all()))
    op.drop_index("ix_journal_about", "journal")
    op.drop_index("ix_journal_at", "journal")
    op.drop_table("journal")
    journal, chains = _tables()
    for column in ("at", "who", "about"):
        op.create_index(f"ix_journal_{column}", "journal", [column])
    key: bytes = context.config.attributes.get("seal_key", b"")
    for structure in sorted({line.structure for line in lines}):
        own = [line for line in lines if line.structure == structure]
        head = start = _hash(key, "journal", structure)
        for number, line in enumerate(own, 1):
            at = line.at.isoformat(timespec="microseconds")
            head = _hash(key, head, structure, number, at, line.who, line.act, line.about, line.why)
            bind.execute(sa.insert(journal).values(**line._asdict(), number=number, seal=head))
        bind.execute(
            sa.insert(chains).values(
                structure=structure, forgotten=0, anchor=start, last=len(own), head=head,
                seal=_hash(key, "chain", structure, 0, start, len(own), head),
            )
        )  # fmt: skip


def _hash(key: bytes, *parts: object) -> str:
    told = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _tables() -> tuple[sa.Table, sa.Table]:
    journal = op.create_table(
        "journal", sa.Column("structure", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("who", sa.String(120), nullable=False),
        sa.Column("act", sa.String(40), nullable=False), sa.Column("about", sa.String(40), nullable=False),
        sa.Column("why", sa.String(80), nullable=False), sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("structure", "number", name="pk_journal"),
    )  # fmt: skip
    chains = op.create_table(
        "journal_chains", sa.Column("structure", sa.String(80), nullable=False),
        sa.Column("forgotten", sa.Integer(), nullable=False), sa.Column("anchor", sa.String(64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False), sa.Column("head", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("structure", name="pk_journal_chains"),
    )  # fmt: skip
    return journal, chains


def _told(bind: sa.Connection, rows: Any) -> Iterator[Line]:
    """Give the lines there are as today's, each in the structure of its record."""
    homes: dict[str, str] = dict(bind.execute(sa.text("SELECT id, structure FROM persons")).all())
    homes |= dict(bind.execute(sa.text("SELECT id, structure FROM requests")).all())
    asked = "SELECT matches.id, requests.structure FROM matches JOIN requests ON requests.id = matches.request"
    homes |= dict(bind.execute(sa.text(asked)).all())
    names: dict[str, list[str]] = {}
    for account, name in bind.execute(sa.text("SELECT id, name FROM accounts")):
        names.setdefault(name, []).append(account)
    for row in rows:
        known = names.get(row.who, [row.who])
        who = known[0] if len(known) == 1 else SEVERAL
        event = _EVENT.fullmatch(row.detail)
        about, act, why = (event[1], "partner-event", event[2].lower()) if event else (row.about, row.act, _why(row))
        at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
        yield Line(homes.get(row.about, ""), at, who, act, about[:40], why)


def _why(row: Any) -> str:
    """Return why something was done, where a word of the program said so: what an agent typed stays with its match."""
    if row.act == "cancelled":
        return row.detail if row.detail in {"erased", "menu"} else ""
    word = ACTS.get(row.detail, row.detail.partition(":")[0])
    return word if _WORD.fullmatch(word) else ""


def downgrade() -> None:
    """Bring the tables back, without seals: the lines in the order of their hours, accounts by their names.

    An account that is no more, or bears the name of another, is told by its identifier still.
    """
    bind = op.get_bind()
    accounts = bind.execute(sa.text("SELECT id, name FROM accounts")).all()
    borne = Counter(row.name for row in accounts)
    names = {row.id: row.name for row in accounts if borne[row.name] == 1}
    journal = sa.table(
        "journal", *(sa.column(name) for name in ("structure", "number", "who", "act", "about", "why")),
        sa.column("at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    rows = bind.execute(sa.select(journal).order_by(journal.c.at, journal.c.structure, journal.c.number)).all()
    op.drop_table("journal")
    op.drop_table("journal_chains")
    op.create_table(
        "journal", sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("who", sa.String(120), nullable=False),
        sa.Column("act", sa.String(40), nullable=False), sa.Column("about", sa.String(32), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False), sa.PrimaryKeyConstraint("number", name="pk_journal"),
    )  # fmt: skip
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_journal_about", "journal", ["about"])
    for row in rows:
        who = names.get(row.who, row.who)
        told = {"at": row.at, "who": who, "act": row.act, "about": row.about[:32], "detail": row.why}
        bind.execute(sa.insert(_FORMER).values(**told))
