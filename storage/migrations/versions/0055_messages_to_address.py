"""What is said and not yet on its ways is found without looking at what has been said

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    messages = sa.table(
        "messages", *(sa.column(name) for name in ("dispatched_version", "version")), sa.column("held", sa.Boolean)
    )
    waits = sa.and_(messages.c.dispatched_version < messages.c.version, messages.c.held.is_(False))
    op.drop_index("ix_messages_dispatched_version", table_name="messages")
    op.create_index("messages_to_address", "messages", ["urgency", "id"], sqlite_where=waits, postgresql_where=waits)
