"""The store's first tables: persons, offers, requests, matches, messages, journal, unmet needs.

Keys and indexes have the names of the convention in :mod:`data.ride_schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("about", sa.String(32), nullable=False, index=True),
        sa.Column("detail", sa.String(300), nullable=False),
    )
    op.create_table(
        "nicknames",
        sa.Column("folded", sa.String(120), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(120), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "partner_bookings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("operator", sa.String(200), nullable=False),
        sa.Column("match", sa.String(32), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("alias", sa.String(120), nullable=False),
        sa.Column("commune", sa.String(5), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "unmet",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("request", sa.String(32), nullable=False, unique=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("origin", sa.String(5), nullable=False),
        sa.Column("destination", sa.String(5), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "contacts",
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("mail", sa.String(200), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("driver", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("destination", sa.JSON(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("abilities", sa.JSON(), nullable=False),
        sa.Column("reach", sa.Float(), nullable=False),
        sa.Column("detour", sa.Float(), nullable=False),
        sa.Column("flexible", sa.Float(), nullable=False),
        sa.Column("first", sa.Date()),
        sa.Column("last", sa.Date()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
        sa.Column("match", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(200), nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("rider", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("destination", sa.JSON(), nullable=False),
        sa.Column("arrive_by", sa.Integer()),
        sa.Column("depart_after", sa.Integer()),
        sa.Column("back_after", sa.Integer()),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("criterion", sa.String(32), nullable=False),
        sa.Column("proof", sa.String(300), nullable=False),
        sa.Column("agent", sa.String(120), nullable=False),
        sa.Column("series", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "driver_days",
        sa.Column("offer", sa.String(32), sa.ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "matches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "request", sa.String(32), sa.ForeignKey("requests.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rider_answer", sa.String(3), nullable=False),
        sa.Column("participation", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Integer()),
        sa.UniqueConstraint("request", "live", name=op.f("uq_matches_request_live")),
    )
    op.create_table(
        "refusals",
        sa.Column("request", sa.String(32), sa.ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("driver", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_table(
        "links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("match", sa.String(32), sa.ForeignKey("matches.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "matched_rides",
        sa.Column("match", sa.String(32), sa.ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("half", sa.String(4), primary_key=True),
        sa.Column("offer", sa.String(32), sa.ForeignKey("offers.id", ondelete="CASCADE"), nullable=False),
        sa.Column("driver", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("pickup", sa.Integer(), nullable=False),
        sa.Column("dropoff", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("answer", sa.String(3), nullable=False),
    )


def downgrade() -> None:
    """Bring the tables back."""
    for table in (
        "matched_rides", "links", "refusals", "matches", "driver_days", "requests", "outbox", "offers", "contacts",
        "unmet", "persons", "partner_bookings", "nicknames", "journal",
    ):  # fmt: skip
        op.drop_table(table)
