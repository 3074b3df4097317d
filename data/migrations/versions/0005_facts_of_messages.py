"""Messages keep the facts that they tell; those that were kept in words stay in words."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_outbox = sa.table(
    "outbox", *(sa.column(name) for name in ("id", "subject", "text", "state")), sa.column("facts", sa.JSON)
)
_LINK = re.compile(r"/t/([\w-]+)")


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("outbox", sa.Column("facts", sa.JSON(), server_default="{}", nullable=False))
    for row in op.get_bind().execute(sa.select(_outbox)).all():
        # The secret of a private link is a fact of its own: it goes once the message has left.
        secret = _LINK.search(row.text)
        facts = {"written": [row.subject, _LINK.sub("/t/…", row.text)], **({"secret": secret[1]} if secret else {})}
        op.get_bind().execute(sa.update(_outbox).where(_outbox.c.id == row.id).values(facts=facts))
    # Not in a batch: SQLite would make the table anew.
    op.drop_column("outbox", "text")
    op.drop_column("outbox", "subject")


def downgrade() -> None:
    """Bring the tables back; messages that have no words yet keep their purpose only, and do not go."""
    op.add_column("outbox", sa.Column("subject", sa.String(length=200), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("text", sa.Text(), server_default="", nullable=False))
    for row in op.get_bind().execute(sa.select(_outbox)).all():
        subject, text = row.facts.get("written", ["", ""])
        told = {"subject": subject, "text": text.replace("/t/…", f"/t/{row.facts.get('secret', '…')}")}
        if not text and row.state == "queued":
            told["state"] = "failed"
        op.get_bind().execute(sa.update(_outbox).where(_outbox.c.id == row.id).values(**told))
    op.drop_column("outbox", "facts")
