"""When a local name of a place was last used: it goes once that is long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Bring the tables forward: all that is known of a name of before is when it was added."""
    op.add_column("nicknames", sa.Column("used", sa.DateTime(timezone=True), nullable=True))
    nicknames = sa.table("nicknames", sa.column("created"), sa.column("used"))
    op.get_bind().execute(sa.update(nicknames).values(used=nicknames.c.created))


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_column("nicknames", "used")
