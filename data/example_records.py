"""The persons of the example in the store: marked, counted, taken away in one go."""

from sqlalchemy import Connection, delete, func, select

from data.belongings import forget
from data.ride_schema import persons, requests, unmet


def example_persons(tx: Connection) -> frozenset[str]:
    """Return the identifiers of the example's persons."""
    return frozenset(tx.execute(select(persons.c.id).where(persons.c.example)).scalars())


def any_example(tx: Connection) -> bool:
    """Tell whether there are persons of the example."""
    return bool(tx.execute(select(func.count()).select_from(persons).where(persons.c.example)).scalar())


def delete_example(tx: Connection) -> int:
    """Take away every person of the example with all that is theirs; return how many."""
    mine = select(requests.c.id).join(persons, persons.c.id == requests.c.rider).where(persons.c.example)
    tx.execute(delete(unmet).where(unmet.c.request.in_(mine)))
    examples = [dict(row) for row in tx.execute(select(persons).where(persons.c.example)).mappings()]
    return forget(tx, persons, examples).get("persons", 0)
