"""When an account was last used, opened, closed or changed: it goes once that is long ago."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward: the last that is known of an account is what its sessions and the journal say."""
    op.add_column("accounts", sa.Column("seen", _INSTANT, nullable=True))
    bind = op.get_bind()
    accounts = sa.table("accounts", sa.column("id"), sa.column("created", _INSTANT), sa.column("seen", _INSTANT))
    sessions = sa.table("sessions", sa.column("account"), sa.column("seen", _INSTANT))
    journal = sa.table("journal", sa.column("who"), sa.column("about"), sa.column("at", _INSTANT))
    last: dict[str, datetime] = dict(bind.execute(sa.select(accounts.c.id, accounts.c.created)).all())
    for key, at in (
        (sessions.c.account, sessions.c.seen), (journal.c.who, journal.c.at), (journal.c.about, journal.c.at),
    ):  # fmt: skip
        for account, seen in bind.execute(sa.select(key, sa.func.max(at, type_=_INSTANT)).group_by(key)):
            if account in last:
                last[account] = max(last[account], seen)
    for account, seen in last.items():
        bind.execute(sa.update(accounts).where(accounts.c.id == account).values(seen=seen))


def downgrade() -> None:
    """Bring the tables back."""
    # Not in a batch: SQLite would make the table anew, and whatever hangs on its rows would go with the old one.
    op.drop_column("accounts", "seen")
