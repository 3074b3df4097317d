"""That nobody can drive is something to tell whoever asked: of each unmet need it is kept whether they know it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Bring the tables forward: of those of before nobody noted whether they were told."""
    op.add_column("unmet", sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_column("unmet", "told")
