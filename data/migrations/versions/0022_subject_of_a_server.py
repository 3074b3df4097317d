"""The name by which an identity server knows someone is unique at that server alone: another may give the same one."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

OF_ACCOUNTS = ("grants", "sessions", "account_links", "outbox")
"""Tables whose rows go with their account."""
ALONE, WITH_SERVER = "uq_accounts_subject", "uq_accounts_issuer_subject"


def upgrade() -> None:
    """Bring the tables forward."""
    _change(ALONE, WITH_SERVER, ["issuer", "subject"])


def downgrade() -> None:
    """Bring the tables back: whom two servers call the same is joined to neither, and may be joined anew."""
    accounts = sa.table("accounts", sa.column("subject"), sa.column("issuer"))
    twice = sa.select(accounts.c.subject).group_by(accounts.c.subject).having(sa.func.count() > 1)
    op.get_bind().execute(sa.update(accounts).where(accounts.c.subject.in_(twice)).values(subject=None, issuer=""))
    _change(WITH_SERVER, ALONE, ["subject"])


def _change(former: str, name: str, columns: list[str]) -> None:
    with _kept(), op.batch_alter_table("accounts") as batch:
        batch.drop_constraint(op.f(former), type_="unique")
        batch.create_unique_constraint(op.f(name), columns)


@contextmanager
def _kept() -> Iterator[None]:
    """Keep what hangs on accounts: SQLite makes their table anew, and it would go with the old one."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    tables = [sa.Table(name, sa.MetaData(), autoload_with=bind, resolve_fks=False) for name in OF_ACCOUNTS]
    theirs = [bind.execute(sa.select(t).where(t.c.account.is_not(None))).mappings().all() for t in tables]
    yield
    for table, rows in zip(tables, theirs, strict=True):
        bind.execute(sa.delete(table).where(table.c.account.is_not(None)))
        if rows:
            bind.execute(sa.insert(table), [dict(row) for row in rows])
