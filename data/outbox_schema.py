"""The tables of what goes out: messages, and how many SMS were paid for each day."""

from sqlalchemy import JSON, Column, Date, DateTime, ForeignKey, Integer, String, Table

import data.account_schema  # noqa: F401  (a message may be an account's)
from data.register import AGES, ID, LINK, PLAIN, WITH_PERSON, WORDS, leads_to
from data.ride_schema import metadata

outbox = Table(
    "outbox", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), info=LINK),
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), info=LINK),
    Column("to_structure", String(80), nullable=False, default="", server_default="", info=PLAIN),
    Column("match", String(32), nullable=False, default="", info=leads_to("matches")),
    Column("purpose", String(32), nullable=False, info=PLAIN),
    Column("facts", JSON, nullable=False, default=dict, server_default="{}", info=WORDS | WITH_PERSON),
    Column("state", String(16), nullable=False, index=True, info=PLAIN),
    Column("tries", Integer, nullable=False, default=0, info=PLAIN),
    Column("lapses", Integer, nullable=False, default=0, server_default="0", info=PLAIN),
    Column("due", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("before", DateTime(timezone=True), info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES),
    Column("settled", DateTime(timezone=True), info=PLAIN),
    Column("channel", String(8), nullable=False, default="", server_default="", info=PLAIN),
    Column("trouble", String(200), nullable=False, default="", info=PLAIN),
    Column("structure", String(80), nullable=False, default="", server_default="", info=PLAIN),
)  # fmt: skip
"""A message to a person, to an account, or to the structure ``to_structure``.

``match`` is the ride's that it tells of; ``structure`` who else sees it."""

sms_days = Table(
    "sms_days", metadata,
    Column("day", Date, primary_key=True, info=PLAIN | AGES),
    Column("parts", Integer, nullable=False, info=PLAIN),
)  # fmt: skip
"""How many SMS were given to the provider each day, in the parts that are paid for."""
