"""How structures are reached: what they declared, or nothing."""

from sqlalchemy import Connection, delete, insert, select

from data.account_schema import structures
from mobility.scope import Structure


def find_structure(tx: Connection, name: str) -> Structure:
    """Return a structure; one that declared nothing is reached by nothing."""
    row = tx.execute(select(structures).where(structures.c.name == name)).first()
    return Structure(row.name, row.mail, row.telephone) if row else Structure(name)


def declared_structures(tx: Connection) -> list[Structure]:
    """Return the structures that declared how they are reached, by name."""
    rows = tx.execute(select(structures).order_by(structures.c.name))
    return [Structure(row.name, row.mail, row.telephone) for row in rows]


def declare_structure(tx: Connection, stated: Structure) -> None:
    """Keep how a structure is reached; one without any way is kept no longer."""
    tx.execute(delete(structures).where(structures.c.name == stated.name))
    if stated.mail or stated.telephone:
        tx.execute(insert(structures).values(name=stated.name, mail=stated.mail, telephone=stated.telephone))
