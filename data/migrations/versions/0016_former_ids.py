"""By what identifiers a person was known before files became one stays known after the merge can be undone no more."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "former_ids",
        sa.Column("gone", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_former_ids_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gone", name="pk_former_ids"),
    )
    op.create_index("ix_former_ids_person", "former_ids", ["person"])
    op.execute("INSERT INTO former_ids (gone, person, at) SELECT gone, max(person), max(at) FROM merges GROUP BY gone")


def downgrade() -> None:
    """Bring the tables back: a former identifier is known as long as its merge can be undone."""
    op.drop_table("former_ids")
