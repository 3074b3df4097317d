"""Alembic's way in: the connection comes from :func:`data.store.migrate`."""

from alembic import context

from data.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True,
    transactional_ddl=True,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
