"""What belongs to the calendars bears their name: their key, and on PostgreSQL the sequence of their numbers."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Name them anew."""
    _rename("publications", "calendars")


def downgrade() -> None:
    """Give them their former names."""
    _rename("calendars", "publications")


def _rename(old: str, new: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE calendars RENAME CONSTRAINT pk_{old} TO pk_{new}")
        op.execute(f"ALTER SEQUENCE {old}_number_seq RENAME TO {new}_number_seq")
        return
    # SQLite makes the table anew: it cannot rename a key.
    with op.batch_alter_table("calendars") as table:
        table.drop_constraint(f"pk_{old}", type_="primary")
        table.create_primary_key(f"pk_{new}", ["number"])
