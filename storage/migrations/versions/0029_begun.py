"""How often an input or a timer was taken up without an end that anybody knows of

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("inbox", "timers"):
        # With a default that stays, no table is made anew: what speaks of its rows is let be, however many they are.
        op.add_column(name, sa.Column("begun", sa.Integer(), nullable=False, server_default="0"))
