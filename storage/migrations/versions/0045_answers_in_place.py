"""An answer in a channel stays in the thread of its question, and an input knows what it answered

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("thread", sa.Text(), nullable=True))
    op.add_column("inbox", sa.Column("answered", sa.JSON(), nullable=True))
