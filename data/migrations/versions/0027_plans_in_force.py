"""A calendar is in force, feeds are published: so it is called in the plans that are kept as well."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_OLD, _NEW = '"published": [', '"in_force": ['
"""A key in a plan's JSON; within a text of it, the marks would be escaped."""


def upgrade() -> None:
    """Bring the plans forward."""
    _replace(_OLD, _NEW)


def downgrade() -> None:
    """Bring the plans back."""
    _replace(_NEW, _OLD)


def _replace(old: str, new: str) -> None:
    for name in ("calendars", "scenarios"):
        table = sa.table(name, sa.column("plan"))
        op.execute(sa.update(table).values(plan=sa.func.replace(table.c.plan, old, new)))
