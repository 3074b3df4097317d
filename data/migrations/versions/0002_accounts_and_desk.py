"""Accounts, calls, scenarios and long work; the structure of a request, what a person needs."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("mail", sa.String(200), nullable=False, unique=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), unique=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.JSON()),
        sa.Column("curve", sa.JSON(), nullable=False),
        sa.Column("worker", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("territory", sa.String(80), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("study", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("territory", sa.String(80), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "account_links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("outside", sa.String(80), unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="SET NULL")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("agent", sa.String(120), nullable=False),
        sa.Column("structure", sa.String(80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "grants",
        sa.Column("account", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("territory", sa.String(80), primary_key=True),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity", sa.String(4000), nullable=False),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("needs", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("structure", sa.String(80), server_default="", nullable=False))

    # Numbers are found again however they are told: from now on they are kept in one form.
    contacts = sa.table("contacts", sa.column("person", sa.String), sa.column("telephone", sa.String))
    connection = op.get_bind()
    for row in connection.execute(sa.select(contacts.c.person, contacts.c.telephone)).all():
        change = sa.update(contacts).where(contacts.c.person == row.person)
        connection.execute(change.values(telephone=dialled(row.telephone)))


def dialled(text: str) -> str:
    """Return a number in the one form of this version, which later ones may change by a migration of their own."""
    plus = text.strip().startswith("+")
    digits = re.sub(r"\(0\)|\D", "", text)
    if plus or digits.startswith("00"):
        digits = digits.removeprefix("00")
        return "0" + digits[2:] if digits.startswith("33") and len(digits) == 11 else f"+{digits}" if digits else ""
    return digits


def downgrade() -> None:
    """Bring the tables back."""
    for table, column in (("requests", "structure"), ("persons", "needs")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
    for table in (
        "sessions", "grants", "calls", "account_links", "scenarios", "publications", "jobs", "attempts", "accounts",
    ):  # fmt: skip
        op.drop_table(table)
