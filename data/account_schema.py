"""The tables of accounts: who may do what, open sessions, links to choose a password, tries that failed."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table

from data.ride_schema import metadata

accounts = Table(
    "accounts", metadata,
    Column("id", String(32), primary_key=True),
    Column("mail", String(200), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password", String(200), nullable=False, default=""),
    Column("subject", String(200), unique=True),
    Column("active", Boolean, nullable=False, default=True),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""``password`` is an Argon2 hash ("" while none is chosen); ``subject`` the identity server's name of the person."""

grants = Table(
    "grants", metadata,
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("structure", String(80), primary_key=True, default=""),
    Column("territory", String(80), primary_key=True, default=""),
)  # fmt: skip
"""A role, for one structure and territory ("" for all of them)."""

sessions = Table(
    "sessions", metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
    Column("identity", String(4000), nullable=False, default=""),
)  # fmt: skip
"""Open sessions: only the hash of their secret is kept. ``identity`` ends the session at the identity server too."""

account_links = Table(
    "account_links", metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Links by which one chooses a password, each once."""

attempts = Table(
    "attempts", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)  # fmt: skip
"""Tries that failed, by the hash of an address: what throttles guessing."""
