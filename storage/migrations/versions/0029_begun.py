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
        op.add_column(name, sa.Column("begun", sa.Integer(), nullable=False, server_default="0"))
        with op.batch_alter_table(name) as table:
            table.alter_column("begun", server_default=None)
