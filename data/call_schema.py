"""The table of calls: who rang or wrote, whom to call back, and by when."""

from sqlalchemy import Column, DateTime, ForeignKey, String, Table, Text

from data.ride_schema import metadata

calls = Table(
    "calls", metadata,
    Column("id", String(32), primary_key=True),
    Column("outside", String(80), unique=True),
    Column("kind", String(16), nullable=False),
    Column("telephone", String(40), nullable=False, default=""),
    Column("person", String(32), ForeignKey("persons.id", ondelete="SET NULL")),
    Column("text", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False, index=True),
    Column("due", DateTime(timezone=True)),
    Column("agent", String(120), nullable=False, default=""),
    Column("structure", String(80), nullable=False, default=""),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""``outside`` is the provider's own name of a call or message: told twice, it counts once. ``due`` is set where someone
must be called back."""
