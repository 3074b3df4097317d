"""How the columns of lists were matched is each structure's own; what was remembered before stays everyone's."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

Lines = list[dict[str, Any]]


def upgrade() -> None:
    """Bring the tables forward."""
    before = _taken_out()
    _made("shape", "structure")
    _put_in([{**line, "structure": ""} for line in before])


def downgrade() -> None:
    """Bring the tables back: of what several structures remember of a shape, the newest stays."""
    newest = {line.pop("shape"): line for line in _taken_out()}
    _made("shape")
    _put_in([{**line, "shape": shape} for shape, line in newest.items()])


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("shape", sa.String(64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    ]


def _taken_out() -> Lines:
    """Take the lines out, the oldest first, and the table away: SQLite changes no primary key."""
    table = sa.Table("import_shapes", sa.MetaData(), *_columns())
    lines = op.get_bind().execute(sa.select(table).order_by(table.c.created)).mappings().all()
    op.drop_table("import_shapes")
    return [dict(line) for line in lines]


def _made(*key: str) -> None:
    own = [sa.Column("structure", sa.String(80), nullable=False)] if "structure" in key else []
    op.create_table("import_shapes", *_columns(), *own, sa.PrimaryKeyConstraint(*key, name=op.f("pk_import_shapes")))


def _put_in(lines: Lines) -> None:
    if lines:
        own = [sa.Column("structure", sa.String(80))] if "structure" in lines[0] else []
        op.bulk_insert(sa.Table("import_shapes", sa.MetaData(), *_columns(), *own), lines)
