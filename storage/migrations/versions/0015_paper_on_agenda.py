"""An option paper knows its item on the agenda

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("option_papers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
