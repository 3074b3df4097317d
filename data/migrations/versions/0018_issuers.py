"""The name by which an identity server knows someone is that server's: another may give the same to somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables forward: which server gave the names that are kept, the settings say when the site starts."""
    op.add_column("accounts", sa.Column("issuer", sa.String(length=500), server_default="", nullable=False))


def downgrade() -> None:
    """Bring the tables back."""
    # Not in a batch: SQLite would make the table anew, and whatever hangs on its rows would go with the old one.
    op.drop_column("accounts", "issuer")
