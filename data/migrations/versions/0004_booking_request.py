"""A partner's booking names the request it became by its right word."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("partner_bookings", schema=None) as batch_op:
        batch_op.alter_column("match", new_column_name="request")


def downgrade() -> None:
    """Bring the tables back."""
    with op.batch_alter_table("partner_bookings", schema=None) as batch_op:
        batch_op.alter_column("request", new_column_name="match")
