"""Buttons that leave their cards by themselves, and when the sender of an input is told that it waits

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("lapses_at", sa.DateTime(timezone=True)))
    op.create_index("ix_messages_lapses_at", "messages", ["lapses_at"])
    op.add_column("inbox", sa.Column("tell_at", sa.DateTime(timezone=True)))
