"""A request says whether its rider is told everything by telephone: of those of before nobody wrote it down."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("requests", sa.Column("by_telephone", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_column("requests", "by_telephone")
