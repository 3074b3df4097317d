"""Notices may be about a line of a feed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("notices", sa.Column("feed", sa.String(length=41), server_default="", nullable=False))
    op.add_column("notices", sa.Column("line", sa.Text(), server_default="", nullable=False))
    op.add_column("notices", sa.Column("line_name", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Bring the tables back: what is about a line stays a notice of the communes that it serves."""
    for name in ("line_name", "line", "feed"):
        op.drop_column("notices", name)
