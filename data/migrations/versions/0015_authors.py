"""Who made a scenario or put a calendar in force is an account, where their name stood."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WORDS = {"", "agent", "command line", "former"}
"""Words of the program for who has no account."""
SEVERAL = "former"
"""Who is known by a name that no account bears, or several do."""
_TABLES = (("scenarios", "id"), ("publications", "number"))


def upgrade() -> None:
    """Bring the tables forward."""
    accounts = op.get_bind().execute(sa.text("SELECT id, name FROM accounts")).all()
    known: dict[str, list[str]] = {}
    for row in accounts:
        known.setdefault(row.name, []).append(row.id)
    same = {row.id: row.id for row in accounts} | {word: word for word in WORDS}
    named = {name: found[0] for name, found in known.items() if len(found) == 1}
    _say({**named, **same}, otherwise=SEVERAL)


def downgrade() -> None:
    """Bring the tables back: who has an account is told by their name."""
    _say(dict(op.get_bind().execute(sa.text("SELECT id, name FROM accounts")).all()))


def _say(told: dict[str, str], otherwise: str = "") -> None:
    for name, key in _TABLES:
        table = sa.table(name, sa.column(key), sa.column("author"))
        for row in op.get_bind().execute(sa.select(table)).mappings().all():
            author = told.get(row["author"], otherwise or row["author"])
            if author != row["author"]:
                change = sa.update(table).where(table.c[key] == row[key])
                op.get_bind().execute(change.values(author=author))
