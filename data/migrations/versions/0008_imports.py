"""Files wait to be taken in; how their columns were matched is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "import_files",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sheet", sa.String(200), nullable=False),
        sa.Column("matching", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(120), nullable=False, index=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "import_shapes",
        sa.Column("shape", sa.String(64), primary_key=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Bring the tables back; files that wait are sent again."""
    op.drop_table("import_shapes")
    op.drop_table("import_files")
