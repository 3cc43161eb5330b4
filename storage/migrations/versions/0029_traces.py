"""What a message came of: the input or the timer that said it last.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("messages", sa.Column("trace", sa.Text(), nullable=True))
