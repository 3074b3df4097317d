"""Messages to accounts as well as persons, held by one sender at a time, said where they cannot be written."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables forward."""
    # In a batch: nothing hangs on the rows of this table that SQLite could take away with the old one.
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("person", existing_type=sa.String(length=32), nullable=True)
        outbox.add_column(sa.Column("account", sa.String(length=32), nullable=True))
        outbox.create_foreign_key("fk_outbox_account", "accounts", ["account"], ["id"], ondelete="CASCADE")
        outbox.add_column(sa.Column("lapses", sa.Integer(), server_default="0", nullable=False))
        outbox.add_column(sa.Column("before", sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column("settled", sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column("channel", sa.String(length=8), server_default="", nullable=False))
    op.create_table(
        "sms_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_sms_days"),
    )


def downgrade() -> None:
    """Bring the tables back; what the earlier version has no word for is given up, and messages to accounts go."""
    op.drop_table("sms_days")
    outbox_ = sa.table("outbox", sa.column("state"), sa.column("person"))
    op.get_bind().execute(sa.delete(outbox_).where(outbox_.c.person.is_(None)))
    for then, now in (("claimed", "queued"), ("to-call", "failed"), ("said", "sent")):
        op.get_bind().execute(sa.update(outbox_).where(outbox_.c.state == then).values(state=now))
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_account", type_="foreignkey")
        for column in ("account", "lapses", "before", "settled", "channel"):
            outbox.drop_column(column)
        outbox.alter_column("person", existing_type=sa.String(length=32), nullable=False)
