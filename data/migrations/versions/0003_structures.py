"""The structure of a rider, of an unmet need and of a message: each structure sees its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NOBODY_KNOWS = "unknown"
"""The structure of a need whose request was forgotten: only who sees all structures still sees it."""


def upgrade() -> None:
    """Bring the tables forward."""
    for table in ("persons", "unmet", "outbox"):
        op.add_column(table, sa.Column("structure", sa.String(length=80), server_default="", nullable=False))
    tables = {name: sa.table(name, *(sa.column(c) for c in columns)) for name, columns in _COLUMNS.items()}
    for change in _changes(**tables):
        op.get_bind().execute(change)


_COLUMNS = {
    "persons": ("id", "kind", "structure"), "requests": ("id", "rider", "structure"),
    "unmet": ("request", "structure"), "outbox": ("person", "match", "structure"),
}  # fmt: skip


def _changes(persons: Any, requests: Any, unmet: Any, outbox: Any) -> list[sa.Update]:
    """Return what gives the records there are their structure, the riders' first."""
    taken = requests.c.structure != ""
    first = sa.select(sa.func.min(requests.c.structure)).where(requests.c.rider == persons.c.id, taken)
    rider = sa.select(persons.c.structure).where(persons.c.id == requests.c.rider).scalar_subquery()
    asked = sa.select(requests.c.structure).where(requests.c.id == unmet.c.request).scalar_subquery()
    told = sa.select(persons.c.structure).where(persons.c.id == outbox.c.person).scalar_subquery()
    return [
        sa.update(persons)
        .where(persons.c.kind == "rider", persons.c.id.in_(sa.select(requests.c.rider).where(taken)))
        .values(structure=first.scalar_subquery()),
        sa.update(requests).where(requests.c.structure == "").values(structure=rider),
        sa.update(unmet)
        .where(unmet.c.request.not_like("anonymous-%"))
        .values(structure=sa.func.coalesce(asked, NOBODY_KNOWS)),
        sa.update(outbox).where(outbox.c.match == "").values(structure=told),
    ]


def downgrade() -> None:
    """Bring the tables back."""
    for table in ("outbox", "unmet", "persons"):
        # Not in a batch: SQLite would make the table anew, and whatever hangs on its rows would go with the old one.
        op.drop_column(table, "structure")
