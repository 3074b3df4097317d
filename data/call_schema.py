"""The table of calls: who rang or wrote, whom to call back, and by when."""

from sqlalchemy import Column, DateTime, ForeignKey, String, Table, Text

from data.register import ACTOR, AGES_DONE, ID, LINK, PLAIN, TELEPHONE, WHEN, WITH_PERSON, WORDS, same_as
from data.ride_schema import metadata

calls = Table(
    "calls", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("outside", String(80), unique=True, info=ID),
    Column("kind", String(16), nullable=False, info=PLAIN),
    Column(
        "telephone", String(40), nullable=False, default="",
        info=TELEPHONE | WITH_PERSON | same_as("contacts.telephone"),
    ),
    Column("person", String(32), ForeignKey("persons.id", ondelete="SET NULL"), info=LINK),
    Column("text", Text, nullable=False, default="", info=WORDS | WITH_PERSON),
    Column("state", String(16), nullable=False, index=True, info=PLAIN),
    Column("due", DateTime(timezone=True), info=PLAIN),
    Column("agent", String(120), nullable=False, default="", info=ACTOR | WITH_PERSON),
    Column("structure", String(80), nullable=False, default="", info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON | AGES_DONE),
)  # fmt: skip
"""``outside`` is the provider's own name of a call or message: told twice, it counts once. ``due`` is set where someone
must be called back."""
