"""Alembic's entry: the connection is always handed in by storage.database, never made from a file."""

from alembic import context

from storage import parts
from storage.tables import Base

parts.load()
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
