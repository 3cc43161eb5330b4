"""A warning has a place, when it happened, and who received it first

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("place", sa.Text(), nullable=True))
        table.add_column(sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("received_by", sa.Text(), nullable=True))
        table.add_column(sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=True))
