"""What the lines of lists became is remembered: one seen before changes nothing, whatever happened meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "list_lines",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_list_lines_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_list_lines"),
    )
    op.create_index("ix_list_lines_person", "list_lines", ["person"])


def downgrade() -> None:
    """Bring the tables back: the lines of lists are compared with who is known by their names and numbers."""
    op.drop_table("list_lines")
