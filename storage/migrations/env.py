"""Alembic's entry: the connection is always handed in by storage.database, never made from a file."""

from alembic import context

from storage.rows import exported
from storage.rows.base import Base

exported.load()
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
