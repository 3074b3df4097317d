"""Structures are told as persons and accounts are: how they are reached, and which messages are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "structures",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mail", sa.String(length=200), nullable=False),
        sa.Column("telephone", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_structures"),
    )
    op.add_column("outbox", sa.Column("to_structure", sa.String(length=80), server_default="", nullable=False))


def downgrade() -> None:
    """Bring the tables back; messages to structures, of which the earlier version knows nothing, go."""
    outbox = sa.table("outbox", sa.column("to_structure"))
    op.get_bind().execute(sa.delete(outbox).where(outbox.c.to_structure != ""))
    op.drop_column("outbox", "to_structure")
    op.drop_table("structures")
