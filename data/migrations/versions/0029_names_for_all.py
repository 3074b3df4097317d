"""Local names of places are the desk's, unless it says that everybody may look for one: none of before was said so."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Bring the tables forward: whom a name of before names is not known."""
    op.add_column("nicknames", sa.Column("public", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_column("nicknames", "public")
