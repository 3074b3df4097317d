"""Columns and a table are called as everywhere else: wishes, errands, calendars that are or were in force."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_RENAMED = {
    "persons": {"needs": "wishes"},
    "requests": {"needs": "wishes", "purpose": "errand"},
    "unmet": {"purpose": "errand"},
}


def upgrade() -> None:
    """Bring the tables forward."""
    _rename(_RENAMED)
    _rename_calendars("publications", "calendars")


def downgrade() -> None:
    """Bring the tables back."""
    _rename_calendars("calendars", "publications")
    _rename({table: {new: old for old, new in names.items()} for table, names in _RENAMED.items()})


def _rename(renamed: Mapping[str, Mapping[str, str]]) -> None:
    for table, names in renamed.items():
        for old, new in names.items():
            # Neither database makes the table anew for this.
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_steps(renamed)


def _rename_steps(renamed: Mapping[str, Mapping[str, str]]) -> None:
    """Rename the columns in the steps by which two persons who became one can be two again."""
    merges = sa.table("merges", sa.column("id"), sa.column("moved", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(merges.c.id, merges.c.moved)).all():
        steps = [_step(step, renamed.get(step["table"], {})) for step in row.moved.get("steps", [])]
        moved = {**row.moved, "steps": steps}
        if moved != row.moved and steps:
            connection.execute(sa.update(merges).where(merges.c.id == row.id).values(moved=moved))


def _step(step: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        part: {names.get(name, name): value for name, value in told.items()} if isinstance(told, dict) else told
        for part, told in step.items()
    }


def _rename_calendars(old: str, new: str) -> None:
    op.drop_index(f"ix_{old}_territory", table_name=old)
    op.rename_table(old, new)
    op.create_index(f"ix_{new}_territory", new, ["territory"])
