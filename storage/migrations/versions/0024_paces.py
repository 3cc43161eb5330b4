"""How much of the platforms' limits is used

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("lanes", sa.Column("recent", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("lanes", schema=None) as batch_op:
        batch_op.alter_column("recent", server_default=None)
