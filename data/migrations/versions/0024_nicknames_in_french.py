"""Whom lists brought is called in good French: "Conducteur d'Escamps", "Passager des Junies"."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_CALLED = re.compile(r"(Conducteur|Passager) de (?:(Les?) )?([^:]+)")
"""What lists called people; a colon stands in what other platforms do."""


def upgrade() -> None:
    """Put right what people are called, and in the steps by which two persons who became one can be two again."""
    connection = op.get_bind()
    persons = sa.table("persons", sa.column("id"), sa.column("alias"))
    for row in connection.execute(sa.select(persons.c.id, persons.c.alias)).all():
        if (alias := _put_right(row.alias)) != row.alias:
            connection.execute(sa.update(persons).where(persons.c.id == row.id).values(alias=alias))
    merges = sa.table("merges", sa.column("id"), sa.column("name"), sa.column("moved", sa.JSON))
    for row in connection.execute(sa.select(merges)).all():
        steps = [_step(step) for step in row.moved.get("steps", [])]
        values = {"name": _put_right(row.name), "moved": {**row.moved, "steps": steps} if steps else row.moved}
        connection.execute(sa.update(merges).where(merges.c.id == row.id).values(values))


def downgrade() -> None:
    """Leave what people are called: it was never wrong to say it well."""


def _step(step: dict[str, object]) -> dict[str, object]:
    return {
        part: {**told, "alias": _put_right(told["alias"])} if isinstance(told, dict) and "alias" in told else told
        for part, told in step.items()
    }


def _put_right(alias: str) -> str:
    found = _CALLED.fullmatch(alias)
    if not found:
        return alias
    role, article, name = found.groups()
    if article:
        return f"{role} {'du' if article == 'Le' else 'des'} {name}"
    vowel = unicodedata.normalize("NFD", name)[0].lower() in "aeiouy"
    return f"{role} d'{name}" if vowel else alias
