"""The words of names, by which persons are found; numbers are looked up by an index."""

import sqlalchemy as sa
from alembic import op

from mobility.names import sound_of, words_of

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables forward."""
    names = op.create_table(
        "person_names",
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("word", sa.String(60), primary_key=True),
        sa.Column("sound", sa.String(60), nullable=False, index=True),
    )
    op.create_index("ix_person_names_word", "person_names", ["word"])
    op.create_index("ix_contacts_telephone", "contacts", ["telephone"])
    persons = sa.table("persons", sa.column("id"), sa.column("alias"))
    contacts = sa.table("contacts", sa.column("person"), sa.column("name"))
    query = sa.select(persons.c.id, persons.c.alias, contacts.c.name)
    for row in op.get_bind().execute(query.outerjoin(contacts, contacts.c.person == persons.c.id)).all():
        found = sorted({word[:60] for word in words_of(f"{row.name or ''} {row.alias}")})
        if found:
            op.bulk_insert(names, [{"person": row.id, "word": word, "sound": sound_of(word)} for word in found])


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index("ix_contacts_telephone", "contacts")
    op.drop_table("person_names")
