"""The dated events that agendas were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "events",
        sa.Column("uid", sa.String(length=200), nullable=False),
        sa.Column("territory", sa.String(length=80), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("spot", sa.String(length=200), nullable=False),
        sa.Column("moved_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_territory"), "events", ["territory"], unique=False)


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_table("events")
