"""Consents have a table of their own: for whom, until when, how given, taken back when."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_persons = sa.table(
    "persons", sa.column("id"), sa.column("created", sa.DateTime(timezone=True)), sa.column("consents", sa.JSON)
)


def upgrade() -> None:
    """Bring the tables forward."""
    consents = op.create_table(
        "consents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("whom", sa.String(200), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True)),
    )
    for row in op.get_bind().execute(sa.select(_persons)).all():
        for what, told in sorted((row.consents or {}).items()):
            by = str(told.get("by", ""))
            op.get_bind().execute(
                sa.insert(consents).values(
                    id=secrets.token_hex(8), person=row.id, what=what, whom="", by=by[:120],
                    # What a person did themselves they did on the site; how an agent heard it was not written down.
                    how="screen" if by == "person" else "",
                    given=datetime.fromisoformat(told["at"]).astimezone(UTC) if "at" in told else row.created,
                )
            )  # fmt: skip
    # Not in a batch: SQLite would make the table anew, and whatever hangs on its rows would go with the old one.
    op.drop_column("persons", "consents")


def downgrade() -> None:
    """Bring the tables back; how it was given is lost, and what was taken back, has an end or is for some alone.

    The former tables would make more of such a consent than was agreed to.
    """
    op.add_column("persons", sa.Column("consents", sa.JSON(), server_default="{}", nullable=False))
    consents = sa.table(
        "consents", *(sa.column(name) for name in ("person", "what", "by", "whom", "until")),
        sa.column("given", sa.DateTime(timezone=True)), sa.column("withdrawn", sa.DateTime(timezone=True)),
    )  # fmt: skip
    held: dict[str, dict[str, dict[str, str]]] = {}
    whole = sa.and_(consents.c.withdrawn.is_(None), consents.c.until.is_(None), consents.c.whom == "")
    for row in op.get_bind().execute(sa.select(consents).where(whole)).all():
        held.setdefault(row.person, {})[row.what] = {"at": row.given.isoformat(), "by": row.by}
    for person, told in held.items():
        op.get_bind().execute(sa.update(_persons).where(_persons.c.id == person).values(consents=told))
    op.drop_table("consents")
