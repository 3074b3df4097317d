"""All tables of the store in one place: whoever needs every one of them asks here."""

from sqlalchemy import MetaData, Table

from data import account_schema, call_schema, journal_schema, outbox_schema, plan_schema, ride_schema

FAMILIES = (ride_schema, account_schema, call_schema, journal_schema, outbox_schema, plan_schema)
"""The modules that declare tables; each declares them on the same :data:`metadata`."""
metadata: MetaData = ride_schema.metadata


def all_tables() -> list[Table]:
    """Return every table, those that others lead to before them."""
    return metadata.sorted_tables
