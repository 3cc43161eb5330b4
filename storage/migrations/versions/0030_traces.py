"""What a message came of: the input or the timer that said it last.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("messages", sa.Column("trace", sa.Text(), nullable=True))
