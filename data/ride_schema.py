"""The tables of the rides' store. Places are JSON documents {id, name, lon, lat}; instants are UTC."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
    }
)  # fmt: skip

persons = Table(
    "persons", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("alias", String(120), nullable=False),
    Column("commune", String(5), nullable=False, default=""),
    Column("consents", JSON, nullable=False),
    Column("example", Boolean, nullable=False, default=False),
    Column("needs", JSON, nullable=False, default=list, server_default="[]"),
    Column("structure", String(80), nullable=False, default="", server_default=""),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
)  # fmt: skip

contacts = Table(
    "contacts", metadata,
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), nullable=False, default=""),
    Column("telephone", String(40), nullable=False, default=""),
    Column("mail", String(200), nullable=False, default=""),
    Column("address", String(300), nullable=False, default=""),
)  # fmt: skip

offers = Table(
    "offers", metadata,
    Column("id", String(32), primary_key=True),
    Column("driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("origin", JSON, nullable=False),
    Column("destination", JSON, nullable=False),
    Column("opens", Integer, nullable=False),
    Column("closes", Integer, nullable=False),
    Column("weekdays", String(7), nullable=False, default=""),
    Column("day", Date),
    Column("seats", Integer, nullable=False),
    Column("abilities", JSON, nullable=False),
    Column("reach", Float, nullable=False),
    Column("detour", Float, nullable=False),
    Column("flexible", Float, nullable=False),
    Column("first", Date),
    Column("last", Date),
    Column("active", Boolean, nullable=False, default=True),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip

requests = Table(
    "requests", metadata,
    Column("id", String(32), primary_key=True),
    Column("rider", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("origin", JSON, nullable=False),
    Column("destination", JSON, nullable=False),
    Column("arrive_by", Integer),
    Column("depart_after", Integer),
    Column("back_after", Integer),
    Column("companions", Integer, nullable=False, default=0),
    Column("needs", JSON, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("criterion", String(32), nullable=False, default=""),
    Column("proof", String(300), nullable=False, default=""),
    Column("agent", String(120), nullable=False, default=""),
    Column("series", String(32), nullable=False, default=""),
    Column("structure", String(80), nullable=False, default="", server_default=""),
    Column("state", String(16), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip

driver_days = Table(
    "driver_days", metadata,
    Column("offer", String(32), ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("version", Integer, nullable=False, default=0),
)  # fmt: skip
"""A lock on what an offer drives on a day: two changes made from one ``version`` cannot both land."""

matches = Table(
    "matches", metadata,
    Column("id", String(32), primary_key=True),
    Column("request", String(32), ForeignKey("requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
    Column("rider_answer", String(3), nullable=False, default=""),
    Column("participation", Float, nullable=False, default=0.0),
    Column("reason", Text, nullable=False, default=""),
    Column("reminded", Boolean, nullable=False, default=False),
    Column("live", Integer),
    UniqueConstraint("request", "live"),
)  # fmt: skip
"""Proposals. ``live`` is 1 while a match holds its seats, else NULL: a request has one live match at most."""

matched_rides = Table(
    "matched_rides", metadata,
    Column("match", String(32), ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True),
    Column("half", String(4), primary_key=True),
    Column("offer", String(32), ForeignKey("offers.id", ondelete="CASCADE"), nullable=False),
    Column("driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("pickup", Integer, nullable=False),
    Column("dropoff", Integer, nullable=False),
    Column("metres", Float, nullable=False),
    Column("share", Float, nullable=False),
    Column("answer", String(3), nullable=False, default=""),
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("digest", String(64), primary_key=True),
    Column("match", String(32), ForeignKey("matches.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Private links: only the hash of a secret is kept."""

refusals = Table(
    "refusals", metadata,
    Column("request", String(32), ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True),
    Column("driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("match", String(32), nullable=False, default=""),
    Column("purpose", String(32), nullable=False),
    Column("facts", JSON, nullable=False, default=dict, server_default="{}"),
    Column("state", String(16), nullable=False, index=True),
    Column("tries", Integer, nullable=False, default=0),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("trouble", String(200), nullable=False, default=""),
    Column("structure", String(80), nullable=False, default="", server_default=""),
)  # fmt: skip

journal = Table(
    "journal", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("who", String(120), nullable=False),
    Column("act", String(40), nullable=False),
    Column("about", String(32), nullable=False, default=""),
    Column("detail", String(300), nullable=False, default=""),
)  # fmt: skip
Index("ix_journal_about", journal.c.about)

unmet = Table(
    "unmet", metadata,
    Column("id", String(32), primary_key=True),
    Column("request", String(32), nullable=False, unique=True),
    Column("day", Date, nullable=False, index=True),
    Column("origin", String(5), nullable=False, default=""),
    Column("destination", String(5), nullable=False, default=""),
    Column("purpose", String(32), nullable=False),
    Column("people", Integer, nullable=False, default=1),
    Column("reason", String(40), nullable=False),
    Column("change", JSON, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("structure", String(80), nullable=False, default="", server_default=""),
)  # fmt: skip
"""Needs that nobody could meet, by commune: no link to a person is needed to count them, and none is kept."""

nicknames = Table(
    "nicknames", metadata,
    Column("folded", String(120), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("place", JSON, nullable=False),
    Column("added_by", String(120), nullable=False, default=""),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip

partner_bookings = Table(
    "partner_bookings", metadata,
    Column("id", String(36), primary_key=True),
    Column("operator", String(200), nullable=False),
    Column("request", String(32), nullable=False, default=""),
    Column("document", JSON, nullable=False),
    Column("status", String(32), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
)  # fmt: skip
