"""The tables of accounts and structures: who may do what, open sessions, links to choose a password, failed tries."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table, UniqueConstraint

from data.register import (
    AGES,
    AGES_DAY,
    AGES_OVER,
    FOR_WORK,
    ID,
    IN_TIME,
    LINK,
    MAIL,
    NAME,
    PLAIN,
    SECRET,
    TELEPHONE,
    WHEN,
    WITH_ACCOUNT,
    kept,
    noted_as,
    spares,
)
from data.ride_schema import metadata

accounts = Table(
    "accounts", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("mail", String(200), nullable=False, unique=True, info=MAIL | WITH_ACCOUNT),
    Column("name", String(120), nullable=False, info=NAME | WITH_ACCOUNT),
    Column("password", String(200), nullable=False, default="", info=SECRET | WITH_ACCOUNT),
    Column("subject", String(200), info=SECRET | WITH_ACCOUNT),
    Column("issuer", String(500), nullable=False, default="", server_default="", info=SECRET | WITH_ACCOUNT),
    Column("active", Boolean, nullable=False, default=True, info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=WHEN | WITH_ACCOUNT),
    Column("seen", DateTime(timezone=True), info=WHEN | WITH_ACCOUNT | AGES),
    UniqueConstraint("issuer", "subject"),
    info=spares("last administrators") | noted_as("account-erased"),
)  # fmt: skip
"""``seen`` is when it was last used, opened, closed or changed; ``password`` is an Argon2 hash ("" while none is
chosen); ``subject`` the identity server's name of the person, which is
one person's at that server alone, ``issuer`` that server's address."""

grants = Table(
    "grants", metadata,
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, info=LINK),
    Column("role", String(16), primary_key=True, info=PLAIN),
    Column("structure", String(80), primary_key=True, default="", info=PLAIN),
    Column("territory", String(80), primary_key=True, default="", info=PLAIN),
)  # fmt: skip
"""A role, for one structure and territory ("" for all of them)."""

structures = Table(
    "structures", metadata,
    Column("name", String(80), primary_key=True, info=PLAIN),
    Column("mail", String(200), nullable=False, default="", info=MAIL | FOR_WORK),
    Column("telephone", String(20), nullable=False, default="", info=TELEPHONE | FOR_WORK),
    info=kept("an administrator declares it, and empties it"),
)  # fmt: skip
"""How a structure of the grants is reached, as an administrator declared it."""

sessions = Table(
    "sessions", metadata,
    Column("digest", String(64), primary_key=True, info=SECRET | WITH_ACCOUNT),
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_DAY),
    Column("seen", DateTime(timezone=True), nullable=False, info=WHEN | WITH_ACCOUNT),
    Column("identity", String(4000), nullable=False, default="", info=SECRET | WITH_ACCOUNT),
)  # fmt: skip
"""Open sessions: only the hash of their secret is kept. ``identity`` ends the session at the identity server too."""

account_links = Table(
    "account_links", metadata,
    Column("digest", String(64), primary_key=True, info=SECRET | WITH_ACCOUNT),
    Column("account", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("expires", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_OVER),
)  # fmt: skip
"""Links by which one chooses a password, each once."""

attempts = Table(
    "attempts", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, info=PLAIN),
    Column("key", String(64), nullable=False, index=True, info=SECRET | IN_TIME),
    Column("at", DateTime(timezone=True), nullable=False, index=True, info=PLAIN | AGES_DAY),
)  # fmt: skip
"""Tries that failed, by the hash of an address: what throttles guessing."""
